//! The conditions of a filter on words, as SQL. Words are bound, never written into the text.

use domain::{Currency, Level, Platform};
use store::facts::Account;

use super::{Dialect, ad_group};
use crate::Bound;
use crate::filter::{Field, Filter, WordTest};
use crate::known::Known;
use crate::query::Dimension;

/// What conditions are written for.
pub(super) struct Conditions<'a, D> {
    pub dialect: &'a D,
    pub bound: &'a Bound,
    pub reads: Option<Level>,
    pub known: &'a Known,
}

impl<D: Dialect> Conditions<'_, D> {
    /// The condition for a filter; the words to bind to it go to `bound`.
    pub fn on(&self, filter: &Filter, bound: &mut Vec<String>) -> String {
        let mut joined = |parts: &[Filter], word: &str| {
            let parts: Vec<String> = parts.iter().map(|part| self.on(part, bound)).collect();
            format!("({})", parts.join(word))
        };
        match filter {
            Filter::All | Filter::Figure { .. } => "true".to_owned(),
            Filter::And(parts) => joined(parts, " AND "),
            Filter::Or(parts) => joined(parts, " OR "),
            Filter::Not(part) => format!("NOT {}", self.on(part, bound)),
            Filter::Words { field, test, words } => self.on_words(*field, *test, words, bound),
        }
    }

    fn on_words(&self, field: Field, test: WordTest, words: &[String], bound: &mut Vec<String>) -> String {
        const NAME: &str = "coalesce(name, external_id)";
        let rows = self.bound.rows("");
        let mut named = |name: &str| match test {
            WordTest::Like => {
                bound.extend(words.first().cloned());
                self.dialect.matches(name)
            }
            WordTest::Is => {
                bound.extend(words.iter().cloned());
                format!("{name} IN ({})", vec!["?"; words.len()].join(", "))
            }
        };
        let mut entities = |column: &str, level: Level, name: &str| {
            let named = named(name);
            format!(
                "{column} IN (SELECT entity FROM entity WHERE {rows} AND level = {} AND {named})",
                level.number()
            )
        };
        match field {
            Field::Dimension(Dimension::Platform) => {
                let wanted: Vec<Platform> = words.iter().filter_map(|word| word.parse().ok()).collect();
                self.accounts(|account| wanted.contains(&account.platform))
            }
            Field::Dimension(Dimension::Currency) => {
                let wanted: Vec<Currency> = words.iter().filter_map(|word| word.parse().ok()).collect();
                self.accounts(|account| wanted.contains(&account.currency))
            }
            Field::CampaignId => one_of("campaign", words.iter().filter_map(|word| word.parse::<u32>().ok())),
            Field::Dimension(Dimension::Account) => {
                let named = named(NAME);
                format!("account IN (SELECT account FROM account WHERE {rows} AND {named})")
            }
            Field::Dimension(Dimension::Campaign) => entities("campaign", Level::Campaign, NAME),
            Field::Status => entities("campaign", Level::Campaign, "status"),
            Field::CampaignType => entities("campaign", Level::Campaign, "kind"),
            Field::Dimension(Dimension::AdGroup) => entities(ad_group(self.reads), Level::AdGroup, NAME),
            Field::Dimension(Dimension::Ad) => entities("entity", Level::Ad, NAME),
            Field::Dimension(Dimension::Keyword) => entities("entity", Level::Keyword, "name"),
            Field::Dimension(Dimension::SearchTerm) => entities("entity", Level::SearchTerm, "name"),
            Field::Dimension(Dimension::Time(_)) => "true".to_owned(),
        }
    }

    /// What an account fixes is asked of what is known of the accounts.
    fn accounts(&self, is_meant: impl Fn(&Account) -> bool) -> String {
        let meant = self.known.accounts.iter().filter(|account| is_meant(account));
        one_of("account", meant.map(|account| account.account))
    }
}

/// `column` has one of these numbers; true of no row if there are none.
fn one_of(column: &str, numbers: impl Iterator<Item = u32>) -> String {
    let numbers: Vec<String> = numbers.map(|number| number.to_string()).collect();
    match numbers.as_slice() {
        [] => "false".to_owned(),
        [number] => format!("{column} = {number}"),
        _ => format!("{column} IN ({})", numbers.join(", ")),
    }
}
