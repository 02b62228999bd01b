//! What a file holds: itself, or the files of an archive, the sheets of a workbook, the files of a folder.
//!
//! Each is handed out on its own, unpacked into a scratch folder where need be, one at a time, so that disk and memory
//! stay bounded whatever an archive claims to be.

mod bounds;
mod folder;
mod workbook;

use std::fs::File;
use std::io::{self, BufReader, Read, Seek, Write};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use flate2::read::MultiGzDecoder;
use tempfile::{NamedTempFile, TempPath};
use zip::ZipArchive;
use zip::result::ZipError;

pub use bounds::Bounds;
use bounds::{Budget, TooMuch};

use crate::refusal::{Refusal, Verdict};

/// One file or sheet, ready to be recognised.
#[derive(Debug)]
pub struct Piece {
    /// Its name, with those of what it was packed in: `reports.zip/june.xlsx/Campaigns`.
    pub name: String,
    path: PathBuf,
    unpacked: Option<TempPath>,
}

impl Piece {
    /// Where it can be read, as long as the piece lives.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Whether it was packed in something else, or is a sheet.
    pub fn is_unpacked(&self) -> bool {
        self.unpacked.is_some()
    }
}

/// A piece that can't be read, by name.
#[derive(Debug)]
pub struct Unreadable {
    /// Its name, as [`Piece::name`].
    pub name: String,
    /// Why, and what to do.
    pub refusal: Refusal,
}

/// What takes the pieces. It may end the search.
type Each<'a> = &'a mut dyn FnMut(Result<Piece, Unreadable>) -> ControlFlow<()>;

/// Hands out what the file or folder at `path` holds, in the order of its names. What is packed is unpacked into
/// `scratch` and removed again.
pub fn pieces(
    path: &Path,
    name: &str,
    scratch: &Path,
    bounds: Bounds,
    mut each: impl FnMut(Result<Piece, Unreadable>) -> ControlFlow<()>,
) {
    let mut unpacking = Unpacking { scratch, budget: Budget::new(bounds), each: &mut each };
    // Whether the search was ended early is known to whoever ended it.
    let _: ControlFlow<()> = match path.is_dir() {
        true => folder::walk(&mut unpacking, path, name),
        false => unpacking.piece(Piece { name: name.to_owned(), path: path.to_owned(), unpacked: None }, 0),
    };
}

struct Unpacking<'a> {
    scratch: &'a Path,
    budget: Budget,
    each: Each<'a>,
}

/// How the content of a file is packed, by its first bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Packing {
    Plain,
    Gzip,
    Zip,
}

impl Unpacking<'_> {
    /// Hands out a piece, or what it holds. `depth` says how many archives it was packed in.
    fn piece(&mut self, piece: Piece, depth: u8) -> ControlFlow<()> {
        // What can't be read is told by whoever reads it.
        let packing = packing(&piece.path).unwrap_or(Packing::Plain);
        if packing == Packing::Plain {
            return (self.each)(Ok(piece));
        }
        if depth == self.budget.nesting() {
            let remedy = "unpack the outer archives and import what is inside";
            let verdict = Verdict::new("an archive within too many others", remedy);
            return self.refuse(piece.name, Refusal::OtherContent(verdict));
        }
        match packing {
            Packing::Gzip => self.gzip(piece, depth),
            _ => self.zip(piece, depth),
        }
    }

    fn refuse(&mut self, name: String, refusal: Refusal) -> ControlFlow<()> {
        (self.each)(Err(Unreadable { name, refusal }))
    }

    fn gzip(&mut self, piece: Piece, depth: u8) -> ControlFlow<()> {
        let unpacked = File::open(&piece.path).map_err(Failure::Io).and_then(|file| {
            let packed = file.metadata().map_err(Failure::Io)?.len();
            self.unpack(MultiGzDecoder::new(BufReader::new(file)), packed)
        });
        match unpacked {
            // One file inside, so that the name of the archive says which.
            Ok(path) => self.piece(Piece::unpacked(piece.name, path), depth + 1),
            Err(failure) => self.refuse(piece.name, failure.refusal("a gzip archive")),
        }
    }

    fn zip(&mut self, piece: Piece, depth: u8) -> ControlFlow<()> {
        let opened = File::open(&piece.path).map_err(Failure::Io).and_then(|file| {
            ZipArchive::new(BufReader::new(file)).map_err(|error| Failure::of_zip(error, &piece.path))
        });
        let mut archive = match opened {
            Ok(archive) => archive,
            Err(failure) => return self.refuse(piece.name, failure.refusal("a zip archive")),
        };
        if workbook::is_one(&archive) {
            return workbook::sheets(self, archive, piece);
        }
        for index in sorted(&mut archive) {
            if let Err(too_much) = self.budget.entry() {
                return self.refuse(piece.name, Failure::TooMuch(too_much).refusal("a zip archive"));
            }
            let (name, unpacked) = match self.entry(&mut archive, index) {
                Ok(Some((name, path))) => (name, Ok(path)),
                Ok(None) => continue,
                Err((name, failure)) => (name, Err(failure)),
            };
            let name = format!("{}/{name}", piece.name);
            match unpacked {
                Ok(path) => self.piece(Piece::unpacked(name, path), depth + 1)?,
                Err(failure) => {
                    let is_over = matches!(failure, Failure::TooMuch(_));
                    self.refuse(name, failure.refusal("a file in a zip archive"))?;
                    if is_over {
                        break;
                    }
                }
            }
        }
        ControlFlow::Continue(())
    }

    /// Unpacks one entry; none if it is no file, or one that a system puts beside files.
    fn entry<R: Read + Seek>(
        &mut self,
        archive: &mut ZipArchive<R>,
        index: usize,
    ) -> Result<Option<(String, TempPath)>, (String, Failure)> {
        let (name, is_file, is_encrypted) = match archive.by_index_raw(index) {
            Ok(entry) => {
                (shown(entry.name().unwrap_or_default().as_ref()), entry.is_file(), entry.encrypted())
            }
            Err(error) => return Err((format!("file {}", index + 1), error.into())),
        };
        if !is_file || is_beside(&name) {
            return Ok(None);
        }
        if is_encrypted {
            return Err((name, Failure::Encrypted));
        }
        let unpacked = archive.by_index(index).map_err(Failure::from).and_then(|entry| {
            let packed = entry.compressed_size();
            self.unpack(entry, packed)
        });
        match unpacked {
            Ok(path) => Ok(Some((name, path))),
            Err(failure) => Err((name, failure)),
        }
    }

    /// Writes a stream into the scratch folder, as far as the bounds allow.
    fn unpack(&mut self, mut from: impl Read, packed: u64) -> Result<TempPath, Failure> {
        let mut file = self.scratch_file()?;
        let mut meter = self.budget.meter(packed);
        let mut buffer = vec![0; 128 * 1024];
        loop {
            let read = match from.read(&mut buffer) {
                Ok(0) => break,
                Ok(read) => read,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => return Err(Failure::Damaged(error.to_string())),
            };
            meter.take(read as u64)?;
            file.write_all(&buffer[..read]).map_err(Failure::Io)?;
        }
        file.flush().map_err(Failure::Io)?;
        Ok(file.into_temp_path())
    }

    fn scratch_file(&self) -> Result<NamedTempFile, Failure> {
        NamedTempFile::with_prefix_in(SCRATCH_PREFIX, self.scratch).map_err(Failure::Io)
    }
}

/// How files in the scratch folder begin, so that what a crash left behind can be told.
pub const SCRATCH_PREFIX: &str = "unpacked-";

impl Piece {
    fn unpacked(name: String, path: TempPath) -> Self {
        Self { name, path: path.to_path_buf(), unpacked: Some(path) }
    }
}

fn packing(path: &Path) -> io::Result<Packing> {
    let mut start = Vec::new();
    File::open(path)?.take(4).read_to_end(&mut start)?;
    Ok(match start.as_slice() {
        [0x1f, 0x8b, ..] => Packing::Gzip,
        [b'P', b'K', 3, 4] | [b'P', b'K', 5, 6] => Packing::Zip,
        _ => Packing::Plain,
    })
}

/// The entries of an archive by name.
fn sorted<R: Read + Seek>(archive: &mut ZipArchive<R>) -> Vec<usize> {
    let count = archive.len();
    let name =
        |index| archive.by_index_raw(index).ok().map(|entry| entry.name().unwrap_or_default().into_owned());
    let mut named: Vec<(Option<String>, usize)> = (0..count).map(name).zip(0..).collect();
    named.sort();
    named.into_iter().map(|(_, index)| index).collect()
}

/// What systems put beside files: nobody means it when naming an archive or a folder.
fn is_beside(name: &str) -> bool {
    let last = name.rsplit('/').next().unwrap_or(name);
    last.starts_with('.')
        || last.is_empty()
        || name.split('/').any(|part| part == "__MACOSX")
        || ["thumbs.db", "desktop.ini"].contains(&last.to_lowercase().as_str())
}

/// A name from an archive, as it may be shown: it is never used as a path.
fn shown(name: &str) -> String {
    let name: String = name.replace('\\', "/").chars().filter(|c| !c.is_control()).take(300).collect();
    name.trim_start_matches('/').to_owned()
}

/// Why something packed can't be read.
#[derive(Debug)]
enum Failure {
    Io(io::Error),
    Encrypted,
    CutOff,
    Damaged(String),
    Method,
    TooMuch(TooMuch),
}

impl From<TooMuch> for Failure {
    fn from(too_much: TooMuch) -> Self {
        Self::TooMuch(too_much)
    }
}

impl From<ZipError> for Failure {
    fn from(error: ZipError) -> Self {
        match error {
            ZipError::Io(error) => Self::Damaged(error.to_string()),
            ZipError::UnsupportedArchive(ZipError::PASSWORD_REQUIRED) | ZipError::InvalidPassword => {
                Self::Encrypted
            }
            ZipError::CompressionMethodNotSupported(_) | ZipError::UnsupportedArchive(_) => Self::Method,
            other => Self::Damaged(other.to_string()),
        }
    }
}

impl Failure {
    /// An archive that can't be opened mostly lacks its end.
    fn of_zip(error: ZipError, path: &Path) -> Self {
        const LONGEST_END: u64 = 65_536 + 22;
        let has_end = || -> io::Result<bool> {
            let mut file = File::open(path)?;
            let len = file.metadata()?.len();
            file.seek(io::SeekFrom::Start(len.saturating_sub(LONGEST_END)))?;
            let mut end = Vec::new();
            file.read_to_end(&mut end)?;
            Ok(memchr::memmem::find(&end, b"PK\x05\x06").is_some())
        };
        match has_end() {
            Ok(false) => Self::CutOff,
            _ => error.into(),
        }
    }

    fn refusal(self, what: &'static str) -> Refusal {
        let verdict = match self {
            Self::Io(error) => return error.into(),
            Self::Encrypted => Verdict::new(
                format!("{what} that is locked with a password"),
                "unpack it with the password and import what is inside",
            ),
            Self::CutOff => {
                Verdict::new(format!("{what} that is cut off"), "download it again; its end is missing")
            }
            Self::Damaged(why) => Verdict::new(
                format!("{what} that is damaged ({why})"),
                "download it again; if it stays damaged, unpack it yourself and import what is inside",
            ),
            Self::Method => Verdict::new(
                format!("{what} that is packed in an uncommon way"),
                "unpack it and import what is inside, or pack it again with the usual method (deflate)",
            ),
            Self::TooMuch(too_much) => Verdict::new(
                format!("{what} that {too_much}"),
                "unpack it and import the files inside one by one",
            ),
        };
        Refusal::OtherContent(verdict)
    }
}
