//! A figure as it is shown: short or in full, with its currency, or a dash with the reason.

use askama::Template;
use askama::filters::HtmlSafe;
use domain::money::ONE;
use domain::{Currency, Formula, Metric, Target, Unit, Value};
use insight::Figures;

use crate::format;

/// A figure as it is shown.
#[derive(Debug, Clone, Template)]
#[template(path = "figure.html")]
pub(super) struct Figure {
    /// The number; empty if it is not known.
    pub(super) text: String,
    /// Its currency, where the place does not name it.
    pub(super) unit: String,
    /// The number in full, or why it is not known.
    pub(super) title: String,
}

impl HtmlSafe for Figure {}

impl Figure {
    /// A metric in at most four digits, with its currency.
    pub(super) fn short(metric: Metric, value: Option<Value>, figures: &Figures) -> Self {
        let Some(value) = value else { return Self::absent(metric, figures) };
        let unit = unit(metric, figures.currency);
        let full = format::exact(metric, value, figures.currency);
        let text = format::compact(metric, value, figures.currency);
        let title = match full == text {
            true => String::new(),
            false if unit.is_empty() => full,
            false => format!("{full} {unit}"),
        };
        Self { text, unit, title }
    }

    /// A metric in full; with its currency unless the place names it.
    pub(super) fn full(metric: Metric, figures: &Figures, names_currency: bool) -> Self {
        let Some(value) = figures.value(metric) else { return Self::absent(metric, figures) };
        let unit = if names_currency { unit(metric, figures.currency) } else { String::new() };
        Self { text: format::exact(metric, value, figures.currency), unit, title: String::new() }
    }

    /// A number without a metric.
    pub(super) fn plain(text: Option<String>, unit: impl Into<String>, reason: &str) -> Self {
        match text {
            Some(text) => Self { text, unit: unit.into(), title: String::new() },
            None => Self { text: String::new(), unit: String::new(), title: reason.to_owned() },
        }
    }

    fn absent(metric: Metric, figures: &Figures) -> Self {
        let title = match metric.formula() {
            Formula::Ratio { denominator, .. } if figures.sums.get(denominator) == Some(0) => {
                "There is nothing to divide by"
            }
            Formula::Ratio { .. } => "A figure that it is made of was not reported",
            Formula::Sum(_) => "Not reported",
        };
        Self { text: String::new(), unit: String::new(), title: title.to_owned() }
    }
}

/// What stands behind a money figure.
fn unit(metric: Metric, currency: Option<Currency>) -> String {
    match (metric.unit(), currency) {
        (Unit::Money, Some(currency)) => format::currency(currency),
        _ => String::new(),
    }
}

/// A change against the compared period: its direction by an arrow, whether it is good by colour and in words.
#[derive(Debug, Clone, Template)]
#[template(path = "delta.html")]
pub(super) struct Delta {
    text: String,
    class: &'static str,
    said: &'static str,
    title: String,
}

impl HtmlSafe for Delta {}

impl Delta {
    /// The change of a metric, if there is one to tell.
    pub(super) fn of(metric: Metric, figures: &Figures) -> Option<Self> {
        let change = figures.change(metric)?;
        let before = figures.compared(metric).map(|value| format::exact(metric, value, figures.currency));
        let (class, said) = match figures.is_good(metric) {
            Some(true) => ("good", "better"),
            Some(false) => ("bad", "worse"),
            None => ("flat", ""),
        };
        let size = format::change(change);
        let is_zero = size.trim_matches(['0', '.', '%']).is_empty();
        let text = match change {
            _ if is_zero => "± 0%".to_owned(),
            up if up > 0.0 => format!("▲ {size}"),
            _ => format!("▼ {size}"),
        };
        let title = before.map(|before| format!("before: {before}")).unwrap_or_default();
        let (class, said) = if is_zero { ("flat", "") } else { (class, said) };
        Some(Self { text, class, said, title })
    }

    /// Where the value before stands beside it.
    pub(super) fn beside_before(self) -> Self {
        Self { title: String::new(), ..self }
    }

    /// A word and what it means.
    pub(super) fn word(word: &str, class: &'static str) -> Self {
        Self { text: word.to_owned(), class, said: "", title: String::new() }
    }

    /// A target held against the figures, with a sign and in words, if it is about this metric.
    pub(super) fn goal(metric: Metric, figures: &Figures, target: Option<Target>) -> Option<Self> {
        let target = target.filter(|target| target.metric() == metric)?;
        let value = figures.value(metric).map(Value::approximate);
        let (bound, text, is_same) = match target {
            Target::Cpa(micros, currency) => (
                micros as f64,
                format!("≤ {}", format::money(micros, Some(currency))),
                figures.currency == Some(currency),
            ),
            Target::Roas(ratio) => {
                let ratio = ratio as f64 / ONE as f64;
                (ratio, format!("≥ {}", format::exact(Metric::Roas, Value::Ratio(ratio), None)), true)
            }
        };
        let unit = match target {
            Target::Cpa(_, currency) if !is_same => format!(" {}", format::currency(currency)),
            _ => String::new(),
        };
        let (sign, class, said) = match value.filter(|_| is_same) {
            None => ("", "flat", "target"),
            Some(value) if (metric == Metric::Cpa) == (value > bound) && value != bound => {
                ("✗ ", "bad", "misses the target")
            }
            Some(_) => ("✓ ", "good", "meets the target"),
        };
        let title = match is_same {
            true => "The target of its plan".to_owned(),
            false => "The target is in another currency: not compared".to_owned(),
        };
        Some(Self { text: format!("{sign}{text}{unit}"), class, said, title })
    }

    /// What a metric was in the compared period, if it is not known any more.
    pub(super) fn gone(metric: Metric, figures: &Figures) -> Option<Self> {
        let before = figures.compared(metric).filter(|_| figures.value(metric).is_none())?;
        let text = format!("was {}", format::exact(metric, before, figures.currency));
        Some(Self { text, class: "flat", said: "", title: String::new() })
    }
}
