//! Files that are no text table at all, told by their first bytes.

use std::io::{Read, Seek, SeekFrom};

use crate::refusal::{Refusal, Verdict};

/// First bytes, what they betray, and what to do.
const MAGIC: &[(&[u8], &str, &str)] = &[
    (b"\x89PNG\r\n\x1a\n", "a PNG picture", PICTURE),
    (b"\xff\xd8\xff", "a JPEG picture", PICTURE),
    (b"GIF87a", "a GIF picture", PICTURE),
    (b"GIF89a", "a GIF picture", PICTURE),
    (b"%PDF-", "a PDF document", "download the report again and choose CSV instead of PDF"),
    (b"\x1f\x8b", "a gzip archive", UNPACK),
    (b"BZh", "a bzip2 archive", UNPACK),
    (b"\xfd7zXZ\0", "an xz archive", UNPACK),
    (b"7z\xbc\xaf\x27\x1c", "a 7-Zip archive", UNPACK),
    (b"Rar!\x1a\x07", "a RAR archive", UNPACK),
    (b"\x28\xb5\x2f\xfd", "a Zstandard archive", UNPACK),
    (
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
        "an old Excel workbook (.xls), or one with a password",
        "open it in a spreadsheet and save it as CSV",
    ),
    (b"SQLite format 3\0", "an SQLite database", EXPORT),
    (b"PAR1", "a Parquet file", EXPORT),
    (b"ARROW1\0\0", "an Arrow file", EXPORT),
    (b"\x7fELF", "a program", PROGRAM),
    (b"MZ\x90\0", "a program", PROGRAM),
    (b"\xcf\xfa\xed\xfe", "a program", PROGRAM),
    (b"\xca\xfe\xba\xbe", "a program", PROGRAM),
    (b"\0asm", "a program", PROGRAM),
];

const PICTURE: &str = "download the report itself as CSV, not a picture of it";
const UNPACK: &str = "unpack it and import the CSV file inside";
const EXPORT: &str = "export the report from it as CSV";
const PROGRAM: &str = "don't open it; download the report as CSV from the platform";

/// Refuses files whose first bytes say that they are something else.
pub(crate) fn refuse_by_bytes(sample: &[u8], reader: &mut (impl Read + Seek)) -> Result<(), Refusal> {
    for (magic, seems, remedy) in MAGIC {
        if sample.starts_with(magic) {
            return Err(Refusal::OtherContent(Verdict::new(*seems, *remedy)));
        }
    }
    let has = |at: usize, magic: &[u8]| sample.get(at..).is_some_and(|rest| rest.starts_with(magic));
    match () {
        () if sample.starts_with(b"RIFF") && has(8, b"WEBP") => {
            Err(Refusal::OtherContent(Verdict::new("a WebP picture", PICTURE)))
        }
        () if has(257, b"ustar") => Err(Refusal::OtherContent(Verdict::new("a tar archive", UNPACK))),
        () if has(8, b"DUCK") => Err(Refusal::OtherContent(Verdict::new("a DuckDB database", EXPORT))),
        () if sample.starts_with(b"PK\x03\x04") || sample.starts_with(b"PK\x05\x06") => {
            Err(zip(sample, reader)?)
        }
        () => Ok(()),
    }
}

/// Workbooks are zip archives. An archive that was cut off lacks its end record.
fn zip(sample: &[u8], reader: &mut (impl Read + Seek)) -> Result<Refusal, Refusal> {
    const LONGEST_END: u64 = 65_536 + 22;
    let len = reader.seek(SeekFrom::End(0))?;
    reader.seek(SeekFrom::Start(len.saturating_sub(LONGEST_END)))?;
    let mut end = Vec::new();
    reader.take(LONGEST_END).read_to_end(&mut end)?;
    let is_workbook = contains(sample, b"[Content_Types].xml")
        || contains(sample, b"xl/")
        || contains(&end, b"xl/workbook");
    let verdict = match (is_workbook, contains(&end, b"PK\x05\x06")) {
        (true, true) => {
            Verdict::new("an Excel workbook (.xlsx)", "open it in a spreadsheet and save it as CSV")
        }
        (true, false) => {
            Verdict::new("an Excel workbook (.xlsx) that is cut off", "download it again as CSV")
        }
        (false, true) => Verdict::new("a zip archive", UNPACK),
        (false, false) => {
            Verdict::new("a zip archive that is cut off", "download it again; its end is missing")
        }
    };
    Ok(Refusal::OtherContent(verdict))
}

fn contains(bytes: &[u8], needle: &[u8]) -> bool {
    memchr::memmem::find(bytes, needle).is_some()
}

/// Refuses texts that are no tables.
pub(crate) fn refuse_by_text(text: &str) -> Result<(), Refusal> {
    let start = text.trim_start_matches(['\u{feff}', ' ', '\t', '\r', '\n', '\0']);
    if start.is_empty() {
        let remedy = "download the report again; if it stays empty, choose a longer range";
        return Err(Refusal::Empty(Verdict::new("a file that holds nothing but blanks", remedy)));
    }
    let lower = start.chars().take(512).collect::<String>().to_lowercase();
    if ["<!doctype html", "<html", "<head", "<body"].iter().any(|tag| lower.starts_with(tag))
        || lower.starts_with('<') && lower.contains("<html")
    {
        let remedy =
            "the link to the export probably led to a page for signing in; sign in and download it again";
        return Err(Refusal::OtherContent(Verdict::new("a web page (HTML)", remedy)));
    }
    if lower.starts_with("<?xml") || lower.starts_with('<') && lower.contains("</") {
        let verdict =
            Verdict::new("an XML document", "download the report again and choose CSV instead of XML");
        return Err(Refusal::OtherContent(verdict));
    }
    let mut inside = lower.chars().filter(|c| !c.is_whitespace());
    if matches!(
        (inside.next(), inside.next()),
        (Some('{'), Some('"' | '}')) | (Some('['), Some('{' | '[' | ']'))
    ) {
        let verdict =
            Verdict::new("a JSON document", "download the report again and choose CSV instead of JSON");
        return Err(Refusal::OtherContent(verdict));
    }
    let strange = |c: &char| c.is_control() && !matches!(c, '\t' | '\r' | '\n');
    let (seen, odd) =
        start.chars().take(8192).fold((0, 0), |(seen, odd), c| (seen + 1, odd + i32::from(strange(&c))));
    if odd * 50 > seen {
        let verdict = Verdict::new("a file that is not text", "download the report from the platform as CSV");
        return Err(Refusal::OtherContent(verdict));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Cursor;

    fn seems(bytes: &[u8]) -> Option<String> {
        let by_bytes = refuse_by_bytes(bytes, &mut Cursor::new(bytes));
        let refusal = by_bytes.and_then(|()| refuse_by_text(&String::from_utf8_lossy(bytes))).err()?;
        assert!(!refusal.remedy().is_empty());
        Some(refusal.seems().to_owned())
    }

    #[test]
    fn other_content_is_named() {
        for (bytes, expect) in [
            (&b"\x89PNG\r\n\x1a\n\0\0"[..], "a PNG picture"),
            (b"\xff\xd8\xff\xe0\0\x10JFIF", "a JPEG picture"),
            (b"GIF89a\x01\0", "a GIF picture"),
            (b"RIFF\0\0\0\0WEBPVP8 ", "a WebP picture"),
            (b"%PDF-1.7\n", "a PDF document"),
            (b"<!DOCTYPE html><html>", "a web page (HTML)"),
            (b"\n <HTML lang=en>", "a web page (HTML)"),
            (b"<?xml version=\"1.0\"?><report/>", "an XML document"),
            (b"{\"data\": []}", "a JSON document"),
            (b"[\n {\"a\": 1}]", "a JSON document"),
            (b"PK\x03\x04...xl/workbook.xml...PK\x05\x06", "an Excel workbook (.xlsx)"),
            (b"PK\x03\x04...xl/workbook.xml...", "an Excel workbook (.xlsx) that is cut off"),
            (b"PK\x03\x04report.csv...PK\x05\x06", "a zip archive"),
            (b"PK\x03\x04report.csv...", "a zip archive that is cut off"),
            (b"\x1f\x8b\x08\0", "a gzip archive"),
            (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an old Excel workbook (.xls), or one with a password"),
            (b"SQLite format 3\0", "an SQLite database"),
            (b"PAR1\x15\0", "a Parquet file"),
            (b"\0\0\0\0\0\0\0\0DUCK\x40", "a DuckDB database"),
            (b"\x7fELF\x02", "a program"),
            (b"MZ\x90\0\x03", "a program"),
            (b" \r\n\t\n", "a file that holds nothing but blanks"),
            (b"\x01\x02\x03\x04 abc", "a file that is not text"),
        ] {
            assert_eq!(seems(bytes).as_deref(), Some(expect), "{bytes:?}");
        }
        assert_eq!(seems(b"Campaign,Cost\na,1\n"), None);
        assert_eq!(seems(b"[exact],Cost\na,1\n"), None);
    }
}
