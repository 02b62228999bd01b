//! The header row: finding it under any number of lines, and the role of each column.

use domain::{Currency, Level};

use crate::about::ColumnUse;
use crate::encoding::{Decoded, Encoding};
use crate::mapping::{Mapping, SavedMapping};
use crate::records::{Next, Records};
use crate::role::Role;
use crate::wishes::Wishes;
use crate::words::{PlatformWords, folded, words};

/// How many records are looked through for the header row.
const SEARCHED: usize = 40;

/// Separators that are tried.
pub(crate) const DELIMITERS: [u8; 4] = [b',', b'\t', b';', b'|'];

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
        let bracketed =
            text.strip_suffix([')', '\u{ff09}']).and_then(|rest| rest.rsplit_once(['(', '\u{ff08}']));
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

    /// The same without a currency in brackets at its end.
    pub(crate) fn stripped(&self) -> &str {
        &self.stripped
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
    /// What each column could be used as; of several of one role, one is used.
    roles: Vec<Option<Role>>,
    columns: [Option<usize>; Role::COUNT],
    /// Columns whose figures are added to those of a role.
    added: Vec<(Role, usize)>,
}

impl Layout {
    /// By the words of a platform.
    fn new(platform: &'static PlatformWords, headers: &[Header]) -> Self {
        let instead = platform.instead(&names(headers));
        let known = |word: &str| {
            instead.and_then(|instead| instead.get(word).copied()).or_else(|| platform.role(word))
        };
        let found: Vec<Option<(Role, usize)>> =
            headers.iter().map(|header| known(&header.folded).or_else(|| known(&header.stripped))).collect();
        let mut best: [Option<(usize, usize)>; Role::COUNT] = [None; Role::COUNT];
        for (column, found) in found.iter().enumerate() {
            let Some((role, rank)) = *found else { continue };
            let place = &mut best[role as usize];
            if place.is_none_or(|(best_rank, _)| rank < best_rank) {
                *place = Some((rank, column));
            }
        }
        let added = |(column, header): (usize, &Header)| Some((platform.added(&header.folded)?, column));
        let mut layout = Self {
            platform,
            headers: headers.to_vec(),
            roles: found.into_iter().map(|found| found.map(|(role, _)| role)).collect(),
            columns: best.map(|best| best.map(|(_, column)| column)),
            added: headers.iter().enumerate().filter_map(added).collect(),
        };
        layout.columns[Role::Currency as usize] = layout.currency_beside_spend();
        layout
    }

    /// As the user says; none if a column that is named is missing.
    fn mapped(mapping: &Mapping, headers: &[Header]) -> Option<Self> {
        let mut roles = vec![None; headers.len()];
        let mut columns = [None; Role::COUNT];
        for mapped in mapping.columns() {
            let name = folded(&mapped.header);
            let mut alike = (0..headers.len()).filter(|column| headers[*column].folded == name);
            let column = alike.nth(mapped.nth - 1)?;
            roles[column] = Some(mapped.role);
            columns[mapped.role as usize] = Some(column);
        }
        let platform = words().platform(mapping.platform());
        Some(Self { platform, headers: headers.to_vec(), roles, columns, added: Vec::new() })
    }

    /// Of several currency columns, the account's own is the nearest to the left of the money that is used: a second
    /// one belongs to amounts converted for a manager's account.
    fn currency_beside_spend(&self) -> Option<usize> {
        let first = self.at(Role::Currency)?;
        let spend = self.at(self.money()).unwrap_or(0);
        (0..spend).rev().find(|&column| self.roles[column] == Some(Role::Currency)).or(Some(first))
    }

    /// Columns whose figures are added to those of `role`; the role's own place is theirs if it has none.
    pub(crate) fn added(&self, role: Role) -> impl Iterator<Item = usize> {
        self.added.iter().filter(move |(to, _)| *to == role).map(|(_, column)| *column)
    }

    /// Whether the amounts in a column are millionths.
    pub(crate) fn is_micros(&self, column: usize) -> bool {
        self.platform.is_micros(&self.headers[column].folded)
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
        let added =
            |column: usize| self.added.iter().find(|(_, at)| *at == column).map(|(role, _)| role.key());
        let used_as = |column: usize| {
            let role =
                self.roles[column].filter(|role| self.at(*role) == Some(column) && roles_in_use(*role));
            role.map(Role::key).or_else(|| added(column))
        };
        let columns = self.headers.iter().enumerate();
        columns.map(|(at, header)| ColumnUse { header: header.text.clone(), used_as: used_as(at) }).collect()
    }

    /// How many roles are found, and how sure the platform is; none if only common words are found, and the platform
    /// has marks of its own.
    fn score(&self) -> Option<usize> {
        let roles = self.columns.iter().flatten().count();
        let marks = self.platform.marks(&names(&self.headers));
        let spend = if self.has(Role::Spend) { 10 } else { 0 };
        let is_sure = marks > 0 || self.platform.known_without_marks;
        (is_sure && !self.is_anothers()).then_some(roles * 2 + marks * 3 + spend)
    }

    /// Whether headers tell that a table is not of this source of record: money that was spent, or anything unknown where
    /// nothing may be.
    fn is_anothers(&self) -> bool {
        if !self.platform.platform.is_record() {
            return false;
        }
        let is_spend = |header: &Header| {
            let mut known = words().platforms.iter().filter_map(|other| other.role(&header.stripped));
            known.any(|(role, _)| role == Role::Spend)
        };
        let is_known = |(header, role): (&Header, &Option<Role>)| {
            role.is_some() || header.folded.is_empty() || self.platform.is_segment(&header.folded)
        };
        self.headers.iter().any(is_spend)
            || (self.platform.only_known_headers && !self.headers.iter().zip(&self.roles).all(is_known))
    }

    /// The column that splits an order over several rows, if one does.
    pub(crate) fn per_item(&self) -> Option<&str> {
        let header = self.headers.iter().find(|header| self.platform.is_per_item(&header.folded))?;
        Some(&header.text)
    }

    /// The money without which no row counts: what was spent, or what was sold.
    pub(crate) fn money(&self) -> Role {
        if self.platform.platform.is_record() { Role::Revenue } else { Role::Spend }
    }
}

/// Headers as they are compared, with and without a currency in brackets.
fn names(headers: &[Header]) -> Vec<&str> {
    headers.iter().flat_map(|header| [header.folded.as_str(), header.stripped.as_str()]).collect()
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
    /// What the user said of tables with these headers, now or before.
    pub(crate) mapping: Option<SavedMapping>,
}

/// What the search for a header row came to.
#[derive(Debug)]
pub(crate) enum Search {
    Found(Box<Found>),
    /// A sheet for changing campaigns.
    BulkSheet,
    /// None; these are the cells of the widest row.
    Nothing(Vec<String>),
}

/// Looks for the row in which most headers are known, with each separator. A row that the user has mapped is taken
/// before any other.
pub(crate) fn search(sample: &[u8], encoding: Encoding, wishes: &Wishes) -> Search {
    let mut best: Option<(usize, Found)> = None;
    let mut widest: Vec<String> = Vec::new();
    let mut other = None;
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
            let found = |layout, mapping| Found {
                layout,
                delimiter,
                line: record.line,
                above: above.clone(),
                mapping,
            };
            if let Some((layout, mapping)) = mapped(&headers, wishes) {
                return Search::Found(Box::new(found(layout, Some(mapping))));
            }
            let folded: Vec<String> = headers.iter().map(|header| header.folded.clone()).collect();
            if words().is_bulk_sheet(&folded) {
                other.get_or_insert(Search::BulkSheet);
            }
            if headers.len() > widest.len() {
                widest = headers.iter().map(|header| header.text.clone()).collect();
            }
            for platform in &words().platforms {
                let layout = Layout::new(platform, &headers);
                // One known word alone may be a name, a title or a note.
                if layout.columns.iter().flatten().count() < 2 {
                    continue;
                }
                let Some(score) = layout.score() else { continue };
                if best.as_ref().is_none_or(|(best, _)| score > *best) {
                    best = Some((score, found(layout, None)));
                }
            }
            if above.len() + 1 == SEARCHED {
                break;
            }
            above.push(record.cells().map(str::trim).collect::<Vec<_>>().join(", "));
        }
    }
    if let Some(other) = other {
        return other;
    }
    best.map_or(Search::Nothing(widest), |(_, found)| Search::Found(Box::new(found)))
}

/// The layout that the user gave a row of headers, now or before.
fn mapped(headers: &[Header], wishes: &Wishes) -> Option<(Layout, SavedMapping)> {
    let key = || SavedMapping::key(headers.iter().map(|header| header.folded.as_str()));
    if let Some(mapping) = &wishes.mapping {
        let layout = Layout::mapped(mapping, headers)?;
        return Some((layout, SavedMapping { headers: key(), mapping: mapping.clone() }));
    }
    if wishes.known_mappings.is_empty() {
        return None;
    }
    let key = key();
    let known = wishes.known_mappings.iter().find(|known| known.headers == key)?;
    Some((Layout::mapped(&known.mapping, headers)?, known.clone()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn found(text: &str) -> Found {
        match search(text.as_bytes(), Encoding::Utf8, &Wishes::default()) {
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
