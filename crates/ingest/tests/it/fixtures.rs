//! The files under `tests/fixtures`, with invented data: one per trait that real exports have.

use std::fs;
use std::path::{Path, PathBuf};

/// A file and its bytes.
pub struct Fixture {
    pub name: String,
    pub bytes: Vec<u8>,
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures")
}

fn in_folder(folder: &Path) -> Vec<Fixture> {
    let mut fixtures: Vec<Fixture> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "csv"))
        .map(|path| Fixture {
            name: path.file_stem().unwrap().to_string_lossy().into_owned(),
            bytes: fs::read(&path).unwrap(),
        })
        .collect();
    fixtures.sort_by(|a, b| a.name.cmp(&b.name));
    fixtures
}

/// Files that are reports.
pub fn reports() -> Vec<Fixture> {
    in_folder(&folder())
}

/// Files that are none.
pub fn refused() -> Vec<Fixture> {
    in_folder(&folder().join("refused"))
}

/// One report.
pub fn report(name: &str) -> Vec<u8> {
    fs::read(folder().join(format!("{name}.csv"))).unwrap()
}
