//! The header row: finding it under any number of lines, and the role of each column.

use domain::{Currency, Level};

use crate::about::ColumnUse;
use crate::encoding::{Decoded, Encoding};
use crate::records::{Next, Records};
use crate::role::Role;
use crate::words::{PlatformWords, folded, words};

/// How many records are looked through for the header row.
const SEARCHED: usize = 40;

/// Separators that are tried.
const DELIMITERS: [u8; 4] = [b',', b'\t', b';', b'|'];

/// One header.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Header {
    /// As it stands in the file, trimmed.
    pub(crate) text: String,
    /// As headers are compared.
    folded: String,
    /// The same without a currency in brackets at its end.
    stripped: String,
    /// What stands in the brackets at its end: a code or a sign.
    pub(crate) currency: Option<String>,
}

impl Header {
    pub(crate) fn new(text: &str) -> Self {
        let text = text.trim_start_matches('\u{feff}').trim();
        let bracketed = text.strip_suffix(')').and_then(|rest| rest.rsplit_once('('));
        let (stripped, currency) = match bracketed {
            Some((name, inside)) if is_currency(inside.trim()) => (name, Some(inside.trim().to_owned())),
            _ => (text, None),
        };
        Self { text: text.to_owned(), folded: folded(text), stripped: folded(stripped), currency }
    }

    /// As headers are compared.
    pub(crate) fn folded(&self) -> &str {
        &self.folded
    }

    fn role(&self, platform: &PlatformWords) -> Option<(Role, usize)> {
        platform.role(&self.folded).or_else(|| platform.role(&self.stripped))
    }
}

fn is_currency(text: &str) -> bool {
    let is_code = text.len() == 3 && text.bytes().all(|byte| byte.is_ascii_uppercase());
    is_code || words().is_currency_sign(text)
}

/// Which column plays which role.
#[derive(Debug, Clone)]
pub(crate) struct Layout {
    pub(crate) platform: &'static PlatformWords,
    pub(crate) headers: Vec<Header>,
    columns: [Option<usize>; Role::COUNT],
}

impl Layout {
    fn new(platform: &'static PlatformWords, headers: &[Header]) -> Self {
        let mut best: [Option<(usize, usize)>; Role::COUNT] = [None; Role::COUNT];
        for (column, header) in headers.iter().enumerate() {
            let Some((role, rank)) = header.role(platform) else { continue };
            let place = &mut best[role as usize];
            if place.is_none_or(|(best_rank, _)| rank < best_rank) {
                *place = Some((rank, column));
            }
        }
        let mut layout = Self {
            platform,
            headers: headers.to_vec(),
            columns: best.map(|best| best.map(|(_, column)| column)),
        };
        layout.columns[Role::Currency as usize] = layout.currency_beside_spend();
        layout
    }

    /// Of several currency columns, the account's own is the nearest to the left of the money that is used: a second
    /// one belongs to amounts converted for a manager's account.
    fn currency_beside_spend(&self) -> Option<usize> {
        let first = self.at(Role::Currency)?;
        let spend = self.at(Role::Spend).unwrap_or(0);
        let is_currency =
            |header: &Header| header.role(self.platform).is_some_and(|(role, _)| role == Role::Currency);
        (0..spend).rev().find(|&column| is_currency(&self.headers[column])).or(Some(first))
    }

    /// The column that plays a role.
    #[inline]
    pub(crate) fn at(&self, role: Role) -> Option<usize> {
        self.columns[role as usize]
    }

    pub(crate) fn has(&self, role: Role) -> bool {
        self.at(role).is_some()
    }

    /// The header of a column, for messages.
    pub(crate) fn header(&self, column: usize) -> &str {
        self.headers.get(column).map_or("", |header| header.text.as_str())
    }

    /// What one row stands for, as far as columns tell.
    pub(crate) fn level(&self) -> Level {
        let has = |roles: &[Role]| roles.iter().any(|role| self.has(*role));
        match () {
            () if has(&[Role::SearchTerm]) => Level::SearchTerm,
            () if has(&[Role::Keyword]) => Level::Keyword,
            () if has(&[Role::AdId, Role::AdName]) => Level::Ad,
            () if has(&[Role::AdGroupId, Role::AdGroupName]) => Level::AdGroup,
            () if has(&[Role::CampaignId, Role::CampaignName]) => Level::Campaign,
            () => Level::Account,
        }
    }

    /// A currency that stands in the header of the money that is used.
    pub(crate) fn stated_currency(&self) -> Option<Stated> {
        let money = [Role::Spend, Role::Revenue, Role::Budget].into_iter().filter_map(|role| self.at(role));
        let mut stated = money.filter_map(|column| self.headers[column].currency.as_deref());
        stated.next().map(Stated::new)
    }

    /// The headers of columns that split rows further than level and day.
    pub(crate) fn segments(&self) -> Vec<String> {
        let of_use: Vec<usize> = self.columns.iter().flatten().copied().collect();
        let split =
            self.headers.iter().enumerate().filter(|(column, header)| {
                !of_use.contains(column) && self.platform.is_segment(&header.folded)
            });
        split.map(|(_, header)| header.text.clone()).collect()
    }

    pub(crate) fn uses(&self, roles_in_use: impl Fn(Role) -> bool) -> Vec<ColumnUse> {
        let used_as = |column: usize, header: &Header| {
            let (role, _) = header.role(self.platform)?;
            (self.at(role) == Some(column) && roles_in_use(role)).then_some(role.key())
        };
        let columns = self.headers.iter().enumerate();
        columns
            .map(|(at, header)| ColumnUse { header: header.text.clone(), used_as: used_as(at, header) })
            .collect()
    }

    /// How many roles are found, and how sure the platform is.
    fn score(&self) -> usize {
        let roles = self.columns.iter().flatten().count();
        let marks = self.headers.iter().filter(|header| {
            self.platform.is_mark(&header.folded) || self.platform.is_mark(&header.stripped)
        });
        let spend = if self.has(Role::Spend) { 10 } else { 0 };
        roles * 2 + marks.count() + spend
    }
}

/// A currency in a header: by code, or by a sign.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Stated {
    Code(Currency),
    Sign(String),
}

impl Stated {
    fn new(text: &str) -> Self {
        let is_code = text.len() == 3 && text.bytes().all(|byte| byte.is_ascii_uppercase());
        match text.parse() {
            Ok(code) if is_code => Self::Code(code),
            _ => Self::Sign(text.to_owned()),
        }
    }
}

/// A header row that was found.
#[derive(Debug)]
pub(crate) struct Found {
    pub(crate) layout: Layout,
    pub(crate) delimiter: u8,
    /// The physical line on which it starts.
    pub(crate) line: u64,
    /// The lines above it, cells joined by commas.
    pub(crate) above: Vec<String>,
}

/// What the search for a header row came to.
#[derive(Debug)]
pub(crate) enum Search {
    Found(Box<Found>),
    /// A sheet for changing campaigns.
    BulkSheet,
    /// A report of a platform that is known by name only.
    NotYet(&'static str),
    /// None; these are the cells of the widest row.
    Nothing(Vec<String>),
}

/// Looks for the row in which most headers are known, with each separator.
pub(crate) fn search(sample: &[u8], encoding: Encoding) -> Search {
    let mut best: Option<(usize, Found)> = None;
    let mut widest: Vec<String> = Vec::new();
    for delimiter in DELIMITERS {
        if !sample.contains(&delimiter) {
            continue;
        }
        let mut records = Records::new(Decoded::new(sample, encoding), delimiter);
        let mut above: Vec<String> = Vec::new();
        // Reading from memory does not fail.
        while let Ok(next) = records.next() {
            let record = match next {
                Next::Record(record) => record,
                Next::Broken { .. } => continue,
                Next::End => break,
            };
            let headers: Vec<Header> = record.cells().map(Header::new).collect();
            let folded: Vec<String> = headers.iter().map(|header| header.folded.clone()).collect();
            if words().is_bulk_sheet(&folded) {
                return Search::BulkSheet;
            }
            if let Some(label) = words().not_yet(&folded) {
                return Search::NotYet(label);
            }
            if headers.len() > widest.len() {
                widest = headers.iter().map(|header| header.text.clone()).collect();
            }
            for platform in &words().platforms {
                // One known word alone may be a name, a title or a note.
                if headers.iter().filter(|header| header.role(platform).is_some()).count() < 2 {
                    continue;
                }
                let layout = Layout::new(platform, &headers);
                let score = layout.score();
                if best.as_ref().is_none_or(|(best, _)| score > *best) {
                    best =
                        Some((score, Found { layout, delimiter, line: record.line, above: above.clone() }));
                }
            }
            if above.len() + 1 == SEARCHED {
                break;
            }
            above.push(record.cells().map(str::trim).collect::<Vec<_>>().join(", "));
        }
    }
    best.map_or(Search::Nothing(widest), |(_, found)| Search::Found(Box::new(found)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn found(text: &str) -> Found {
        match search(text.as_bytes(), Encoding::Utf8) {
            Search::Found(found) => *found,
            other => panic!("{text}: {other:?}"),
        }
    }

    #[test]
    fn headers_are_compared_generously() {
        for (text, folded, stripped, currency) in [
            ("  Campaign  name ", "campaign name", "campaign name", None),
            ("Amount spent (AUD)", "amount spent (aud)", "amount spent", Some("AUD")),
            ("Cost ($)", "cost ($)", "cost", Some("$")),
            ("Cost (EUR)", "cost (eur)", "cost", Some("EUR")),
            ("Cost (Converted currency)", "cost (converted currency)", "cost (converted currency)", None),
            ("Clicks (all)", "clicks (all)", "clicks (all)", None),
            ("\u{feff}DAY", "day", "day", None),
        ] {
            let header = Header::new(text);
            assert_eq!((header.folded.as_str(), header.stripped.as_str()), (folded, stripped));
            assert_eq!(header.currency.as_deref(), currency);
        }
    }

    #[test]
    fn the_header_row_is_found_under_other_lines() {
        let found =
            found("Campaign report\n\"July 8, 2025 - July 31, 2025\"\n\nDay;Campaign;Cost\n2025-07-08;a;1\n");
        assert_eq!((found.line, found.delimiter), (4, b';'));
        assert_eq!(found.layout.at(Role::Spend), Some(2));
        assert_eq!(found.above, ["Campaign report", "July 8, 2025 - July 31, 2025"]);
    }

    #[test]
    fn levels_are_told_by_columns() {
        for (headers, level) in [
            ("Search term,Keyword,Ad group,Campaign,Cost", Level::SearchTerm),
            ("Search keyword,Ad group,Campaign,Cost", Level::Keyword),
            ("Ad ID,Ad group,Campaign,Cost", Level::Ad),
            ("Ad group,Campaign,Cost", Level::AdGroup),
            ("Campaign,Cost", Level::Campaign),
            ("Account name,Day,Cost", Level::Account),
        ] {
            assert_eq!(found(headers).layout.level(), level, "{headers}");
        }
    }

    #[test]
    fn the_accounts_own_currency_is_used() {
        let at = |headers| found(headers).layout.at(Role::Currency);
        assert_eq!(at("Campaign,Currency code,Cost,Currency code,Cost (Converted currency)"), Some(1));
        assert_eq!(at("Campaign,Currency code,Cost (Converted currency),Currency code,Cost"), Some(3));
        assert_eq!(at("Campaign,Cost,Currency code,Cost (Converted currency),Currency code"), Some(2));
    }
}
