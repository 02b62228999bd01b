//! An import that is cut off at any moment counts wholly or not at all.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::PathBuf;
use std::thread;
use std::time::{Duration, Instant};

use jiff::civil::{Date, date};
use jiff::{Timestamp, ToSpan};
use serde_json::Value;

use crate::program::Folder;

const KILLS: u32 = 50;
/// Days of one file; each file begins a few days after the one before, so that it replaces most of its days.
const DAYS: i64 = 45;
const STEP: i64 = 7;
const CAMPAIGNS: u64 = 50;

/// Spend, impressions, clicks, conversions in millionths, revenue.
type Figures = [i64; 5];

/// What should be believed, by day.
type Belief = BTreeMap<Date, Figures>;

#[test]
fn an_import_killed_at_any_moment_counts_wholly_or_not_at_all() {
    let folder = Folder::new();
    let mut dice = Dice(0x5eed);
    let mut belief = Belief::new();
    let mut moments = Vec::new();
    let mut whole = [0u32; 2];

    // How long an import takes here and now, measured on two that end.
    let mut lasts = Duration::ZERO;
    for round in 0..2 {
        let (file, told) = export(&folder, round, &mut dice);
        belief.extend(told);
        let since = Instant::now();
        folder.import(&file, &[]);
        lasts = since.elapsed();
    }
    assert_eq!(believed(&folder, &[]), total(&belief));

    let mut files = 2;
    let mut next = None;
    for round in 0..KILLS {
        // A file that does not count yet is tried, and killed, again.
        let (file, told) = next.take().unwrap_or_else(|| export(&folder, files, &mut dice));
        let before = total(&belief);
        let mut with_it = belief.clone();
        with_it.extend(told.clone());
        let after = total(&with_it);
        assert_ne!(before, after);

        // Every fiftieth of the duration once, in no order.
        let at = lasts.mul_f64((f64::from(round * 19 % KILLS) + dice.share()) / f64::from(KILLS));
        let running = folder.start(["import".into(), file.clone()]);
        thread::sleep(at);
        let was_running = running.cut_off();

        let states: Vec<String> = folder.ledger().into_iter().map(|(_, state)| state).collect();
        assert!(states.iter().all(|state| state == "committed"), "killed after {at:?}: {states:?}");
        let found = believed(&folder, &[]);
        let counts = found == after;
        assert!(
            counts || found == before,
            "killed after {at:?}: {found:?} is neither {before:?} nor {after:?}"
        );
        assert_eq!(states.len(), files as usize + usize::from(counts), "the ledger and the figures agree");
        if was_running {
            whole[usize::from(counts)] += 1;
        } else {
            // The machine has become faster.
            lasts = at;
        }
        if !counts && round % 5 != 0 && round + 1 < KILLS {
            next = Some((file, told));
            continue;
        }

        // To the end: it counts once, however often it was begun. The figures are looked at after the next kill, or below.
        let since = Instant::now();
        let report = folder.import(&file, &[]);
        assert_eq!(report["already_imported"], counts, "killed after {at:?}");
        if !counts {
            lasts = since.elapsed();
        }
        belief = with_it;
        moments.push((Timestamp::now(), after));
        files += 1;
    }
    assert_eq!(believed(&folder, &[]), total(&belief));
    // What was believed after each round can still be asked for: history was not torn either.
    for (at, figures) in moments.iter().step_by(5) {
        assert_eq!(believed(&folder, &["--as-of", &at.to_string()]), *figures, "as of {at}");
    }
    let [nothing, everything] = whole;
    eprintln!("of {KILLS} imports, {nothing} were killed before they counted and {everything} after");
    assert!(nothing >= KILLS / 4, "too few were killed at work for this to prove anything: {nothing}");
}

/// What the program says, over all days.
fn believed(folder: &Folder, flags: &[&str]) -> Figures {
    let sums = folder.sums(flags);
    let whole = |value: &Value| value.as_i64().unwrap_or_else(|| panic!("{sums:?}"));
    let millionths = |value: &Value| (value.as_f64().unwrap() * 1e6).round() as i64;
    [whole(&sums[0]), whole(&sums[1]), whole(&sums[2]), millionths(&sums[3]), whole(&sums[4])]
}

fn total(belief: &Belief) -> Figures {
    belief.values().copied().fold(Figures::default(), add)
}

fn add(one: Figures, other: Figures) -> Figures {
    std::array::from_fn(|n| one[n] + other[n])
}

/// Writes an export of a few thousand rows, and says what it tells of each day.
fn export(folder: &Folder, round: u32, dice: &mut Dice) -> (PathBuf, Belief) {
    let first = date(2022, 1, 1) + (i64::from(round) * STEP).days();
    let mut text = "Campaign,Day,Currency code,Cost,Impr.,Clicks,Conversions,Conv. value\n".to_owned();
    let mut told = Belief::new();
    for day in (0..DAYS).map(|n| first + n.days()) {
        let figures = told.entry(day).or_default();
        for campaign in 0..CAMPAIGNS {
            let row: Figures = [90_000_000, 50_000, 900, 9_000_000, 400_000_000].map(|most| dice.below(most));
            let [spend, impressions, clicks, conversions, revenue] = row;
            let (spend, conversions, revenue) = (decimal(spend), decimal(conversions), decimal(revenue));
            writeln!(
                text,
                "Campaign {campaign},{day},EUR,{spend},{impressions},{clicks},{conversions},{revenue}"
            )
            .unwrap();
            *figures = add(*figures, row);
        }
    }
    (folder.file(&format!("export {round}.csv"), text), told)
}

fn decimal(millionths: i64) -> String {
    format!("{}.{:06}", millionths / 1_000_000, millionths % 1_000_000)
}

/// Repeatable chance (splitmix64).
struct Dice(u64);

impl Dice {
    fn roll(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn below(&mut self, most: i64) -> i64 {
        (self.roll() % most.unsigned_abs()) as i64
    }

    /// From 0 up to, but not, 1.
    fn share(&mut self) -> f64 {
        (self.roll() >> 11) as f64 / (1u64 << 53) as f64
    }
}
