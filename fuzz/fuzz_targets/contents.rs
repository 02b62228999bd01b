//! Any bytes are unpacked within bounds, or refused with a remedy; what comes out is read, guessed or refused.
//!
//! `cargo fuzz run contents`; archives and workbooks make good seeds.

#![no_main]

use std::fs::{self, File};
use std::ops::ControlFlow;

use ingest::contents::{Bounds, pieces};
use ingest::{Wishes, guess, recognise};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let Ok(scratch) = tempfile::tempdir() else { return };
    let path = scratch.path().join("file");
    if fs::write(&path, bytes).is_err() {
        return;
    }
    let bounds = Bounds { bytes: 64 << 20, ..Bounds::default() };
    pieces(&path, "fuzz", scratch.path(), bounds, |piece| {
        match piece {
            Ok(piece) => {
                let open = || File::open(piece.path());
                if let (Ok(first), Ok(second)) = (open(), open())
                    && let Err(refusal) = recognise(first, &piece.name, &Wishes::default())
                {
                    assert!(!refusal.remedy().is_empty());
                    drop(guess(second, &piece.name));
                }
            }
            Err(unreadable) => assert!(!unreadable.refusal.remedy().is_empty()),
        }
        ControlFlow::Continue(())
    });
    assert!(fs::read_dir(scratch.path()).is_ok_and(|left| left.count() == 1));
});
