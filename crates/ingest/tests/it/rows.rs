//! Snapshots of every fixture that is a report.

use ingest::Wishes;

use crate::{fixtures, shown};

#[test]
fn rows_and_readings() {
    for fixture in fixtures::reports() {
        let read = shown::read(&fixture.bytes, &Wishes::default())
            .unwrap_or_else(|refusal| panic!("{}: {refusal}", fixture.name));
        insta::assert_snapshot!(fixture.name.clone(), shown::text(&read));
    }
}

#[test]
fn a_row_in_which_the_file_ends_is_skipped() {
    let whole = "Campaign,Day,Currency code,Cost,Impr.\nPools,2026-04-01,EUR,1.00,10\n";
    for (rest, used, skipped) in [
        ("", 1, None),
        ("Pools,2026-04-02,EUR,2.00,20", 2, None),
        // Whoever leaves out empty cells ends the line all the same.
        ("Pools,2026-04-02,EUR\n", 2, None),
        (
            "Pools,2026-04-02,EUR,2.0",
            1,
            Some("line 3: the file ends in the middle of this row, after 4 of 5 cells"),
        ),
        ("Pools,2026-04-02", 1, Some("line 3: the file ends in the middle of this row, after 2 of 5 cells")),
        ("Total: Account, --", 1, Some("total row 'Total: Account'")),
    ] {
        let reading = shown::read(format!("{whole}{rest}").as_bytes(), &Wishes::default()).unwrap().reading;
        assert_eq!(reading.rows_used, used, "{rest}");
        let reason = reading.skipped.first().map(|skip| skip.reason.as_str());
        assert_eq!(reason.is_some(), skipped.is_some(), "{rest}: {reason:?}");
        assert!(reason.unwrap_or_default().starts_with(skipped.unwrap_or_default()), "{rest}: {reason:?}");
    }
}
