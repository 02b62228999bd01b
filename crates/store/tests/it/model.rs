//! A naive model of the ledger in plain collections, and the means to hold the facts against it.

use std::collections::BTreeMap;

use domain::{Coverage, Currency, ImportId, Level, Period, Platform, Sums, believed};
use jiff::civil::Date;
use jiff::{Timestamp, ToSpan};
use store::facts::{Change, Limits, Names, StagedRow, Urls};
use store::{Facts, WorkspaceId};

pub const WORKSPACE: WorkspaceId = 1;
pub const START: Date = Date::constant(2026, 1, 1);

pub fn day(n: i32) -> Date {
    START.saturating_add(n.days())
}

/// An import as a test writes it down: captured when, at which level, covering which days, with rows (day, campaign, spend).
#[derive(Debug, Clone)]
pub struct Given {
    pub captured: i64,
    pub level: Level,
    pub days: (i32, i32),
    pub rows: Vec<(i32, u8, i64)>,
}

#[derive(Default)]
pub struct Model {
    pub imports: BTreeMap<ImportId, Given>,
}

impl Model {
    /// What is believed: spend by (day, campaign) at a level.
    pub fn delivery(&self, level: Level, as_of: Option<i64>) -> BTreeMap<(Date, u8), i64> {
        let mut sums = BTreeMap::new();
        for segment in believed(&self.coverages(level), as_of.and_then(|s| Timestamp::from_second(s).ok())) {
            for (n, campaign, spend) in &self.imports[&segment.import].rows {
                if segment.period.contains(day(*n)) {
                    *sums.entry((day(*n), *campaign)).or_default() += spend;
                }
            }
        }
        sums
    }

    /// What campaigns are told: for each day the best level that covers it.
    pub fn campaign_day(&self) -> BTreeMap<(Date, u8), i64> {
        let mut sums = BTreeMap::new();
        for n in -5..80 {
            let best = Level::TELLS_CAMPAIGN
                .into_iter()
                .find(|level| self.coverages(*level).iter().any(|coverage| coverage.period.contains(day(n))));
            let Some(level) = best else { continue };
            for ((at, campaign), spend) in self.delivery(level, None) {
                if at == day(n) {
                    *sums.entry((at, campaign)).or_default() += spend;
                }
            }
        }
        sums
    }

    fn coverages(&self, level: Level) -> Vec<Coverage> {
        let of_level = self.imports.iter().filter(|(_, given)| given.level == level);
        of_level
            .map(|(import, given)| Coverage {
                import: *import,
                captured_at: Timestamp::from_second(given.captured).unwrap(),
                period: Period::new(day(given.days.0), day(given.days.1)).unwrap(),
            })
            .collect()
    }
}

pub fn open(folder: &tempfile::TempDir) -> Facts {
    Facts::open(&folder.path().join("facts.duckdb"), &Limits { memory_mib: 256, threads: 2 }).unwrap()
}

/// Stages and applies `given` as `import`; returns how many believed rows it replaced.
pub fn apply(facts: &Facts, import: ImportId, given: &Given) -> u64 {
    let mut staging = facts.stage(WORKSPACE, given.level).unwrap();
    let currency: Currency = "EUR".parse().unwrap();
    let account = staging.account(Platform::GoogleAds, Some("Shop"), None, currency).unwrap();
    for (n, campaign, spend) in &given.rows {
        let campaign = format!("Campaign {campaign}");
        let ad_group = format!("{campaign} / group");
        let row = StagedRow {
            day: day(*n),
            account,
            names: Names {
                campaign: Some(&campaign),
                ad_group: Some(&ad_group),
                ad: Some("Headline"),
                ..Names::default()
            },
            status: None,
            kind: None,
            budget_micros: None,
            urls: Urls::default(),
            sums: Sums { spend_micros: Some(*spend), clicks: Some(1), ..Sums::NONE },
        };
        staging.push(&row).unwrap();
    }
    let change = Change {
        captured_at: Timestamp::from_second(given.captured).unwrap(),
        captured_day: day(1000),
        covered: vec![(account, Period::new(day(given.days.0), day(given.days.1)).unwrap())],
    };
    let plan = staging.plan(&change).unwrap();
    staging.apply(import, &change, &plan).unwrap();
    plan.replaced_rows
}

/// Spend by (day, campaign) as `table` has it.
pub fn stored(facts: &Facts, table: &str) -> BTreeMap<(Date, u8), i64> {
    facts
        .read(|connection| -> Result<_, store::facts::FactsError> {
            let mut statement = connection.prepare(&format!(
                "SELECT day::VARCHAR, right(e.name, 1)::UTINYINT, sum(spend_micros)::BIGINT
                 FROM {table} d JOIN entity e ON e.entity = d.campaign GROUP BY ALL"
            ))?;
            let rows = statement.query_map([], |row| {
                Ok(((row.get::<_, String>(0)?.parse().unwrap(), row.get(1)?), row.get(2)?))
            })?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
        .unwrap()
}
