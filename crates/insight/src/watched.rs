//! What alert rules look at: the days of accounts and campaigns, each with the age at which it was reported, and all that was
//! ever reported of them.

use std::collections::{BTreeMap, HashMap};

use alert::{Capture, Captures, Course, Day};
use domain::period::days_between;
use domain::{Additive, Currency, Grain, Level, Metric, Period, Platform, Sums};
use jiff::ToSpan;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use crate::filter::Filter;
use crate::known::Known;
use crate::query::{Dimension, Query};
use crate::view::View;
use crate::{Asker, Insight, InsightError, sql};

/// An account or a campaign, and its days.
#[derive(Debug, Clone, PartialEq)]
pub struct Watched {
    /// The campaign's number; 0 for an account as a whole.
    pub campaign: u32,
    /// The account's number.
    pub account: u32,
    /// Its name.
    pub name: String,
    /// Where it advertises.
    pub platform: Platform,
    /// What its money is counted in.
    pub currency: Currency,
    /// Its days.
    pub course: Course,
}

/// The figures that rules are about.
const FIGURES: [Metric; 7] = [
    Metric::Spend,
    Metric::Impressions,
    Metric::Clicks,
    Metric::LinkClicks,
    Metric::Conversions,
    Metric::Revenue,
    Metric::VideoViews,
];

impl Insight {
    /// The days of each account, or of each campaign, as they are believed now. A known day without figures was one without
    /// delivery; days that are not known are not there.
    ///
    /// # Errors
    /// If the facts can't be read.
    pub fn watched(
        &self,
        asker: &Asker,
        campaigns: bool,
        period: Period,
    ) -> Result<Vec<Watched>, InsightError> {
        self.view(|view| watched(view, asker, campaigns, period))
    }

    /// All that was ever reported of days: of each account as a whole and, by number, of these campaigns. Told is the level that
    /// tells most of campaigns.
    ///
    /// # Errors
    /// If the facts can't be read.
    pub fn captures(
        &self,
        asker: &Asker,
        campaigns: &[u32],
        period: Period,
    ) -> Result<Reported, InsightError> {
        self.view(|view| {
            let known = view.known(&asker.bound, None)?;
            let mut reported = Reported::default();
            for (account, captures) in captured(view, asker, &known, None, period)? {
                reported.accounts.insert(account, captures);
            }
            if !campaigns.is_empty() {
                reported.campaigns = captured(view, asker, &known, Some(campaigns), period)?;
            }
            Ok(reported)
        })
    }
}

/// All that was ever reported, by number.
#[derive(Debug, Clone, Default)]
pub struct Reported {
    /// Of accounts.
    pub accounts: HashMap<u32, Captures>,
    /// Of campaigns.
    pub campaigns: HashMap<u32, Captures>,
}

fn watched(
    view: &View<'_>,
    asker: &Asker,
    campaigns: bool,
    period: Period,
) -> Result<Vec<Watched>, InsightError> {
    let by = if campaigns { Dimension::Campaign } else { Dimension::Account };
    let query =
        Query { filter: Filter::All, ..Query::new(period, FIGURES).by([by, Dimension::Time(Grain::Day)]) };
    let asked = view.rows(asker, &query)?;
    let mut days: BTreeMap<u32, HashMap<Date, Sums>> = BTreeMap::new();
    for row in &asked.rows {
        let Some(id) = u32::try_from(row.keys[0]).ok().filter(|id| *id > 0) else { continue };
        let day = Date::constant(1970, 1, 1).saturating_add(row.keys[1].days());
        let figures = row.parts.figures(asker.lead_currency, false)?;
        days.entry(id).or_default().insert(day, figures.lead);
    }
    let known = &asked.known;
    let ages: HashMap<u32, Vec<(Date, i32)>> = known
        .accounts
        .iter()
        .map(|account| (account.account, ages(known, account.account, period)))
        .collect();
    let about = match campaigns {
        true => view.entities(asker, &days.keys().copied().collect::<Vec<_>>())?,
        false => HashMap::new(),
    };
    let one = |(id, days): (u32, HashMap<Date, Sums>)| {
        let found = about.get(&id);
        let account = if campaigns { found?.account } else { id };
        let of = known.account(account)?;
        // Nothing is asked of a campaign before its first day.
        let first = days.keys().min().copied()?;
        let day = |(day, age): &(Date, i32)| Day {
            day: *day,
            age: *age,
            sums: days.get(day).copied().unwrap_or(NOTHING),
        };
        let known = ages.get(&account)?.iter().filter(|(day, _)| *day >= first);
        Some(Watched {
            campaign: if campaigns { id } else { 0 },
            account,
            name: found.map_or_else(|| of.label().to_owned(), |about| about.name.clone()),
            platform: of.platform,
            currency: of.currency,
            course: Course { days: known.map(day).collect() },
        })
    };
    Ok(days.into_iter().filter_map(one).collect())
}

/// A known day without delivery.
const NOTHING: Sums = Sums {
    spend_micros: Some(0),
    impressions: Some(0),
    clicks: Some(0),
    conversions_e6: Some(0),
    revenue_micros: Some(0),
    ..Sums::NONE
};

/// The known days of an account in order, each with its age when the platform was asked: 0 if it was not over.
fn ages(known: &Known, account: u32, period: Period) -> Vec<(Date, i32)> {
    let told = known.of_account(account).told(None, period);
    let mut ages: Vec<(Date, i32)> = told
        .iter()
        .flat_map(|told| {
            let asked = told.segment.captured_at.to_zoned(TimeZone::UTC).date();
            let provisional = told.segment.provisional_from;
            told.segment.period.days().map(move |day| match provisional.is_some_and(|from| day >= from) {
                true => (day, 0),
                // Where the account's day ends before that of UTC, the day was over all the same.
                false => (day, days_between(day, asked).max(1)),
            })
        })
        .collect();
    ages.sort_unstable();
    ages.dedup_by_key(|(day, _)| *day);
    ages
}

/// What was reported of accounts, or of some campaigns, by number.
fn captured(
    view: &View<'_>,
    asker: &Asker,
    known: &Known,
    campaigns: Option<&[u32]>,
    period: Period,
) -> Result<HashMap<u32, Captures>, InsightError> {
    let levels: Vec<(u32, Level)> = known
        .accounts
        .iter()
        .filter(|account| !account.platform.is_record())
        .filter_map(|account| {
            let has = |level: &Level| {
                known.scopes.iter().any(|scope| scope.account == account.account && scope.level == *level)
            };
            Some((account.account, Level::TELLS_CAMPAIGN.into_iter().find(has)?))
        })
        .collect();
    let mut found: HashMap<u32, Captures> = HashMap::new();
    let Some(sql) = sql::captured(&asker.bound, &levels, campaigns, period) else { return Ok(found) };
    let mut statement = view.connection.prepare(&sql)?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let number = |days: i64| Date::constant(1970, 1, 1).saturating_add(days.days());
        let mut sums = Sums::NONE;
        for (column, figure) in Additive::STORED.into_iter().enumerate() {
            *sums.get_mut(figure) = row.get(3 + column)?;
        }
        let capture = Capture { on: number(row.get(2)?), sums };
        found.entry(row.get(0)?).or_default().add(number(row.get(1)?), capture);
    }
    Ok(found)
}
