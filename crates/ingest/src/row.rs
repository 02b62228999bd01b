//! One row of an export, as it is handed out.

use domain::{Currency, Micros, Period, Sums};

/// An entity as a file names it: by id, by name, by both, or not at all.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Part<'a> {
    /// The platform's id.
    pub id: Option<&'a str>,
    /// The name, as given but for outer whitespace.
    pub name: Option<&'a str>,
}

impl Part<'_> {
    /// Whether the file says neither id nor name.
    pub fn is_none(&self) -> bool {
        self.id.is_none() && self.name.is_none()
    }
}

/// Where the ads of a row's own entity lead, as given. `None`: the file has no such column; an empty text: it has one that says
/// nothing here.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Addresses<'a> {
    /// The address, or several in one cell.
    pub final_url: Option<&'a str>,
    /// Parameters that are appended to it.
    pub suffix: Option<&'a str>,
    /// What the platform makes the clicked address of.
    pub template: Option<&'a str>,
}

impl Addresses<'_> {
    /// Whether the file has none of these columns.
    pub fn is_none(&self) -> bool {
        self.final_url.is_none() && self.suffix.is_none() && self.template.is_none()
    }
}

/// One row that counts. What it borrows is valid only while it is looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Row<'a> {
    /// The physical line, from 1, on which the row starts.
    pub line: u64,
    /// One day where the file has days, else the range the row stands for; absent if the file states none.
    pub period: Option<Period>,
    /// The account.
    pub account: Part<'a>,
    /// The account's currency; [`Currency::UNKNOWN`] if nobody said.
    pub currency: Currency,
    /// The campaign.
    pub campaign: Part<'a>,
    /// The ad group (Meta: ad set).
    pub ad_group: Part<'a>,
    /// The ad.
    pub ad: Part<'a>,
    /// The keyword, as given.
    pub keyword: Option<&'a str>,
    /// The match type, as given.
    pub match_type: Option<&'a str>,
    /// What people typed.
    pub search_term: Option<&'a str>,
    /// The status of the row's own entity: `enabled`, `paused`, `removed`, `ended`, else as given in lower case.
    pub status: Option<&'a str>,
    /// The kind of campaign (Google: campaign type; Meta: objective), as given.
    pub campaign_type: Option<&'a str>,
    /// The budget of the row's own entity, in micros of [`Row::currency`].
    pub budget_micros: Option<Micros>,
    /// Where the row's own entity leads.
    pub addresses: Addresses<'a>,
    /// The figures. Absent is not zero.
    pub sums: Sums,
}
