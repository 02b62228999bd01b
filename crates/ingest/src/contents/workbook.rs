//! The sheets of an Excel workbook (.xlsx), each written out as a table of text: a line for a row of the sheet, so that
//! line numbers are those a spreadsheet shows.

use std::fs::File;
use std::io::{self, BufReader, BufWriter, Read, Seek, Write};
use std::ops::ControlFlow;

use calamine::{DataRef, ExcelDateTime, Reader, SheetType, Xlsx, XlsxError};
use tempfile::TempPath;
use zip::ZipArchive;

use super::{Failure, Piece, Unpacking};
use crate::refusal::{Refusal, Verdict};

/// Parts other than sheets are held in memory, mostly texts that cells share.
const MOST_IN_MEMORY: u64 = 192 << 20;

/// No tag and no cell is as long; it would have to be held in memory as a whole.
const LONGEST_TEXT: u64 = 4 << 20;

/// Columns further right are not read.
const MOST_COLUMNS: u32 = 1_000;

const WORKBOOK: &str = "an Excel workbook (.xlsx)";

/// Whether an archive is a workbook.
pub(super) fn is_one<R: Read + Seek>(archive: &ZipArchive<R>) -> bool {
    archive.index_for_name("xl/workbook.xml").is_some()
}

/// Hands out the sheets that hold anything, in the workbook's order.
pub(super) fn sheets(
    unpacking: &mut Unpacking<'_>,
    mut archive: ZipArchive<BufReader<File>>,
    piece: Piece,
) -> ControlFlow<()> {
    if let Err(failure) = look_through(unpacking, &mut archive) {
        return unpacking.refuse(piece.name, failure.refusal(WORKBOOK));
    }
    drop(archive);
    let opened = File::open(&piece.path).map_err(Failure::Io);
    let mut workbook: Xlsx<_> = match opened.and_then(|file| Ok(Xlsx::new(BufReader::new(file))?)) {
        Ok(workbook) => workbook,
        Err(failure) => return unpacking.refuse(piece.name, failure.refusal(WORKBOOK)),
    };
    let sheets = workbook.sheets_metadata().iter().filter(|sheet| sheet.typ == SheetType::WorkSheet);
    let names: Vec<String> = sheets.map(|sheet| sheet.name.clone()).collect();
    let mut is_empty = true;
    for name in names {
        let shown = format!("{}/{}", piece.name, super::shown(&name));
        if let Err(too_much) = unpacking.budget.entry() {
            return unpacking.refuse(shown, Failure::TooMuch(too_much).refusal(WORKBOOK));
        }
        match write_out(unpacking, &mut workbook, &name) {
            Ok(Some(path)) => {
                is_empty = false;
                (unpacking.each)(Ok(Piece::unpacked(shown, path)))?;
            }
            Ok(None) => {}
            Err(failure) => {
                is_empty = false;
                unpacking.refuse(shown, failure.refusal(WORKBOOK))?;
            }
        }
    }
    if is_empty {
        let remedy = "choose a range in which something was delivered and download it again";
        let refusal = Refusal::Empty(Verdict::new("an Excel workbook whose sheets are empty", remedy));
        return unpacking.refuse(piece.name, refusal);
    }
    ControlFlow::Continue(())
}

/// Unpacks every part once to nowhere, because what an archive says of its sizes may be untrue.
fn look_through(
    unpacking: &mut Unpacking<'_>,
    archive: &mut ZipArchive<BufReader<File>>,
) -> Result<(), Failure> {
    let mut in_memory = 0;
    let mut buffer = vec![0; 128 * 1024];
    for index in 0..archive.len() {
        unpacking.budget.entry()?;
        let mut part = archive.by_index(index)?;
        if !part.is_file() {
            continue;
        }
        let name = part.name()?.to_lowercase();
        if !(name.ends_with(".xml") || name.ends_with(".rels")) {
            continue;
        }
        let is_sheet = name.starts_with("xl/worksheets/");
        let packed = part.compressed_size();
        let mut meter = unpacking.budget.meter(packed);
        let mut text = 0;
        loop {
            let read = part.read(&mut buffer).map_err(|error| Failure::Damaged(error.to_string()))?;
            if read == 0 {
                break;
            }
            meter.take(read as u64)?;
            let last_tag = memchr::memrchr(b'<', &buffer[..read]);
            let first_tag = memchr::memchr(b'<', &buffer[..read]).unwrap_or(read);
            text += first_tag as u64;
            if text > LONGEST_TEXT {
                return Err(Failure::Damaged("a text in it is longer than 4 MiB".to_owned()));
            }
            if let Some(last_tag) = last_tag {
                text = (read - last_tag) as u64;
            }
            if !is_sheet {
                in_memory += read as u64;
            }
            if in_memory > MOST_IN_MEMORY {
                let most = MOST_IN_MEMORY >> 20;
                return Err(Failure::Damaged(format!("its texts and styles take more than {most} MiB")));
            }
        }
    }
    Ok(())
}

/// Writes a sheet into the scratch folder; none if it is empty. Memory does not grow with its rows.
fn write_out(
    unpacking: &mut Unpacking<'_>,
    workbook: &mut Xlsx<BufReader<File>>,
    name: &str,
) -> Result<Option<TempPath>, Failure> {
    let file = unpacking.scratch_file()?;
    let mut meter = unpacking.budget.meter(u64::MAX);
    let mut table = Table { out: BufWriter::new(file), row: 0, column: 0, line: Vec::new(), is_empty: true };
    let mut cells = workbook.worksheet_cells_reader(name)?;
    while let Some(cell) = cells.next_cell()? {
        let (row, column) = cell.get_position();
        if column < MOST_COLUMNS && !matches!(cell.get_value(), DataRef::Empty) {
            meter.take(table.put(row, column, cell.get_value()).map_err(Failure::Io)?)?;
        }
    }
    table.finish().map_err(Failure::Io)
}

/// A sheet as it is written.
struct Table {
    out: BufWriter<tempfile::NamedTempFile>,
    row: u32,
    /// The column whose cell would come next.
    column: u32,
    line: Vec<u8>,
    is_empty: bool,
}

impl Table {
    /// Writes a cell, and says how many bytes were written to get there.
    fn put(&mut self, row: u32, column: u32, value: &DataRef<'_>) -> io::Result<u64> {
        let mut written = 0;
        // Cells come in their order; one that does not would move others.
        if row < self.row || (row == self.row && column < self.column) {
            return Ok(0);
        }
        while self.row < row {
            written += self.end_line()?;
        }
        let before = self.line.len();
        while self.column < column {
            self.line.push(b',');
            self.column += 1;
        }
        let text = text_of(value);
        self.is_empty &= text.trim().is_empty();
        if text.contains(['"', ',']) {
            self.line.push(b'"');
            self.line.extend_from_slice(text.replace('"', "\"\"").as_bytes());
            self.line.push(b'"');
        } else {
            self.line.extend_from_slice(text.as_bytes());
        }
        Ok(written + (self.line.len() - before) as u64)
    }

    fn end_line(&mut self) -> io::Result<u64> {
        self.line.push(b'\n');
        self.out.write_all(&self.line)?;
        self.line.clear();
        self.row += 1;
        self.column = 0;
        Ok(1)
    }

    fn finish(mut self) -> io::Result<Option<TempPath>> {
        self.end_line()?;
        let file = self.out.into_inner().map_err(io::IntoInnerError::into_error)?;
        Ok((!self.is_empty).then(|| file.into_temp_path()))
    }
}

/// A cell as text, in one line.
fn text_of(value: &DataRef<'_>) -> String {
    let in_line = |text: &str| text.replace("\r\n", " ").replace(['\r', '\n'], " ");
    match value {
        DataRef::Int(number) => number.to_string(),
        DataRef::Float(number) => number_text(*number),
        DataRef::String(text) => in_line(text),
        DataRef::SharedString(text) => in_line(text),
        DataRef::Bool(is) => is.to_string(),
        DataRef::DateTime(moment) => moment_text(moment),
        DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => text.clone(),
        DataRef::Error(error) => error.to_string(),
        DataRef::Empty => String::new(),
    }
}

/// A workbook keeps numbers with fifteen digits. What is longer was an id once, and is written so that it shows.
fn number_text(number: f64) -> String {
    if number.fract() == 0.0 && number.abs() >= 1e15 {
        return format!("{number:E}").replacen('E', "E+", 1);
    }
    number.to_string()
}

fn moment_text(moment: &ExcelDateTime) -> String {
    if moment.is_duration() {
        return number_text(moment.as_f64());
    }
    let (year, month, day, hour, minute, second, _) = moment.to_ymd_hms_milli();
    let date = format!("{year:04}-{month:02}-{day:02}");
    if (hour, minute, second) == (0, 0, 0) {
        date
    } else {
        format!("{date} {hour:02}:{minute:02}:{second:02}")
    }
}

impl From<XlsxError> for Failure {
    fn from(error: XlsxError) -> Self {
        match error {
            XlsxError::Zip(error) => error.into(),
            XlsxError::Password => Self::Encrypted,
            other => Self::Damaged(other.to_string()),
        }
    }
}
