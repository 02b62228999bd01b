//! Files that are no report are refused by name.

use std::fmt::Write as _;

use ingest::Wishes;

use crate::{fixtures, shown};

#[test]
fn refusals_say_what_a_file_is_and_what_to_do() {
    let mut text = String::new();
    for fixture in fixtures::refused() {
        let Err(refusal) = shown::read(&fixture.bytes, &Wishes::default()) else {
            panic!("{} was read", fixture.name)
        };
        writeln!(text, "{}\n  seems: {}\n  remedy: {}", fixture.name, refusal.seems(), refusal.remedy())
            .unwrap();
    }
    insta::assert_snapshot!(text);
}
