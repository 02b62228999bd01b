//! Files that are large, wide or malformed take bounded memory and time.

use std::convert::Infallible;
use std::io::{self, Read, Seek, SeekFrom};

use ingest::{Refusal, Wishes, recognise};

use crate::shown;

/// A head, and then a line repeated: a large file that is never in memory.
#[derive(Debug)]
struct Large {
    head: Vec<u8>,
    line: Vec<u8>,
    len: u64,
    at: u64,
}

impl Read for Large {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let mut written = 0;
        while written < into.len() && self.at < self.len {
            let head = self.head.len() as u64;
            let piece = if self.at < head {
                &self.head[self.at as usize..]
            } else {
                &self.line[((self.at - head) % self.line.len() as u64) as usize..]
            };
            let room = (into.len() - written).min((self.len - self.at) as usize);
            let count = piece.len().min(room);
            into[written..written + count].copy_from_slice(&piece[..count]);
            written += count;
            self.at += count as u64;
        }
        Ok(written)
    }
}

impl Seek for Large {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.at = match to {
            SeekFrom::Start(at) => at,
            SeekFrom::End(back) => self.len.saturating_add_signed(back),
            SeekFrom::Current(on) => self.at.saturating_add_signed(on),
        };
        Ok(self.at)
    }
}

fn large(head: &str, line: &str, lines: u64) -> Large {
    let len = head.len() as u64 + line.len() as u64 * lines;
    Large { head: head.into(), line: line.into(), len, at: 0 }
}

const HEAD: &str = "Campaign,Day,Currency code,Cost,Impr.,Clicks\n";

#[test]
fn progress_is_told_on_the_way_and_at_the_end() {
    let file = large(HEAD, "Pools,2026-03-01,AUD,1.00,10,1\n", 100_000);
    let len = file.len;
    let mut told = Vec::new();
    let export = recognise(file, "large.csv", &Wishes::default()).unwrap();
    let reading = export.read(|_| Ok::<(), Infallible>(()), |bytes| told.push(bytes)).unwrap();
    assert_eq!(reading.rows_used, 100_000);
    assert_eq!(told.last(), Some(&len));
    assert!(told.windows(2).all(|pair| pair[0] < pair[1]) && told.len() > 10);
    assert!(told.len() as u64 <= len / (64 * 1024) + 1);
}

#[test]
fn skipped_rows_are_counted_beyond_those_listed() {
    let file = large(HEAD, "Pools,never,AUD,1.00,10,1\n", 2_500);
    let reading = recognise(file, "large.csv", &Wishes::default())
        .unwrap()
        .read(|_| Ok::<(), Infallible>(()), |_| {})
        .unwrap();
    assert_eq!((reading.rows_skipped, reading.skipped.len()), (2_500, 1000));
}

#[test]
fn a_quote_that_is_never_closed_does_not_swallow_the_file() {
    let head = format!("{HEAD}\"Open,2026-03-01,AUD,1.00,10,1\n");
    let file = large(&head, "Pools,2026-03-01,AUD,1.00,10,1\n", 100_000);
    let reading = recognise(file, "large.csv", &Wishes::default())
        .unwrap()
        .read(|_| Ok::<(), Infallible>(()), |_| {})
        .unwrap();
    assert_eq!((reading.rows_used, reading.rows_skipped), (100_000, 1));
    assert!(reading.skipped[0].reason.contains("line 2"), "{:?}", reading.skipped);
}

#[test]
fn a_file_of_one_endless_line_is_refused() {
    let refusal = recognise(large("", "Campaign,", 1_000_000), "line.csv", &Wishes::default()).unwrap_err();
    assert!(refusal.seems().contains("line 1 is longer than 1 MiB"), "{refusal}");
    assert!(refusal.remedy().contains("download the report again"), "{refusal}");
    // A header that is known from its beginning, and never ends.
    for line in ["Campaign,Day,Currency code,Cost,Impr.,Clicks,", "x"] {
        let refusal = recognise(large("", line, 3_000_000), "line.csv", &Wishes::default()).unwrap_err();
        assert!(matches!(refusal, Refusal::LongLine(_)), "{refusal}");
    }
    // A first line that is long and not too long is a table that is not known.
    let wide = format!("{}\n1\n", "column,".repeat(60_000));
    let refusal = recognise(large("", &wide, 1), "wide.csv", &Wishes::default()).unwrap_err();
    assert!(matches!(refusal, Refusal::UnknownTable(_)), "{refusal}");
    let long = format!("{HEAD}{},2026-03-01\nPools,2026-03-01,AUD,1.00,10,1\n", "x".repeat(3_000_000));
    let read = shown::read(long.as_bytes(), &Wishes::default()).unwrap();
    assert_eq!((read.reading.rows_used, read.reading.skipped[0].kind), (1, "too long"));
}

#[test]
fn sums_that_do_not_fit_are_no_sums() {
    let line = "Pools,2026-03-01,AUD,9000000000000.00,10,1\n";
    let read = shown::read(format!("{HEAD}{line}{line}").as_bytes(), &Wishes::default()).unwrap();
    assert_eq!((read.reading.rows_used, read.reading.skipped[0].kind), (1, "too large"));
}
