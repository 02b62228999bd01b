//! The one place where a question becomes SQL.
//!
//! A statement adds up the figures by the question's keys; everything after that (currencies, conditions on metrics, order,
//! pages, totals) is done on the finished groups. Numbers and days are written into the text, so that the engine can prune
//! by them; words are bound as parameters.

mod conditions;
mod told;
mod twice;

use domain::{Additive, Comparison, Grain, Level, Period};
use jiff::civil::Date;
use store::facts::{EntityId, days_literal};

use self::conditions::Conditions;
pub(crate) use self::told::{captures, days_told, spans};
pub(crate) use self::twice::{equal_rows, shared_rows, spend_within};
use crate::Bound;
use crate::conversion::{Conversion, ONE_E12, is_money};
use crate::filter::Filter;
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
        format!("{name} ILIKE ? ESCAPE '\\'")
    }
}

/// Which figures are added up, and how their money is converted.
#[derive(Clone, Copy)]
pub(crate) struct Figures<'a> {
    pub of: &'a [Additive],
    pub conversion: Option<&'a Conversion>,
}

impl Figures<'_> {
    /// The sum of a figure.
    fn sum(&self, what: Additive) -> String {
        let column = what.column();
        match self.conversion.is_some() && is_money(what) {
            true => {
                let (sum, half) = (format!("sum({column})"), ONE_E12 / 2);
                format!("(({sum} + CASE WHEN {sum} < 0 THEN -{half} ELSE {half} END) // {ONE_E12})::BIGINT")
            }
            false => format!("sum({column})::BIGINT"),
        }
    }
}

/// A statement and the words to bind to it, in order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Statement {
    pub sql: String,
    pub words: Vec<String>,
}

/// The statement for `query`, whose columns are: the keys that [`is_column`], in order; whether the row is of the compared
/// period; the account; `figures` in order; and, if money is converted, whether it was; all 64-bit integers. `None` if nothing is known that could answer it.
///
/// An account fixes platform and currency, so the engine adds up by account and whoever reads looks the two up. The days of a
/// compared period are moved into the period that was asked about. Where one period follows the other they are read in one
/// go; else each is added up on its own, so that each prunes by its own days.
pub(crate) fn statement(
    dialect: &impl Dialect,
    bound: &Bound,
    query: &Query,
    words: &Filter,
    figures: Figures<'_>,
    known: &Known,
) -> Option<Statement> {
    let mut bound_words = Vec::new();
    let conditions = Conditions { dialect, bound, reads: query.reads(), known };
    let condition = conditions.on(words, &mut bound_words);
    let added_up = |reading: &Reading| -> Option<String> {
        let source = source(bound, query, known, reading.days)?;
        let mut selected: Vec<String> = Vec::new();
        let mut grouped: Vec<String> = Vec::new();
        for dimension in query.dimensions.iter().filter(|dimension| is_column(**dimension)) {
            let (shown, group) = match dimension {
                // Whole days are moved after they are added up: a plain column is the quickest to group by.
                Dimension::Time(Grain::Day) => (dialect.day_number(&reading.when.moved()), "day".to_owned()),
                Dimension::Time(grain) => {
                    let start = dialect.start_of(*grain, &reading.when.moved());
                    (dialect.day_number(&start), start)
                }
                other => (column(*other, query.reads()).to_owned(), column(*other, query.reads()).to_owned()),
            };
            selected.push(format!("{shown}::BIGINT"));
            grouped.push(group);
        }
        selected.push(format!("({})::BIGINT", reading.when.is_past()));
        if let (When::Both { .. }, false) =
            (&reading.when, query.dimensions.contains(&Dimension::Time(Grain::Day)))
        {
            grouped.push(reading.when.is_past());
        }
        if query.dimensions.iter().any(|dimension| fixes_account(*dimension, known)) {
            selected.push("any_value(account)::BIGINT".to_owned());
        } else {
            selected.push("account::BIGINT".to_owned());
            grouped.push("account".to_owned());
        }
        selected.extend(figures.of.iter().map(|what| figures.sum(*what)));
        let rows = match figures.conversion {
            None => format!("{source} AND {condition}"),
            Some(conversion) => {
                selected.push("is_converted::BIGINT".to_owned());
                grouped.push("is_converted".to_owned());
                conversion.applied(&format!("SELECT * FROM {source} AND {condition}"))
            }
        };
        Some(format!("SELECT {} FROM {rows} GROUP BY {}", selected.join(", "), grouped.join(", ")))
    };
    // Of a period of which nothing is known, nothing is asked.
    let parts: Vec<String> = readings(query).iter().filter_map(added_up).collect();
    let words = parts.iter().flat_map(|_| bound_words.iter().cloned()).collect();
    (!parts.is_empty()).then(|| Statement { sql: parts.join(" UNION ALL "), words })
}

/// Whether a dimension is a column of the statement; what an account fixes is looked up by account.
pub(crate) fn is_column(dimension: Dimension) -> bool {
    !matches!(dimension, Dimension::Platform | Dimension::Account | Dimension::Currency)
}

/// Whether a group cut by this is of one account. (Delivery told for whole accounts has campaign 0 in each of them.)
fn fixes_account(dimension: Dimension, known: &Known) -> bool {
    let told_whole = || known.chosen.values().flatten().any(|(level, _)| *level == Level::Account);
    match dimension {
        Dimension::Campaign => !told_whole(),
        other => other.needs().is_some(),
    }
}

/// Days that are read in one go.
struct Reading {
    days: Period,
    when: When,
}

/// Which period rows are of, and how the days of the compared one are moved.
enum When {
    Now,
    PastByYear,
    /// The compared period ends where the other begins, and is as long.
    Both {
        now_from: Date,
        by: i32,
    },
}

impl When {
    /// The day, moved into the period that was asked about.
    fn moved(&self) -> String {
        match self {
            Self::Now => "day".to_owned(),
            Self::PastByYear => "(day + INTERVAL 1 YEAR)::DATE".to_owned(),
            Self::Both { by, .. } => format!("(CASE WHEN {} THEN day + {by} ELSE day END)", self.is_past()),
        }
    }

    /// Whether a row is of the compared period.
    fn is_past(&self) -> String {
        match self {
            Self::Now => "0".to_owned(),
            Self::PastByYear => "1".to_owned(),
            Self::Both { now_from, .. } => format!("day < DATE '{now_from}'"),
        }
    }
}

/// What is read for a question.
fn readings(query: &Query) -> Vec<Reading> {
    let (now, by) = (query.period, query.period.len());
    let now_alone = Reading { days: now, when: When::Now };
    match query.compare.map(|comparison| (comparison, now.compared(comparison))) {
        None => vec![now_alone],
        Some((Comparison::Previous, before)) => {
            vec![Reading { days: before.hull(now), when: When::Both { now_from: now.from(), by } }]
        }
        Some((Comparison::LastYear, before)) => {
            vec![now_alone, Reading { days: before, when: When::PastByYear }]
        }
    }
}

/// The column of a dimension that is neither time nor looked up by account.
fn column(dimension: Dimension, reads: Option<Level>) -> &'static str {
    match dimension {
        Dimension::AdGroup => ad_group(reads),
        Dimension::Ad | Dimension::Keyword | Dimension::SearchTerm => "entity",
        _ => "campaign",
    }
}

fn ad_group(reads: Option<Level>) -> &'static str {
    if reads == Some(Level::AdGroup) { "entity" } else { "parent" }
}

/// Where the rows of `days` come from, up to and with a condition: the roll-up that reads least, one level as it is believed,
/// or either as it was believed at a time.
fn source(bound: &Bound, query: &Query, known: &Known, days: Period) -> Option<String> {
    let reads = query.reads();
    let needs_parent = reads != Some(Level::AdGroup)
        && (query.dimensions.contains(&Dimension::AdGroup)
            || query.filter.dimensions().contains(&Dimension::AdGroup));
    let (parent, entity) = match needs_parent {
        true => (", e.parent", " JOIN entity e ON e.entity = d.entity"),
        false => ("", ""),
    };
    let within = |table| format!("{} AND {table}day BETWEEN {}", bound.rows(table), days_literal(days));
    // What goes on under another name is read under that name.
    let renamed = |rows: String| match known.renamed.is_empty() {
        true => rows,
        false => {
            let names: Vec<String> =
                known.renamed.iter().map(|(old, new)| format!("WHEN {old} THEN {new}")).collect();
            format!(
                "(SELECT * REPLACE ((CASE campaign {} ELSE campaign END)::UINTEGER AS campaign) FROM {rows}) WHERE true",
                names.join(" ")
            )
        }
    };
    match (query.as_of, reads) {
        (None, None) if is_about_accounts(query) => Some(format!("account_day WHERE {}", within(""))),
        (None, None) => Some(renamed(format!("campaign_day WHERE {}", within("")))),
        (None, Some(level)) if needs_parent => Some(renamed(format!(
            "(SELECT d.*{parent} FROM delivery d{entity} WHERE d.level = {} AND {}) WHERE true",
            level.number(),
            within("d.")
        ))),
        (None, Some(level)) => {
            Some(renamed(format!("delivery WHERE level = {} AND {}", level.number(), within(""))))
        }
        (Some(_), reads) => {
            let values = values(known.told(reads, days).iter().map(|told| {
                format!(
                    "({}, {}, {}, DATE '{}', DATE '{}')",
                    told.account,
                    told.level.number(),
                    told.segment.import,
                    told.segment.period.from(),
                    told.segment.period.to()
                )
            }))?;
            Some(renamed(format!(
                "(SELECT d.*{parent} FROM (FROM delivery UNION ALL FROM delivery_history) d
                  JOIN ({values}) s(account, level, import, first_day, last_day)
                  ON s.account = d.account AND s.level = d.level AND s.import = d.import
                     AND d.day BETWEEN s.first_day AND s.last_day{entity}
                  WHERE {}) WHERE true",
                within("d.")
            )))
        }
    }
}

/// Whether a question can be answered from accounts' days, without their campaigns.
pub(crate) fn is_about_accounts(query: &Query) -> bool {
    let used = query.dimensions.iter().copied().chain(query.filter.dimensions());
    let mut used = used.filter(|dimension| !matches!(dimension, Dimension::Time(_)));
    used.all(|dimension| !is_column(dimension))
}

fn values(rows: impl Iterator<Item = String>) -> Option<String> {
    let rows: Vec<String> = rows.collect();
    (!rows.is_empty()).then(|| format!("VALUES {}", rows.join(", ")))
}

/// The statement for the campaigns that a filter on words means, each with its account; campaign 0 stands for what is told of
/// the whole account.
pub(crate) fn campaigns_meant(
    dialect: &impl Dialect,
    bound: &Bound,
    words: &Filter,
    known: &Known,
) -> Statement {
    let (mut bound_words, rows) = (Vec::new(), bound.rows(""));
    let condition = Conditions { dialect, bound, reads: None, known }.on(words, &mut bound_words);
    let sql = format!(
        "SELECT campaign, account FROM (
         SELECT entity AS campaign, account FROM entity WHERE {rows} AND level = {}
         UNION ALL SELECT 0, account FROM account WHERE {rows}) WHERE {condition}",
        Level::Campaign.number()
    );
    Statement { sql, words: bound_words }
}

const ABOUT_ENTITIES: &str = "SELECT entity, coalesce(name, external_id, ''), detail, external_id, account, status, \
    kind, budget_micros, level FROM entity";

/// The statement that says what is known of those of these entities that may be seen.
pub(crate) fn entities(bound: &Bound, ids: &[EntityId]) -> String {
    let ids: Vec<String> = ids.iter().map(EntityId::to_string).collect();
    format!("{ABOUT_ENTITIES} WHERE {} AND entity IN ({})", bound.rows(""), ids.join(", "))
}

/// The statement that gives each pair of a state and a type that an entity of `level` has.
pub(crate) fn states_and_types(bound: &Bound, level: Level) -> String {
    format!(
        "SELECT DISTINCT status, kind FROM entity WHERE {} AND level = {} LIMIT 400",
        bound.rows(""),
        level.number()
    )
}

/// The statement that says what is known of all campaigns of a workspace.
pub(crate) fn campaigns(bound: &Bound) -> String {
    format!("{ABOUT_ENTITIES} WHERE {} AND level = {}", bound.rows(""), Level::Campaign.number())
}

/// The statement that says what is known of the campaigns of a workspace that are called like one of so many names.
pub(crate) fn campaigns_called(bound: &Bound, names: usize) -> String {
    let names = vec!["lower(?)"; names].join(", ");
    format!("{} AND lower(name) IN ({names})", campaigns(bound))
}

/// The statement for all that was ever reported of days, whatever is believed of them: by account or, if they are named, by
/// campaign; the day; the day on which the platform was asked; and all figures. `None` if nothing is known.
pub(crate) fn captured(
    bound: &Bound,
    levels: &[(u32, Level)],
    campaigns: Option<&[u32]>,
    days: Period,
) -> Option<String> {
    let levels = values(levels.iter().map(|(account, level)| format!("({account}, {})", level.number())))?;
    let ids = campaigns.map(|ids| ids.iter().map(u32::to_string).collect::<Vec<_>>().join(", "));
    let (subject, condition) = match ids {
        Some(ids) => ("d.campaign", format!(" AND d.campaign IN ({ids})")),
        None => ("d.account", String::new()),
    };
    let sums: Vec<String> =
        Additive::STORED.iter().map(|figure| format!("sum(d.{})::BIGINT", figure.column())).collect();
    Some(format!(
        "SELECT {subject}, (d.day - DATE '1970-01-01')::BIGINT, (c.captured_day - DATE '1970-01-01')::BIGINT, {}
         FROM (FROM delivery UNION ALL FROM delivery_history) d
         JOIN ({levels}) s(account, level) ON s.account = d.account AND s.level = d.level
         JOIN coverage c ON c.import = d.import AND c.account = d.account AND c.level = d.level
                        AND d.day BETWEEN c.first_day AND c.last_day
         WHERE {} AND d.day BETWEEN {}{condition}
         GROUP BY {subject}, d.day, d.import, c.captured_day, c.captured_at ORDER BY c.captured_at",
        sums.join(", "),
        bound.rows("d."),
        days_literal(days)
    ))
}
