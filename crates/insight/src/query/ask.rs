//! Asking: from a query to its answer.

use std::collections::HashMap;
use std::sync::Arc;

use domain::{Grain, Metric, Period};
use duckdb::Connection;
use jiff::ToSpan;
use jiff::civil::Date;
use store::facts::currency_of;

use super::{Dimension, Query, Sort, SortBy};
use crate::answer::{Answer, AnswerRow, Figures, KeyValue};
use crate::grid::{self, EntityAbout, GridRow, Group, Place};
use crate::known::Known;
use crate::{Asker, Insight, InsightError, sql};

/// Groups of a question and what is known around it.
pub(crate) struct Asked {
    pub groups: Vec<Group>,
    pub known: Arc<Known>,
}

impl Insight {
    /// Answers a question about a workspace.
    ///
    /// # Errors
    /// If the question can't be asked like this, or the facts can't be read.
    pub fn ask(&self, asker: Asker, query: &Query) -> Result<Answer, InsightError> {
        Ok(self.ask_with_names(asker, query)?.0)
    }

    /// The same, with what is known of the entities that the answer names.
    pub(crate) fn ask_with_names(
        &self,
        asker: Asker,
        query: &Query,
    ) -> Result<(Answer, HashMap<u32, EntityAbout>), InsightError> {
        query.check()?;
        let (_, conditions) = query.filter.split()?;
        let asked = self.groups(asker, query)?;
        let compared = query.compare.is_some();
        let (rows, totals) =
            grid::rows_and_totals(&asked.groups, asker.lead_currency, compared, &conditions)?;
        let row_count = rows.len() as u64;

        let sort = query.sort.unwrap_or(Sort::descending(query.metrics[0]));
        let named =
            matches!(sort.by, SortBy::Dimension(dimension) if !matches!(dimension, Dimension::Time(_)));
        let (rows, next, names) = self.facts().read(|connection| {
            let all_names =
                if named { names(connection, asker, query, &asked.known, &rows)? } else { HashMap::new() };
            let (rows, next) = page(query, sort, &rows, &all_names, &asked.known)?;
            let names = if named { all_names } else { names(connection, asker, query, &asked.known, &rows)? };
            Ok::<_, InsightError>((rows, next, names))
        })?;
        let key = |dimension: &Dimension, number: i64| key_value(*dimension, number, &names, &asked.known);
        let rows: Vec<AnswerRow> = rows
            .into_iter()
            .map(|row| AnswerRow {
                keys: query
                    .dimensions
                    .iter()
                    .zip(row.keys)
                    .map(|(dimension, number)| key(dimension, number))
                    .collect(),
                figures: row.figures,
            })
            .collect();
        let reads = query.reads();
        let freshness = asked.known.freshness(reads, query.period);
        let notes = notes(&totals, &freshness, query, &asked.known);
        let answer = Answer {
            period: query.period,
            compared: query.compare.map(|comparison| (comparison, query.period.compared(comparison))),
            as_of: query.as_of,
            dimensions: query.dimensions.clone(),
            metrics: query.metrics.clone(),
            rows,
            totals,
            row_count,
            next,
            freshness,
            provenance: asked.known.provenance(reads, query.period),
            notes,
        };
        Ok((answer, names))
    }

    /// The statement that answers a question, and the words bound to it; `None` if nothing is known that could.
    ///
    /// # Errors
    /// If the question can't be asked like this, or the facts can't be read.
    pub fn sql_of(&self, asker: Asker, query: &Query) -> Result<Option<(String, Vec<String>)>, InsightError> {
        query.check()?;
        let known = self.known(asker.workspace, query.as_of)?;
        let (statement, _) = statement(asker, query, &known)?;
        Ok(statement.map(|statement| (statement.sql, statement.words)))
    }

    /// The groups that a question makes.
    pub(crate) fn groups(&self, asker: Asker, query: &Query) -> Result<Asked, InsightError> {
        let known = self.known(asker.workspace, query.as_of)?;
        let (statement, figures) = statement(asker, query, &known)?;
        let groups = match statement {
            None => Vec::new(),
            Some(statement) => self
                .facts()
                .read(|connection| grid::groups(connection, &statement, query.dimensions.len(), &figures))?,
        };
        Ok(Asked { groups, known })
    }
}

fn page(
    query: &Query,
    sort: Sort,
    rows: &[GridRow],
    names: &HashMap<u32, EntityAbout>,
    known: &Known,
) -> Result<(Vec<GridRow>, Option<String>), InsightError> {
    let limit = query.limit as usize;
    let after = query.after.as_deref();
    let time = query.dimensions.iter().position(|dimension| matches!(dimension, Dimension::Time(_)));
    if let (None, Some(time)) = (query.sort, time) {
        // Unless something else is wished, time runs forward and within a day the largest stands first.
        let value = |row: &GridRow| value_of(&row.figures, query.metrics[0]).unwrap_or(f64::MIN);
        let mut order: Vec<(&GridRow, f64)> = rows.iter().map(|row| (row, value(row))).collect();
        order.sort_unstable_by(|(a, left), (b, right)| {
            a.keys[time].cmp(&b.keys[time]).then(right.total_cmp(left)).then(a.keys.cmp(&b.keys))
        });
        let rank: HashMap<grid::Keys, usize> =
            order.iter().enumerate().map(|(n, (row, _))| (row.keys, n)).collect();
        let place = |row: &GridRow| rank.get(&row.keys).map_or(Place::Absent, |n| Place::Number(*n as f64));
        return grid::page(rows, place, false, limit, after);
    }
    let place = |row: &GridRow| match sort.by {
        SortBy::Metric(metric) => value_of(&row.figures, metric).map_or(Place::Absent, Place::Number),
        SortBy::Dimension(dimension) => {
            let n = query.dimensions.iter().position(|of| *of == dimension).unwrap_or(0);
            match dimension {
                Dimension::Time(_) => Place::Number(row.keys[n] as f64),
                _ => Place::Text(key_value(dimension, row.keys[n], names, known).label().to_lowercase()),
            }
        }
    };
    grid::page(rows, place, sort.descending, limit, after)
}

/// The statement of a question, and the reported figures it adds up.
fn statement(
    asker: Asker,
    query: &Query,
    known: &Known,
) -> Result<(Option<sql::Statement>, Vec<domain::Additive>), InsightError> {
    let (words, conditions) = query.filter.split()?;
    let sorted = query.sort.and_then(|sort| match sort.by {
        SortBy::Metric(metric) => Some(metric),
        SortBy::Dimension(_) => None,
    });
    let metrics = query.metrics.iter().copied().chain(conditions.metrics()).chain(sorted);
    let figures = grid::figures_for(metrics);
    Ok((sql::statement(&sql::DuckDb, asker.workspace, query, &words, &figures, known), figures))
}

fn value_of(figures: &Figures, metric: Metric) -> Option<f64> {
    figures.value(metric).map(domain::Value::approximate)
}

/// The names that rows need.
fn names(
    connection: &Connection,
    asker: Asker,
    query: &Query,
    known: &Known,
    rows: &[GridRow],
) -> Result<HashMap<u32, EntityAbout>, InsightError> {
    let mut ids: Vec<u32> = Vec::new();
    for (n, dimension) in query.dimensions.iter().enumerate() {
        let is_entity = matches!(
            dimension,
            Dimension::Campaign
                | Dimension::AdGroup
                | Dimension::Ad
                | Dimension::Keyword
                | Dimension::SearchTerm
        );
        if is_entity {
            ids.extend(rows.iter().filter_map(|row| u32::try_from(row.keys[n]).ok()).filter(|id| *id > 0));
        }
    }
    ids.sort_unstable();
    ids.dedup();
    if ids.is_empty() || known.accounts.is_empty() {
        return Ok(HashMap::new());
    }
    grid::entities(connection, asker.workspace, &ids)
}

/// What a number in a dimension stands for.
pub(crate) fn key_value(
    dimension: Dimension,
    number: i64,
    names: &HashMap<u32, EntityAbout>,
    known: &Known,
) -> KeyValue {
    let id = u32::try_from(number).unwrap_or(0);
    match dimension {
        Dimension::Platform => u8::try_from(number)
            .ok()
            .and_then(domain::Platform::from_number)
            .map_or(KeyValue::Entity(id, "unknown platform".to_owned()), KeyValue::Platform),
        Dimension::Currency => KeyValue::Currency(currency_of(u16::try_from(number).unwrap_or(0))),
        Dimension::Time(_) => {
            let day = i32::try_from(number).unwrap_or(0);
            KeyValue::Day(Date::constant(1970, 1, 1).saturating_add(day.days()))
        }
        Dimension::Account => KeyValue::Entity(
            id,
            known.account(id).map_or(String::new(), |account| account.label().to_owned()),
        ),
        _ if number <= 0 => {
            let account = u32::try_from(-number).ok().and_then(|id| known.account(id));
            KeyValue::Entity(
                0,
                account
                    .map_or("(not told)".to_owned(), |account| format!("({} as a whole)", account.label())),
            )
        }
        _ => KeyValue::Entity(id, names.get(&id).map_or(String::new(), |about| about.name.clone())),
    }
}

/// What a reader must know to read the figures right.
pub(crate) fn notes(
    totals: &Figures,
    freshness: &[crate::Freshness],
    query: &Query,
    known: &Known,
) -> Vec<String> {
    let mut notes = Vec::new();
    if let (Some(currency), false) = (totals.currency, totals.left_out.is_empty()) {
        let others: Vec<_> = totals.left_out.iter().map(|other| other.currency.code().to_owned()).collect();
        notes.push(format!(
            "Money in totals is {currency} only; {} can't be added without a rate and is listed beside it.",
            others.join(", ")
        ));
    }
    for platform in freshness {
        let label = platform.platform.label();
        if let [first, ..] = platform.provisional.as_slice() {
            notes.push(format!(
                "{label}: from {first} on provisional, as the day was not over when the data was taken."
            ));
        }
        if platform.unknown_days > 0 {
            notes.push(format!(
                "{label}: {} of {} days are not known of every account; unknown days are left out, not counted as zero.",
                platform.unknown_days,
                query.period.len()
            ));
        }
    }
    let levels = known.provenance(query.reads(), query.period).levels;
    let lower: Vec<_> =
        levels.iter().filter(|level| **level != domain::Level::Campaign).map(|level| level.label()).collect();
    if query.reads().is_none() && !lower.is_empty() {
        notes.push(format!(
            "Some campaign figures are added up from the {} level, as no campaign report covers those days; platforms may withhold parts.",
            lower.join(" and ")
        ));
    }
    let within_weeks = query.dimensions.contains(&Dimension::Time(Grain::Week));
    let cut = |period: Period| {
        Grain::Week.start(period.from()) != period.from()
            || Grain::Week.start(period.to().tomorrow().unwrap_or(period.to()))
                == Grain::Week.start(period.to())
    };
    if within_weeks && cut(query.period) {
        notes.push("The first or last week is cut by the period and holds fewer than seven days.".to_owned());
    }
    notes
}
