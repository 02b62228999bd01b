//! Files that are no report: what each seems to be and what to do.

use std::borrow::Cow;
use std::io;

/// What a refused file seems to be, and what to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verdict {
    /// For example `a PDF document`.
    pub seems: Cow<'static, str>,
    /// For example `download the report again as CSV`.
    pub remedy: Cow<'static, str>,
}

impl Verdict {
    pub(crate) fn new(seems: impl Into<Cow<'static, str>>, remedy: impl Into<Cow<'static, str>>) -> Self {
        Self { seems: seems.into(), remedy: remedy.into() }
    }
}

/// Why a file is not read at all.
#[derive(Debug, thiserror::Error)]
pub enum Refusal {
    /// The file could not be read.
    #[error("{}", verdict_text(.0))]
    Unreadable(Verdict, #[source] io::Error),
    /// It has no content.
    #[error("{}", verdict_text(.0))]
    Empty(Verdict),
    /// It is something else altogether: a picture, an archive, a web page.
    #[error("{}", verdict_text(.0))]
    OtherContent(Verdict),
    /// It is a table for changing campaigns, not a report of what they did.
    #[error("{}", verdict_text(.0))]
    BulkSheet(Verdict),
    /// It is a table, but none that is known.
    #[error("{}", verdict_text(.0))]
    UnknownTable(Verdict),
    /// It is a report in which a column is missing that is needed.
    #[error("{}", verdict_text(.0))]
    MissingColumn(Verdict),
    /// It is a report that is split in a way that leaves no costs, or counts things twice.
    #[error("{}", verdict_text(.0))]
    WrongSegment(Verdict),
    /// It is a report without rows.
    #[error("{}", verdict_text(.0))]
    NoRows(Verdict),
    /// One of its lines is longer than any that a report has, and nothing can be read without it.
    #[error("{}", verdict_text(.0))]
    LongLine(Verdict),
    /// Its dates can be read in two ways.
    #[error("{}", verdict_text(.0))]
    OpenDateOrder(Verdict),
}

fn verdict_text(verdict: &Verdict) -> String {
    format!("this seems to be {}; {}", verdict.seems, verdict.remedy)
}

impl Refusal {
    fn verdict(&self) -> &Verdict {
        match self {
            Self::Unreadable(verdict, _)
            | Self::Empty(verdict)
            | Self::OtherContent(verdict)
            | Self::BulkSheet(verdict)
            | Self::UnknownTable(verdict)
            | Self::MissingColumn(verdict)
            | Self::WrongSegment(verdict)
            | Self::NoRows(verdict)
            | Self::LongLine(verdict)
            | Self::OpenDateOrder(verdict) => verdict,
        }
    }

    /// What the file seems to be, as a noun phrase.
    pub fn seems(&self) -> &str {
        &self.verdict().seems
    }

    /// What to do about it, as an instruction.
    pub fn remedy(&self) -> &str {
        &self.verdict().remedy
    }
}

/// A file of which nothing can be read because of one line.
pub(crate) fn long_line(line: u64) -> Refusal {
    let seems = format!("a file whose line {line} is longer than 1 MiB, and no row can be read without it");
    let remedy = "reports have a row on each line and no line of more than 1 MiB: its line ends may have been lost on the way; download \
                  the report again as CSV and import it as it comes";
    Refusal::LongLine(Verdict::new(seems, remedy))
}

impl From<io::Error> for Refusal {
    fn from(error: io::Error) -> Self {
        let verdict =
            Verdict::new("a file that cannot be read", "check that it exists and that you may read it");
        Self::Unreadable(verdict, error)
    }
}
