//! The form in which a plan is decided. What was typed stays as it was typed, whatever is wrong with it.

use askama::Template;
use askama::filters::HtmlSafe;
use domain::money::{ONE, decimal_text};
use domain::{Currency, Decision, Target};

use crate::WebError;
use crate::params::Params;
use crate::problem::ProblemOut;
use crate::questions::plans::decide;

/// The fields as they were typed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Typed {
    pub(super) budget: String,
    pub(super) currency: String,
    /// `cpa`, `roas` or nothing.
    pub(super) target: String,
    pub(super) target_value: String,
    pub(super) from: String,
    pub(super) to: String,
    pub(super) labels: String,
    pub(super) owner: String,
    pub(super) notes: String,
}

/// A field for which two people wanted something else.
#[derive(Debug, Clone)]
pub(super) struct Differing {
    pub(super) label: &'static str,
    pub(super) yours: String,
    pub(super) theirs: String,
    /// Whether it was left as it was read; then the form has taken the other's.
    pub(super) is_taken: bool,
}

/// The form.
#[derive(Debug, Clone, Default, Template)]
#[template(path = "plan_form.html")]
pub(super) struct PlanForm {
    pub(super) action: String,
    pub(super) hidden: Vec<(String, String)>,
    pub(super) typed: Typed,
    pub(super) submit: &'static str,
    /// What is wrong with what was typed; empty for nothing.
    pub(super) wrong: String,
    /// The name of the input that is wrong; empty for none.
    pub(super) wrong_field: &'static str,
    /// Whether it is asked for fields to set, where nothing typed leaves a field as it is.
    pub(super) is_bulk: bool,
}

impl HtmlSafe for PlanForm {}

impl Typed {
    /// Reads the fields of a form.
    pub(super) fn read(params: &mut Params) -> Result<Self, WebError> {
        let mut text = |name| Ok::<_, WebError>(params.text(name)?.unwrap_or_default());
        Ok(Self {
            budget: text("budget")?,
            currency: text("currency")?,
            target: text("target")?,
            target_value: text("target_value")?,
            from: text("from")?,
            to: text("to")?,
            labels: text("labels")?,
            owner: text("owner")?,
            notes: text("notes")?.replace("\r\n", "\n"),
        })
    }

    /// How a decision is typed; `usual` is the currency where none is set.
    pub(super) fn of(decision: &Decision, usual: Option<Currency>) -> Self {
        let usual = usual.filter(|currency| *currency != Currency::UNKNOWN);
        let amount = |micros: Option<i64>| {
            micros.map(|micros| unmistakable(decimal_text(micros, 2))).unwrap_or_default()
        };
        let (target, target_value) = match decision.target() {
            Some(Target::Cpa(micros, _)) => ("cpa", amount(Some(micros))),
            Some(Target::Roas(ratio)) => ("roas", unmistakable(decimal_text(ratio, 0))),
            None => ("", String::new()),
        };
        let day = |day: Option<jiff::civil::Date>| day.map(|day| day.to_string()).unwrap_or_default();
        Self {
            budget: amount(decision.monthly_budget_micros),
            currency: decision
                .currency
                .or(usual)
                .map(|currency| currency.code().to_owned())
                .unwrap_or_default(),
            target: target.to_owned(),
            target_value,
            from: day(decision.from),
            to: day(decision.to),
            labels: decision.labels.iter().cloned().collect::<Vec<_>>().join(", "),
            owner: decision.owner.clone().unwrap_or_default(),
            notes: decision.notes.clone().unwrap_or_default(),
        }
    }

    /// What was typed as a decision.
    ///
    /// # Errors
    /// If it is none: which input is wrong, and what would be right.
    pub(super) fn decision(&self) -> Result<Decision, WebError> {
        let target = amount("target_value", &self.target_value)?;
        let (target_cpa_micros, target_roas) = match self.target.as_str() {
            "" if target.is_some() => {
                let remedy = "choose CPA or ROAS, or leave the value empty";
                return Err(WebError::parameter(
                    "target",
                    "it is not said which target the value is",
                    remedy,
                ));
            }
            "" => (None, None),
            "cpa" | "roas" if target.is_none() => {
                let remedy = "type a value, or choose no target";
                return Err(WebError::parameter("target_value", "the target has no value", remedy));
            }
            "cpa" => (target, None),
            "roas" => (None, target),
            _ => return Err(WebError::parameter("target", "it is not known", "use cpa, roas or nothing")),
        };
        decide::checked(Decision {
            monthly_budget_micros: amount("budget", &self.budget)?,
            currency: parsed("currency", &self.currency, "use a three-letter code such as EUR")?,
            target_cpa_micros,
            target_roas,
            from: parsed("from", &self.from, "use a day such as 2026-11-22")?,
            to: parsed("to", &self.to, "use a day such as 2026-11-22")?,
            labels: self.labels.split(',').map(str::to_owned).collect(),
            owner: Some(self.owner.clone()),
            notes: Some(self.notes.clone()),
        })
    }

    /// What to type again after somebody else changed the plan from `read` to `now`: one's own changes, and theirs where one
    /// had none. With all fields in which the two wanted something else.
    pub(super) fn merged(self, read: &Self, now: &Self) -> (Self, Vec<Differing>) {
        let mut differing = Vec::new();
        let mut merge = |label: &'static str, yours: String, read: &str, now: &str| {
            if yours == now {
                return yours;
            }
            let is_taken = yours == read;
            let theirs = now.to_owned();
            differing.push(Differing { label, yours: yours.clone(), theirs: theirs.clone(), is_taken });
            if is_taken { theirs } else { yours }
        };
        let merged = Self {
            budget: merge("Monthly budget", self.budget, &read.budget, &now.budget),
            currency: merge("Currency", self.currency, &read.currency, &now.currency),
            target: merge("Target", self.target, &read.target, &now.target),
            target_value: merge("Target value", self.target_value, &read.target_value, &now.target_value),
            from: merge("From", self.from, &read.from, &now.from),
            to: merge("To", self.to, &read.to, &now.to),
            labels: merge("Labels", self.labels, &read.labels, &now.labels),
            owner: merge("Owner", self.owner, &read.owner, &now.owner),
            notes: merge("Notes", self.notes, &read.notes, &now.notes),
        };
        (merged, differing)
    }
}

impl PlanForm {
    /// The same form, saying what is wrong with what was typed.
    pub(super) fn refused(mut self, problem: &ProblemOut) -> Self {
        let remedy = problem.remedy.as_deref().unwrap_or_default();
        let detail = problem.detail.split_once("': ").map_or(problem.detail.as_str(), |(_, detail)| detail);
        self.wrong_field = input_of(problem.parameter.as_deref().unwrap_or_default());
        let label = match self.wrong_field {
            "budget" => "Monthly budget",
            "currency" => "Currency",
            "target" => "Target",
            "target_value" => "Target value",
            "from" => "From",
            "to" => "To",
            "labels" => "Labels",
            "owner" => "Owner",
            "notes" => "Notes",
            "name" => "Name",
            "account" => "Account",
            _ => problem.title.as_str(),
        };
        self.wrong = format!("{label}: {detail}. What to do: {remedy}.");
        self
    }
}

/// The input that holds a field.
fn input_of(field: &str) -> &'static str {
    let inputs = ["budget", "currency", "target", "target_value", "from", "to", "labels", "owner", "notes"];
    match field {
        "monthly_budget_micros" => "budget",
        "target_cpa_micros" | "target_roas" => "target_value",
        "label" => "label",
        "name" => "name",
        "account" => "account",
        other => inputs.into_iter().find(|input| *input == other).unwrap_or_default(),
    }
}

fn parsed<T: std::str::FromStr>(name: &str, text: &str, remedy: &str) -> Result<Option<T>, WebError> {
    if text.is_empty() {
        return Ok(None);
    }
    let value =
        text.parse().map_err(|_| WebError::parameter(name, &format!("'{text}' can't be read"), remedy))?;
    Ok(Some(value))
}

/// Three places could be thousands to a reader.
pub(super) fn unmistakable(decimal: String) -> String {
    match decimal.split_once('.') {
        Some((_, rest)) if rest.len() == 3 => format!("{decimal}0"),
        _ => decimal,
    }
}

/// An amount as people type it, in millionths; nothing if nothing was typed.
pub(super) fn amount(name: &str, text: &str) -> Result<Option<i64>, WebError> {
    if text.is_empty() {
        return Ok(None);
    }
    let wrong = |detail: String, remedy: &str| WebError::parameter(name, &detail, remedy);
    let plain: String =
        text.chars().filter(|c| !c.is_whitespace() && *c != '\u{202f}' && *c != '\'').collect();
    let (points, commas) = (plain.matches('.').count(), plain.matches(',').count());
    let has_three = plain.rsplit(['.', ',']).next().is_some_and(|rest| rest.len() == 3);
    let (decimal, group) = match (points, commas) {
        (0, 0) => ('.', ','),
        (1, 0) if !has_three => ('.', ','),
        (0, 1) if !has_three => (',', '.'),
        // The last of two different signs separates the decimals.
        (1.., 1..) if plain.rfind('.') > plain.rfind(',') => ('.', ','),
        (1.., 1..) | (2.., 0) => (',', '.'),
        (0, 2..) => ('.', ','),
        _ => {
            let (large, small) = (plain.replace([',', '.'], ""), plain.replace(',', "."));
            let detail = format!("'{text}' may mean two amounts");
            return Err(wrong(detail, &format!("write {large}.00 or {small}0")));
        }
    };
    let unreadable = || wrong(format!("'{text}' is no amount"), "use a number such as 1500 or 1500.50");
    let plain = plain.replace(group, "").replace(decimal, ".");
    let (whole, rest) = plain.split_once('.').unwrap_or((&plain, ""));
    let is_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if !is_digits(whole)
        || !is_digits(rest)
        || whole.len() + rest.len() == 0
        || rest.len() > 6
        || whole.len() > 12
    {
        return Err(unreadable());
    }
    let number = |text: &str| if text.is_empty() { Ok(0) } else { text.parse::<i64>() };
    let (whole, rest) =
        (number(whole).map_err(|_| unreadable())?, number(&format!("{rest:0<6}")).map_err(|_| unreadable())?);
    Ok(Some(whole * ONE + rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_read_as_people_type_them() {
        for (text, micros) in [
            ("1500", Some(1_500_000_000)),
            ("1500.5", Some(1_500_500_000)),
            ("1,500.50", Some(1_500_500_000)),
            ("1.500,50", Some(1_500_500_000)),
            ("1 500,50", Some(1_500_500_000)),
            ("1'234'567", Some(1_234_567_000_000)),
            ("1,234,567", Some(1_234_567_000_000)),
            ("0,5", Some(500_000)),
            (".5", Some(500_000)),
            ("", None),
        ] {
            assert_eq!(amount("budget", text).unwrap(), micros, "{text}");
        }
        for text in
            ["1,500", "-5", "5 EUR", "1e3", ".", "1.2.3,4,5", "0.0000001", "9999999999999", "=1+1", "٣"]
        {
            let told = amount("budget", text).unwrap_err().problem();
            assert_eq!(told.parameter.as_deref(), Some("budget"), "{text}");
        }
        let told = amount("budget", "1,500").unwrap_err().problem();
        assert_eq!(told.remedy.as_deref(), Some("write 1500.00 or 1.5000"));
    }

    #[test]
    fn a_form_reads_back_what_it_shows() {
        let decision = Decision {
            monthly_budget_micros: Some(1_500_500_000),
            currency: "EUR".parse().ok(),
            target_roas: Some(4_125_000),
            from: Some(jiff::civil::date(2026, 11, 1)),
            labels: ["brand".to_owned(), "core".to_owned()].into(),
            notes: Some("two\nlines".to_owned()),
            ..Decision::default()
        };
        let typed = Typed::of(&decision, None);
        assert_eq!((typed.budget.as_str(), typed.target_value.as_str()), ("1500.50", "4.1250"));
        assert_eq!(typed.decision().unwrap(), decision);
    }

    #[test]
    fn what_others_changed_is_taken_and_what_one_typed_stays() {
        let read =
            Typed { budget: "100.00".into(), owner: "Ada".into(), notes: "a".into(), ..Typed::default() };
        let now = Typed { budget: "200.00".into(), owner: "Grace".into(), ..read.clone() };
        let mine = Typed { budget: "300.00".into(), notes: "b".into(), ..read.clone() };
        let (merged, differing) = mine.merged(&read, &now);
        assert_eq!(
            (merged.budget.as_str(), merged.owner.as_str(), merged.notes.as_str()),
            ("300.00", "Grace", "b")
        );
        let told: Vec<_> = differing.iter().map(|one| (one.label, one.is_taken)).collect();
        assert_eq!(told, [("Monthly budget", false), ("Owner", true), ("Notes", false)]);
    }
}
