//! The campaign list: every campaign of a selection with its state and figures.

mod course;
mod list;
mod some;
mod words;

use domain::{Comparison, Currency, Micros, Period, Platform};
use jiff::Timestamp;

use crate::answer::{Figures, Freshness, Provenance};
use crate::filter::Filter;
use crate::query::Sort;

pub(crate) use list::{about, described};
pub use words::CampaignWords;

/// Most campaigns on one page.
pub const MOST_CAMPAIGNS: u32 = 500;

/// Which campaigns, in which order.
#[derive(Debug, Clone, PartialEq)]
pub struct CampaignQuery {
    /// The days.
    pub period: Period,
    /// Which campaigns count.
    pub filter: Filter,
    /// Only campaigns whose name contains this, whatever the case.
    pub text: Option<String>,
    /// What to compare with.
    pub compare: Option<Comparison>,
    /// Order: by a metric, or by the campaign's name.
    pub sort: Sort,
    /// At most so many campaigns, up to [`MOST_CAMPAIGNS`].
    pub limit: u32,
    /// Only campaigns behind this cursor, as the page before gave it.
    pub after: Option<String>,
    /// What was believed at this time, by capture.
    pub as_of: Option<Timestamp>,
    /// Whether each campaign of the page comes with the course of its spend.
    pub with_course: bool,
}

/// What is known of a campaign besides its figures.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CampaignAbout {
    /// Its number here; 0 stands for delivery that is told only for a whole account.
    pub id: u32,
    /// Its name, else its id at the platform.
    pub name: String,
    /// Its id at the platform.
    pub external_id: Option<String>,
    /// Where it runs; absent for delivery of a whole account.
    pub platform: Option<Platform>,
    /// The name of its account.
    pub account: String,
    /// Its state as last imported, for example `enabled` or `paused`.
    pub status: Option<String>,
    /// Its type, for example `Search`.
    pub kind: Option<String>,
    /// Its budget at the platform as last imported, in micros of its currency.
    pub budget_micros: Option<Micros>,
    /// What its money is counted in; absent for delivery of a whole account.
    pub currency: Option<Currency>,
}

/// A campaign with its figures.
#[derive(Debug, Clone, PartialEq)]
pub struct CampaignRow {
    /// What it is.
    pub about: CampaignAbout,
    /// Its figures in its own currency.
    pub figures: Figures,
    /// Its spend by day, or by week or month of a long period, in micros; absent where the days are not known. Empty if it
    /// was not asked for or the page is too long for it.
    pub course: Vec<Option<Micros>>,
}

/// A page of the campaign list.
#[derive(Debug, Clone, PartialEq)]
pub struct CampaignList {
    /// The days.
    pub period: Period,
    /// What they are compared with.
    pub compared: Option<(Comparison, Period)>,
    /// As of when, if not now.
    pub as_of: Option<Timestamp>,
    /// The campaigns of this page.
    pub rows: Vec<CampaignRow>,
    /// All campaigns of the selection added up, not just this page's.
    pub totals: Figures,
    /// How many campaigns the selection has.
    pub count: u64,
    /// Where the next page begins, if there is one.
    pub next: Option<String>,
    /// How old the figures are.
    pub freshness: Vec<Freshness>,
    /// What they rest on.
    pub provenance: Provenance,
    /// What a reader must know, in sentences.
    pub notes: Vec<String>,
}
