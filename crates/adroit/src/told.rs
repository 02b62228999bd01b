//! Reports of tables, streams and runs, for reading.

use std::fmt::Write;

use connect::{RunReport, TableReport};
use ledger::ImportReport;

/// What became of each table or stream, a line or two each.
pub(crate) fn tables(kind: &str, tables: &[TableReport]) -> String {
    let mut text = String::new();
    for table in tables {
        let line = match (&table.taken_for, &table.refused) {
            (Some(taken), _) => {
                format!("{taken}; {} read = {} used + {} skipped", table.read, table.used, table.skipped)
            }
            (None, Some(why)) => {
                let needed = table.needed.as_deref().unwrap_or_default();
                let read = if table.read > 0 { format!("{} read; ", table.read) } else { String::new() };
                format!("not taken: {read}{why}. Needed: {needed}")
            }
            (None, None) => "nothing came".to_owned(),
        };
        // Writing to a text can't fail.
        writeln!(text, "  {kind} {}: {line}", table.name).ok();
        for reason in table.reasons.iter().take(3) {
            writeln!(text, "      {reason}").ok();
        }
        if table.reasons.len() > 3 {
            writeln!(text, "      ... --json lists more").ok();
        }
    }
    text
}

/// One line per import.
pub(crate) fn imports(imports: &[ImportReport]) -> String {
    let mut text = String::new();
    for import in imports {
        let days = import.days.map_or("no days".to_owned(), |days| format!("{} to {}", days.from, days.to));
        let state = match (import.already_imported, import.import_id) {
            (true, Some(id)) => format!("nothing changed, it is import {id} already"),
            (false, Some(id)) => format!("import {id}, replaces {} rows", import.replaced_rows),
            (_, None) => format!("would replace {} rows", import.replaced_rows),
        };
        let spend = match (import.sums.spend_micros, import.currency) {
            (Some(micros), Some(currency)) => {
                format!("{} {currency}", domain::money::decimal_text(micros, currency.decimals()))
            }
            _ => "-".to_owned(),
        };
        writeln!(text, "  {}: {days}, {} rows, spend {spend}; {state}", import.file_name, import.rows.used)
            .ok();
        for warning in &import.warnings {
            writeln!(text, "      {warning}").ok();
        }
    }
    text
}

/// A run.
pub(crate) fn run(report: &RunReport) -> String {
    let mut text = format!("{}: {} records, {} states kept\n", report.source, report.records, report.states);
    text += &tables("stream", &report.streams);
    text += &imports(&report.imports);
    if let Some(error) = &report.error {
        if report.log.lines > 0 {
            writeln!(text, "  the end of its log:").ok();
            for line in report.log.last.iter().rev().take(10).rev() {
                writeln!(text, "      {line}").ok();
            }
        }
        writeln!(text, "  failed: {error}").ok();
    }
    text
}
