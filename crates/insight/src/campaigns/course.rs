//! The course of each campaign's spend over the period, for one page of the list, from one statement.

use std::collections::HashMap;

use domain::{Grain, Metric, Micros};
use jiff::civil::Date;
use store::facts::AccountId;

use super::{CampaignQuery, CampaignRow};
use crate::answer::{DayKnown, KeyValue};
use crate::filter::{Field, Filter, WordTest};
use crate::known::Known;
use crate::query::ask::key_value;
use crate::query::{Dimension, Query};
use crate::view::View;
use crate::{Asker, InsightError};

/// Most pieces of a course: more are not told apart at the size of a word.
const MOST_PIECES: usize = 93;
/// Most points of all courses of a page.
const MOST_POINTS: usize = 10_000;

/// Gives each row the course of its spend; `account` says whose a campaign is.
pub(super) fn put_courses(
    view: &View<'_>,
    asker: &Asker,
    query: &CampaignQuery,
    known: &Known,
    rows: &mut [CampaignRow],
    account: impl Fn(u32) -> Option<AccountId>,
) -> Result<(), InsightError> {
    let pieces = |grain: Grain| -> Vec<Date> {
        let mut starts: Vec<Date> = query.period.days().map(|day| grain.start(day)).collect();
        starts.dedup();
        starts
    };
    let fits = |grain: &Grain| {
        let count = pieces(*grain).len();
        count <= MOST_PIECES && count * rows.len() <= MOST_POINTS
    };
    let Some(grain) = [Grain::Day, Grain::Week, Grain::Month].into_iter().find(fits) else { return Ok(()) };
    let ids: Vec<String> =
        rows.iter().filter(|row| row.about.id > 0).map(|row| row.about.id.to_string()).collect();
    if ids.is_empty() {
        return Ok(());
    }
    let of_these = Filter::Words { field: Field::CampaignId, test: WordTest::Is, words: ids };
    let question = Query {
        filter: of_these,
        as_of: query.as_of,
        ..Query::new(query.period, [Metric::Spend]).by([Dimension::Campaign, Dimension::Time(grain)])
    };
    let mut spent: HashMap<(i64, Date), Micros> = HashMap::new();
    for row in view.rows(asker, &question)?.rows {
        let day = key_value(Dimension::Time(grain), row.keys[1], &HashMap::new(), known);
        let figures = row.parts.figures(asker.lead(), false)?;
        if let (KeyValue::Day(day), Some(micros)) = (day, figures.lead.spend_micros) {
            spent.insert((row.keys[0], day), micros);
        }
    }
    let starts = pieces(grain);
    let mut told: HashMap<AccountId, Vec<bool>> = HashMap::new();
    for row in rows {
        let Some(account) = account(row.about.id) else { continue };
        let told = told.entry(account).or_insert_with(|| told_pieces(known, account, query, grain, &starts));
        let at = |(start, is_told): (&Date, &bool)| {
            let sum = spent.get(&(i64::from(row.about.id), *start)).copied();
            sum.or(is_told.then_some(0))
        };
        row.course = starts.iter().zip(told.iter()).map(at).collect();
    }
    Ok(())
}

/// Whether an account tells any day of each piece of the period.
fn told_pieces(
    known: &Known,
    account: AccountId,
    query: &CampaignQuery,
    grain: Grain,
    starts: &[Date],
) -> Vec<bool> {
    let days = known.of_account(account).days_known(None, query.period);
    let told = |start: &Date| {
        let mut of_piece = query.period.days().zip(&days).filter(|(day, _)| grain.start(*day) == *start);
        of_piece.any(|(_, known)| *known == DayKnown::All)
    };
    starts.iter().map(told).collect()
}
