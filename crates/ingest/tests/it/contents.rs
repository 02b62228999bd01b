//! What files hold: archives, workbooks, folders, and what is refused of them.

use std::fs;
use std::ops::ControlFlow;
use std::path::Path;

use ingest::Wishes;
use ingest::contents::{Bounds, pieces};
use proptest::prelude::*;
use proptest::sample::Index;

use crate::packed::{Cell, gzip, workbook, zip};
use crate::{fixtures, shown};

/// Each piece's name, with its bytes or why there are none. What was unpacked is gone afterwards.
fn of_path(path: &Path, name: &str, bounds: Bounds) -> Vec<(String, Result<Vec<u8>, String>)> {
    let scratch = tempfile::tempdir().unwrap();
    let mut all = Vec::new();
    pieces(path, name, scratch.path(), bounds, |piece| {
        all.push(match piece {
            Ok(piece) => (piece.name.clone(), Ok(fs::read(piece.path()).unwrap())),
            Err(unreadable) => {
                assert!(!unreadable.refusal.remedy().is_empty());
                (unreadable.name, Err(unreadable.refusal.seems().to_owned()))
            }
        });
        ControlFlow::Continue(())
    });
    assert_eq!(fs::read_dir(scratch.path()).unwrap().count(), 0);
    all
}

fn of_bytes(bytes: &[u8], name: &str) -> Vec<(String, Result<Vec<u8>, String>)> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("file");
    fs::write(&path, bytes).unwrap();
    of_path(&path, name, Bounds::default())
}

#[track_caller]
fn refused(bytes: &[u8]) -> String {
    let mut all = of_bytes(bytes, "file");
    assert_eq!(all.len(), 1, "{all:?}");
    all.remove(0).1.unwrap_err()
}

#[test]
fn a_file_is_itself() {
    let bytes = fixtures::report("meta_short");
    assert_eq!(of_bytes(&bytes, "meta.csv"), [("meta.csv".to_owned(), Ok(bytes))]);
}

#[test]
fn archives_hand_out_their_files_by_name() {
    let (meta, google) = (fixtures::report("meta_short"), fixtures::report("google_campaign_by_day"));
    let inner = zip(&[("deep.csv.gz", &gzip(&meta))]);
    let archive = zip(&[
        ("b/meta.csv", &meta),
        ("a.csv", &google),
        ("__MACOSX/._a.csv", b"\0\x05\x16\x07"),
        ("b/.DS_Store", b"\0\0"),
        ("inner.zip", &inner),
        ("..\\..\\c.csv", &meta),
    ]);
    let all = of_bytes(&archive, "all.zip");
    let names: Vec<&str> = all.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(
        names,
        ["all.zip/../../c.csv", "all.zip/a.csv", "all.zip/b/meta.csv", "all.zip/inner.zip/deep.csv.gz"]
    );
    // The same bytes as unpacked by hand, so that they count once.
    let bytes: Vec<&Vec<u8>> = all.iter().map(|(_, bytes)| bytes.as_ref().unwrap()).collect();
    assert_eq!(bytes, [&meta, &google, &meta, &meta]);
    assert_eq!(of_bytes(&gzip(&google), "g.csv.gz"), [("g.csv.gz".to_owned(), Ok(google))]);
}

fn sheet() -> Vec<Vec<Cell<'static>>> {
    use Cell::{Blank, Day, Number, Text};
    vec![
        vec![Text("Campaign report")],
        vec![],
        vec![Text("Campaign"), Text("Campaign ID"), Text("Day"), Text("Cost"), Text("Impr."), Text("Clicks")],
        vec![
            Text("Tents & \"co\", new"),
            Number("1.20212E+17"),
            Day(46_350),
            Number("12.340000000000002"),
            Number("1250"),
            Number("7"),
        ],
        vec![Text("Größe 🏕"), Number("501882331"), Day(46_351), Number("-0.5"), Number("12"), Blank],
        vec![Text("Total: Campaigns"), Blank, Blank, Number("11.84"), Number("1262"), Number("7")],
    ]
}

#[test]
fn sheets_are_read_as_tables() {
    let notes = vec![vec![Cell::Text("Made for the meeting")]];
    let bytes = workbook(&[("Campaigns", sheet()), ("Empty", vec![]), ("Notes", notes)]);
    let all = of_bytes(&bytes, "june.xlsx");
    let names: Vec<&str> = all.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, ["june.xlsx/Campaigns", "june.xlsx/Notes"]);
    let text = all[0].1.as_ref().unwrap();
    insta::assert_snapshot!("sheet_as_text", String::from_utf8(text.clone()).unwrap());
    insta::assert_snapshot!("sheet_as_rows", shown::text(&shown::read(text, &Wishes::default()).unwrap()));
    assert!(shown::read(all[1].1.as_ref().unwrap(), &Wishes::default()).is_err());
}

#[test]
fn folders_hand_out_their_files() {
    let folder = tempfile::tempdir().unwrap();
    let meta = fixtures::report("meta_short");
    fs::create_dir(folder.path().join("june")).unwrap();
    fs::write(folder.path().join("june/b.zip"), zip(&[("c.csv", &meta)])).unwrap();
    fs::write(folder.path().join("a.csv"), &meta).unwrap();
    fs::write(folder.path().join(".hidden.csv"), &meta).unwrap();
    #[cfg(unix)]
    std::os::unix::fs::symlink(folder.path(), folder.path().join("loop")).unwrap();
    let all = of_path(folder.path(), "reports", Bounds::default());
    let names: Vec<&str> = all.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, ["reports/a.csv", "reports/june/b.zip/c.csv"]);
}

#[test]
fn what_can_not_be_unpacked_is_told() {
    let meta = fixtures::report("meta_short");
    let archive = zip(&[("a.csv", &meta)]);
    assert_eq!(refused(&archive[..archive.len() - 30]), "a zip archive that is cut off");
    assert!(refused(&gzip(&meta)[..40]).starts_with("a gzip archive that is damaged"));
    let mut locked = archive.clone();
    // The bit that says so, in the entry and in the directory.
    let directory = locked.windows(4).position(|bytes| bytes == b"PK\x01\x02").unwrap();
    locked[6] |= 1;
    locked[directory + 8] |= 1;
    assert_eq!(refused(&locked), "a file in a zip archive that is locked with a password");
    let mut nested = meta.clone();
    (0..4).for_each(|_| nested = zip(&[("in.zip", &nested)]));
    assert_eq!(refused(&nested), "an archive within too many others");
    assert_eq!(refused(&workbook(&[("Empty", vec![])])), "an Excel workbook whose sheets are empty");
    let mut damaged = workbook(&[("Campaigns", sheet())]);
    let at = damaged.windows(19).position(|bytes| bytes == b"xl/sharedStrings.xm".as_slice()).unwrap();
    damaged[at + 40..at + 60].fill(0xff);
    assert!(
        refused(&damaged).starts_with("an Excel workbook (.xlsx) that is damaged"),
        "{}",
        refused(&damaged)
    );
}

#[test]
fn bombs_are_not_unpacked() {
    let zeros = vec![b'0'; 40 << 20];
    let bomb = "unpacks to more than 250 times its size, which no report does";
    assert!(refused(&gzip(&zeros)).ends_with(bomb));
    assert!(refused(&zip(&[("a.csv", &zeros)])).ends_with(bomb));
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("file");
    fs::write(&path, zip(&[("a.csv", b"a"), ("b.csv", b"b"), ("c.csv", b"c")])).unwrap();
    let all = of_path(&path, "a.zip", Bounds { entries: 2, ..Bounds::default() });
    assert_eq!(all.last().unwrap().1.as_ref().unwrap_err(), "a zip archive that holds more than 2 files");
    fs::write(&path, zip(&[("a.csv", &zeros[..3 << 20])])).unwrap();
    let all = of_path(&path, "a.zip", Bounds { bytes: 2 << 20, ..Bounds::default() });
    assert_eq!(
        all.last().unwrap().1.as_ref().unwrap_err(),
        "a file in a zip archive that holds more than 2 MiB"
    );
    // A cell that would have to be held in memory as a whole.
    let long = "x".repeat(5 << 20);
    let seems = refused(&workbook(&[("Long", vec![vec![Cell::Text(&long)]])]));
    assert!(seems.contains("longer than 4 MiB"), "{seems}");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn mutated_archives_are_read_or_refused(
        kind in 0usize..3,
        flips in proptest::collection::vec((any::<Index>(), any::<u8>()), 1..8),
        cut in proptest::option::of(any::<Index>()),
    ) {
        let report = fixtures::report("google_campaign_by_day");
        let mut bytes = match kind {
            0 => zip(&[("a.csv", &report), ("b.csv.gz", &gzip(&report))]),
            1 => gzip(&report),
            _ => workbook(&[("Campaigns", sheet())]),
        };
        for (at, byte) in flips {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        if let Some(cut) = cut {
            bytes.truncate(cut.index(bytes.len()));
        }
        for (name, piece) in of_bytes(&bytes, "file") {
            prop_assert!(name.starts_with("file"));
            if let Ok(bytes) = piece
                && let Err(refusal) = shown::read(&bytes, &Wishes::default())
            {
                prop_assert!(!refusal.remedy().is_empty());
            }
        }
    }
}
