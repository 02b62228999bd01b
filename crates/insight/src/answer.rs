//! An answer: rows and totals, and on what they rest.

use domain::{
    Comparison, Currency, Direction, ImportId, Level, Metric, Micros, Period, Platform, Sums, Value,
};
use jiff::Timestamp;
use jiff::civil::Date;

use crate::query::Dimension;

/// The answer to a query.
#[derive(Debug, Clone, PartialEq)]
pub struct Answer {
    /// The days that were asked about.
    pub period: Period,
    /// What they were compared with.
    pub compared: Option<(Comparison, Period)>,
    /// As of when, if not now.
    pub as_of: Option<Timestamp>,
    /// What rows are cut by.
    pub dimensions: Vec<Dimension>,
    /// What rows show.
    pub metrics: Vec<Metric>,
    /// The rows of this page.
    pub rows: Vec<AnswerRow>,
    /// All rows of the answer added up, not just this page's.
    pub totals: Figures,
    /// How many rows the whole answer has.
    pub row_count: u64,
    /// Where the next page begins, if there is one.
    pub next: Option<String>,
    /// How much is known of each day of the period, in order.
    pub days_known: Vec<DayKnown>,
    /// How old the figures are, by platform.
    pub freshness: Vec<Freshness>,
    /// What the figures rest on.
    pub provenance: Provenance,
    /// What a reader must know to read the figures right, in sentences.
    pub notes: Vec<String>,
}

/// How much is known of a day. Where all is known, a day without figures was a day without delivery.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum DayKnown {
    /// No account tells it.
    Nothing,
    /// Some accounts tell it, some do not.
    Part,
    /// Every account tells it.
    All,
}

/// One row.
#[derive(Debug, Clone, PartialEq)]
pub struct AnswerRow {
    /// Its place in each dimension.
    pub keys: Vec<KeyValue>,
    /// Its figures.
    pub figures: Figures,
}

/// A place in a dimension.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum KeyValue {
    /// A platform.
    Platform(Platform),
    /// A currency.
    Currency(Currency),
    /// The first day of a piece of time.
    Day(Date),
    /// An account, campaign, ad group, ad, keyword or search term: its number (0: not told), and its name.
    Entity(u32, String),
}

impl KeyValue {
    /// The text for people.
    pub fn label(&self) -> String {
        match self {
            Self::Platform(platform) => platform.label().to_owned(),
            other => other.text(),
        }
    }

    /// The text for machines: a platform's key, a currency's code, a day, a name.
    pub fn text(&self) -> String {
        match self {
            Self::Platform(platform) => platform.key().to_owned(),
            Self::Currency(currency) => currency.code().to_owned(),
            Self::Day(day) => day.to_string(),
            Self::Entity(_, name) => name.clone(),
        }
    }
}

/// Added-up figures and, where a comparison was asked for, those of the compared period.
///
/// Money of several currencies is never added. Where several meet, the money metrics are those of one leading currency (and
/// so are ratios that contain money); what the others come to stands in `left_out`.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Figures {
    /// The currency of the money; `None` if nothing was spent anywhere.
    pub currency: Option<Currency>,
    /// Everything that is not money, over all currencies.
    pub sums: Sums,
    /// Everything, over the leading currency only: what money ratios are made from.
    pub lead: Sums,
    /// `sums` of the compared period, if one was asked for.
    pub compared_sums: Option<Sums>,
    /// `lead` of the compared period, if one was asked for.
    pub compared_lead: Option<Sums>,
    /// Money in other currencies, not contained in the money figures.
    pub left_out: Vec<LeftOut>,
}

/// Money that could not be added because it is of another currency.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LeftOut {
    /// Its currency.
    pub currency: Currency,
    /// Spend in it.
    pub spend_micros: Option<Micros>,
    /// Revenue in it.
    pub revenue_micros: Option<Micros>,
    /// Revenue of record in it.
    pub record_revenue_micros: Option<Micros>,
}

impl Figures {
    /// A metric's value.
    pub fn value(&self, metric: Metric) -> Option<Value> {
        metric.of(if touches_money(metric) { &self.lead } else { &self.sums })
    }

    /// A metric's value in the compared period.
    pub fn compared(&self, metric: Metric) -> Option<Value> {
        let sums = if touches_money(metric) { &self.compared_lead } else { &self.compared_sums };
        metric.of(sums.as_ref()?)
    }

    /// The figures of the compared period by themselves.
    #[must_use]
    pub fn before(&self) -> Self {
        Self {
            currency: self.currency,
            sums: self.compared_sums.unwrap_or_default(),
            lead: self.compared_lead.unwrap_or_default(),
            ..Self::default()
        }
    }

    /// The relative change against the compared period: 0.153 is +15.3 %. Absent where either is, or where there was nothing.
    pub fn change(&self, metric: Metric) -> Option<f64> {
        let (now, before) = (self.value(metric)?.approximate(), self.compared(metric)?.approximate());
        (before != 0.0).then(|| (now - before) / before.abs())
    }

    /// Whether the change is good news; `None` if there is none or it is neither.
    pub fn is_good(&self, metric: Metric) -> Option<bool> {
        let change = self.change(metric).filter(|change| *change != 0.0)?;
        match metric.direction() {
            Direction::Up => Some(change > 0.0),
            Direction::Down => Some(change < 0.0),
            Direction::Neutral => None,
        }
    }
}

/// Whether a metric's value depends on the currency.
fn touches_money(metric: Metric) -> bool {
    matches!(
        metric,
        Metric::Spend
            | Metric::Revenue
            | Metric::Cpc
            | Metric::Cpm
            | Metric::Cpa
            | Metric::Roas
            | Metric::Aov
            | Metric::RecordRevenue
            | Metric::BlendedRoas
            | Metric::ClaimedShare
    )
}

/// How old a platform's figures are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Freshness {
    /// The platform.
    pub platform: Platform,
    /// When it was last asked, over its accounts the one that was asked longest ago.
    pub captured_at: Timestamp,
    /// The last day that is known of every account.
    pub known_to: Date,
    /// Days of the period that were not over when the platform was asked.
    pub provisional: Vec<Date>,
    /// Days of the period that are not known of at least one account: unknown, which is not zero.
    pub unknown_days: u32,
}

/// What figures rest on.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Provenance {
    /// The levels at which the figures were reported.
    pub levels: Vec<Level>,
    /// The imports they come from, newest first, at most 100.
    pub imports: Vec<ImportId>,
    /// How many imports they come from.
    pub import_count: u32,
}
