//! Asking: from a query to its answer.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use std::time::Instant;

use domain::{Additive, Grain, Metric, Period};
use jiff::ToSpan;
use jiff::civil::Date;
use store::facts::currency_of;

use super::shape::Shape;
use super::{Dimension, Query, Sort, SortBy};
use crate::answer::{Answer, AnswerRow, Figures, KeyValue};
use crate::entity::EntityAbout;
use crate::filter::Filter;
use crate::grid::{self, Keys, Parts, Place, Placed, Row};
use crate::known::Known;
use crate::view::View;
use crate::{Asker, Insight, InsightError, sql};

/// What was added up for a question, in no order, and what is known around it.
pub(crate) struct Asked {
    pub rows: Vec<Row>,
    pub known: Arc<Known>,
    /// What is to be said of conversion.
    pub notes: Vec<String>,
}

impl Insight {
    /// Answers a question about a workspace.
    ///
    /// # Errors
    /// If the question can't be asked like this, or the facts can't be read.
    pub fn ask(&self, asker: &Asker, query: &Query) -> Result<Answer, InsightError> {
        self.view(|view| Ok(view.ask(asker, query)?.0))
    }

    /// The statement that answers a question, and the words bound to it; `None` if nothing is known that could.
    ///
    /// # Errors
    /// If the question can't be asked like this, or the facts can't be read.
    pub fn sql_of(
        &self,
        asker: &Asker,
        query: &Query,
    ) -> Result<Option<(String, Vec<String>)>, InsightError> {
        query.check()?;
        let known = self.known(&asker.bound, query.as_of)?;
        let (words, conditions) = query.filter.split()?;
        let figures = figures(query, &conditions);
        let asked = sql::Figures { of: &figures, conversion: None };
        let statement = sql::statement(&sql::DuckDb, &asker.bound, query, &words, asked, &known);
        Ok(statement.map(|statement| (statement.sql, statement.words)))
    }
}

impl View<'_> {
    /// Answers a question, and says what is known of the entities that the answer names.
    pub fn ask(
        &self,
        asker: &Asker,
        query: &Query,
    ) -> Result<(Answer, HashMap<u32, EntityAbout>), InsightError> {
        query.check()?;
        if asker.convert.is_some() && query.dimensions.contains(&Dimension::Currency) {
            let remedy = "what is converted is of one currency; leave out 'currency', or do not convert";
            return Err(InsightError::wrong("by", remedy));
        }
        let (_, conditions) = query.filter.split()?;
        let asked = self.rows(asker, query)?;
        let compared = query.compare.is_some();
        let sort = query.sort.unwrap_or(Sort::descending(query.metrics[0]));
        let named =
            matches!(sort.by, SortBy::Dimension(dimension) if !matches!(dimension, Dimension::Time(_)));
        let of_keys = |keys: &mut dyn Iterator<Item = Keys>| names(self, asker, query, &asked.known, keys);
        let all_names = match named {
            true => of_keys(&mut asked.rows.iter().map(|row| row.keys))?,
            false => HashMap::new(),
        };
        // Rows are many and most are only sorted away: the figures of those on the page are made again.
        let mut placed = Vec::with_capacity(asked.rows.len());
        let mut totals = Parts::default();
        for (n, row) in asked.rows.iter().enumerate() {
            let figures = row.parts.figures(asker.lead(), compared)?;
            if conditions.passes(&figures) {
                let place = place(query, sort, &row.keys, &figures, &all_names, &asked.known);
                placed.push(Placed { place, keys: row.keys, row: n as u32 });
                totals.merge(&row.parts)?;
            }
        }
        let totals = totals.figures(asker.lead(), compared)?;
        let row_count = placed.len() as u64;
        let (page, next) = grid::page(placed, sort.descending, query.limit as usize, query.after.as_deref())?;
        let names = if named { all_names } else { of_keys(&mut page.iter().map(|row| row.keys))? };
        let key = |dimension: &Dimension, number: i64| key_value(*dimension, number, &names, &asked.known);
        let row = |placed: &Placed| -> Result<AnswerRow, InsightError> {
            let keys = query.dimensions.iter().zip(placed.keys);
            Ok(AnswerRow {
                keys: keys.map(|(dimension, number)| key(dimension, number)).collect(),
                figures: asked.rows[placed.row as usize].parts.figures(asker.lead(), compared)?,
            })
        };
        let rows = page.iter().map(row).collect::<Result<Vec<_>, _>>()?;
        let reads = query.reads();
        let freshness = asked.known.freshness(reads, query.period);
        let mut notes = notes(&totals, &freshness, query, &asked.known);
        notes.extend(asked.notes.iter().cloned());
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
            days_known: asked.known.days_known(reads, query.period),
            freshness,
            provenance: asked.known.provenance(reads, query.period),
            notes,
        };
        Ok((answer, names))
    }

    /// What is added up for a question.
    pub fn rows(&self, asker: &Asker, query: &Query) -> Result<Asked, InsightError> {
        let begun = Instant::now();
        let (words, conditions) = query.filter.split()?;
        let added = figures(query, &conditions);
        let known = self.known_to(&asker.bound, query.as_of, &added)?;
        let conversion = self.conversion(asker, query, &known)?;
        let figures = sql::Figures { of: &added, conversion: conversion.as_ref() };
        let rows = match self.recent_rows(&asker.bound, query, &words, figures, &known)? {
            Some(rows) => rows,
            None => match sql::statement(&sql::DuckDb, &asker.bound, query, &words, figures, &known) {
                Some(statement) => {
                    grid::rows(self.connection, &statement, &query.dimensions, figures, &known)?
                }
                None => Vec::new(),
            },
        };
        let took = begun.elapsed();
        if took >= self.insight.slow {
            let (question, groups) = (Shape(query), rows.len());
            let took_ms = u64::try_from(took.as_millis()).unwrap_or(u64::MAX);
            tracing::warn!(workspace = asker.workspace(), %question, took_ms, groups, "a question took long");
        }
        let notes = conversion.map_or_else(Vec::new, |conversion| conversion.notes());
        Ok(Asked { rows, known, notes })
    }
}

/// Where a row stands in the order that was asked for.
fn place(
    query: &Query,
    sort: Sort,
    keys: &Keys,
    figures: &Figures,
    names: &HashMap<u32, EntityAbout>,
    known: &Known,
) -> Place {
    let time = query.dimensions.iter().position(|dimension| matches!(dimension, Dimension::Time(_)));
    if let (None, Some(time)) = (query.sort, time) {
        // Unless something else is wished, time runs forward and within a piece of it the largest stands first.
        return Place::TimeThen(keys[time], value_of(figures, query.metrics[0]).unwrap_or(f64::NEG_INFINITY));
    }
    match sort.by {
        SortBy::Metric(metric) => value_of(figures, metric).map_or(Place::Absent, Place::Number),
        SortBy::Dimension(dimension) => {
            let n = query.dimensions.iter().position(|of| *of == dimension).unwrap_or(0);
            match dimension {
                Dimension::Time(_) => Place::Number(keys[n] as f64),
                _ => Place::Text(key_value(dimension, keys[n], names, known).label().to_lowercase()),
            }
        }
    }
}

/// The reported figures that a question adds up.
pub(crate) fn figures(query: &Query, conditions: &Filter) -> Vec<Additive> {
    let sorted = query.sort.and_then(|sort| match sort.by {
        SortBy::Metric(metric) => Some(metric),
        SortBy::Dimension(_) => None,
    });
    grid::figures_for(query.metrics.iter().copied().chain(conditions.metrics()).chain(sorted))
}

fn value_of(figures: &Figures, metric: Metric) -> Option<f64> {
    figures.value(metric).map(domain::Value::approximate)
}

/// The entities that rows with these keys speak of.
fn names(
    view: &View<'_>,
    asker: &Asker,
    query: &Query,
    known: &Known,
    keys: &mut dyn Iterator<Item = Keys>,
) -> Result<HashMap<u32, EntityAbout>, InsightError> {
    let is_entity = |dimension: &Dimension| {
        matches!(
            dimension,
            Dimension::Campaign
                | Dimension::AdGroup
                | Dimension::Ad
                | Dimension::Keyword
                | Dimension::SearchTerm
        )
    };
    let places: Vec<usize> =
        (0..query.dimensions.len()).filter(|n| is_entity(&query.dimensions[*n])).collect();
    if places.is_empty() || known.accounts.is_empty() {
        return Ok(HashMap::new());
    }
    let mut ids: Vec<u32> = Vec::new();
    for keys in keys {
        ids.extend(places.iter().filter_map(|n| u32::try_from(keys[*n]).ok()).filter(|id| *id > 0));
    }
    ids.sort_unstable();
    ids.dedup();
    view.entities(asker, &ids)
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
    // Platforms that were asked on the same day are told of together.
    let mut provisional: BTreeMap<Date, Vec<&str>> = BTreeMap::new();
    for platform in freshness {
        if let [first, ..] = platform.provisional.as_slice() {
            provisional.entry(*first).or_default().push(platform.platform.label());
        }
    }
    for (first, labels) in provisional {
        notes.push(format!(
            "{}: from {first} on provisional, as the day was not over when the data was taken.",
            labels.join(", ")
        ));
    }
    for platform in freshness {
        let label = platform.platform.label();
        if platform.unknown_days > 0 {
            notes.push(format!(
                "{label}: {} of {} days are not known of every account; unknown days are left out, not counted as zero.",
                platform.unknown_days,
                query.period.len()
            ));
        }
    }
    let levels = known.of(|account| !account.platform.is_record());
    let levels = levels.provenance(query.reads(), query.period).levels;
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
