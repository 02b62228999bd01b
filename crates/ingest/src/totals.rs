//! Total rows: telling them from rows that count.

use domain::Level;

use crate::dates::written;
use crate::plan::{Days, Plan, text};
use crate::records::Record;
use crate::words::words;

/// What a total row calls itself, if a record is one.
///
/// A total row begins with a word for it and names no entity and no day beyond that: a campaign called "Total" is none.
/// The summary row of some platforms has no such word, but no names at all.
pub(crate) fn total_label<'a>(record: &Record<'a>, plan: &Plan) -> Option<&'a str> {
    let first = record.cells().position(|cell| text(cell).is_some())?;
    let label = text(record.cell(first))?;
    if words().is_total(label) {
        return names_nothing(record, plan, Some(first)).then_some(label);
    }
    let has_names = plan.entities().0.iter().any(Option::is_some);
    let is_summary = plan.layout.platform.nameless_rows_are_totals
        && (has_names || matches!(plan.days, Days::Column(..)))
        && names_nothing(record, plan, None);
    is_summary.then_some("summary row without names")
}

/// Whether a record names no entity and no day, but for the cell in `label`.
fn names_nothing(record: &Record<'_>, plan: &Plan, label: Option<usize>) -> bool {
    let day = match plan.days {
        Days::Column(column, _) => Some(column),
        // The range of a summary row is that of the file.
        _ => None,
    };
    let states = |column: &usize| Some(*column) != label && text(record.cell(*column)).is_some();
    let (entities, _) = plan.entities();
    // An account may be named in a total row with a word of its own, and in every row below its level.
    let telling =
        if plan.level == Level::Account && label.is_none() { &entities[..] } else { &entities[2..] };
    let named = telling.iter().flatten().any(states);
    let dated = day.filter(states).is_some_and(|column| is_time(record.cell(column)));
    !named && !dated
}

fn is_time(cell: &str) -> bool {
    written(cell).is_some() || cell.bytes().any(|byte| byte.is_ascii_digit())
}
