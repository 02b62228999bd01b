//! Scopes: which days of an account are known at which level, from which import.

use std::collections::BTreeMap;

use domain::{Coverage, ImportId, Level, Period, Segment, believed};
use duckdb::{Connection, params};
use jiff::Timestamp;
use jiff::civil::Date;

use super::FactsError;
use super::account::AccountId;
use crate::WorkspaceId;

/// All imports' claims to know one scope.
#[derive(Debug, Clone)]
pub(super) struct Claims {
    pub coverages: Vec<Coverage>,
    pub captured_days: Vec<(ImportId, Date)>,
}

pub(super) type Scopes = BTreeMap<(AccountId, Level), Claims>;

/// What is known of one account at one level.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownScope {
    /// The account.
    pub account: AccountId,
    /// The level.
    pub level: Level,
    /// The known days in order, each with the import that is believed. Days between are unknown, which is not zero.
    pub segments: Vec<KnownSegment>,
}

/// Days of a scope whose figures come from one import.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KnownSegment {
    /// The days.
    pub period: Period,
    /// The import that is believed for them.
    pub import: ImportId,
    /// When the platform was asked.
    pub captured_at: Timestamp,
    /// The first of the days that had not ended when the platform was asked, if any: provisional from there on.
    pub provisional_from: Option<Date>,
}

pub(super) fn load(
    connection: &Connection,
    workspace: WorkspaceId,
    account: Option<AccountId>,
) -> Result<Scopes, FactsError> {
    let mut statement = connection.prepare_cached(
        "SELECT account, level, import, epoch_us(captured_at), first_day::VARCHAR, last_day::VARCHAR, captured_day::VARCHAR
         FROM coverage WHERE workspace = ? AND account = coalesce(?, account)",
    )?;
    let mut rows = statement.query(params![workspace, account])?;
    let mut scopes = Scopes::new();
    while let Some(row) = rows.next()? {
        let number: u8 = row.get(1)?;
        let level = Level::from_number(number)
            .ok_or(FactsError::UnknownNumber { what: "level", number: i64::from(number) })?;
        let day = |column| -> Result<Date, FactsError> {
            let text: String = row.get(column)?;
            text.parse().map_err(|_| FactsError::UnknownNumber {
                what: "a day in coverage, column",
                number: column as i64,
            })
        };
        let captured: i64 = row.get(3)?;
        let captured_at = Timestamp::from_microsecond(captured)
            .map_err(|_| FactsError::UnknownNumber { what: "capture time", number: captured })?;
        let period = Period::new(day(4)?, day(5)?).map_err(|_| FactsError::UnknownNumber {
            what: "coverage of import",
            number: row.get(2).unwrap_or(0),
        })?;
        let import = row.get(2)?;
        let claims = scopes
            .entry((row.get(0)?, level))
            .or_insert_with(|| Claims { coverages: Vec::new(), captured_days: Vec::new() });
        claims.coverages.push(Coverage { import, captured_at, period });
        claims.captured_days.push((import, day(6)?));
    }
    Ok(scopes)
}

impl Claims {
    fn segments(&self, as_of: Option<Timestamp>) -> Vec<KnownSegment> {
        believed(&self.coverages, as_of)
            .into_iter()
            .filter_map(|Segment { period, import }| {
                let captured_at =
                    self.coverages.iter().find(|coverage| coverage.import == import)?.captured_at;
                let (_, captured_day) = self.captured_days.iter().find(|(of, _)| *of == import)?;
                let provisional_from =
                    (*captured_day <= period.to()).then_some(period.from().max(*captured_day));
                Some(KnownSegment { period, import, captured_at, provisional_from })
            })
            .collect()
    }
}

/// What is known of a workspace's accounts, now or as it was known at a time, by account and level.
///
/// # Errors
/// If the engine fails.
pub fn known_scopes(
    connection: &Connection,
    workspace: WorkspaceId,
    as_of: Option<Timestamp>,
) -> Result<Vec<KnownScope>, FactsError> {
    let scopes = load(connection, workspace, None)?;
    let known = scopes.into_iter().map(|((account, level), claims)| KnownScope {
        account,
        level,
        segments: claims.segments(as_of),
    });
    Ok(known.filter(|scope| !scope.segments.is_empty()).collect())
}

/// For each known day of one account, the level that tells most of its campaigns ([`Level::TELLS_CAMPAIGN`]), as segments in
/// order, cut also where the believed import changes.
pub fn chosen_levels(scopes: &[KnownScope]) -> Vec<(Level, KnownSegment)> {
    let mut starts: Vec<Date> = scopes
        .iter()
        .flat_map(|scope| &scope.segments)
        .flat_map(|segment| [Some(segment.period.from()), segment.period.to().tomorrow().ok()])
        .flatten()
        .collect();
    starts.sort_unstable();
    starts.dedup();

    let mut chosen = Vec::new();
    for pair in starts.windows(2) {
        let Some(period) = pair[1].yesterday().ok().and_then(|last| Period::new(pair[0], last).ok()) else {
            continue;
        };
        let at = |level: Level| {
            let scope = scopes.iter().find(|scope| scope.level == level)?;
            let segment = scope.segments.iter().find(|segment| segment.period.contains(pair[0]))?;
            let provisional_from =
                segment.provisional_from.filter(|day| *day <= period.to()).map(|day| day.max(period.from()));
            Some((level, KnownSegment { period, provisional_from, ..*segment }))
        };
        chosen.extend(Level::TELLS_CAMPAIGN.into_iter().find_map(at));
    }
    chosen
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    fn known(level: Level, days: &[(i8, i8)]) -> KnownScope {
        let segment = |(from, to): &(i8, i8)| KnownSegment {
            period: Period::new(date(2026, 1, *from), date(2026, 1, *to)).unwrap(),
            import: u32::from(level.number()),
            captured_at: Timestamp::UNIX_EPOCH,
            provisional_from: None,
        };
        KnownScope { account: 1, level, segments: days.iter().map(segment).collect() }
    }

    #[test]
    fn the_campaign_level_is_taken_where_it_is_known_and_the_next_best_elsewhere() {
        let scopes = [
            known(Level::Ad, &[(1, 20)]),
            known(Level::Campaign, &[(5, 9)]),
            known(Level::SearchTerm, &[(1, 31)]),
            known(Level::AdGroup, &[(8, 12)]),
        ];
        let chosen: Vec<_> = chosen_levels(&scopes)
            .into_iter()
            .map(|(level, segment)| (level, segment.period.from().day(), segment.period.to().day()))
            .collect();
        assert_eq!(
            chosen,
            [
                (Level::Ad, 1, 4),
                (Level::Campaign, 5, 7),
                (Level::Campaign, 8, 9),
                (Level::AdGroup, 10, 12),
                (Level::Ad, 13, 20),
                (Level::SearchTerm, 21, 31),
            ]
        );
    }
}
