//! The one place where a question becomes SQL.
//!
//! A statement adds up the figures by the question's keys; everything after that (currencies, conditions on metrics, order,
//! pages, totals) is done on the finished groups. Numbers and days are written into the text, so that the engine can prune
//! by them; words are bound as parameters.

use domain::{Additive, Comparison, Currency, Grain, Level, Period, Platform};
use store::WorkspaceId;
use store::facts::{currency_number, days_literal};

use crate::filter::{Field, Filter, WordTest};
use crate::known::Known;
use crate::query::{Dimension, Query};

/// What differs between engines.
pub(crate) trait Dialect {
    /// The first day of the piece of time that `day` falls into.
    fn start_of(&self, grain: Grain, day: &str) -> String;
    /// A day as days since 1970-01-01.
    fn day_number(&self, day: &str) -> String;
    /// A name that matches a bound pattern whatever the case.
    fn matches(&self, name: &str) -> String;
}

/// The engine of one machine.
pub(crate) struct DuckDb;

impl Dialect for DuckDb {
    fn start_of(&self, grain: Grain, day: &str) -> String {
        match grain {
            Grain::Day => day.to_owned(),
            other => format!("date_trunc('{}', {day})::DATE", other.key()),
        }
    }

    fn day_number(&self, day: &str) -> String {
        format!("({day} - DATE '1970-01-01')")
    }

    fn matches(&self, name: &str) -> String {
        format!("{name} ILIKE ?")
    }
}

/// A statement and the words to bind to it, in order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Statement {
    pub sql: String,
    pub words: Vec<String>,
}

/// The statement for `query`, whose columns are: the keys in order, whether the row is of the compared period, the currency
/// number, and `figures` in order; all 64-bit integers. `None` if nothing is known that could answer it.
///
/// Each period is added up on its own, so that each prunes by its own days and groups by as few keys as can be; the compared
/// period's days are moved into the period that was asked about.
pub(crate) fn statement(
    dialect: &impl Dialect,
    workspace: WorkspaceId,
    query: &Query,
    words: &Filter,
    figures: &[Additive],
    known: &Known,
) -> Option<Statement> {
    let compared = query.compare.map(|comparison| (comparison, query.period.compared(comparison)));
    let mut bound = Vec::new();
    let condition = condition(dialect, workspace, words, query.reads(), &mut bound);

    let added_up = |period: Period, past: bool, shift: &Shift| -> Option<String> {
        let source = source(workspace, query, known, period, past)?;
        let mut selected: Vec<String> = Vec::new();
        let mut grouped: Vec<String> = Vec::new();
        for dimension in &query.dimensions {
            let (shown, group) = match dimension {
                // Whole days are moved after they are added up: a plain column is the quickest to group by.
                Dimension::Time(Grain::Day) => (dialect.day_number(&shift.of("day")), "day".to_owned()),
                Dimension::Time(grain) => {
                    let start = dialect.start_of(*grain, &shift.of("day"));
                    (dialect.day_number(&start), start)
                }
                other => {
                    let column = column(*other, query.reads(), known);
                    (column.clone(), column)
                }
            };
            selected.push(format!("{shown}::BIGINT"));
            grouped.push(group);
        }
        selected.push(format!("{}::BIGINT", u8::from(past)));
        if query.dimensions.iter().any(|dimension| dimension.fixes_currency()) {
            selected.push("any_value(currency)::BIGINT".to_owned());
        } else {
            selected.push("currency::BIGINT".to_owned());
            grouped.push("currency".to_owned());
        }
        selected.extend(figures.iter().map(|what| format!("sum({})::BIGINT", what.column())));
        Some(format!(
            "SELECT {} FROM {source} WHERE {condition} GROUP BY {}",
            selected.join(", "),
            grouped.join(", ")
        ))
    };
    // Of a period of which nothing is known, nothing is asked.
    let mut parts: Vec<String> = added_up(query.period, false, &Shift::None).into_iter().collect();
    if let Some((comparison, before)) = compared {
        let shift = match comparison {
            Comparison::Previous => Shift::Days(query.period.len()),
            Comparison::LastYear => Shift::Year,
        };
        parts.extend(added_up(before, true, &shift));
    }
    let words = parts.iter().flat_map(|_| bound.iter().cloned()).collect();
    (!parts.is_empty()).then(|| Statement { sql: parts.join(" UNION ALL "), words })
}

/// How days of a compared period are moved into the period that was asked about.
enum Shift {
    None,
    Days(i32),
    Year,
}

impl Shift {
    fn of(&self, day: &str) -> String {
        match self {
            Self::None => day.to_owned(),
            Self::Days(days) => format!("({day} + {days})"),
            Self::Year => format!("({day} + INTERVAL 1 YEAR)::DATE"),
        }
    }
}

/// The column of a dimension that is not time.
fn column(dimension: Dimension, reads: Option<Level>, known: &Known) -> String {
    let name = match dimension {
        Dimension::Platform => "platform",
        Dimension::Account => "account",
        Dimension::Currency => "currency",
        // Delivery told for whole accounts only has no campaign; accounts must stay apart all the same.
        Dimension::Campaign if known.chosen.values().flatten().any(|(level, _)| *level == Level::Account) => {
            "CASE WHEN campaign = 0 THEN -account::BIGINT ELSE campaign END"
        }
        Dimension::Campaign => "campaign",
        Dimension::AdGroup => ad_group(reads),
        Dimension::Ad | Dimension::Keyword | Dimension::SearchTerm => "entity",
        Dimension::Time(_) => "day",
    };
    name.to_owned()
}

fn ad_group(reads: Option<Level>) -> &'static str {
    if reads == Some(Level::AdGroup) { "entity" } else { "parent" }
}

/// Where the rows of `period` come from, with the days already picked: the roll-up that reads least, one level as it is
/// believed, or either as it was believed at a time. `moved` says that days are moved to another period afterwards.
fn source(
    workspace: WorkspaceId,
    query: &Query,
    known: &Known,
    period: Period,
    moved: bool,
) -> Option<String> {
    let reads = query.reads();
    let accounts = known.accounts.iter().map(|account| {
        let currency = currency_number(account.currency);
        (account.account, account.platform.number(), currency)
    });
    let needs_parent = reads != Some(Level::AdGroup)
        && (query.dimensions.contains(&Dimension::AdGroup)
            || query.filter.dimensions().contains(&Dimension::AdGroup));
    let (parent, entity) = match needs_parent {
        true => (", e.parent", " JOIN entity e ON e.entity = d.entity"),
        false => ("", ""),
    };
    let days = days_literal(period);
    match (query.as_of, reads) {
        (None, None) if is_about_accounts(query) => {
            Some(format!("(FROM account_day WHERE workspace = {workspace} AND day BETWEEN {days})"))
        }
        (None, None) => Some(campaigns(workspace, query, period, moved)),
        (None, Some(level)) => {
            let values = values(
                accounts.map(|(account, platform, currency)| format!("({account}, {platform}, {currency})")),
            )?;
            Some(format!(
                "(SELECT d.*, a.platform, a.currency{parent} FROM delivery d
                  JOIN ({values}) a(account, platform, currency) ON a.account = d.account{entity}
                  WHERE d.workspace = {workspace} AND d.level = {} AND d.day BETWEEN {days})",
                level.number()
            ))
        }
        (Some(_), reads) => {
            let of: std::collections::HashMap<_, _> =
                accounts.map(|(account, platform, currency)| (account, (platform, currency))).collect();
            let told = known.told(reads, period);
            let values = values(told.iter().filter_map(|told| {
                let (platform, currency) = of.get(&told.account)?;
                Some(format!(
                    "({}, {platform}, {currency}, {}, {}, DATE '{}', DATE '{}')",
                    told.account,
                    told.level.number(),
                    told.segment.import,
                    told.segment.period.from(),
                    told.segment.period.to()
                ))
            }))?;
            Some(format!(
                "(SELECT d.*, s.platform, s.currency{parent} FROM (FROM delivery UNION ALL FROM delivery_history) d
                  JOIN ({values}) s(account, platform, currency, level, import, first_day, last_day)
                  ON s.account = d.account AND s.level = d.level AND s.import = d.import
                     AND d.day BETWEEN s.first_day AND s.last_day{entity}
                  WHERE d.workspace = {workspace} AND d.day BETWEEN {days})"
            ))
        }
    }
}

/// Whether a question can be answered from accounts' days, without their campaigns.
fn is_about_accounts(query: &Query) -> bool {
    let used = query.dimensions.iter().copied().chain(query.filter.dimensions());
    let mut used = used.filter(|dimension| !matches!(dimension, Dimension::Time(_)));
    used.all(|dimension| matches!(dimension, Dimension::Platform | Dimension::Account | Dimension::Currency))
}

/// What questions use of the campaigns' roll-ups.
const CAMPAIGN_COLUMNS: &str = "day, platform, currency, account, campaign, \
    spend_micros, impressions, clicks, link_clicks, conversions_e6, revenue_micros, video_views";

/// Periods from so many days on are read in whole weeks or months where the question allows.
const LONG: i32 = 60;

/// Campaigns' days, with whole weeks or months in place of their days where the question does not tell days apart.
fn campaigns(workspace: WorkspaceId, query: &Query, period: Period, moved: bool) -> String {
    let times: Vec<Grain> = query
        .dimensions
        .iter()
        .filter_map(|dimension| match dimension {
            Dimension::Time(grain) => Some(*grain),
            _ => None,
        })
        .collect();
    let span = match times.as_slice() {
        // Days of a short period are read as quickly as the longer statement is planned.
        _ if period.len() < LONG => None,
        [] => Some(Grain::Week),
        // Weeks and months of a period that is moved would fall between those of the other.
        _ if moved => None,
        [Grain::Week] => Some(Grain::Week),
        times if times.iter().all(|grain| *grain > Grain::Week) => Some(Grain::Month),
        _ => None,
    };
    let daily = |days: Period| {
        format!(
            "SELECT {CAMPAIGN_COLUMNS} FROM campaign_day WHERE workspace = {workspace} AND day BETWEEN {}",
            days_literal(days)
        )
    };
    let whole = span.and_then(|grain| Some((store::facts::span_number(grain)?, grain.within(period)?)));
    let Some((number, whole)) = whole else { return format!("({})", daily(period)) };
    let mut parts = vec![format!(
        "SELECT {CAMPAIGN_COLUMNS} FROM campaign_span WHERE span = {number} AND workspace = {workspace} AND day BETWEEN {}",
        days_literal(whole)
    )];
    let before = whole.from().yesterday().ok().and_then(|last| Period::new(period.from(), last).ok());
    let behind = whole.to().tomorrow().ok().and_then(|first| Period::new(first, period.to()).ok());
    parts.extend(before.into_iter().chain(behind).map(daily));
    format!("({})", parts.join(" UNION ALL "))
}

fn values(rows: impl Iterator<Item = String>) -> Option<String> {
    let rows: Vec<String> = rows.collect();
    (!rows.is_empty()).then(|| format!("VALUES {}", rows.join(", ")))
}

/// The conditions on words.
fn condition(
    dialect: &impl Dialect,
    workspace: WorkspaceId,
    filter: &Filter,
    reads: Option<Level>,
    bound: &mut Vec<String>,
) -> String {
    let mut joined = |parts: &[Filter], word: &str| {
        let parts: Vec<String> =
            parts.iter().map(|part| condition(dialect, workspace, part, reads, bound)).collect();
        format!("({})", parts.join(word))
    };
    match filter {
        Filter::All | Filter::Figure { .. } => "true".to_owned(),
        Filter::And(parts) => joined(parts, " AND "),
        Filter::Or(parts) => joined(parts, " OR "),
        Filter::Not(part) => format!("NOT {}", condition(dialect, workspace, part, reads, bound)),
        Filter::Words { field, test, words } => {
            word_condition(dialect, workspace, *field, *test, words, reads, bound)
        }
    }
}

fn word_condition(
    dialect: &impl Dialect,
    workspace: WorkspaceId,
    field: Field,
    test: WordTest,
    words: &[String],
    reads: Option<Level>,
    bound: &mut Vec<String>,
) -> String {
    let numbers =
        |numbers: Vec<String>| if numbers.is_empty() { "NULL".to_owned() } else { numbers.join(", ") };
    let mut named = |name: &str| match test {
        WordTest::Like => {
            bound.extend(words.first().cloned());
            dialect.matches(name)
        }
        WordTest::Is => {
            bound.extend(words.iter().cloned());
            format!("{name} IN ({})", vec!["?"; words.len()].join(", "))
        }
    };
    let mut entities = |column: &str, level: Level, name: &str| {
        let named = named(name);
        format!(
            "{column} IN (SELECT entity FROM entity WHERE workspace = {workspace} AND level = {} AND {named})",
            level.number()
        )
    };
    match field {
        Field::Dimension(Dimension::Platform) => {
            let known = words.iter().filter_map(|word| word.parse::<Platform>().ok());
            format!(
                "platform IN ({})",
                numbers(known.map(|platform| platform.number().to_string()).collect())
            )
        }
        Field::Dimension(Dimension::Currency) => {
            let known = words.iter().filter_map(|word| word.parse::<Currency>().ok());
            format!(
                "currency IN ({})",
                numbers(known.map(|currency| currency_number(currency).to_string()).collect())
            )
        }
        Field::CampaignId => {
            let known = words.iter().filter_map(|word| word.parse::<u32>().ok());
            format!("campaign IN ({})", numbers(known.map(|id| id.to_string()).collect()))
        }
        Field::Dimension(Dimension::Account) => {
            let named = named("coalesce(name, external_id)");
            format!("account IN (SELECT account FROM account WHERE workspace = {workspace} AND {named})")
        }
        Field::Dimension(Dimension::Campaign) => {
            entities("campaign", Level::Campaign, "coalesce(name, external_id)")
        }
        Field::Status => entities("campaign", Level::Campaign, "status"),
        Field::CampaignType => entities("campaign", Level::Campaign, "kind"),
        Field::Dimension(Dimension::AdGroup) => {
            entities(ad_group(reads), Level::AdGroup, "coalesce(name, external_id)")
        }
        Field::Dimension(Dimension::Ad) => entities("entity", Level::Ad, "coalesce(name, external_id)"),
        Field::Dimension(Dimension::Keyword) => entities("entity", Level::Keyword, "name"),
        Field::Dimension(Dimension::SearchTerm) => entities("entity", Level::SearchTerm, "name"),
        Field::Dimension(Dimension::Time(_)) => "true".to_owned(),
    }
}

/// The statement that says what is known of up to `most` entities of a workspace, whose numbers are bound: its text depends on
/// nothing else, so that it is planned once.
pub(crate) fn entities(workspace: WorkspaceId, most: usize) -> String {
    format!(
        "SELECT entity, coalesce(name, external_id, ''), detail, external_id, account, status, kind, budget_micros, level
         FROM entity WHERE workspace = {workspace} AND entity IN ({})",
        vec!["?::UINTEGER"; most].join(", ")
    )
}
