//! The house rules that a compiler does not check. Each broken one names the file, the line and what to do.

use std::fs;
use std::path::{Path, PathBuf};

use toml::{Table, Value};

/// Which of our crates each may use, in the order of the layers; tests may use any.
const LAYERS: [(&str, &[&str]); 16] = [
    ("domain", &[]),
    ("people", &[]),
    ("alert", &["domain"]),
    ("notify", &[]),
    ("ingest", &["domain"]),
    ("demo", &["domain"]),
    ("store", &["domain", "people", "alert"]),
    ("ledger", &["domain", "ingest", "store"]),
    ("connect", &["domain", "ingest", "store", "ledger"]),
    ("insight", &["domain", "alert", "store"]),
    ("watch", &[]),
    ("lookout", &["domain", "alert", "notify", "store", "insight", "watch"]),
    (
        "web",
        &["domain", "people", "alert", "notify", "ingest", "store", "ledger", "insight", "watch", "lookout"],
    ),
    (
        "adroit",
        &[
            "domain", "people", "notify", "ingest", "demo", "store", "ledger", "connect", "insight", "watch",
            "lookout", "web",
        ],
    ),
    (
        "bench",
        &[
            "domain", "people", "ingest", "demo", "store", "ledger", "connect", "insight", "watch", "web",
            "adroit",
        ],
    ),
    ("chaos", &["domain", "store", "ledger", "insight", "watch", "lookout", "web"]),
];

const LONGEST_FILE: usize = 500;
const EMPTY_NAMES: [&str; 6] = ["utils", "helpers", "common", "misc", "services", "managers"];
// Put together here so that this file keeps the rule itself.
const UNFINISHED: [&str; 3] = [concat!("TO", "DO"), concat!("FIX", "ME"), concat!("to", "do!(")];

#[test]
fn crates_use_only_the_layers_below_them() {
    let mut broken = Vec::new();
    for manifest in manifests() {
        let Some((_, allowed)) = LAYERS.iter().find(|(name, _)| *name == manifest.name()) else {
            broken.push(
                manifest.at(
                    "name",
                    "a crate without a layer: add it to LAYERS in this test and to ARCHITECTURE.md",
                ),
            );
            continue;
        };
        for kind in ["dependencies", "build-dependencies"] {
            for (name, _) in manifest.dependencies(kind) {
                let ours = LAYERS.iter().any(|(layer, _)| *layer == name);
                if ours && !allowed.contains(&name.as_str()) {
                    let what = format!(
                        "{} may not use {name}: move what is needed to a crate below both",
                        manifest.name()
                    );
                    broken.push(manifest.at(&name, &what));
                }
            }
        }
    }
    report(broken);
}

#[test]
fn versions_are_stated_once_and_exactly() {
    let mut broken = Vec::new();
    let root = root_manifest();
    for (name, wanted) in root.workspace_dependencies() {
        let version = wanted.as_str().or_else(|| wanted.get("version").and_then(Value::as_str));
        let inside = wanted.get("path").is_some();
        if !inside && !version.is_some_and(|version| version.starts_with('=')) {
            broken.push(root.at(&name, &format!("{name} has no exact version: write \"=x.y.z\"")));
        }
    }
    for manifest in manifests() {
        for kind in ["dependencies", "dev-dependencies", "build-dependencies"] {
            for (name, wanted) in manifest.dependencies(kind) {
                if wanted.get("workspace").and_then(Value::as_bool) != Some(true) {
                    let what = format!(
                        "{name} has a version of its own: write {name}.workspace = true, and the version in the root Cargo.toml"
                    );
                    broken.push(manifest.at(&name, &what));
                }
            }
        }
    }
    report(broken);
}

#[test]
fn the_architecture_names_every_dependency() {
    let architecture = fs::read_to_string(root().join("ARCHITECTURE.md")).unwrap_or_default();
    let named = |name: &str| {
        architecture
            .split(|c: char| !(c.is_ascii_alphanumeric() || c == '-' || c == '_'))
            .any(|word| word == name)
    };
    let root = root_manifest();
    let unnamed = root
        .workspace_dependencies()
        .into_iter()
        .filter(|(name, wanted)| wanted.get("path").is_none() && !named(name));
    report(
        unnamed
            .map(|(name, _)| {
                root.at(&name, &format!("{name} is not in ARCHITECTURE.md: say there why it is here"))
            })
            .collect(),
    );
}

#[test]
fn files_are_short_finished_and_say_what_they_are() {
    let mut broken = Vec::new();
    for path in sources(&["rs"]) {
        let text = read(&path);
        let lines = text.lines().count();
        if lines > LONGEST_FILE {
            broken.push(place(
                &path,
                LONGEST_FILE + 1,
                &format!("{lines} lines: split it, {LONGEST_FILE} is the most"),
            ));
        }
        if !text.starts_with("//!") {
            broken.push(place(&path, 1, "begin with a //! line that says what this file is"));
        }
    }
    for path in sources(&["ts", "mjs"]) {
        if !read(&path).starts_with("// ") {
            broken.push(place(&path, 1, "begin with a // line that says what this file is"));
        }
    }
    for path in sources(&["rs", "sql", "html", "css", "js", "mjs", "ts", "toml", "md"]) {
        for (index, line) in read(&path).lines().enumerate() {
            if let Some(word) = UNFINISHED.iter().find(|word| line.contains(*word)) {
                broken.push(place(
                    &path,
                    index + 1,
                    &format!("{word}: finish it, or write it down where work is kept"),
                ));
            }
        }
    }
    report(broken);
}

#[test]
fn names_say_what_is_inside() {
    let mut broken = Vec::new();
    for path in sources(&["rs"]) {
        let inside = path.strip_prefix(root()).expect("sources are inside the checkout");
        let empty = inside
            .iter()
            .filter_map(|part| part.to_str())
            .find(|part| EMPTY_NAMES.contains(&part.trim_end_matches(".rs")));
        if let Some(part) = empty {
            broken.push(place(
                &path,
                1,
                &format!("'{part}' says nothing: name it after a thing of the field"),
            ));
        }
    }
    report(broken);
}

/// A Cargo.toml, as text for its lines and as a table for its meaning.
struct Manifest {
    path: PathBuf,
    text: String,
    table: Table,
}

impl Manifest {
    fn read(path: PathBuf) -> Self {
        let text = read(&path);
        let table = text.parse().unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        Self { path, text, table }
    }

    fn name(&self) -> &str {
        self.table["package"]["name"].as_str().expect("a crate has a name")
    }

    /// Dependencies of one kind, those for single targets among them.
    fn dependencies(&self, kind: &str) -> Vec<(String, Value)> {
        let targets = self.table.get("target").and_then(Value::as_table).into_iter().flat_map(Table::values);
        std::iter::once(self.table.get(kind))
            .chain(targets.map(|target| target.get(kind)))
            .flatten()
            .filter_map(Value::as_table)
            .flatten()
            .map(|(name, wanted)| (name.clone(), wanted.clone()))
            .collect()
    }

    fn workspace_dependencies(&self) -> Vec<(String, Value)> {
        let wanted =
            self.table["workspace"]["dependencies"].as_table().expect("the root lists the dependencies");
        wanted.iter().map(|(name, wanted)| (name.clone(), wanted.clone())).collect()
    }

    /// `what`, at the line whose key is `key`.
    fn at(&self, key: &str, what: &str) -> String {
        let begins =
            |line: &str| line.strip_prefix(key).is_some_and(|rest| rest.starts_with(['.', ' ', '=']));
        let line = self.text.lines().position(begins).map_or(1, |index| index + 1);
        place(&self.path, line, what)
    }
}

fn root() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.ancestors().nth(2).expect("crates/adroit is two folders down").to_owned()
}

fn root_manifest() -> Manifest {
    Manifest::read(root().join("Cargo.toml"))
}

fn manifests() -> Vec<Manifest> {
    // Fuzz targets are a workspace of their own: no crate, and nothing depends on them.
    let is_crate = |path: &PathBuf| path.ends_with("Cargo.toml") && !path.starts_with(root().join("fuzz"));
    let found = sources(&["toml"]).into_iter().filter(is_crate);
    let crates: Vec<_> =
        found.map(Manifest::read).filter(|manifest| manifest.table.contains_key("package")).collect();
    assert!(
        crates.len() >= 8,
        "only {} crates found: is this test still looking in the right place?",
        crates.len()
    );
    crates
}

/// Our files with one of these endings, sorted: the folders of crates, and what stands in the root.
fn sources(endings: &[&str]) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = ["crates", "benches", "fuzz", "ui"].map(|name| root().join(name)).to_vec();
    let top = entries(&root()).into_iter().filter(|path| path.is_file());
    found.extend(top);
    while let Some(folder) = folders.pop() {
        for path in entries(&folder) {
            let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
            if path.is_file() {
                found.push(path);
            } else if !["target", "node_modules", "dist", "fixtures", "corpus", "artifacts"].contains(&name) {
                folders.push(path);
            }
        }
    }
    found.retain(|path| {
        path.extension().and_then(|ending| ending.to_str()).is_some_and(|ending| endings.contains(&ending))
    });
    found.sort();
    found
}

/// What is in a folder; nothing where there is no such folder.
fn entries(folder: &Path) -> Vec<PathBuf> {
    let Ok(listed) = fs::read_dir(folder) else { return Vec::new() };
    listed.map(|entry| entry.expect("a readable folder").path()).collect()
}

fn read(path: &Path) -> String {
    fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn place(path: &Path, line: usize, what: &str) -> String {
    let inside = path.strip_prefix(root()).unwrap_or(path);
    format!("{}:{line}: {what}", inside.display())
}

fn report(broken: Vec<String>) {
    assert!(broken.is_empty(), "\n{} broken:\n{}\n", broken.len(), broken.join("\n"));
}
