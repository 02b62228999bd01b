//! Records of a delimited file, one at a time: cells, quotes, and the physical line on which each record starts.
//!
//! RFC 4180, read generously as spreadsheets do: any line end, text after a closing quote, quotes inside plain cells.
//! Cells are borrowed from the buffer. A quote that is never closed must not swallow the rest of the file, so reading
//! goes on with the line after it; that, and lines counted however they end, is what the `csv` crates don't give.

use std::io::{self, Read};

use crate::encoding::{Decoded, windows_1252};
use crate::scan::{Cell, Scan, line_end_len, scan, unquote};

/// A longer record is not a row.
const LONGEST: usize = 1024 * 1024;

/// How much text may be looked through again because reading went back to the line after an unclosed quote. Beyond,
/// what was looked through is given up, so that no file takes time that grows with the square of its size.
const MOST_AGAIN: usize = 8 * LONGEST;

/// What comes next in a file.
#[derive(Debug)]
pub(crate) enum Next<'a> {
    Record(Record<'a>),
    /// A record that was given up.
    Broken {
        line: u64,
        why: Broken,
    },
    End,
}

/// Why a record was given up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Broken {
    /// A quote was opened and not closed before the end of the file, or for too long.
    Unclosed,
    /// It is longer than 1 MiB.
    TooLong,
}

/// One record.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Record<'a> {
    /// The physical line, from 1, on which it starts.
    pub(crate) line: u64,
    /// The file ends with it, in the middle of its line.
    pub(crate) is_unended: bool,
    text: &'a str,
    base: usize,
    cells: &'a [Cell],
}

impl<'a> Record<'a> {
    pub(crate) fn len(&self) -> usize {
        self.cells.len()
    }

    /// The cell in a column, as it stands in the file but for quoting; empty if the record is shorter.
    #[inline]
    pub(crate) fn cell(&self, column: usize) -> &'a str {
        let cell = self.cells.get(column);
        cell.and_then(|cell| self.text.get(cell.range(self.base))).unwrap_or_default()
    }

    pub(crate) fn cells(&self) -> impl Iterator<Item = &'a str> + use<'a> {
        let record = *self;
        (0..record.len()).map(move |column| record.cell(column))
    }
}

/// A stream of records.
pub(crate) struct Records<R> {
    source: Decoded<R>,
    delimiter: u8,
    /// Text of the file; `start..` is still to be read.
    text: Vec<u8>,
    start: usize,
    line: u64,
    ended: bool,
    /// How much was looked through again.
    again: usize,
    /// The rest of a line that was too long is passed over.
    passing_over: bool,
    cells: Vec<Cell>,
    /// One of the cells is raw.
    any_raw: bool,
    /// A record that was no UTF-8, decoded.
    decoded: String,
}

impl<R: Read> Records<R> {
    pub(crate) fn new(source: Decoded<R>, delimiter: u8) -> Self {
        Self {
            source,
            delimiter,
            text: Vec::new(),
            start: 0,
            line: 1,
            ended: false,
            again: 0,
            passing_over: false,
            cells: Vec::new(),
            any_raw: false,
            decoded: String::new(),
        }
    }

    /// How many bytes of the file were read so far.
    pub(crate) fn bytes_read(&self) -> u64 {
        self.source.bytes_read()
    }

    /// The next record that is no blank line.
    pub(crate) fn next(&mut self) -> io::Result<Next<'_>> {
        loop {
            if self.passing_over && !self.pass_over()? {
                return Ok(Next::End);
            }
            let line = self.line;
            match scan(&self.text, self.start, self.ended, self.delimiter, &mut self.cells) {
                Scan::Whole { next, lines, any_raw } => {
                    self.any_raw = any_raw;
                    let start = std::mem::replace(&mut self.start, next);
                    self.line += lines;
                    if next - start > LONGEST {
                        return Ok(Next::Broken { line, why: Broken::TooLong });
                    }
                    if is_blank(&self.text[start..next]) {
                        continue;
                    }
                    return Ok(Next::Record(self.record(line, start, next)));
                }
                Scan::Short if self.text.len() - self.start > LONGEST => {
                    return Ok(Next::Broken { line, why: self.give_up() });
                }
                Scan::Short if self.ended => return Ok(Next::End),
                Scan::Short => self.fill()?,
                Scan::Unclosed => return Ok(Next::Broken { line, why: self.give_up() }),
            }
        }
    }

    fn fill(&mut self) -> io::Result<()> {
        self.text.drain(..self.start);
        self.start = 0;
        let first = self.source.bytes_read() == 0;
        self.ended = !self.source.fill(&mut self.text)?;
        // A byte order mark is no part of the first header.
        while first && self.text.len() < 3 && !self.ended {
            self.ended = !self.source.fill(&mut self.text)?;
        }
        if first && self.text.starts_with("\u{feff}".as_bytes()) {
            self.start = 3;
        }
        Ok(())
    }

    /// Goes on with the line after the one on which the record began.
    fn give_up(&mut self) -> Broken {
        let rest = &self.text[self.start..];
        let first_line = memchr::memchr2(b'\n', b'\r', rest);
        match first_line {
            Some(end) if self.again < MOST_AGAIN => {
                self.again += rest.len();
                self.line += 1;
                self.start += end + line_end_len(&rest[end..]);
                Broken::Unclosed
            }
            _ => {
                // A carriage return at the very end may be half of a line end; it is left to be passed over.
                let looked_through = rest.len() - usize::from(rest.ends_with(b"\r"));
                self.line += count_lines(&rest[..looked_through]);
                self.start += looked_through;
                self.passing_over = true;
                if first_line.is_some() { Broken::Unclosed } else { Broken::TooLong }
            }
        }
    }

    /// Passes over the rest of a line. Returns false if the file ends with it.
    fn pass_over(&mut self) -> io::Result<bool> {
        loop {
            let rest = &self.text[self.start..];
            if let Some(end) = memchr::memchr2(b'\n', b'\r', rest) {
                // A carriage return at the very end may be half of a line end.
                if end + 1 < rest.len() || self.ended {
                    self.start += end + line_end_len(&rest[end..]);
                    self.line += 1;
                    self.passing_over = false;
                    return Ok(true);
                }
                self.start += end;
            } else {
                self.start = self.text.len();
            }
            if self.ended {
                return Ok(false);
            }
            self.fill()?;
        }
    }

    fn record(&mut self, line: u64, start: usize, end: usize) -> Record<'_> {
        let is_unended = self.ended
            && end == self.text.len()
            && !self.text.ends_with(b"\n")
            && !self.text.ends_with(b"\r");
        let Self { text, cells, any_raw, decoded, .. } = self;
        let raw = if *any_raw { cells.as_mut_slice() } else { &mut [] };
        for cell in raw.iter_mut().filter(|cell| cell.raw) {
            cell.end = cell.start + unquote(&mut text[cell.range(0)]) as u32;
        }
        let Ok(valid) = std::str::from_utf8(&text[start..end]) else {
            decoded.clear();
            for cell in cells.iter_mut() {
                let at = decoded.len();
                decoded.push_str(&windows_1252(&text[cell.range(0)]));
                *cell = Cell { start: at as u32, end: decoded.len() as u32, raw: false };
            }
            return Record { line, is_unended, text: decoded, base: 0, cells };
        };
        Record { line, is_unended, text: valid, base: start, cells }
    }
}

/// Tabs may separate cells, so only spaces make a line blank.
fn is_blank(line: &[u8]) -> bool {
    line.iter().all(|byte| matches!(byte, b' ' | b'\r' | b'\n'))
}

fn count_lines(text: &[u8]) -> u64 {
    let ends = memchr::memchr2_iter(b'\n', b'\r', text);
    ends.filter(|&at| !(text[at] == b'\n' && at > 0 && text[at - 1] == b'\r')).count() as u64
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::encoding::Encoding;
    use proptest::prelude::*;

    type Seen = (u64, Vec<String>);

    /// Gives its bytes a few at a time.
    struct Dripping<'a>(&'a [u8], usize);

    impl Read for Dripping<'_> {
        fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
            let count = self.1.min(self.0.len()).min(into.len());
            into[..count].copy_from_slice(&self.0[..count]);
            self.0 = &self.0[count..];
            Ok(count)
        }
    }

    fn read(bytes: &[u8], drip: usize) -> (Vec<Seen>, Vec<(u64, Broken)>) {
        let mut records = Records::new(Decoded::new(Dripping(bytes, drip), Encoding::Utf8), b',');
        let (mut seen, mut broken) = (Vec::new(), Vec::new());
        loop {
            match records.next().unwrap() {
                Next::Record(record) => seen.push((record.line, record.cells().map(str::to_owned).collect())),
                Next::Broken { line, why } => broken.push((line, why)),
                Next::End => return (seen, broken),
            }
        }
    }

    #[track_caller]
    fn check(text: &str, expect: &[(u64, &[&str])]) {
        for drip in [1, 2, 3, 1000] {
            let (seen, broken) = read(text.as_bytes(), drip);
            let seen: Vec<(u64, Vec<&str>)> = seen
                .iter()
                .map(|(line, cells)| (*line, cells.iter().map(String::as_str).collect()))
                .collect();
            let expect: Vec<(u64, Vec<&str>)> =
                expect.iter().map(|(line, cells)| (*line, cells.to_vec())).collect();
            assert_eq!(seen, expect, "{text:?}");
            assert_eq!(broken, []);
        }
    }

    #[test]
    fn records_and_their_lines() {
        check("a,b\nc,d", &[(1, &["a", "b"]), (2, &["c", "d"])]);
        check("a,b\r\n\r\nc,d\r\n", &[(1, &["a", "b"]), (3, &["c", "d"])]);
        check("a\rb\r\rc\r", &[(1, &["a"]), (2, &["b"]), (4, &["c"])]);
        check("\u{feff}a,\n  \n,\n", &[(1, &["a", ""]), (3, &["", ""])]);
        check("\"a\nb\",c\nd", &[(1, &["a\nb", "c"]), (3, &["d"])]);
        check("\"a\r\n\r\nb\",c\r\nd", &[(1, &["a\r\n\r\nb", "c"]), (4, &["d"])]);
        check("\"a \"\"b\"\" c\",\"\"\"p\"\"\",\"\"\n", &[(1, &["a \"b\" c", "\"p\"", ""])]);
        check("24\" TV,\"24\" TV\nx", &[(1, &["24\" TV", "24 TV"]), (2, &["x"])]);
        check("\"é\"\"é\",\"é\"é", &[(1, &["é\"é", "éé"])]);
    }

    #[test]
    fn a_file_may_end_in_the_middle_of_a_line() {
        for (text, expect) in [
            ("a,b\nc,d\n", [false, false]),
            ("a,b\nc,d\r\n", [false, false]),
            ("a,b\rc,d\r", [false, false]),
            ("a,b\nc,d", [false, true]),
            ("a,b\nc,\"d\"", [false, true]),
            ("a,b\nc\n  ", [false, false]),
        ] {
            for drip in [1, 3, 1000] {
                let source = Decoded::new(Dripping(text.as_bytes(), drip), Encoding::Utf8);
                let mut records = Records::new(source, b',');
                for (number, is_unended) in expect.into_iter().enumerate() {
                    let Next::Record(record) = records.next().unwrap() else { panic!("{text:?} {number}") };
                    assert_eq!(record.is_unended, is_unended, "{text:?} {number} {drip}");
                }
            }
        }
    }

    #[test]
    fn an_unclosed_quote_costs_one_line() {
        let (seen, broken) = read(b"a,b\n1,\"x\n2,y\n3,z\n", 5);
        assert_eq!(broken, [(2, Broken::Unclosed)]);
        assert_eq!(seen.iter().map(|(line, _)| *line).collect::<Vec<_>>(), [1, 3, 4]);
    }

    #[test]
    fn an_endless_line_costs_itself() {
        let text = format!("a\n{}\nb\n", "x".repeat(3 * LONGEST));
        let (seen, broken) = read(text.as_bytes(), 100_000);
        assert_eq!(broken, [(2, Broken::TooLong)]);
        assert_eq!(seen, [(1, vec!["a".to_owned()]), (3, vec!["b".to_owned()])]);
    }

    #[test]
    fn lines_that_keep_quotes_open_are_given_up_in_time() {
        let text = "a\",\"b\",\"c\n".repeat(300_000);
        let (_, broken) = read(format!("\"{text}").as_bytes(), 1_000_000);
        assert!(broken.len() > 1 && broken.len() < 100, "{}", broken.len());
    }

    #[test]
    fn bytes_that_are_no_utf8_are_read_as_windows_1252() {
        let (seen, _) = read(b"caf\xE9,\"x\"\"\xE9\"\nok\n", 7);
        assert_eq!(seen[0].1, ["café", "x\"é"]);
        assert_eq!(seen[1].1, ["ok"]);
    }

    /// What the csv-core crate reads.
    fn oracle(bytes: &[u8]) -> Vec<Vec<u8>> {
        let mut reader = csv_core::Reader::new();
        let (mut input, mut out, mut ends) = (bytes, vec![0; bytes.len() + 16], vec![0; bytes.len() + 16]);
        let mut records = Vec::new();
        loop {
            let (result, read, _, count) = reader.read_record(input, &mut out, &mut ends);
            input = &input[read..];
            match result {
                csv_core::ReadRecordResult::Record => {
                    let mut cells = Vec::new();
                    let mut start = 0;
                    for &end in &ends[..count] {
                        cells.extend_from_slice(&out[start..end]);
                        cells.push(b'|');
                        start = end;
                    }
                    records.push(cells);
                }
                csv_core::ReadRecordResult::End => return records,
                _ => {}
            }
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 4096, failure_persistence: None, ..ProptestConfig::default() })]
        #[test]
        fn reads_what_csv_core_reads(text in "[ab,\"\n\r]{0,40}", drip in 1usize..9) {
            let (seen, broken) = read(text.as_bytes(), drip);
            if broken.is_empty() {
                let seen: Vec<Vec<u8>> = seen.iter()
                    .map(|(_, cells)| cells.iter().flat_map(|cell| format!("{cell}|").into_bytes()).collect())
                    .collect();
                // With a line end, csv-core has no need to be asked twice for the last record.
                prop_assert_eq!(seen, oracle(format!("{text}\n").as_bytes()));
            }
        }
    }
}
