//! How the rows of one file are to be read: which columns, which styles, which days.

use domain::{Additive, Currency, Level, Period};

use crate::dates::Grain;
use crate::encoding::Encoding;
use crate::header::Layout;
use crate::number::Style;
use crate::role::Role;
use crate::wishes::DateOrder;
use crate::words::words;

/// Where a row's days stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Days {
    /// In one column: a day, or a week, a month and so on.
    Column(usize, Grain),
    /// In two columns. `same` says that each row is of one day.
    Between { start: usize, end: usize, same: bool },
    /// In none: every row stands for the range that the file states, if it states one.
    Stated,
}

impl Days {
    /// Finest first; the two columns of a range only where nothing else tells.
    pub(crate) fn of(layout: &Layout) -> Self {
        let finest = [
            (Role::Day, Grain::Day),
            (Role::Week, Grain::Week),
            (Role::Month, Grain::Month),
            (Role::Quarter, Grain::Quarter),
            (Role::Year, Grain::Year),
        ];
        for (role, grain) in finest {
            if let Some(column) = layout.at(role) {
                return Self::Column(column, grain);
            }
        }
        match (layout.at(Role::Start), layout.at(Role::End)) {
            (Some(start), Some(end)) => Self::Between { start, end, same: false },
            (Some(start), None) => Self::Column(start, Grain::Day),
            _ => Self::Stated,
        }
    }

    /// Whether each row is of one day.
    pub(crate) fn are_days(self) -> bool {
        matches!(self, Self::Column(_, Grain::Day) | Self::Between { same: true, .. })
    }

    /// For the name of the report.
    pub(crate) fn label(self) -> &'static str {
        match self {
            Self::Column(_, Grain::Week) => "by week",
            Self::Column(_, Grain::Month) => "by month",
            Self::Column(_, Grain::Quarter) => "by quarter",
            Self::Column(_, Grain::Year) => "by year",
            Self::Between { same: false, .. } | Self::Stated => "without days",
            _ => "by day",
        }
    }
}

/// Where a row's currency comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum CurrencySource {
    /// A column of codes; the currency of rows that leave it empty.
    Column(usize, Currency),
    /// The same for all rows.
    Fixed(Currency),
    /// The sign at each amount; the currency of amounts without one.
    Signs(Currency),
}

/// One figure of a row.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Figure {
    pub(crate) column: usize,
    pub(crate) what: Additive,
    /// Written in whole numbers: counts, and amounts in millionths.
    pub(crate) is_whole: bool,
    /// Added to what other columns say.
    pub(crate) is_added: bool,
}

fn is_count(what: Additive) -> bool {
    matches!(what, Additive::Impressions | Additive::Clicks | Additive::LinkClicks | Additive::VideoViews)
}

/// Columns of an entity.
#[derive(Debug, Clone, Copy)]
pub(crate) struct PartColumns {
    pub(crate) id: Option<usize>,
    pub(crate) name: Option<usize>,
}

/// Columns of addresses.
#[derive(Debug, Clone, Copy)]
pub(crate) struct AddressColumns {
    pub(crate) final_url: Option<usize>,
    pub(crate) suffix: Option<usize>,
    pub(crate) template: Option<usize>,
}

/// The columns that are read from every row, and how.
#[derive(Debug)]
pub(crate) struct Plan {
    pub(crate) layout: Layout,
    pub(crate) level: Level,
    pub(crate) encoding: Encoding,
    pub(crate) delimiter: u8,
    pub(crate) header_line: u64,
    pub(crate) days: Days,
    pub(crate) order: Option<DateOrder>,
    pub(crate) style: Style,
    pub(crate) stated: Option<Period>,
    pub(crate) currency: CurrencySource,
    pub(crate) figures: Vec<Figure>,
    pub(crate) account: PartColumns,
    pub(crate) campaign: PartColumns,
    pub(crate) ad_group: PartColumns,
    pub(crate) ad: PartColumns,
    pub(crate) keyword: Option<usize>,
    pub(crate) search_term: Option<usize>,
    pub(crate) match_type: Option<usize>,
    pub(crate) campaign_type: Option<usize>,
    pub(crate) status: Option<usize>,
    pub(crate) budget: Option<usize>,
    pub(crate) addresses: AddressColumns,
    pub(crate) attribution: Option<usize>,
    pub(crate) result_type: Option<usize>,
    /// The column in which the platform names the level of each row, and the level that is read.
    pub(crate) row_level: Option<(usize, Level)>,
    /// What is to be told before the first row is read.
    pub(crate) warnings: Vec<String>,
}

/// The figures of a layout. Results stand in for conversions where a file has no conversions of one kind.
pub(crate) fn figures(layout: &Layout) -> Vec<Figure> {
    let conversions = layout
        .at(Role::Conversions)
        .filter(|_| layout.per_item().is_none())
        .or_else(|| layout.at(Role::Results).filter(|_| layout.has(Role::ResultType)));
    let figures = [
        (layout.at(Role::Spend), Additive::Spend),
        (layout.at(Role::Impressions), Additive::Impressions),
        (layout.at(Role::Clicks), Additive::Clicks),
        (layout.at(Role::LinkClicks), Additive::LinkClicks),
        (conversions, Additive::Conversions),
        (layout.at(Role::Revenue), Additive::Revenue),
        (layout.at(Role::VideoViews), Additive::VideoViews),
    ];
    let figure = |column: usize, what, is_added| {
        let is_whole = is_count(what) || layout.is_micros(column);
        Figure { column, what, is_whole, is_added }
    };
    let own = figures.into_iter().filter_map(|(column, what)| Some(figure(column?, what, false)));
    own.chain(layout.added(Role::Conversions).map(|column| figure(column, Additive::Conversions, true)))
        .collect()
}

impl Plan {
    /// A plan that knows its columns; what only rows tell is filled in by the survey.
    pub(crate) fn new(
        layout: Layout,
        level: Level,
        encoding: Encoding,
        delimiter: u8,
        header_line: u64,
    ) -> Self {
        let at = |role| layout.at(role);
        let part = |id, name| PartColumns { id: layout.at(id), name: layout.at(name) };
        let (status, budget) = match level {
            Level::Campaign => (at(Role::CampaignStatus), at(Role::CampaignBudget).or(at(Role::Budget))),
            Level::AdGroup => (at(Role::AdGroupStatus), at(Role::AdGroupBudget)),
            Level::Ad => (at(Role::AdStatus), None),
            Level::Keyword => (at(Role::KeywordStatus), None),
            Level::Account | Level::SearchTerm => (None, None),
        };
        let uses_results = !layout.has(Role::Conversions) && layout.has(Role::Results);
        Self {
            level,
            encoding,
            delimiter,
            header_line,
            days: Days::of(&layout),
            order: None,
            style: Style::Point,
            stated: None,
            currency: CurrencySource::Fixed(Currency::UNKNOWN),
            figures: figures(&layout),
            account: part(Role::AccountId, Role::AccountName),
            campaign: part(Role::CampaignId, Role::CampaignName),
            ad_group: part(Role::AdGroupId, Role::AdGroupName),
            ad: part(Role::AdId, Role::AdName),
            keyword: at(Role::Keyword),
            search_term: at(Role::SearchTerm),
            match_type: at(Role::MatchType),
            campaign_type: at(Role::CampaignType),
            status: status.or_else(|| at(Role::Status).filter(|_| level != Level::SearchTerm)),
            budget,
            addresses: AddressColumns {
                final_url: at(Role::FinalUrl),
                suffix: at(Role::UrlSuffix),
                template: at(Role::TrackingTemplate),
            },
            attribution: at(Role::Attribution),
            result_type: at(Role::ResultType).filter(|_| uses_results),
            row_level: None,
            warnings: Vec::new(),
            layout,
        }
    }

    /// The entity columns at and above the level, the level's own last, and what the entity is called.
    pub(crate) fn entities(&self) -> ([Option<usize>; 10], &str) {
        let columns = [
            self.account.id,
            self.account.name,
            self.campaign.id,
            self.campaign.name,
            self.ad_group.id,
            self.ad_group.name,
            self.ad.id,
            self.ad.name,
            self.keyword,
            self.search_term,
        ];
        (columns, self.layout.platform.level_label(self.level))
    }

    /// The columns of the entity that a row stands for.
    pub(crate) fn own_entity(&self) -> PartColumns {
        match self.level {
            Level::Account => self.account,
            Level::Campaign => self.campaign,
            Level::AdGroup => self.ad_group,
            Level::Ad => self.ad,
            Level::Keyword => PartColumns { id: None, name: self.keyword },
            Level::SearchTerm => PartColumns { id: None, name: self.search_term },
        }
    }

    /// Whether the column of a role is read.
    pub(crate) fn reads(&self, role: Role) -> bool {
        let column = self.layout.at(role);
        match role {
            Role::Day | Role::Week | Role::Month | Role::Quarter | Role::Year => {
                matches!(self.days, Days::Column(used, _) if column == Some(used))
            }
            Role::Start | Role::End => match self.days {
                Days::Column(used, _) => column == Some(used) || self.stated.is_some(),
                _ => true,
            },
            Role::CampaignStatus
            | Role::AdGroupStatus
            | Role::AdStatus
            | Role::KeywordStatus
            | Role::Status => column == self.status,
            Role::CampaignBudget | Role::AdGroupBudget | Role::Budget => column == self.budget,
            Role::Results | Role::ResultType => self.result_type.is_some(),
            Role::ClicksAll => false,
            Role::Conversions => self.layout.per_item().is_none(),
            _ => true,
        }
    }

    /// The column of the money without which no row counts.
    pub(crate) fn money(&self) -> Option<usize> {
        self.layout.at(self.layout.money())
    }

    /// In words, for example `Google Ads campaign report by day`.
    pub(crate) fn name(&self) -> String {
        let platform = self.layout.platform;
        format!(
            "{} {} report {}",
            platform.platform.label(),
            platform.level_label(self.level),
            self.days.label()
        )
    }
}

/// What stands in a cell of text; nothing if it is empty or dashes.
#[inline]
pub(crate) fn text(cell: &str) -> Option<&str> {
    // Most cells begin and end with a letter or a digit.
    if let [first, .., last] = cell.as_bytes()
        && first.is_ascii_alphanumeric()
        && last.is_ascii_alphanumeric()
    {
        return Some(cell);
    }
    let cell = cell.trim();
    (!matches!(cell, "" | "--" | "-")).then_some(cell)
}

/// The currency of a sign or code at an amount. `$` alone is taken for the US dollar.
pub(crate) fn currency_of(sign: &str) -> Option<Currency> {
    match sign {
        "" => None,
        "$" => "USD".parse().ok(),
        _ => words().currency_of_sign(sign).or_else(|| sign.parse().ok()),
    }
}
