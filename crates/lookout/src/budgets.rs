//! Plans with a budget, each judged by where its month leads.

use alert::{Judged, Rule, operations};
use domain::{Pacing, PlanAbout};
use insight::month::{Month, MonthOf};
use store::catalog::{Plan, Workspace};

use crate::subjects::{Seen, asker};
use crate::{LookError, Lookout};

pub(crate) async fn see(
    lookout: &Lookout,
    workspace: &Workspace,
    rule: &Rule,
    over: Option<f64>,
    under: Option<f64>,
) -> Result<Vec<Seen>, LookError> {
    let plans = lookout.catalog.plans(workspace.id).await?;
    let mut asked: Vec<(Plan, MonthOf)> = Vec::new();
    for plan in plans.into_iter().filter(|plan| plan.state.decision.budget().is_some()) {
        if !is_meant(rule, &plan) {
            continue;
        }
        let campaigns = match &plan.state.about {
            PlanAbout::Campaign(id) => vec![*id],
            PlanAbout::Label(label) => {
                let labelled = lookout.catalog.plans_labelled(workspace.id, label).await?;
                let of =
                    |about: &PlanAbout| if let PlanAbout::Campaign(id) = about { Some(*id) } else { None };
                labelled.iter().filter_map(|plan| of(&plan.state.about)).collect()
            }
            PlanAbout::Planned(_) => continue,
        };
        let (from, to) = (plan.state.decision.from, plan.state.decision.to);
        asked.push((plan, MonthOf { campaigns, from, to }));
    }
    let (insight, asker) = (lookout.insight.clone(), asker(workspace));
    let question: Vec<MonthOf> = asked.iter().map(|(_, of)| of.clone()).collect();
    let (months, names) = tokio::task::spawn_blocking(move || {
        let ids: Vec<u32> = question.iter().flat_map(|of| of.campaigns.clone()).collect();
        Ok::<_, insight::InsightError>((
            insight.months(&asker, &question)?,
            insight.about_campaigns(&asker, &ids)?,
        ))
    })
    .await
    .map_err(|_| LookError::Ending)??;
    let name = |plan: &Plan| match &plan.state.about {
        PlanAbout::Campaign(id) => names
            .iter()
            .find(|campaign| campaign.id == *id)
            .map_or_else(|| format!("Campaign {id}"), |campaign| campaign.name.clone()),
        PlanAbout::Label(label) => format!("Label {label}"),
        PlanAbout::Planned(planned) => planned.name.clone(),
    };
    let one = |((plan, _), month): (&(Plan, MonthOf), Month)| Seen {
        key: format!("plan {}", plan.id),
        name: name(plan),
        judged: judged(plan, month, over, under),
    };
    Ok(asked.iter().zip(months).map(one).collect())
}

fn is_meant(rule: &Rule, plan: &Plan) -> bool {
    let campaign = match &plan.state.about {
        PlanAbout::Campaign(id) => Some(*id),
        _ => None,
    };
    rule.scope.campaign.is_none_or(|id| campaign == Some(id))
        && rule.scope.label.as_ref().is_none_or(|label| {
            plan.state.decision.labels.contains(label) || plan.state.about == PlanAbout::Label(label.clone())
        })
}

fn judged(plan: &Plan, month: Month, over: Option<f64>, under: Option<f64>) -> Judged {
    let Some((budget, currency)) = plan.state.decision.budget() else {
        return Judged::unknown("No budget is set.");
    };
    let month = match month {
        Month::Known(month) if month.currency == currency => month,
        Month::Known(_) | Month::Currencies(_) => {
            return Judged::unknown("Spend is counted in another currency than the budget.");
        }
        Month::Unknown | Month::NoDays => {
            return Judged::unknown("There are no figures to hold against the budget.");
        }
    };
    let (Some(spent), Some(settled_spent)) = (month.spent_micros, month.settled_micros) else {
        return Judged::unknown("Spend was not reported.");
    };
    let pacing = Pacing { days: month.days, budget, spent, settled: month.settled, settled_spent };
    operations::pacing(&pacing, currency, over, under)
}
