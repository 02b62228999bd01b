//! What campaigns spent in the month that their figures have reached: what pacing is told by.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use domain::{Currency, Grain, Metric, Micros, Period};
use jiff::civil::Date;

use crate::answer::{DayKnown, KeyValue};
use crate::filter::{Field, Filter, WordTest};
use crate::known::Known;
use crate::query::{Dimension, MOST_ROWS, Query};
use crate::view::View;
use crate::{Asker, Insight, InsightError};

/// Campaigns whose month is asked about as one, and the days that count; all of the month if none are named.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MonthOf {
    /// The campaigns' numbers.
    pub campaigns: Vec<u32>,
    /// The first day that counts.
    pub from: Option<Date>,
    /// The last day that counts.
    pub to: Option<Date>,
}

/// What is known of a month.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Month {
    /// Nothing is known of any of the campaigns.
    Unknown,
    /// None of the month's days counts.
    NoDays,
    /// The campaigns' money is counted in several currencies.
    Currencies(Vec<Currency>),
    /// So.
    Known(MonthToDate),
}

/// What campaigns spent in the month that the figures of their accounts have reached.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MonthToDate {
    /// What the money is counted in.
    pub currency: Currency,
    /// The days of the month that count, those to come included.
    pub days: Period,
    /// Those of them up to the last of which anything is known; absent if they are all to come.
    pub known: Option<Period>,
    /// Those known days that were over when every platform was asked, from the first; absent if there are none.
    pub settled: Option<Period>,
    /// Known days that are not known of every campaign's account.
    pub unknown_days: u32,
    /// Spend of the known days; absent if it was not reported.
    pub spent_micros: Option<Micros>,
    /// Spend of the settled days; absent if it was not reported.
    pub settled_micros: Option<Micros>,
}

/// Spend by days and campaign, as far as there was any.
type Spend = HashMap<((Date, Date), u32), Option<Micros>>;

impl Insight {
    /// What each of these spent in the month that its figures have reached, in the order in which they are asked.
    ///
    /// # Errors
    /// If the facts can't be read.
    pub fn months(&self, asker: &Asker, asked: &[MonthOf]) -> Result<Vec<Month>, InsightError> {
        self.view(|view| months(view, asker, asked))
    }
}

fn months(view: &View<'_>, asker: &Asker, asked: &[MonthOf]) -> Result<Vec<Month>, InsightError> {
    let known = view.known(&asker.bound, None)?;
    let mut ids: Vec<u32> = asked.iter().flat_map(|of| of.campaigns.iter().copied()).collect();
    ids.sort_unstable();
    ids.dedup();
    let account_of: HashMap<u32, u32> = view
        .entities(asker, &ids)?
        .iter()
        .filter(|(_, entity)| entity.is_campaign())
        .map(|(id, entity)| (*id, entity.account))
        .collect();
    let mut months: Vec<Month> = asked.iter().map(|of| month(&known, &account_of, of)).collect();
    let mut wanted: BTreeMap<(Date, Date), BTreeSet<u32>> = BTreeMap::new();
    for (of, month) in asked.iter().zip(&months) {
        if let Month::Known(month) = month {
            for days in [month.known, month.settled].into_iter().flatten() {
                wanted.entry((days.from(), days.to())).or_default().extend(&of.campaigns);
            }
        }
    }
    let spend = spend(view, asker, &wanted)?;
    for (of, month) in asked.iter().zip(&mut months) {
        let Month::Known(month) = month else { continue };
        let sum = |days: Option<Period>| {
            let Some(days) = days else { return Some(0) };
            // Days that are known without a figure were days without delivery.
            let each = |id: &u32| spend.get(&((days.from(), days.to()), *id)).copied().unwrap_or(Some(0));
            of.campaigns.iter().try_fold(0i64, |sum, id| sum.checked_add(each(id)?))
        };
        (month.spent_micros, month.settled_micros) = (sum(month.known), sum(month.settled));
    }
    Ok(months)
}

/// The days of a month, and what is known of them.
fn month(known: &Known, account_of: &HashMap<u32, u32>, of: &MonthOf) -> Month {
    let accounts: BTreeSet<u32> = of.campaigns.iter().filter_map(|id| account_of.get(id).copied()).collect();
    let known = accounts.iter().map(|account| known.of_account(*account)).collect::<Vec<_>>();
    let known: Vec<_> = known.iter().filter_map(|own| Some((own, own.days()?.to()))).collect();
    let Some(newest) = known.iter().map(|(_, newest)| *newest).max() else { return Month::Unknown };
    let currencies: BTreeSet<Currency> =
        known.iter().flat_map(|(own, _)| own.accounts.iter().map(|account| account.currency)).collect();
    let mut currencies = currencies.into_iter();
    let (currency, rest) = (currencies.next().unwrap_or(Currency::UNKNOWN), currencies.collect::<Vec<_>>());
    if !rest.is_empty() {
        return Month::Currencies([vec![currency], rest].concat());
    }
    let (first, last) = (Grain::Month.start(newest), Grain::Month.end(newest));
    let meant =
        Period::new(of.from.map_or(first, |from| from.max(first)), of.to.map_or(last, |to| to.min(last)));
    let Ok(days) = meant else { return Month::NoDays };
    let up_to = |last: Date| Period::new(days.from(), last.min(days.to())).ok();
    let over = |own: &Known, newest: Date| {
        let Ok(to_date) = Period::new(first.min(newest), newest) else { return newest };
        let provisional =
            own.freshness(None, to_date).iter().flat_map(|fresh| fresh.provisional.clone()).min();
        provisional.and_then(|day| day.yesterday().ok()).unwrap_or(newest)
    };
    let settled_to = known.iter().map(|(own, newest)| over(own, *newest)).min();
    let unknown_days = up_to(newest).map_or(0, |known_days| {
        let told: Vec<Vec<DayKnown>> =
            known.iter().map(|(own, _)| own.days_known(None, known_days)).collect();
        let is_unknown = |day: &usize| told.iter().any(|days| days.get(*day) != Some(&DayKnown::All));
        (0..usize::try_from(known_days.len()).unwrap_or(0)).filter(is_unknown).count()
    });
    Month::Known(MonthToDate {
        currency,
        days,
        known: up_to(newest),
        settled: settled_to.and_then(up_to),
        unknown_days: unknown_days as u32,
        spent_micros: None,
        settled_micros: None,
    })
}

/// Asks once for each of these days what campaigns spent in them.
fn spend(
    view: &View<'_>,
    asker: &Asker,
    wanted: &BTreeMap<(Date, Date), BTreeSet<u32>>,
) -> Result<Spend, InsightError> {
    let mut spend = Spend::new();
    for ((from, to), campaigns) in wanted {
        let Ok(period) = Period::new(*from, *to) else { continue };
        let ids: Vec<String> = campaigns.iter().map(u32::to_string).collect();
        for ids in ids.chunks(MOST_ROWS as usize) {
            let question = Query {
                filter: Filter::Words { field: Field::CampaignId, test: WordTest::Is, words: ids.to_vec() },
                ..Query::new(period, [Metric::Spend]).by([Dimension::Campaign])
            };
            let (answer, _) = view.ask(asker, &question)?;
            for row in &answer.rows {
                if let Some(KeyValue::Entity(id, _)) = row.keys.first() {
                    spend.insert(((*from, *to), *id), row.figures.lead.spend_micros);
                }
            }
        }
    }
    Ok(spend)
}
