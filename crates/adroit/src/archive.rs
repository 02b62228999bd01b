//! Backup archives: a zip file with the stores of a data folder and a list of their digests, checked after it was written and
//! again before anything of it is used.

use std::fs::File;
use std::io::{BufReader, BufWriter, Read, Write};
use std::path::Path;

use anyhow::{Context, bail, ensure};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipArchive, ZipWriter};

/// What a data folder holds: the stores, the records of sources, and which of their days are due. All but the first two may be missing.
pub(crate) const PARTS: [&str; 5] =
    ["facts.duckdb", "catalog.sqlite", "records.duckdb", "records.duckdb.wal", "records.due"];

/// The name of the list within an archive.
const LIST: &str = "backup.json";
/// Largest list that is read.
const LARGEST_LIST: u64 = 1 << 20;
/// The format of the archives that this program writes.
const FORMAT: u32 = 1;

/// What an archive holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Contents {
    pub format: u32,
    /// The program that wrote it.
    pub program: String,
    pub taken_at: Timestamp,
    pub parts: Vec<Part>,
}

/// A file in an archive.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Part {
    pub name: String,
    pub bytes: u64,
    /// `blake3:` and hexadecimal.
    pub digest: String,
}

/// Packs the parts in `folder` into a new archive at `path`.
pub(crate) fn pack(folder: &Path, path: &Path) -> anyhow::Result<Contents> {
    let mut contents = Contents {
        format: FORMAT,
        program: format!("adroit {}", env!("CARGO_PKG_VERSION")),
        taken_at: Timestamp::now(),
        parts: Vec::new(),
    };
    for name in PARTS.iter().filter(|name| folder.join(name).is_file()) {
        contents.parts.push(digested(name, &folder.join(name))?);
    }
    let file = File::create_new(path).with_context(|| format!("{} can't be made", path.display()))?;
    let mut archive = ZipWriter::new(BufWriter::new(file));
    // The stores are compressed in themselves.
    let stored = SimpleFileOptions::default().compression_method(CompressionMethod::Stored).large_file(true);
    archive.start_file(LIST, stored)?;
    archive.write_all(serde_json::to_string_pretty(&contents)?.as_bytes())?;
    for part in &contents.parts {
        archive.start_file(&part.name, stored)?;
        let mut from = File::open(folder.join(&part.name))?;
        std::io::copy(&mut from, &mut archive)
            .with_context(|| format!("{} can't be written", path.display()))?;
    }
    archive.finish()?.into_inner()?.sync_all()?;
    Ok(contents)
}

fn digested(name: &str, path: &Path) -> anyhow::Result<Part> {
    let mut hasher = blake3::Hasher::new();
    let bytes = std::io::copy(&mut BufReader::new(File::open(path)?), &mut hasher)?;
    Ok(Part { name: name.to_owned(), bytes, digest: format!("blake3:{}", hasher.finalize().to_hex()) })
}

/// Reads an archive and checks each part against the list; what is read goes to `each`, named and piece by piece.
pub(crate) fn unpack(
    path: &Path,
    mut each: impl FnMut(&str) -> anyhow::Result<Box<dyn Write>>,
) -> anyhow::Result<Contents> {
    let shown = path.display();
    let file = File::open(path).with_context(|| format!("{shown} can't be read"))?;
    let mut archive = ZipArchive::new(BufReader::new(file))
        .with_context(|| format!("{shown} is no backup of adroit, or was cut off"))?;
    let mut list = String::new();
    archive
        .by_name(LIST)
        .with_context(|| format!("{shown} is no backup of adroit: it has no {LIST}"))?
        .take(LARGEST_LIST)
        .read_to_string(&mut list)?;
    let contents: Contents =
        serde_json::from_str(&list).with_context(|| format!("the list in {shown} can't be read"))?;
    ensure!(
        contents.format == FORMAT,
        "{shown} has format {}, this program reads {FORMAT}; use the version that wrote it: {}",
        contents.format,
        contents.program
    );
    for needed in &PARTS[..2] {
        ensure!(contents.parts.iter().any(|part| part.name == *needed), "{shown} has no {needed}");
    }
    for part in &contents.parts {
        // Names lead nowhere but into the folder.
        ensure!(PARTS.contains(&part.name.as_str()), "{shown} holds '{}', which no backup does", part.name);
        let mut out = each(&part.name)?;
        let mut hasher = blake3::Hasher::new();
        let mut from = archive.by_name(&part.name)?.take(part.bytes.saturating_add(1));
        let (mut piece, mut bytes) = (vec![0; 1 << 16], 0u64);
        loop {
            let read = from
                .read(&mut piece)
                .with_context(|| format!("{} in {shown} is damaged; use another backup", part.name))?;
            if read == 0 {
                break;
            }
            hasher.update(&piece[..read]);
            out.write_all(&piece[..read])?;
            bytes += read as u64;
        }
        out.flush()?;
        let digest = format!("blake3:{}", hasher.finalize().to_hex());
        if (bytes, &digest) != (part.bytes, &part.digest) {
            bail!(
                "{} in {shown} is damaged: its digest is not the one in the list; use another backup",
                part.name
            );
        }
    }
    Ok(contents)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn damage_is_found_and_names_lead_nowhere_else() {
        let folder = tempfile::tempdir().unwrap();
        for name in &PARTS[..2] {
            std::fs::write(folder.path().join(name), format!("the content of {name}")).unwrap();
        }
        let path = folder.path().join("backup.zip");
        let written = pack(folder.path(), &path).unwrap();
        let nowhere = |_: &str| -> anyhow::Result<Box<dyn Write>> { Ok(Box::new(std::io::sink())) };
        assert_eq!(unpack(&path, nowhere).unwrap(), written);
        assert!(pack(folder.path(), &path).is_err(), "nothing is overwritten");

        let whole = std::fs::read(&path).unwrap();
        let at = whole.windows(7).rposition(|bytes| bytes == b"content").unwrap();
        let damaged = folder.path().join("damaged.zip");
        let mut bytes = whole.clone();
        bytes[at] ^= 1;
        std::fs::write(&damaged, bytes).unwrap();
        assert!(unpack(&damaged, nowhere).is_err());
        std::fs::write(&damaged, &whole[..whole.len() / 2]).unwrap();
        assert!(unpack(&damaged, nowhere).is_err());

        let mut archive = ZipWriter::new(File::create(&damaged).unwrap());
        archive.start_file(LIST, SimpleFileOptions::default()).unwrap();
        let mut contents = written;
        contents.parts[0].name = "../facts.duckdb".to_owned();
        archive.write_all(serde_json::to_string(&contents).unwrap().as_bytes()).unwrap();
        archive.finish().unwrap();
        assert!(unpack(&damaged, nowhere).unwrap_err().to_string().contains("no facts.duckdb"));
    }
}
