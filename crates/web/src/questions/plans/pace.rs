//! How spend goes along with the budgets of plans, in the month that their figures have reached.

use std::collections::HashMap;

use domain::{Currency, Pacing, PlanAbout};
use insight::month::{Month, MonthOf};
use jiff::civil::Date;
use store::catalog::{Plan, PlanId};

use super::campaign_of;
use crate::access::Seen;
use crate::admission::Load;
use crate::{AppState, WebError};

/// How spend goes along with a budget, or why that can't be told.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Going {
    /// No budget is set.
    NoBudget,
    /// There are no figures to hold against it.
    NoFigures,
    /// It is not meant to run in the month that the figures have reached.
    NotThisMonth,
    /// Spend was not reported.
    NotReported,
    /// Spend is counted in other currencies than the budget; amounts of several are neither added nor converted.
    OtherCurrency(Vec<Currency>),
    /// So.
    So(Paced),
}

/// How spend goes along with a budget.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Paced {
    pub(crate) pacing: Pacing,
    pub(crate) currency: Currency,
    /// The last day of which anything is known, if any is.
    pub(crate) known_to: Option<Date>,
    /// Days up to then that are not known.
    pub(crate) unknown_days: u32,
}

/// How each of these plans goes, by its number.
pub(crate) async fn going(
    state: &AppState,
    workspace: &Seen,
    plans: &[Plan],
) -> Result<HashMap<PlanId, Going>, WebError> {
    let mut asked: Vec<(&Plan, MonthOf)> = Vec::new();
    for plan in plans.iter().filter(|plan| plan.state.decision.budget().is_some()) {
        let campaigns = match &plan.state.about {
            PlanAbout::Campaign(id) => vec![*id],
            PlanAbout::Label(label) => {
                let labelled = state.catalog().plans_labelled(workspace.id, label).await?;
                labelled.iter().filter_map(|plan| campaign_of(&plan.state.about)).collect()
            }
            PlanAbout::Planned(_) => Vec::new(),
        };
        let decision = &plan.state.decision;
        asked.push((plan, MonthOf { campaigns, from: decision.from, to: decision.to }));
    }
    if asked.is_empty() {
        return Ok(HashMap::new());
    }
    let (asker, question) = (workspace.asker(), asked.iter().map(|(_, of)| of.clone()).collect::<Vec<_>>());
    let months =
        state.ask(Load::Light, asker.workspace(), move |insight| insight.months(&asker, &question)).await?;
    Ok(asked.iter().zip(months).map(|((plan, _), month)| (plan.id, going_of(plan, month))).collect())
}

fn going_of(plan: &Plan, month: Month) -> Going {
    let Some((budget, currency)) = plan.state.decision.budget() else { return Going::NoBudget };
    let month = match month {
        Month::Unknown => return Going::NoFigures,
        Month::NoDays => return Going::NotThisMonth,
        Month::Currencies(currencies) => return Going::OtherCurrency(currencies),
        Month::Known(month) if month.currency != currency => {
            return Going::OtherCurrency(vec![month.currency]);
        }
        Month::Known(month) => month,
    };
    let (Some(spent), Some(settled_spent)) = (month.spent_micros, month.settled_micros) else {
        return Going::NotReported;
    };
    Going::So(Paced {
        pacing: Pacing { days: month.days, budget, spent, settled: month.settled, settled_spent },
        currency,
        known_to: month.known.map(|known| known.to()),
        unknown_days: month.unknown_days,
    })
}
