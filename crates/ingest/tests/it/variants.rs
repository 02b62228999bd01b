//! The same file in other clothes: encodings, separators, line ends, orders of columns.

use ingest::Wishes;

use crate::{fixtures, shown};

/// The file as text.
fn text_of(bytes: &[u8]) -> String {
    if let Some(units) = bytes.strip_prefix(&[0xff, 0xfe]) {
        let units: Vec<u16> =
            units.chunks_exact(2).map(|pair| u16::from_le_bytes([pair[0], pair[1]])).collect();
        return String::from_utf16(&units).unwrap();
    }
    match std::str::from_utf8(bytes) {
        Ok(text) => text.trim_start_matches('\u{feff}').to_owned(),
        Err(_) => encoding(bytes),
    }
}

/// Only what the one windows-1252 fixture holds beyond Latin-1 is the euro sign.
fn encoding(bytes: &[u8]) -> String {
    bytes.iter().map(|&byte| if byte == 0x80 { '€' } else { char::from(byte) }).collect()
}

/// The text with another separator; quotes stay where they are.
fn separated(text: &str, from: char, to: char) -> String {
    let mut quoted = false;
    text.chars()
        .map(|c| {
            quoted ^= c == '"';
            if c == from && !quoted { to } else { c }
        })
        .collect()
}

/// Line ends outside quotes replaced, so that texts in cells stay what they are.
fn with_line_ends(text: &str, end: &str) -> String {
    let mut quoted = false;
    let mut out = String::new();
    for c in text.replace("\r\n", "\n").chars() {
        quoted ^= c == '"';
        if c == '\n' && !quoted { out.push_str(end) } else { out.push(c) }
    }
    out
}

fn utf16(text: &str, little: bool, mark: bool) -> Vec<u8> {
    let mark = if mark { "\u{feff}" } else { "" };
    let units = mark.encode_utf16().chain(text.encode_utf16()).collect::<Vec<_>>();
    units.iter().flat_map(|unit| if little { unit.to_le_bytes() } else { unit.to_be_bytes() }).collect()
}

#[test]
fn clothes_do_not_change_rows() {
    for fixture in fixtures::reports() {
        // Its quotes are not balanced, so that separators can't be told from text.
        if fixture.name == "google_open_quote" {
            continue;
        }
        let text = text_of(&fixture.bytes);
        let expected = shown::read(&fixture.bytes, &Wishes::default()).unwrap();
        let delimiter = expected.about.delimiter;
        // An unquoted range above the header holds separators of its own, which are none of the table's.
        let tabs = separated(&text, delimiter, '\t');
        for (clothes, bytes) in [
            ("UTF-16LE, mark, tabs", utf16(&tabs, true, true)),
            ("UTF-16BE, mark", utf16(&text, false, true)),
            ("UTF-16LE without mark", utf16(&text, true, false)),
            ("UTF-8 with mark", format!("\u{feff}{text}").into_bytes()),
            ("CR", with_line_ends(&text, "\r").into_bytes()),
            ("CR LF", with_line_ends(&text, "\r\n").into_bytes()),
            ("bars", separated(&text, delimiter, '|').into_bytes()),
            ("semicolons", separated(&text, delimiter, ';').into_bytes()),
            ("UTF-16LE, CR, tabs", utf16(&with_line_ends(&tabs, "\r"), true, true)),
            ("no line end at the end", text.trim_end().as_bytes().to_vec()),
        ] {
            // A separator that texts hold without quotes would be none.
            let taken = [("bars", '|'), ("semicolons", ';')]
                .into_iter()
                .any(|(other, c)| clothes == other && text.contains(c) && delimiter != c);
            if taken {
                continue;
            }
            let read = shown::read(&bytes, &Wishes::default())
                .unwrap_or_else(|refusal| panic!("{} as {clothes}: {refusal}", fixture.name));
            assert_eq!(read.rows, expected.rows, "{} as {clothes}", fixture.name);
            assert_eq!(read.reading, expected.reading, "{} as {clothes}", fixture.name);
            assert_eq!(
                read.about.stated_period, expected.about.stated_period,
                "{} as {clothes}",
                fixture.name
            );
        }
    }
}

#[test]
fn columns_may_stand_in_any_order_and_case() {
    let columns = [
        ["day", "2026-01-01", " --"],
        ["  CAMPAIGN ", "Pools", "Total: Campaigns"],
        ["cost", "1.50", "1.50"],
        ["Impr.", "10", "10"],
        ["currency  code", "AUD", "AUD"],
        ["CLICKS", "2", "2"],
    ];
    let mut order = [0, 1, 2, 3, 4, 5];
    let mut seen = None;
    for turn in 0..24 {
        order.rotate_left(turn % 5 + 1);
        order.swap(turn % 6, turn * 7 % 6);
        let file: String =
            (0..3).map(|line| order.map(|column| columns[column][line]).join(",") + "\n").collect();
        let read = shown::read(file.as_bytes(), &Wishes::default()).unwrap();
        let expected = seen.get_or_insert_with(|| read.rows.clone());
        // A total row is known by its first words wherever names stand; here they stand behind money in some orders.
        assert_eq!(&read.rows[..1], &expected[..1], "{file}");
        assert_eq!(read.rows.len(), 1, "{file}");
    }
}
