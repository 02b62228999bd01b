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
