//! The benchmark set: many campaigns and ad groups that deliver every day, written day by day without keeping them.

use std::path::Path;

use domain::Platform;
use jiff::ToSpan;
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;

use crate::account::Account;
use crate::campaign::{Campaign, Day, Life};
use crate::capture::Capture;
use crate::figures::Figures;
use crate::line::{Line, iso};
use crate::share::{Weight, divide, mix};
use crate::sheet::{Form, Sheet};
use crate::{Plan, Written, google, meta, name};

const CAMPAIGNS: u64 = 5000;
const DAYS: u64 = 730;
/// The share of rows at campaign level in smaller sets, in ten-thousandths: what leaves 4 M rows with all campaigns.
const CAMPAIGN_ROWS: u64 = 9125;

/// How many rows there are of what.
#[derive(Debug, PartialEq, Eq)]
struct Extent {
    days: u64,
    campaigns: u64,
    ad_groups: u64,
}

impl Extent {
    /// Two years, shorter below 36,500 rows.
    fn of(rows: u64) -> Self {
        let days = (rows / 50).clamp(1, DAYS);
        let campaigns = (rows * CAMPAIGN_ROWS / 10_000 / days).clamp(1, CAMPAIGNS);
        Self { days, campaigns, ad_groups: (rows / days).saturating_sub(campaigns) }
    }
}

pub(crate) fn write(
    plan: &Plan,
    rows: u64,
    folder: &Path,
    each: &mut dyn FnMut(&Written) -> anyhow::Result<()>,
) -> anyhow::Result<()> {
    let extent = Extent::of(rows);
    let from = plan.until.saturating_sub((extent.days as i64 - 1).days());
    let mut campaigns_before = 0;
    for (number, account) in Account::benchmark(extent.campaigns as usize).enumerate() {
        let mut rng = ChaCha8Rng::seed_from_u64(plan.seed);
        rng.set_stream(1000 + number as u64);
        let capture = Capture::new(folder, &account, from, plan.until);
        let life = Life { first: from, last: None };
        let names = name::of(&account, plan.until.year(), &mut rng);
        let running = names.into_iter().enumerate().map(|(number, name)| {
            let nth = campaigns_before + number as u64;
            let up_to = |nth: u64| extent.ad_groups * nth / extent.campaigns;
            let campaign = Campaign::with_life(&mut rng, name, life);
            Running::new(&capture, campaign, up_to(nth + 1) - up_to(nth))
        });
        let mut running: Vec<Running> = running.collect();
        campaigns_before += running.len() as u64;
        if !running.is_empty() {
            write_account(&capture, &mut running, &mut rng, each)?;
        }
    }
    Ok(())
}

/// A campaign with the beginnings of its rows.
struct Running {
    campaign: Campaign,
    lead: Lead,
    ad_groups: Vec<Lead>,
    weights: Vec<Weight>,
}

enum Lead {
    Google(Line),
    Meta(meta::Lead),
}

impl Running {
    fn new(capture: &Capture, campaign: Campaign, ad_groups: u64) -> Self {
        let meta = capture.account.platform == Platform::MetaAds;
        let lead = match meta {
            true => Lead::Meta(meta::Lead::new(meta::Report::Campaigns, capture, &campaign, &[])),
            false => Lead::Google(google::campaign_lead(capture, &campaign)),
        };
        let ad_group = |number: u64| {
            let name = format!("{} {}", campaign.theme, number + 1);
            match meta {
                true => Lead::Meta(meta::Lead::new(meta::Report::AdSets, capture, &campaign, &[&name])),
                false => {
                    let id = 140_000_000_000 + mix(campaign.id + number) % 30_000_000_000;
                    Lead::Google(google::ad_group_lead(capture, &campaign, &name, id))
                }
            }
        };
        let leads = (0..ad_groups).map(ad_group).collect();
        let weights = (0..ad_groups).map(|number| Weight { usual: 60 / (1 + number), salt: mix(number) });
        Self { lead, ad_groups: leads, weights: weights.collect(), campaign }
    }
}

/// Writes both levels of an account in one pass over the days.
fn write_account(
    capture: &Capture,
    running: &mut [Running],
    rng: &mut ChaCha8Rng,
    each: &mut dyn FnMut(&Written) -> anyhow::Result<()>,
) -> anyhow::Result<()> {
    let meta = capture.account.platform == Platform::MetaAds;
    let (mut campaigns, mut ad_groups) = match meta {
        true => (meta::Report::Campaigns.begin(capture)?, meta::Report::AdSets.begin(capture)?),
        false => (
            google::Report::Campaigns.begin(capture, Form::Csv)?,
            google::Report::AdGroups.begin(capture, Form::Csv)?,
        ),
    };
    let (currency, counting) = (capture.account.currency, capture.account.counting());
    let (mut total, mut grouped) = (Figures::default(), Figures::default());
    for (number, date) in capture.from.series(1.day()).take_while(|date| *date <= capture.to).enumerate() {
        let (day, text) = (Day::new(number as i32, date), iso(date));
        for running in running.iter_mut() {
            let figures = running.campaign.deliver(rng, day, counting);
            total += figures;
            row(&mut campaigns, &running.lead, &text, currency, &figures)?;
            if !running.ad_groups.is_empty() {
                grouped += figures;
            }
            let mut written = Ok(());
            divide(figures, number as u64, counting, running.weights.iter(), |nth, part| {
                if written.is_ok() {
                    written = row(&mut ad_groups, &running.ad_groups[nth], &text, currency, &part);
                }
            });
            written?;
        }
    }
    if !meta {
        google::Report::Campaigns.end(&mut campaigns, currency, total, total)?;
        google::Report::AdGroups.end(&mut ad_groups, currency, grouped, total)?;
    }
    each(&capture.written(campaigns)?)?;
    let written = capture.written(ad_groups)?;
    match written.rows {
        0 => Ok(std::fs::remove_file(written.path)?),
        _ => each(&written),
    }
}

fn row(sheet: &mut Sheet, lead: &Lead, day: &[u8], currency: &str, figures: &Figures) -> anyhow::Result<()> {
    match lead {
        Lead::Google(lead) => google::row(sheet, lead, day, currency, figures),
        Lead::Meta(lead) => meta::row(sheet, lead, day, figures),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_extent_meets_the_rows_asked_for() {
        assert_eq!(Extent::of(10_000_000), Extent { days: 730, campaigns: 5000, ad_groups: 8698 });
        assert_eq!(Extent::of(4_000_000).campaigns, 5000);
        for rows in [1, 49, 1000, 20_000, 100_000, 1_000_000, 4_000_000, 10_000_000] {
            let extent = Extent::of(rows);
            let made = extent.days * (extent.campaigns + extent.ad_groups);
            assert!(made <= rows && rows - made < extent.days.max(2), "{rows}: {made}");
        }
    }
}
