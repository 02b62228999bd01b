//! An export file being written.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use anyhow::Context;

use crate::line::Line;

/// How a file's bytes are made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    /// UTF-8 with commas.
    Csv,
    /// UTF-16LE with a byte order mark and tabs, which Google calls "Excel .csv".
    ExcelCsv,
}

impl Form {
    pub fn line(self) -> Line {
        Line::new(match self {
            Self::Csv => b',',
            Self::ExcelCsv => b'\t',
        })
    }
}

/// A file of lines.
pub(crate) struct Sheet {
    out: BufWriter<File>,
    path: PathBuf,
    form: Form,
    line: Line,
    rows: u64,
}

impl Sheet {
    /// Begins the file. Two exports of one plan never share a name.
    pub fn create(folder: &Path, name: &str, form: Form) -> anyhow::Result<Self> {
        let path = folder.join(name);
        let file = File::create(&path).with_context(|| format!("cannot write {}", path.display()))?;
        let mut out = BufWriter::with_capacity(1 << 18, file);
        if form == Form::ExcelCsv {
            out.write_all(&[0xff, 0xfe])?;
        }
        Ok(Self { out, path, form, line: form.line(), rows: 0 })
    }

    pub fn form(&self) -> Form {
        self.form
    }

    /// Writes a line that is not data.
    pub fn aside(&mut self, fill: impl FnOnce(&mut Line)) -> anyhow::Result<()> {
        self.line.clear();
        fill(&mut self.line);
        let bytes = self.line.ended();
        match self.form {
            Form::Csv => self.out.write_all(bytes)?,
            Form::ExcelCsv => {
                for unit in String::from_utf8_lossy(bytes).encode_utf16() {
                    self.out.write_all(&unit.to_le_bytes())?;
                }
            }
        }
        Ok(())
    }

    /// Writes a row of data.
    pub fn row(&mut self, fill: impl FnOnce(&mut Line)) -> anyhow::Result<()> {
        self.rows += 1;
        self.aside(fill)
    }

    /// Ends the file: where it is, and its rows of data.
    pub fn finish(mut self) -> anyhow::Result<(PathBuf, u64)> {
        self.out.flush().with_context(|| format!("cannot write {}", self.path.display()))?;
        Ok((self.path, self.rows))
    }
}
