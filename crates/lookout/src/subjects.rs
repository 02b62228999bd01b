//! What a rule is about, one by one, each judged.

use std::collections::{HashMap, HashSet};
use std::path::Path;

use alert::{Condition, Delay, Each, Judged, Rule, Tally, judge, operations};
use domain::{Period, PlanAbout, Platform};
use fs4::available_space;
use insight::{Asker, Bound, Insight, InsightError, Reported, Watched};
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};
use store::catalog::{Catalog, CatalogError, Workspace};

use crate::{LookError, Lookout, budgets};

/// Days of captures from which delay is learned.
const LEARNED_DAYS: i64 = 120;

/// One thing that a rule is about, and how it is.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Seen {
    /// Equal for equal things.
    pub key: String,
    /// For people.
    pub name: String,
    pub judged: Judged,
}

/// What a rule sees.
pub(crate) enum Sight {
    /// Everything that it is about. What is not among it is none of its business any more.
    Seen(Vec<Seen>),
    /// Nothing can be said, and why: what fires goes on.
    Nothing(String),
}

/// What rules on figures are judged by, read once for all rules of a workspace.
pub(crate) struct Figures {
    pub today: Date,
    pub accounts: Vec<Watched>,
    pub campaigns: Vec<Watched>,
    delays: HashMap<u32, Delay>,
}

pub(crate) fn asker(workspace: &Workspace) -> Asker {
    Asker { bound: Bound::whole(workspace.id), lead_currency: workspace.currency, convert: None }
}

pub(crate) fn today(now: Timestamp) -> Date {
    now.to_zoned(TimeZone::UTC).date()
}

/// The delay of each account, leaning on that of all accounts.
pub(crate) fn delays(reported: &Reported) -> HashMap<u32, Delay> {
    let mut all = Tally::default();
    let mut tallies = HashMap::new();
    for (account, captures) in &reported.accounts {
        let mut tally = Tally::default();
        tally.add(captures);
        all.merge(&tally);
        tallies.insert(*account, tally);
    }
    let wider = all.delay(None);
    tallies.into_iter().map(|(account, tally)| (account, tally.delay(Some(&wider)))).collect()
}

impl Figures {
    /// Reads what these rules need.
    pub fn read(
        insight: &Insight,
        workspace: &Workspace,
        rules: &[&Rule],
        today: Date,
    ) -> Result<Self, InsightError> {
        let asker = asker(workspace);
        let is_by_days = |rule: &&&Rule| rule.condition.days_needed() > 0;
        let days = rules.iter().map(|rule| rule.condition.days_needed()).max().unwrap_or(0);
        // Figures may be some days old, and days are judged two weeks late until delay is learned.
        let back = |days: i64| today.saturating_sub(days.days());
        let period = |days: i64| Period::new(back(days), today).ok();
        let of = |each: Each| rules.iter().filter(is_by_days).any(|rule| rule.scope.each == each);
        let read = |campaigns: bool| match period(i64::from(days) + 30) {
            Some(period) => insight.watched(&asker, campaigns, period),
            None => Ok(Vec::new()),
        };
        let accounts = if of(Each::Account) { read(false)? } else { Vec::new() };
        let campaigns = if of(Each::Campaign) { read(true)? } else { Vec::new() };
        let delays = match period(LEARNED_DAYS).filter(|_| !accounts.is_empty() || !campaigns.is_empty()) {
            Some(period) => delays(&insight.captures(&asker, &[], period)?),
            None => HashMap::new(),
        };
        Ok(Self { today, accounts, campaigns, delays })
    }

    /// What a rule is about, of what was read.
    pub fn about<'f>(
        &'f self,
        rule: &'f Rule,
        labelled: Option<&'f HashSet<u32>>,
    ) -> impl Iterator<Item = &'f Watched> {
        let all = if rule.scope.each == Each::Account { &self.accounts } else { &self.campaigns };
        all.iter().filter(move |watched| is_meant(rule, watched, labelled))
    }

    fn judged(&self, rule: &Rule, watched: &Watched) -> Judged {
        let unlearned = Delay::default();
        let delay = self.delays.get(&watched.account).unwrap_or(&unlearned);
        judge(&rule.condition, &watched.course, delay, watched.currency, self.today)
    }
}

/// Whether a rule is about an account or a campaign.
pub(crate) fn is_meant(rule: &Rule, watched: &Watched, labelled: Option<&HashSet<u32>>) -> bool {
    let currency = match &rule.condition {
        Condition::Threshold { currency, .. } => *currency,
        Condition::NoConversions { currency, .. } => Some(*currency),
        _ => None,
    };
    rule.scope.platform.is_none_or(|platform| platform == watched.platform)
        && rule.scope.campaign.is_none_or(|id| id == watched.campaign)
        && labelled.is_none_or(|labelled| labelled.contains(&watched.campaign))
        && currency.is_none_or(|currency| currency == watched.currency)
}

/// The campaigns whose plan has the label that a rule names.
pub(crate) async fn labelled(
    catalog: &Catalog,
    workspace: &Workspace,
    rule: &Rule,
) -> Result<Option<HashSet<u32>>, CatalogError> {
    let Some(label) = &rule.scope.label else { return Ok(None) };
    let plans = catalog.plans_labelled(workspace.id, label).await?;
    let of = |about: &PlanAbout| if let PlanAbout::Campaign(id) = about { Some(*id) } else { None };
    Ok(Some(plans.iter().filter_map(|plan| of(&plan.state.about)).collect()))
}

pub(crate) fn key(watched: &Watched) -> String {
    match watched.campaign {
        0 => format!("account {}", watched.account),
        id => format!("campaign {id}"),
    }
}

/// Judges a rule on everything that it is about.
pub(crate) async fn see(
    lookout: &Lookout,
    workspace: &Workspace,
    rule: &Rule,
    figures: &Figures,
) -> Result<Vec<Seen>, LookError> {
    match &rule.condition {
        Condition::Pacing { over, under } => budgets::see(lookout, workspace, rule, *over, *under).await,
        Condition::StaleSource { days } => {
            stale(lookout, workspace, rule.scope.platform, *days, figures.today).await
        }
        Condition::Disk { free_below } => Ok(vec![disk(&lookout.folder, *free_below)]),
        _ => {
            let labelled = labelled(&lookout.catalog, workspace, rule).await?;
            let about = figures.about(rule, labelled.as_ref());
            let one = |watched: &Watched| Seen {
                key: key(watched),
                name: format!("{} ({})", watched.name, watched.platform.label()),
                judged: figures.judged(rule, watched),
            };
            Ok(about.map(one).collect())
        }
    }
}

/// When each platform of a workspace was last reported.
pub(crate) async fn stale(
    lookout: &Lookout,
    workspace: &Workspace,
    only: Option<Platform>,
    days: u32,
    today: Date,
) -> Result<Vec<Seen>, LookError> {
    let (insight, id) = (lookout.insight.clone(), workspace.id);
    let known = tokio::task::spawn_blocking(move || insight.known(&Bound::whole(id), None))
        .await
        .map_err(|_| LookError::Ending)??;
    let fresh = known.freshness(None, Period::ending(today, 1));
    let one = |fresh: &insight::Freshness| {
        let asked = fresh.captured_at.to_zoned(TimeZone::UTC).date();
        Seen {
            key: format!("platform {}", fresh.platform.key()),
            name: fresh.platform.label().to_owned(),
            judged: operations::stale(domain::period::days_between(asked, today).max(0), days),
        }
    };
    Ok(fresh.iter().filter(|fresh| only.is_none_or(|only| only == fresh.platform)).map(one).collect())
}

pub(crate) fn disk(folder: &Path, free_below: f64) -> Seen {
    let judged = match (available_space(folder), fs4::total_space(folder)) {
        (Ok(free), Ok(total)) => operations::disk(free, total, free_below),
        _ => Judged::unknown("The disk does not say how full it is."),
    };
    Seen { key: "disk".to_owned(), name: "Disk of the data folder".to_owned(), judged }
}
