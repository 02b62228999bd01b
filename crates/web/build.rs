//! Embeds what browsers need besides pages: the scripts of `ui/dist` and the files of `ui/static`, under names that change
//! with their content, compressed once and as well as can be; and the style sheets, which stand in the pages.

use std::collections::BTreeMap;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::{env, fs};

use brotli::enc::BrotliEncoderParams;
use flate2::Compression;
use flate2::write::GzEncoder;
use sha2::{Digest, Sha256};

/// Compressed less than this, a file is sent as it is: in percent of its size.
const WORTH_PERCENT: usize = 95;

/// The one sheet that is fetched, by its own name.
const LATER: &str = "later.css";

fn main() -> io::Result<()> {
    let here = PathBuf::from(env::var("CARGO_MANIFEST_DIR").map_err(io::Error::other)?);
    let out = PathBuf::from(env::var("OUT_DIR").map_err(io::Error::other)?);
    let ui = here.join("../../ui");
    for watched in [ui.join("dist"), ui.join("static")] {
        println!("cargo:rerun-if-changed={}", watched.display());
    }

    let made = files(&ui.join("dist"))?;
    let statics = files(&ui.join("static"))?;
    let mut all = Sha256::new();
    for (name, bytes) in made.iter().chain(&statics) {
        all.update(name);
        all.update(bytes);
    }
    let version = hex(&all.finalize());

    // The manifest names the icons, so it is written last.
    let (manifests, icons): (BTreeMap<_, _>, BTreeMap<_, _>) =
        statics.into_iter().partition(|(name, _)| name.ends_with(".webmanifest"));
    let (mut sheets, scripts): (BTreeMap<_, _>, BTreeMap<_, _>) =
        made.into_iter().partition(|(name, _)| name.ends_with(".css"));
    let (workers, scripts): (BTreeMap<_, _>, BTreeMap<_, _>) =
        scripts.into_iter().partition(|(name, _)| ["sw.js", "off.js"].contains(&name.as_str()));
    let mut written = Vec::new();
    for (name, bytes) in &icons {
        written.push(embedded(&out, &hashed(name, bytes), bytes)?);
    }
    let mut manifest = String::new();
    for (name, bytes) in manifests {
        let mut text = String::from_utf8(bytes).map_err(io::Error::other)?;
        for (icon, bytes) in &icons {
            text = text.replace(&format!("{{{icon}}}"), &format!("/assets/{}", hashed(icon, bytes)));
        }
        manifest = hashed(&name, text.as_bytes());
        written.push(embedded(&out, &manifest, text.as_bytes())?);
    }
    for (name, bytes) in &scripts {
        // The bundler has put the digest into the name already.
        written.push(embedded(&out, name, bytes)?);
    }
    let later = sheets.remove(LATER).ok_or_else(|| io::Error::other(format!("ui/dist has no {LATER}")))?;
    written.push(embedded(&out, &hashed(LATER, &later), &later)?);
    let script = |begin: &str| {
        let found = scripts.keys().find(|name| name.starts_with(begin));
        found.ok_or_else(|| io::Error::other(format!("ui/dist has no {begin}: run ./x ui")))
    };
    // What the page needs that stands in for those that were never seen.
    let (entry, seen) = (script("app-")?, script("seen-")?);
    // Pages in front of everything have this one only.
    let passkeys = script("passkeys-")?;
    let late = hashed(LATER, &later);
    let head = format!(
        "const VERSION=\"{version}\",SHELL=[\"/offline\",\"/assets/{entry}\",\"/assets/{seen}\",\"/assets/{late}\"];"
    );
    let mut text = format!("pub(super) static FILES: &[Embedded] = &[{}];\n", written.join(",\n"));
    for (constant, name) in [("WORKER", "sw.js"), ("WORKER_OFF", "off.js")] {
        let body = workers.get(name).ok_or_else(|| io::Error::other(format!("ui/dist has no {name}")))?;
        let worker = embedded(&out, name, &[head.as_bytes(), body].concat())?;
        text += &format!("pub(super) static {constant}: Embedded = {worker};\n");
    }
    let mut constants = Vec::new();
    for (name, bytes) in sheets {
        let constant = name.trim_end_matches(".css").to_uppercase();
        text += &format!("pub(crate) const {constant}: &str = {:?};\n", String::from_utf8_lossy(&bytes));
        constants.push(constant);
    }
    text += &format!("pub(crate) static SHEETS: &[&str] = &[{}];\n", constants.join(", "));
    for (constant, value) in [
        ("LATER", format!("/assets/{late}")),
        ("VERSION", version),
        ("MANIFEST", format!("/assets/{manifest}")),
        ("PASSKEYS", format!("/assets/{passkeys}")),
        ("LOADER", format!("onload=()=>import(\"/assets/{entry}\")")),
    ] {
        text += &format!("pub(crate) const {constant}: &str = {value:?};\n");
    }
    fs::write(out.join("embedded.rs"), text)
}

/// The files of a folder, by name.
fn files(folder: &Path) -> io::Result<BTreeMap<String, Vec<u8>>> {
    let read = |entry: io::Result<fs::DirEntry>| {
        let entry = entry?;
        Ok((entry.file_name().to_string_lossy().into_owned(), fs::read(entry.path())?))
    };
    fs::read_dir(folder)
        .map_err(|error| io::Error::other(format!("{}: {error}", folder.display())))?
        .map(read)
        .collect()
}

/// `icon.svg` -> `icon-0a1b2c3d.svg`.
fn hashed(name: &str, bytes: &[u8]) -> String {
    let (stem, ending) = name.rsplit_once('.').unwrap_or((name, ""));
    format!("{stem}-{}.{ending}", hex(&Sha256::digest(bytes)))
}

/// The first eight digits of a digest.
fn hex(digest: &[u8]) -> String {
    digest.iter().take(4).fold(String::new(), |text, byte| text + &format!("{byte:02x}"))
}

fn kind(name: &str) -> &'static str {
    match name.rsplit_once('.').map_or("", |(_, ending)| ending) {
        "js" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "webmanifest" => "application/manifest+json",
        _ => "application/octet-stream",
    }
}

/// A file as the program has it, raw and compressed.
fn embedded(out: &Path, name: &str, bytes: &[u8]) -> io::Result<String> {
    let keep = |ending: &str, bytes: &[u8]| {
        let path = out.join(format!("{name}{ending}"));
        fs::write(&path, bytes)?;
        Ok::<_, io::Error>(format!("include_bytes!({path:?})"))
    };
    let packed = |ending: &str, packed: Vec<u8>| -> io::Result<String> {
        let is_worth_it = packed.len() * 100 < bytes.len() * WORTH_PERCENT;
        if is_worth_it { Ok(format!("Some({})", keep(ending, &packed)?)) } else { Ok("None".to_owned()) }
    };
    let (brotli, gzip) = (packed(".br", brotli(bytes)?), packed(".gz", gzip(bytes)?));
    let (raw, brotli, gzip) = (keep("", bytes)?, brotli?, gzip?);
    let kind = kind(name);
    Ok(format!("Embedded {{ name: {name:?}, kind: {kind:?}, raw: {raw}, brotli: {brotli}, gzip: {gzip} }}"))
}

fn brotli(mut bytes: &[u8]) -> io::Result<Vec<u8>> {
    let mut packed = Vec::new();
    let params = BrotliEncoderParams { quality: 11, size_hint: bytes.len(), ..Default::default() };
    brotli::BrotliCompress(&mut bytes, &mut packed, &params)?;
    Ok(packed)
}

fn gzip(bytes: &[u8]) -> io::Result<Vec<u8>> {
    let mut packed = GzEncoder::new(Vec::new(), Compression::best());
    packed.write_all(bytes)?;
    packed.finish()
}
