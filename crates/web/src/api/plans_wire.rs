//! Plans as they cross the wire.

use domain::{Currency, Micros, Pace, PlanAbout, PlannedCampaign, Platform};
use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use store::catalog::{PlanChange, PlanState};
use utoipa::ToSchema;

use crate::questions::plans::{Going, Paced, Shown};

/// What to decide, and about what: exactly one of `campaign`, `label` and `planned` for a new plan.
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes what questions::plans::decide reads")]
pub(crate) struct PlanIn {
    /// The campaign's number here.
    campaign: Option<u32>,
    /// All campaigns whose own plan has this label.
    label: Option<String>,
    /// A campaign that does not exist on a platform yet.
    planned: Option<PlannedOut>,
    /// What may be spent in a calendar month, in micros of `currency`.
    #[schema(example = 5_000_000_000_i64)]
    monthly_budget_micros: Option<i64>,
    /// What budget and target CPA are counted in (ISO 4217).
    #[schema(example = "EUR")]
    currency: Option<String>,
    /// What a conversion may cost, in micros. Not together with `target_roas`.
    target_cpa_micros: Option<i64>,
    /// What each unit of spend shall bring back. Not together with `target_cpa_micros`.
    #[schema(example = 4.5)]
    target_roas: Option<f64>,
    /// The first day it is meant to run.
    #[schema(format = Date)]
    from: Option<String>,
    /// The last day it is meant to run.
    #[schema(format = Date)]
    to: Option<String>,
    /// At most 20 words of up to 40 letters, without commas.
    labels: Option<Vec<String>>,
    /// Who looks after it.
    owner: Option<String>,
    /// Whatever else was said.
    notes: Option<String>,
}

/// A campaign that does not exist on a platform yet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PlannedOut {
    /// Where it will run.
    #[schema(value_type = String, example = "google_ads")]
    pub platform: Platform,
    /// In which account, if that is settled.
    pub account: Option<String>,
    /// What it will be called there.
    pub name: String,
}

/// What a plan is about and what was decided. Null is undecided.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct DecidedOut {
    /// The campaign's number here, if it is about one.
    pub campaign: Option<u32>,
    /// The label, if it is about all campaigns that have one.
    pub label: Option<String>,
    /// The campaign that is to come, if it is about one.
    pub planned: Option<PlannedOut>,
    /// What may be spent in a calendar month, in micros.
    pub monthly_budget_micros: Option<Micros>,
    /// What budget and target CPA are counted in.
    #[schema(value_type = Option<String>, example = "EUR")]
    pub currency: Option<Currency>,
    /// What a conversion may cost, in micros.
    pub target_cpa_micros: Option<Micros>,
    /// What each unit of spend shall bring back.
    pub target_roas: Option<f64>,
    /// The first day it is meant to run.
    #[schema(value_type = Option<String>, format = Date)]
    pub from: Option<Date>,
    /// The last day it is meant to run.
    #[schema(value_type = Option<String>, format = Date)]
    pub to: Option<Date>,
    /// Words to group campaigns by.
    pub labels: Vec<String>,
    /// Who looks after it.
    pub owner: Option<String>,
    /// Whatever else was said.
    pub notes: Option<String>,
}

/// A plan.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct PlanOut {
    /// Its number.
    pub id: u32,
    /// Grows by one with every change; the `ETag` is this in quotes.
    pub version: u32,
    /// The name of the campaign it is about, if it is about one that is known.
    pub campaign_name: Option<String>,
    /// What was decided.
    #[serde(flatten)]
    pub decided: DecidedOut,
    /// How spend goes along with the budget; null if that can't be told.
    pub pacing: Option<PacingOut>,
    /// Why it can't be told; null if it can, and without a budget.
    pub no_pacing: Option<String>,
    /// Who changed it last.
    pub changed_by: String,
    /// When it was changed last.
    #[schema(value_type = String, format = DateTime)]
    pub changed_at: Timestamp,
}

/// A month's spend against its budget. Everything in micros of the plan's currency.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct PacingOut {
    /// The first day of the month that the budget is for.
    #[schema(value_type = String, format = Date)]
    pub from: Date,
    /// The last one.
    #[schema(value_type = String, format = Date)]
    pub to: Date,
    /// The last day of which anything is known.
    #[schema(value_type = Option<String>, format = Date)]
    pub known_to: Option<Date>,
    /// The last day up to which all days were over when the platform was asked; what the pace is told by.
    #[schema(value_type = Option<String>, format = Date)]
    pub settled_to: Option<Date>,
    /// Days before `known_to` that are not known.
    pub unknown_days: u32,
    /// Spent up to `known_to`.
    pub spent_micros: Micros,
    /// Spent up to `settled_to`.
    pub settled_micros: Micros,
    /// What an even course would have spent up to `settled_to`.
    pub expected_micros: Micros,
    /// What the month comes to at this pace.
    pub projected_micros: Option<Micros>,
    /// `behind`, `on_pace` (within a tenth), `ahead` or `spent`; null while no day is settled.
    pub pace: Option<String>,
}

/// All plans.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct PlansOut {
    /// The plans, oldest first.
    pub plans: Vec<PlanOut>,
}

/// A change of a plan.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct PlanChangeOut {
    /// The plan's number.
    pub plan: u32,
    /// The plan's version since.
    pub version: u32,
    /// The number of the bulk edit it was part of.
    pub bulk: Option<u32>,
    /// Who made it; `local` as long as nobody signs in.
    pub changed_by: String,
    /// When.
    #[schema(value_type = String, format = DateTime)]
    pub changed_at: Timestamp,
    /// The version whose change it undid.
    pub undid: Option<u32>,
    /// What was so before; null if there was no plan.
    pub before: Option<DecidedOut>,
    /// What was so after; null if it was deleted.
    pub after: Option<DecidedOut>,
}

/// The changes of a plan.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct PlanChangesOut {
    /// Newest first.
    pub changes: Vec<PlanChangeOut>,
}

impl From<PlanState> for DecidedOut {
    fn from(PlanState { about, decision }: PlanState) -> Self {
        let (campaign, label, planned) = match about {
            PlanAbout::Campaign(id) => (Some(id), None, None),
            PlanAbout::Label(label) => (None, Some(label), None),
            PlanAbout::Planned(PlannedCampaign { platform, account, name }) => {
                (None, None, Some(PlannedOut { platform, account, name }))
            }
        };
        Self {
            campaign,
            label,
            planned,
            monthly_budget_micros: decision.monthly_budget_micros,
            currency: decision.currency,
            target_cpa_micros: decision.target_cpa_micros,
            target_roas: decision.target_roas.map(|ratio| ratio as f64 / 1e6),
            from: decision.from,
            to: decision.to,
            labels: decision.labels.into_iter().collect(),
            owner: decision.owner,
            notes: decision.notes,
        }
    }
}

impl PlanOut {
    pub(crate) fn of(shown: Shown) -> Self {
        let Shown { plan, campaign, going } = shown;
        let no_pacing = match &going {
            Going::So(_) | Going::NoBudget => None,
            Going::NoFigures => Some("there are no figures to hold against it".to_owned()),
            Going::NotThisMonth => {
                Some("none of its days is in the month that the figures have reached".to_owned())
            }
            Going::NotReported => Some("spend was not reported".to_owned()),
            Going::OtherCurrency(currencies) => {
                let codes: Vec<&str> = currencies.iter().map(Currency::code).collect();
                let rest =
                    if codes.len() > 1 { "amounts of several are not added" } else { "the budget is not" };
                Some(format!("spend is counted in {}, {rest}", codes.join(" and ")))
            }
        };
        let pacing = match &going {
            Going::So(paced) => Some(PacingOut::from(paced)),
            _ => None,
        };
        Self {
            id: plan.id,
            version: plan.version,
            campaign_name: campaign.map(|campaign| campaign.name),
            decided: plan.state.into(),
            pacing,
            no_pacing,
            changed_by: plan.changed_by,
            changed_at: plan.changed_at,
        }
    }
}

impl From<&Paced> for PacingOut {
    fn from(paced: &Paced) -> Self {
        let pacing = &paced.pacing;
        let word = |pace: Pace| match pace {
            Pace::Behind => "behind",
            Pace::OnPace => "on_pace",
            Pace::Ahead => "ahead",
            Pace::Spent => "spent",
        };
        Self {
            from: pacing.days.from(),
            to: pacing.days.to(),
            known_to: paced.known_to,
            settled_to: pacing.settled.map(|settled| settled.to()),
            unknown_days: paced.unknown_days,
            spent_micros: pacing.spent,
            settled_micros: pacing.settled_spent,
            expected_micros: pacing.expected(),
            projected_micros: pacing.projected(),
            pace: pacing.pace().map(|pace| word(pace).to_owned()),
        }
    }
}

impl PlanChangesOut {
    pub(crate) fn of(changes: Vec<PlanChange>) -> Self {
        Self { changes: changes.into_iter().map(PlanChangeOut::from).collect() }
    }
}

impl From<PlanChange> for PlanChangeOut {
    fn from(change: PlanChange) -> Self {
        Self {
            plan: change.plan,
            version: change.version,
            bulk: change.bulk,
            changed_by: change.changed_by,
            changed_at: change.changed_at,
            undid: change.undid,
            before: change.before.map(Into::into),
            after: change.after.map(Into::into),
        }
    }
}
