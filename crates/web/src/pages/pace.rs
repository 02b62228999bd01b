//! How spend goes along with a budget, in a bar and in words.

use askama::Template;
use askama::filters::HtmlSafe;
use domain::{Currency, Grain, Pace};

use super::figure::{Delta, Figure};
use super::table::Cell;
use crate::chart::PaceBar;
use crate::format;
use crate::questions::plans::{Going, Paced};

/// How spend goes along with a budget.
#[derive(Debug, Clone, Template)]
#[template(path = "pace.html")]
pub(super) struct PaceFigure {
    /// Why there is nothing to show; empty if there is.
    why_not: String,
    bar: Option<PaceBar>,
    spent: String,
    budget: String,
    month: String,
    /// In a word, how it goes; empty while that can't be told.
    word: &'static str,
    class: &'static str,
    /// All of it in a sentence, for those who do not see the bar.
    said: String,
    /// What the bar is made of, each with its figure.
    parts: Vec<(&'static str, String)>,
    /// What a reader must know.
    notes: Vec<String>,
}

impl HtmlSafe for PaceFigure {}

impl PaceFigure {
    /// Nothing where no budget is set.
    pub(super) fn of(going: &Going) -> Option<Self> {
        match going {
            Going::So(paced) => Some(Self::so(paced)),
            other => why_not(other).map(|why_not| Self {
                why_not,
                bar: None,
                spent: String::new(),
                budget: String::new(),
                month: String::new(),
                word: "",
                class: "",
                said: String::new(),
                parts: Vec::new(),
                notes: Vec::new(),
            }),
        }
    }

    fn so(paced: &Paced) -> Self {
        let pacing = &paced.pacing;
        let money = |micros: i64| money(micros, paced.currency);
        let (spent, budget) = (money(pacing.spent), money(pacing.budget));
        let month = match Grain::Month.start(pacing.days.from()) == pacing.days.from()
            && Grain::Month.end(pacing.days.to()) == pacing.days.to()
        {
            true => format::piece(Grain::Month, pacing.days.from()),
            false => format::days(pacing.days),
        };
        let (word, class) = pacing.pace().map_or(("", ""), worded);
        let mut parts = vec![("Budget used", format::percent(pacing.used()))];
        let mut notes = Vec::new();
        match pacing.settled {
            Some(settled) => {
                parts.push(("Days gone", format!("{} of {}", settled.len(), pacing.days.len())));
                parts.push(("Expected by then", money(pacing.expected())));
                parts.extend(pacing.projected().map(|micros| ("At this pace", money(micros))));
            }
            None => notes.push("No day of it is over in the figures: too early to tell a pace.".to_owned()),
        }
        let open =
            paced.known_to.filter(|known_to| pacing.settled.is_none_or(|settled| settled.to() < *known_to));
        if let Some(open) = open {
            let from =
                pacing.settled.and_then(|settled| settled.to().tomorrow().ok()).unwrap_or(pacing.days.from());
            let days = domain::Period::new(from, open).map(format::days).unwrap_or_default();
            notes.push(format!("{days}: not final. Counts as spent, not for the pace."));
        }
        match paced.unknown_days {
            0 => {}
            1 => notes.push("One day is not known: what was spent on it is missing here.".to_owned()),
            days => notes.push(format!("{days} days are not known: what was spent on them is missing here.")),
        }
        let course = if word.is_empty() { String::new() } else { format!(": {}", word.to_lowercase()) };
        let said =
            parts.iter().map(|(what, figure)| format!("{what} {figure}")).collect::<Vec<_>>().join(", ");
        Self {
            why_not: String::new(),
            bar: Some(PaceBar::of(pacing)),
            said: format!("{spent} of {budget} in {month}{course}. {said}."),
            spent,
            budget,
            month,
            word,
            class,
            parts,
            notes,
        }
    }
}

/// The same in a cell of a table.
pub(super) fn cell(going: &Going) -> Cell {
    let Going::So(paced) = going else {
        let reason = why_not(going).unwrap_or_else(|| "No budget is planned".to_owned());
        return Cell::of(Figure::plain(None, "", &reason));
    };
    let figure = PaceFigure::so(paced);
    let (word, class) = paced.pacing.pace().map_or(("", "flat"), worded);
    Cell {
        figure: Figure {
            text: format::percent(paced.pacing.used()),
            unit: String::new(),
            title: format!("{} of {} in {}", figure.spent, figure.budget, figure.month),
        },
        delta: (!word.is_empty()).then(|| Delta::word(word, class)),
        bar: PaceBar::of(&paced.pacing).used,
        goal: None,
    }
}

/// An amount with its currency.
pub(super) fn money(micros: i64, currency: Currency) -> String {
    format!("{} {}", format::money(micros, Some(currency)), format::currency(currency))
}

fn worded(pace: Pace) -> (&'static str, &'static str) {
    match pace {
        Pace::OnPace => ("On pace", "good"),
        Pace::Behind => ("Behind", "flat"),
        Pace::Ahead => ("Ahead", "bad"),
        Pace::Spent => ("All spent", "bad"),
    }
}

fn why_not(going: &Going) -> Option<String> {
    match going {
        Going::So(_) | Going::NoBudget => None,
        Going::NoFigures => Some("There are no figures to hold against the budget yet".to_owned()),
        Going::NotThisMonth => {
            Some("None of its days is in the month that the figures have reached".to_owned())
        }
        Going::NotReported => Some("Spend was not reported".to_owned()),
        Going::OtherCurrency(currencies) => {
            let names: Vec<String> = currencies.iter().map(|currency| format::currency(*currency)).collect();
            let rest = if names.len() > 1 { "amounts of several are not added" } else { "the budget is not" };
            Some(format!("Not computed: spend is counted in {}, {rest}", names.join(" and ")))
        }
    }
}
