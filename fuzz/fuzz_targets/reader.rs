//! Any bytes are read with every row accounted for, or refused with a remedy.
//!
//! `cargo fuzz run reader fuzz/corpus/reader crates/ingest/tests/fixtures` begins with the fixtures.

#![no_main]

use std::convert::Infallible;
use std::io::Cursor;

use ingest::{Wishes, recognise};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    match recognise(Cursor::new(bytes), "fuzz.csv", &Wishes::default()) {
        Err(refusal) => assert!(!refusal.remedy().is_empty()),
        Ok(export) => {
            let mut taken = 0;
            let count = |_: &ingest::Row<'_>| {
                taken += 1;
                Ok::<(), Infallible>(())
            };
            if let Ok(reading) = export.read(count, |_| {}) {
                assert_eq!(reading.rows_read, reading.rows_used + reading.rows_skipped);
                assert_eq!(reading.rows_used, taken);
            }
        }
    }
});
