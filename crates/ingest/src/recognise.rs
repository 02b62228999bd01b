//! Recognising a file by its content, whatever its name and however its columns are ordered.

use std::io::{self, Read, Seek};

use crate::about::About;
use crate::encoding::{Decoded, Encoding};
use crate::export::Export;
use crate::foreign;
use crate::header::{self, Found, Header, Search};
use crate::mapping::Mapping;
use crate::records::{Broken, Next, Records};
use crate::refusal::{Refusal, Verdict, long_line};
use crate::survey::{Surveyed, survey};
use crate::wishes::Wishes;
use crate::words::folded;

/// How many bytes are looked at to know what a file is.
const SAMPLE: u64 = 256 * 1024;

/// Recognises an export by its content; the name only serves messages. The reader is read from its beginning.
///
/// # Errors
/// If it is no report that can be read; the refusal says what it seems to be and what to do.
pub fn recognise<R: Read + Seek>(
    mut reader: R,
    file_name: &str,
    wishes: &Wishes,
) -> Result<Export<R>, Refusal> {
    reader.rewind()?;
    let mut sample = Vec::new();
    reader.by_ref().take(SAMPLE).read_to_end(&mut sample)?;
    if sample.is_empty() {
        let remedy = "download the report again; the download was probably cut off";
        return Err(Refusal::Empty(Verdict::new("an empty file", remedy)));
    }
    foreign::refuse_by_bytes(&sample, &mut reader)?;
    let encoding = Encoding::of(&sample, (sample.len() as u64) < SAMPLE);
    foreign::refuse_by_text(&beginning(&sample, encoding))?;

    let found = match header::search(&sample, encoding, wishes) {
        Search::Found(found) => *found,
        Search::BulkSheet => return Err(bulk_sheet()),
        Search::Nothing(headers) => match &wishes.mapping {
            Some(mapping) => {
                let headers: Vec<Header> = headers.iter().map(|header| Header::new(header)).collect();
                return Err(not_as_mapped(mapping, &headers));
            }
            None if is_one_line(&sample) => match long_first_line(&mut reader, encoding)? {
                Some(refusal) => return Err(refusal),
                None => return Err(unknown_table(file_name, &headers)),
            },
            None => return Err(unknown_table(file_name, &headers)),
        },
    };
    if let (Some(mapping), None) = (&wishes.mapping, &found.mapping) {
        return Err(not_as_mapped(mapping, &found.layout.headers));
    }
    check_columns(&found)?;
    let mapping = found.mapping.clone();
    reader.rewind()?;
    let Surveyed { plan, captured } = survey(&mut reader, encoding, found, wishes)?;
    let about = About {
        recognised_as: plan.name(),
        platform: plan.layout.platform.platform,
        level: plan.level,
        has_days: plan.days.are_days(),
        stated_period: plan.stated,
        stated_capture: captured,
        encoding: encoding.name(),
        delimiter: char::from(plan.delimiter),
        columns: plan.layout.uses(|role| plan.reads(role)),
        segmented_by: plan.layout.segments(),
        mapping,
    };
    Ok(Export { reader, about, plan })
}

/// The first text of a file.
fn beginning(sample: &[u8], encoding: Encoding) -> String {
    let mut text = Vec::new();
    let mut source = Decoded::new(sample, encoding);
    // Reading from memory does not fail. Blanks may fill more than one piece.
    while let Ok(true) = source.fill(&mut text) {}
    String::from_utf8_lossy(&text).into_owned()
}

/// A report is of use only if it says what was spent or sold, on what, once.
fn check_columns(found: &Found) -> Result<(), Refusal> {
    let platform = found.layout.platform;
    let label = platform.platform.label();
    for header in &found.layout.headers {
        if let Some(refused) = platform.refused(header.folded()) {
            let fill = |text: &str| text.replace("{header}", &header.text);
            return Err(Refusal::WrongSegment(Verdict::new(fill(&refused.seems), fill(&refused.remedy))));
        }
    }
    if !found.layout.has(found.layout.money()) {
        let money = platform.best_header(found.layout.money());
        let seems = format!("a {label} report without a money column");
        let headers = listed(found.layout.headers.iter().map(|header| header.text.as_str()));
        let remedy = format!("add the column '{money}' and download it again; it has the columns {headers}");
        return Err(Refusal::MissingColumn(Verdict::new(seems, remedy)));
    }
    Ok(())
}

/// Whether the first bytes of a file are all on its first line.
fn is_one_line(sample: &[u8]) -> bool {
    sample.len() as u64 == SAMPLE && !sample.iter().any(|byte| matches!(byte, b'\n' | b'\r'))
}

/// A refusal, if the first line is longer than a line may be.
fn long_first_line<R: Read + Seek>(reader: &mut R, encoding: Encoding) -> io::Result<Option<Refusal>> {
    reader.rewind()?;
    let mut records = Records::new(Decoded::new(reader, encoding), b',');
    Ok(matches!(records.next()?, Next::Broken { why: Broken::TooLong, .. }).then(|| long_line(1)))
}

fn bulk_sheet() -> Refusal {
    let seems = "a bulk-edit sheet, which changes campaigns and reports nothing";
    Refusal::BulkSheet(Verdict::new(seems, "download a report with a Day column instead"))
}

fn unknown_table(file_name: &str, headers: &[String]) -> Refusal {
    let found = listed(headers.iter().map(String::as_str));
    if headers.len() < 2 {
        let seems = format!("a text without columns ('{file_name}')");
        let remedy = match headers {
            [] => "download a report from an advertising platform as CSV with its header line".to_owned(),
            _ => format!("download a report from an advertising platform as CSV; only {found} was found"),
        };
        return Refusal::UnknownTable(Verdict::new(seems, remedy));
    }
    let seems = format!("a table with unknown headers ('{file_name}')");
    let remedy = format!(
        "download a report from an advertising platform as CSV with its header line, or say which column is what: \
         `adroit import FILE --guess` writes the command; the columns are {found}"
    );
    Refusal::UnknownTable(Verdict::new(seems, remedy))
}

/// The table lacks columns that the user named.
fn not_as_mapped(mapping: &Mapping, headers: &[Header]) -> Refusal {
    let is_missing = |name: &&str| !headers.iter().any(|header| header.folded() == folded(name));
    let missing = listed(mapping.headers().filter(is_missing));
    let seems = format!("a table without the columns {missing}, which --map names");
    let found = listed(headers.iter().map(|header| header.text.as_str()));
    Refusal::MissingColumn(Verdict::new(seems, format!("name the columns as the file does: {found}")))
}

/// The first headers, quoted.
fn listed<'a>(headers: impl Iterator<Item = &'a str>) -> String {
    const MOST: usize = 12;
    let mut texts: Vec<String> = headers
        .filter(|header| !header.is_empty())
        .take(MOST + 1)
        .map(|header| format!("'{}'", header.chars().take(40).collect::<String>()))
        .collect();
    match texts.len() {
        0 => return "empty cells".to_owned(),
        1..=MOST => {}
        _ => texts[MOST] = "and more".to_owned(),
    }
    texts.join(", ")
}
