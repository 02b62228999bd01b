//! A plan as it is shown: what was decided, how it goes, the form that decides anew, and who changed what.

use askama::Template;
use askama::filters::HtmlSafe;
use domain::{Currency, Decision, PlanAbout, Target};
use store::catalog::{PlanChange, PlanId, PlanState};

use super::pace::{PaceFigure, money};
use super::plan_form::{PlanForm, Typed};
use crate::format;
use crate::link::Link;
use crate::questions::VIEW_PARAMETERS;
use crate::questions::plans::Shown;

/// Changes that are listed at once.
const LISTED: usize = 8;

/// A plan as it is shown.
#[derive(Debug, Clone, Template)]
#[template(path = "plan_panel.html")]
pub(super) struct PlanPanel {
    pub(super) pace: Option<PaceFigure>,
    /// What was decided, each with its name; empty if there is no plan.
    pub(super) decided: Vec<(&'static str, String)>,
    pub(super) labels: Vec<String>,
    pub(super) notes: String,
    pub(super) form: PlanForm,
    /// Whether the form is open.
    /// Whether who sees it may change it.
    pub(super) can_decide: bool,
    pub(super) is_open: bool,
    pub(super) has_plan: bool,
    /// Where the form goes that deletes it, and its version.
    pub(super) delete: Option<(String, u32)>,
    pub(super) history: History,
}

impl HtmlSafe for PlanPanel {}

/// Who changed what, newest first.
#[derive(Debug, Clone, Default)]
pub(super) struct History {
    pub(super) lines: Vec<Line>,
    /// Where the older ones are, if they are not listed.
    pub(super) older: Option<String>,
}

/// A change.
#[derive(Debug, Clone)]
pub(super) struct Line {
    pub(super) at: String,
    pub(super) at_exact: String,
    pub(super) by: String,
    pub(super) what: String,
    /// What was changed: the field, what it was, what it became.
    pub(super) fields: Vec<(&'static str, String, String)>,
    /// Where the form goes that undoes it.
    pub(super) undo: String,
    pub(super) version: u32,
}

impl PlanPanel {
    /// Of a plan.
    /// The same for somebody who may change it, or may not.
    pub(super) fn for_who(self, can_decide: bool) -> Self {
        Self { can_decide, ..self }
    }

    pub(super) fn of(shown: &Shown, changes: &[PlanChange], link: &Link, usual: Option<Currency>) -> Self {
        let plan = &shown.plan;
        let decision = &plan.state.decision;
        let form = PlanForm {
            action: place(link, plan.id, ""),
            hidden: vec![("version".to_owned(), plan.version.to_string())],
            typed: Typed::of(decision, usual),
            submit: "Save",
            ..PlanForm::default()
        };
        Self {
            pace: PaceFigure::of(&shown.going),
            decided: decided(decision),
            labels: decision.labels.iter().cloned().collect(),
            notes: decision.notes.clone().unwrap_or_default(),
            form,
            can_decide: false,
            is_open: false,
            has_plan: true,
            delete: Some((place(link, plan.id, "/delete"), plan.version)),
            history: History::of(changes, link, LISTED),
        }
    }

    /// Where there is none: the form that makes one. `deleted` are the changes of one that was deleted.
    pub(super) fn none(
        about: &PlanAbout,
        deleted: &[PlanChange],
        link: &Link,
        usual: Option<Currency>,
    ) -> Self {
        let form = PlanForm {
            action: link.at("/plans").only(&VIEW_PARAMETERS).to_string(),
            hidden: about_fields(about),
            typed: Typed::of(&Decision::default(), usual),
            submit: "Make the plan",
            ..PlanForm::default()
        };
        Self {
            pace: None,
            decided: Vec::new(),
            labels: Vec::new(),
            notes: String::new(),
            form,
            can_decide: false,
            is_open: false,
            has_plan: false,
            delete: None,
            history: History::of(deleted, link, LISTED),
        }
    }
}

impl History {
    pub(super) fn of(changes: &[PlanChange], link: &Link, most: usize) -> Self {
        let older = changes.first().filter(|_| changes.len() > most);
        Self {
            lines: changes.iter().take(most).map(|change| line(change, link)).collect(),
            older: older.map(|change| place(link, change.plan, "")),
        }
    }
}

/// Fields that say what a new plan is about.
pub(super) fn about_fields(about: &PlanAbout) -> Vec<(String, String)> {
    match about {
        PlanAbout::Campaign(id) => vec![("campaign".to_owned(), id.to_string())],
        PlanAbout::Label(label) => vec![("label".to_owned(), label.clone())],
        PlanAbout::Planned(planned) => vec![
            ("platform".to_owned(), planned.platform.key().to_owned()),
            ("account".to_owned(), planned.account.clone().unwrap_or_default()),
            ("name".to_owned(), planned.name.clone()),
        ],
    }
}

/// Where something of a plan is, keeping the days of the page.
pub(super) fn place(link: &Link, plan: PlanId, rest: &str) -> String {
    link.at(format!("/plans/{plan}{rest}")).only(&VIEW_PARAMETERS).to_string()
}

fn line(change: &PlanChange, link: &Link) -> Line {
    let fields = match (&change.before, &change.after) {
        (Some(before), Some(after)) => changed(before, after),
        _ => Vec::new(),
    };
    let what = match (&change.before, &change.after, change.undid) {
        (_, _, Some(version)) => format!("undid change {version}"),
        (None, _, _) => "made the plan".to_owned(),
        (_, None, _) => "deleted the plan".to_owned(),
        (Some(before), Some(after), _) if before.about != after.about => "matched it".to_owned(),
        _ if change.bulk.is_some() => "changed it with others".to_owned(),
        _ => "changed it".to_owned(),
    };
    Line {
        at: format::moment(change.changed_at, 0),
        at_exact: change.changed_at.to_string(),
        by: change.changed_by.clone(),
        what,
        fields,
        undo: place(link, change.plan, &format!("/changes/{}/undo", change.version)),
        version: change.version,
    }
}

/// What differs between two states: the field, what it was, what it became.
pub(super) fn changed(before: &PlanState, after: &PlanState) -> Vec<(&'static str, String, String)> {
    let (was, is) = (worded(&before.decision), worded(&after.decision));
    let mut fields: Vec<_> = was
        .into_iter()
        .zip(is)
        .filter(|((_, was), (_, is))| was != is)
        .map(|((name, was), (_, is))| (name, was, is))
        .collect();
    if before.about != after.about {
        fields.insert(0, ("About", about_words(&before.about), about_words(&after.about)));
    }
    fields
}

/// What a plan is about, in words.
pub(super) fn about_words(about: &PlanAbout) -> String {
    match about {
        PlanAbout::Campaign(id) => format!("campaign {id}"),
        PlanAbout::Label(label) => format!("label {label}"),
        PlanAbout::Planned(planned) => format!("{}, planned for {}", planned.name, planned.platform.label()),
    }
}

/// The target in words.
pub(super) fn target_words(decision: &Decision) -> String {
    match decision.target() {
        Some(Target::Cpa(micros, currency)) => format!("CPA at most {}", money(micros, currency)),
        Some(Target::Roas(ratio)) => format!("ROAS at least {}×", format::decimal(ratio)),
        None => String::new(),
    }
}

/// Every field in words; empty where undecided.
fn worded(decision: &Decision) -> [(&'static str, String); 6] {
    let budget = decision.budget().map(|(micros, currency)| money(micros, currency)).unwrap_or_default();
    let days = match (decision.from, decision.to) {
        (Some(from), Some(to)) => domain::Period::new(from, to).map(format::days).unwrap_or_default(),
        (Some(from), None) => format!("from {}", format::day(from)),
        (None, Some(to)) => format!("until {}", format::day(to)),
        (None, None) => String::new(),
    };
    [
        ("Monthly budget", budget),
        ("Target", target_words(decision)),
        ("Runs", days),
        ("Owner", decision.owner.clone().unwrap_or_default()),
        ("Labels", decision.labels.iter().cloned().collect::<Vec<_>>().join(", ")),
        ("Notes", decision.notes.clone().unwrap_or_default()),
    ]
}

/// What stands in a line, without labels and notes, which have their own form.
fn decided(decision: &Decision) -> Vec<(&'static str, String)> {
    worded(decision).into_iter().take(4).filter(|(_, text)| !text.is_empty()).collect()
}
