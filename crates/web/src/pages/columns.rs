//! `/imports/held/{name}`: a table that was not recognised: its first rows, what its columns seem to be, what somebody says they
//! are, and what importing it so would do.

use askama::Template;
use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Redirect, Response};
use domain::{Level, Platform};
use ingest::{ColumnKind, DateOrder, DecimalMark, Guess, GuessedColumn, column_usages};
use store::catalog::Workspace;

use super::import_report::Report;
use super::imports::place;
use super::shell::{Section, Shell};
use super::written;
use crate::WebError;
use crate::access::{Asked, Import, May, Seen};
use crate::format;
use crate::held::HeldTable;
use crate::link::Link;
use crate::params::Params;
use crate::questions::columns::{Said, import, table, try_out};
use crate::questions::{chosen, plans};
use crate::theme::Theme;

/// Longest text of a cell that is shown.
const LONGEST: usize = 60;
/// Longest header that is shown.
const LONGEST_HEADER: usize = 200;
/// Values that are shown beside a column.
const VALUES: usize = 3;

#[derive(Template)]
#[template(path = "columns.html")]
struct ColumnsPage {
    shell: Shell,
    file_name: String,
    imports_href: String,
    look_action: String,
    import_action: String,
    discard_action: String,
    columns: Vec<Column>,
    rows: Vec<Vec<String>>,
    uses: Vec<Uses>,
    platforms: Vec<Choice>,
    levels: Vec<Choice>,
    orders: Vec<Choice>,
    marks: Vec<Choice>,
    account: String,
    currency: String,
    captured_at: String,
    /// A date that may be read in two ways; empty if none was seen.
    open_date: String,
    /// A number that may be read in two ways; empty if none was seen.
    open_number: String,
    /// What is wrong with what was said; empty for nothing.
    wrong: String,
    remedy: String,
    /// What importing it would do, if it was tried.
    tried: Option<Tried>,
}
in_shell!(ColumnsPage: FIELDS, LISTS, FACTS, FIGURES, FORMS, IMPORTS);

/// What a dry run showed.
struct Tried {
    report: Report,
    /// Which try it was.
    tries: u32,
}

/// A column.
struct Column {
    /// What it is called on the page.
    label: String,
    /// What it seems to be, how sure that is, and why.
    guess: String,
    /// Some of its values.
    values: String,
    /// What is said that it is; `ignore` for nothing.
    chosen: &'static str,
}

/// What a column may be, of one kind.
struct Uses {
    label: &'static str,
    uses: Vec<(&'static str, String)>,
}

/// What may be chosen.
struct Choice {
    key: &'static str,
    label: &'static str,
    is_chosen: bool,
}

/// What is shown beside the form.
#[derive(Default)]
struct Outcome {
    wrong: String,
    remedy: String,
    tried: Option<Tried>,
}

/// The page.
pub(crate) async fn show(
    state: May<Import>,
    Path(name): Path<String>,
    mut params: Params,
) -> Result<Html<String>, WebError> {
    let theme = params.theme();
    let workspace = chosen(&state, &mut params).await?;
    params.done()?;
    let (_, table, guess) = table(&state, &workspace, &name).await?;
    let said = Said::guessed(&guess, &table.request);
    let asked = Told { workspace: &workspace, name: &name, table: &table, guess: &guess, said: &said };
    page(&state, theme, asked, Outcome::default()).await
}

/// Says what importing the table would do if its columns are what is said.
pub(crate) async fn look(
    state: May<Import>,
    Path(name): Path<String>,
    mut params: Params,
    body: String,
) -> Result<Response, WebError> {
    let theme = params.theme();
    let workspace = plans::changed_in(&state, &mut params).await?;
    params.done()?;
    let (held, table, guess) = table(&state, &workspace, &name).await?;
    let mut form = Params::of(&body);
    let said = Said::read(&mut form, guess.columns.len())?;
    form.done()?;
    let asked = Told { workspace: &workspace, name: &name, table: &table, guess: &guess, said: &said };
    match try_out(&state, (held, table.clone()), &guess, &said).await {
        Ok((report, tries)) => {
            let tried = Some(Tried { report: Report::of(&report), tries });
            Ok(page(&state, theme, asked, Outcome { tried, ..Outcome::default() }).await?.into_response())
        }
        Err(error) => {
            let (status, wrong, remedy) = told(error)?;
            let outcome = Outcome { wrong, remedy, tried: None };
            Ok((status, page(&state, theme, asked, outcome).await?).into_response())
        }
    }
}

/// Imports the table as it was tried last, remembers what its columns are, and leads to the report.
pub(crate) async fn create(
    state: May<Import>,
    Path(name): Path<String>,
    mut params: Params,
    body: String,
) -> Result<Redirect, WebError> {
    let workspace = plans::changed_in(&state, &mut params).await?;
    params.done()?;
    // Whoever has no such file is told just that.
    state.held.of(&state.by, &workspace, &name)?;
    let mut form = Params::of(&body);
    let tries = form.parsed_as("tries", "use the number of the last try, as the page before gave it")?;
    form.done()?;
    let report = import(&state, &workspace, &name, tries.unwrap_or(0)).await?;
    let id = report.import_id.ok_or_else(|| WebError::not_found("the import has no number"))?;
    Ok(Redirect::to(&place(id, &workspace)))
}

/// Lets the table go and leads to the ledger.
pub(crate) async fn discard(
    state: May<Import>,
    Path(name): Path<String>,
    mut params: Params,
) -> Result<Redirect, WebError> {
    let workspace = plans::changed_in(&state, &mut params).await?;
    params.done()?;
    state.held.let_go(&state.held.of(&state.by, &workspace, &name)?);
    Ok(Redirect::to(&Link::to("/imports").with("workspace", &workspace.name).to_string()))
}

/// Where a table that waits is explained.
pub(super) fn explained_at(name: &str, workspace: &Workspace) -> String {
    Link::to(format!("/imports/held/{name}")).with("workspace", &workspace.name).to_string()
}

/// A table and what is said of it.
#[derive(Clone, Copy)]
struct Told<'a> {
    workspace: &'a Seen,
    name: &'a str,
    table: &'a HeldTable,
    guess: &'a Guess,
    said: &'a Said,
}

/// What can be mended stands on the page.
fn told(error: WebError) -> Result<(StatusCode, String, String), WebError> {
    if error.is_ours() {
        return Err(error);
    }
    let problem = error.problem();
    let status = StatusCode::from_u16(problem.status).unwrap_or(StatusCode::BAD_REQUEST);
    // The field stands on the page; its name in the form says nothing.
    let detail = problem.detail.split_once("': ").filter(|_| problem.parameter.is_some());
    let detail = detail.map_or(problem.detail.as_str(), |(_, detail)| detail).to_owned();
    Ok((status, detail, problem.remedy.unwrap_or_default()))
}

async fn page(
    state: &Asked,
    theme: Theme,
    asked: Told<'_>,
    outcome: Outcome,
) -> Result<Html<String>, WebError> {
    let Told { workspace, name, table, guess, said } = asked;
    let link = Link::to("/imports").with("workspace", &workspace.name);
    let title = "What the columns are";
    let table_said = &said.table;
    let own = |then: &str| link.at(format!("/imports/held/{name}{then}")).to_string();
    written(&ColumnsPage {
        shell: Shell::of(state, theme, title, Some(Section::Imports), &link, workspace).await?,
        file_name: table.request.file_name.clone(),
        imports_href: link.to_string(),
        look_action: own(""),
        import_action: own("/import"),
        discard_action: own("/discard"),
        columns: guess
            .columns
            .iter()
            .zip(&said.columns)
            .enumerate()
            .map(|(at, pair)| column(guess, at, pair))
            .collect(),
        rows: guess.rows.iter().map(|row| cells(row, guess.columns.len())).collect(),
        uses: uses(),
        platforms: platforms(table_said.platform),
        levels: levels(said.level),
        orders: [DateOrder::DayFirst, DateOrder::MonthFirst]
            .map(|order| {
                let label = if order == DateOrder::DayFirst { "day first" } else { "month first" };
                Choice { key: order.key(), label, is_chosen: table_said.date_order == Some(order) }
            })
            .into(),
        marks: [DecimalMark::Point, DecimalMark::Comma]
            .map(|mark| {
                let label = if mark == DecimalMark::Point { "1,188.50" } else { "1.188,50" };
                Choice { key: mark.key(), label, is_chosen: table_said.decimal == Some(mark) }
            })
            .into(),
        account: said.account.clone().unwrap_or_default(),
        currency: table_said.currency.map(|currency| currency.code().to_owned()).unwrap_or_default(),
        captured_at: said.captured_at.map(|at| at.to_string()).unwrap_or_default(),
        open_date: guess.open_date.clone().unwrap_or_default(),
        open_number: guess.open_number.clone().unwrap_or_default(),
        wrong: outcome.wrong,
        remedy: outcome.remedy,
        tried: outcome.tried,
    })
}

fn column(guess: &Guess, at: usize, (guessed, said): (&GuessedColumn, &Option<&'static str>)) -> Column {
    let values = guess.rows.iter().filter_map(|row| row.get(at)).filter(|cell| !cell.is_empty());
    let values: Vec<String> = values.take(VALUES).map(|cell| cut(cell, LONGEST)).collect();
    let why = match guessed.by {
        "values" => "by its values",
        _ => "by its name",
    };
    Column {
        label: match guessed.header.is_empty() {
            true => format!("Column {}, without a header", at + 1),
            false => cut(&guessed.header, LONGEST_HEADER),
        },
        guess: match guessed.used_as {
            Some(word) => {
                let sure = format::percent(f64::from(guessed.confidence) / 100.0);
                format!("seems to be the {}, {why}, {sure} sure", in_words(word))
            }
            None => "seems to be of no use".to_owned(),
        },
        values: values.join(" · "),
        chosen: said.unwrap_or("ignore"),
    }
}

/// The cells of a row, as many as there are columns.
fn cells(row: &[String], count: usize) -> Vec<String> {
    let cell = |at: usize| row.get(at).map(|cell| cut(cell, LONGEST)).unwrap_or_default();
    (0..count).map(cell).collect()
}

fn uses() -> Vec<Uses> {
    let usages = column_usages();
    let of = |kind: ColumnKind, label| Uses {
        label,
        uses: usages
            .iter()
            .filter(|usage| usage.kind == kind)
            .map(|usage| (usage.name, in_words(usage.name)))
            .collect(),
    };
    vec![
        of(ColumnKind::Date, "Dates"),
        of(ColumnKind::Dimension, "Names and states"),
        of(ColumnKind::Metric, "Figures"),
    ]
}

fn platforms(chosen: Platform) -> Vec<Choice> {
    let choice = |platform: Platform| Choice {
        key: platform.key(),
        label: platform.label(),
        is_chosen: platform == chosen,
    };
    Platform::ALL.map(choice).into()
}

fn levels(chosen: Option<Level>) -> Vec<Choice> {
    let choice =
        |level: Level| Choice { key: level.key(), label: level.label(), is_chosen: chosen == Some(level) };
    Level::ALL.map(choice).into()
}

/// A word of a mapping as people read it: `ad group ID`.
pub(super) fn in_words(word: &str) -> String {
    match word.strip_suffix("_id") {
        Some(of) => format!("{} ID", of.replace('_', " ")),
        None => word.replace('_', " "),
    }
}

/// A text of somebody's, not longer than the page bears.
pub(super) fn cut(text: &str, longest: usize) -> String {
    match text.chars().count() > longest {
        true => text.chars().take(longest - 1).chain(['…']).collect(),
        false => text.to_owned(),
    }
}
