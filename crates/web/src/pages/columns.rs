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
    /// The field of the form at which that is; empty if it is none.
    field: &'static str,
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

/// The fields of the form at which something may be wrong.
const ASKED: [&str; 8] =
    ["column", "platform", "level", "account", "currency", "date_order", "decimal", "captured_at"];

/// What is shown beside the form, and in it.
#[derive(Default)]
struct Outcome {
    wrong: String,
    remedy: String,
    field: &'static str,
    /// What was sent, where it could not be read: it stands in the form again, to be mended.
    typed: Option<Vec<(String, String)>>,
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
    let typed = form.given(&ASKED);
    let said = match Said::read(&mut form, guess.columns.len()) {
        Ok(said) => said,
        Err(error) => {
            let said = Said::guessed(&guess, &table.request);
            let asked =
                Told { workspace: &workspace, name: &name, table: &table, guess: &guess, said: &said };
            let (status, outcome) = told(error)?;
            let outcome = Outcome { typed: Some(typed), ..outcome };
            return Ok((status, page(&state, theme, asked, outcome).await?).into_response());
        }
    };
    form.done()?;
    let asked = Told { workspace: &workspace, name: &name, table: &table, guess: &guess, said: &said };
    match try_out(&state, (held, table.clone()), &guess, &said).await {
        Ok((report, tries)) => {
            let tried = Some(Tried { report: Report::of(&report), tries });
            Ok(page(&state, theme, asked, Outcome { tried, ..Outcome::default() }).await?.into_response())
        }
        Err(error) => {
            let (status, outcome) = told(error)?;
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
fn told(error: WebError) -> Result<(StatusCode, Outcome), WebError> {
    if error.is_ours() {
        return Err(error);
    }
    let problem = error.problem();
    let status = StatusCode::from_u16(problem.status).unwrap_or(StatusCode::BAD_REQUEST);
    // The field stands on the page; its name in the form says nothing.
    let detail = problem.detail.split_once("': ").filter(|_| problem.parameter.is_some());
    let wrong = detail.map_or(problem.detail.as_str(), |(_, detail)| detail).to_owned();
    let field = ASKED.into_iter().find(|field| problem.parameter.as_deref() == Some(field));
    let remedy = problem.remedy.unwrap_or_default();
    Ok((status, Outcome { wrong, remedy, field: field.unwrap_or_default(), ..Outcome::default() }))
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
    let typed = Typed(outcome.typed);
    let chosen_columns = typed.columns(&said.columns);
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
            .zip(&chosen_columns)
            .enumerate()
            .map(|(at, pair)| column(guess, at, pair))
            .collect(),
        rows: guess.rows.iter().map(|row| cells(row, guess.columns.len())).collect(),
        uses: uses(),
        platforms: typed.choose("platform", platforms(table_said.platform)),
        levels: typed.choose("level", levels(said.level)),
        orders: typed.choose(
            "date_order",
            [DateOrder::DayFirst, DateOrder::MonthFirst]
                .map(|order| {
                    let label = if order == DateOrder::DayFirst { "day first" } else { "month first" };
                    Choice { key: order.key(), label, is_chosen: table_said.date_order == Some(order) }
                })
                .into(),
        ),
        marks: typed.choose(
            "decimal",
            [DecimalMark::Point, DecimalMark::Comma]
                .map(|mark| {
                    let label = if mark == DecimalMark::Point { "1,188.50" } else { "1.188,50" };
                    Choice { key: mark.key(), label, is_chosen: table_said.decimal == Some(mark) }
                })
                .into(),
        ),
        account: typed.text("account", said.account.clone()),
        currency: typed.text("currency", table_said.currency.map(|currency| currency.code().to_owned())),
        captured_at: typed.text("captured_at", said.captured_at.map(|at| at.to_string())),
        open_date: guess.open_date.clone().unwrap_or_default(),
        open_number: guess.open_number.clone().unwrap_or_default(),
        wrong: outcome.wrong,
        remedy: outcome.remedy,
        field: outcome.field,
        tried: outcome.tried,
    })
}

/// What was sent and could not be read, if that is so.
struct Typed(Option<Vec<(String, String)>>);

impl Typed {
    fn of<'t>(&'t self, name: &'t str) -> Option<impl Iterator<Item = &'t str>> {
        let typed = self.0.as_ref()?;
        Some(typed.iter().filter(move |(field, _)| field == name).map(|(_, value)| value.as_str()))
    }

    /// A text as it was sent, else as it is known.
    fn text(&self, name: &str, known: Option<String>) -> String {
        match self.of(name) {
            Some(mut sent) => cut(sent.next().unwrap_or_default(), LONGEST_HEADER),
            None => known.unwrap_or_default(),
        }
    }

    /// Choices with the one that was sent, else the one that is known.
    fn choose(&self, name: &str, choices: Vec<Choice>) -> Vec<Choice> {
        let Some(sent) = self.of(name).map(|mut sent| sent.next()) else { return choices };
        choices.into_iter().map(|choice| Choice { is_chosen: sent == Some(choice.key), ..choice }).collect()
    }

    /// What each column was said to be, else what it seems to be.
    fn columns(&self, known: &[Option<&'static str>]) -> Vec<Option<&'static str>> {
        let Some(mut sent) = self.of("column") else { return known.to_vec() };
        let usages = column_usages();
        let said = |word: &str| usages.iter().find(|usage| usage.name == word).map(|usage| usage.name);
        known.iter().map(|guessed| sent.next().map_or(*guessed, said)).collect()
    }
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
