//! One record in a buffer: where its cells lie, and the quoting of cells.

use std::ops::Range;

/// More cells than this are not kept; no report has as many columns.
const MOST_CELLS: usize = 4096;

/// Where a cell lies in the buffer, which never holds much more than the longest record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Cell {
    pub(crate) start: u32,
    pub(crate) end: u32,
    /// The cell holds quotes that do not stand for themselves.
    pub(crate) raw: bool,
}

impl Cell {
    #[inline]
    pub(crate) fn range(self, base: usize) -> Range<usize> {
        self.start as usize - base..self.end as usize - base
    }
}

/// What a look through the buffer came to.
pub(crate) enum Scan {
    /// A record ends here; the next begins at `next`, `lines` lines further down.
    Whole { next: usize, lines: u64, any_raw: bool },
    /// The text ends before the record does.
    Short,
    /// The file ends within quotes.
    Unclosed,
}

/// Finds the cells of the record that begins at `at`. `ended` says that nothing follows the text.
pub(crate) fn scan(text: &[u8], mut at: usize, ended: bool, delimiter: u8, cells: &mut Vec<Cell>) -> Scan {
    cells.clear();
    if at >= text.len() {
        return Scan::Short;
    }
    let (mut lines, mut any_raw) = (0, false);
    loop {
        at = if text.get(at) == Some(&b'"') {
            match quoted_cell(text, at, delimiter, &mut lines, cells) {
                Some((end, raw)) => {
                    any_raw |= raw;
                    end
                }
                None if ended => return Scan::Unclosed,
                None => return Scan::Short,
            }
        } else {
            plain_cells(text, at, delimiter, cells)
        };
        match text.get(at) {
            Some(&byte) if byte == delimiter => at += 1,
            Some(b'\r') if at + 1 == text.len() && !ended => return Scan::Short,
            Some(_) => {
                return Scan::Whole { next: at + line_end_len(&text[at..]), lines: lines + 1, any_raw };
            }
            None if ended => return Scan::Whole { next: at, lines, any_raw },
            None => return Scan::Short,
        }
    }
}

#[inline]
fn keep(cells: &mut Vec<Cell>, start: usize, end: usize, raw: bool) {
    if cells.len() < MOST_CELLS {
        // A record is given up long before its places don't fit.
        cells.push(Cell { start: start as u32, end: end as u32, raw });
    }
}

/// Keeps cells up to the end of the record or before a quoted cell, and returns where the last one ends.
#[inline]
fn plain_cells(text: &[u8], mut start: usize, delimiter: u8, cells: &mut Vec<Cell>) -> usize {
    let mut at = start;
    // Eight bytes at a time, because most of the reader's time goes here.
    while let Some(eight) = text.get(at..).and_then(<[u8]>::first_chunk) {
        let eight = u64::from_le_bytes(*eight);
        let mut ends = equal_bytes(eight, delimiter) | below_shift_out(eight);
        while ends != 0 {
            let end = at + ends.trailing_zeros() as usize / 8;
            ends &= ends - 1;
            let byte = text[end];
            if !is_end(byte, delimiter) {
                continue;
            }
            keep(cells, start, end, false);
            if byte != delimiter || text.get(end + 1) == Some(&b'"') {
                return end;
            }
            start = end + 1;
        }
        at += 8;
    }
    loop {
        let end = (at..text.len()).find(|&at| is_end(text[at], delimiter)).unwrap_or(text.len());
        keep(cells, start, end, false);
        if text.get(end) != Some(&delimiter) || text.get(end + 1) == Some(&b'"') {
            return end;
        }
        start = end + 1;
        at = start;
    }
}

#[inline]
fn is_end(byte: u8, delimiter: u8) -> bool {
    byte == delimiter || byte == b'\n' || byte == b'\r'
}

/// The low seven bits of each byte.
const LOW: u64 = u64::from_le_bytes([0x7f; 8]);

/// The highest bit of each byte that is `byte`.
#[inline]
const fn equal_bytes(eight: u64, byte: u8) -> u64 {
    let differing = eight ^ u64::from_le_bytes([byte; 8]);
    // No sum of two low seven bits reaches the next byte.
    !((differing & LOW).wrapping_add(LOW) | differing | LOW)
}

/// The highest bit of each byte below 0x0e: line ends, and a few that are hardly found in text.
#[inline]
const fn below_shift_out(eight: u64) -> u64 {
    const TO_THE_TOP: u64 = u64::from_le_bytes([0x80 - 0x0e; 8]);
    !((eight & LOW).wrapping_add(TO_THE_TOP) | eight | LOW)
}

/// Keeps the cell that opens with a quote at `at` and returns where it ends and whether it is raw; none if it does not
/// close.
fn quoted_cell(
    text: &[u8],
    at: usize,
    delimiter: u8,
    lines: &mut u64,
    cells: &mut Vec<Cell>,
) -> Option<(usize, bool)> {
    let (closed, escaped) = quoted(text, at, lines)?;
    let end = (closed..text.len()).find(|&at| is_end(text[at], delimiter)).unwrap_or(text.len());
    let raw = escaped || end != closed;
    if raw {
        keep(cells, at, end, true);
    } else {
        keep(cells, at + 1, end - 1, false);
    }
    Some((end, raw))
}

/// Behind the closing quote of the cell that opens at `at`, and whether there are doubled quotes inside; none if it
/// does not close.
fn quoted(text: &[u8], at: usize, lines: &mut u64) -> Option<(usize, bool)> {
    let mut at = at + 1;
    let mut escaped = false;
    loop {
        let found = at + memchr::memchr3(b'"', b'\n', b'\r', &text[at..])?;
        at = found + 1;
        match text[found] {
            b'"' if text.get(at) == Some(&b'"') => {
                escaped = true;
                at += 1;
            }
            // Whether the quote is doubled can't be known at the end of the buffer; the caller sees the text end there.
            b'"' => return Some((at, escaped)),
            b'\r' if text.get(at) == Some(&b'\n') => {}
            _ => *lines += 1,
        }
    }
}

/// Takes the quoting out of a cell in place and returns its new length.
pub(crate) fn unquote(cell: &mut [u8]) -> usize {
    let (mut read, mut written) = (1, 0);
    let mut inside = true;
    while read < cell.len() {
        let byte = cell[read];
        if inside && byte == b'"' {
            if cell.get(read + 1) == Some(&b'"') {
                read += 1;
            } else {
                inside = false;
                read += 1;
                continue;
            }
        }
        cell[written] = byte;
        written += 1;
        read += 1;
    }
    // What is left over may be half a character; it lies within the record's text, which must stay UTF-8.
    cell[written..].fill(b' ');
    written
}

/// `\r\n` is one line end.
pub(crate) fn line_end_len(text: &[u8]) -> usize {
    if text.starts_with(b"\r\n") { 2 } else { 1 }
}
