//! Passwords that others already know: a short list that comes with the program, and, if there is a folder of them, all that
//! "Have I Been Pwned" has gathered.

use std::fs::File;
use std::io::{self, BufRead, BufReader};
use std::path::{Path, PathBuf};

use sha1::{Digest, Sha1};

use crate::hex;

/// Common passwords that are long enough to be chosen, in lower case, one in each line.
const COMMON: &str = include_str!("common.txt");
/// How many digits of its SHA-1 a range file is named after.
const PREFIX: usize = 5;

/// Where breached passwords are looked up.
#[derive(Debug, Clone, Default)]
pub struct Breached {
    folder: Option<PathBuf>,
}

impl Breached {
    /// Only the short list.
    pub fn none() -> Self {
        Self::default()
    }

    /// The short list, and a folder of range files: each is named after the first five digits of the SHA-1 of the passwords in
    /// it, with or without `.txt`, and has the other digits of one in each line, then a colon and how often it was seen.
    pub fn in_folder(path: impl Into<PathBuf>) -> Self {
        Self { folder: Some(path.into()) }
    }

    /// Whether others know this password.
    ///
    /// # Errors
    /// If its range file is missing, as a download of all ranges has them all, or can't be read.
    pub fn contains(&self, text: &str) -> io::Result<bool> {
        let lower = text.to_lowercase();
        if COMMON.lines().any(|common| common == lower) {
            return Ok(true);
        }
        let Some(folder) = &self.folder else { return Ok(false) };
        let digest = hex::hex(&Sha1::digest(text)).to_uppercase();
        let (prefix, suffix) = digest.split_at(PREFIX);
        for line in BufReader::new(range(folder, prefix)?).lines() {
            let line = line?;
            let (kept, count) = line.trim().split_once(':').unwrap_or((line.trim(), ""));
            // Ranges asked for with padding have lines that count nothing, which nobody ever chose.
            if kept.eq_ignore_ascii_case(suffix) && count.trim() != "0" {
                return Ok(true);
            }
        }
        Ok(false)
    }
}

fn range(folder: &Path, prefix: &str) -> io::Result<File> {
    let lower = prefix.to_lowercase();
    for name in [format!("{prefix}.txt"), prefix.to_owned(), format!("{lower}.txt"), lower] {
        match File::open(folder.join(name)) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            other => return other,
        }
    }
    let why = format!("no range file {prefix} in {}; download all ranges into it", folder.display());
    Err(io::Error::new(io::ErrorKind::NotFound, why))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `printf 'correct horse' | sha1sum`.
    const HORSE: (&str, &str) = ("2F9E5", "3523B62ABC141A2B4D6019D23CBA835DBD0");

    fn is_found(name: &str, content: &str) -> io::Result<bool> {
        let folder = tempfile::tempdir()?;
        std::fs::write(folder.path().join(name), content)?;
        Breached::in_folder(folder.path()).contains("correct horse")
    }

    #[test]
    fn common_passwords_are_always_known() {
        let lines: Vec<&str> = COMMON.lines().collect();
        assert!(lines.len() >= 100);
        for (at, line) in lines.iter().enumerate() {
            assert!(line.chars().count() >= crate::SHORTEST, "{line} is too short to be chosen");
            assert!(line.to_lowercase() == **line && !lines[..at].contains(line), "{line}");
        }
        for breached in [Breached::none(), Breached::in_folder("/nowhere")] {
            assert!(breached.contains("PasswordPassword").unwrap());
        }
        assert!(!Breached::none().contains("correct horse").unwrap());
    }

    #[test]
    fn breached_passwords_are_found_in_their_range() {
        let (prefix, suffix) = HORSE;
        let other = "0".repeat(35);
        for name in [prefix.to_owned(), format!("{prefix}.txt"), prefix.to_lowercase()] {
            assert!(is_found(&name, &format!("{other}:3\r\n{suffix}:12\r\n")).unwrap(), "{name}");
        }
        assert!(is_found(prefix, &suffix.to_lowercase()).unwrap());
        assert!(!is_found(prefix, &format!("{other}:3\n")).unwrap());
        assert!(!is_found(prefix, &format!("{suffix}:0\n")).unwrap());
        assert!(!is_found(prefix, "").unwrap());
    }

    #[test]
    fn a_missing_range_is_said() {
        let error = is_found("00000", "").unwrap_err();
        assert!(error.to_string().contains(HORSE.0), "{error}");
    }
}
