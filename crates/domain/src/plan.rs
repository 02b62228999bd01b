//! What a team decides about a campaign or a group of them: budget, target, days, labels, owner, notes.

use std::collections::BTreeSet;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::money::ONE;
use crate::{Currency, Metric, Micros, Platform};

/// Most labels of one plan.
pub const MOST_LABELS: usize = 20;
/// Longest label, in characters.
pub const LONGEST_LABEL: usize = 40;
/// Longest owner, and longest name of a planned campaign or its account, in characters.
pub const LONGEST_NAME: usize = 200;
/// Longest notes, in characters.
pub const LONGEST_NOTES: usize = 4_000;
/// Largest amount: a trillion of the main unit, far from where sums of amounts would not fit.
const LARGEST: Micros = 1_000_000_000_000 * ONE;

/// What a plan is about. There is at most one plan for each.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PlanAbout {
    /// A campaign, by its number here.
    Campaign(u32),
    /// All campaigns whose own plan has this label.
    Label(String),
    /// A campaign that does not exist on a platform yet.
    Planned(PlannedCampaign),
}

/// A campaign that does not exist on a platform yet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PlannedCampaign {
    /// Where it will run.
    pub platform: Platform,
    /// In which account, if that is settled.
    #[serde(default)]
    pub account: Option<String>,
    /// What it will be called there.
    pub name: String,
}

/// What was decided. Absent is undecided.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Decision {
    /// What may be spent in a calendar month.
    pub monthly_budget_micros: Option<Micros>,
    /// What budget and target CPA are counted in.
    pub currency: Option<Currency>,
    /// What a conversion may cost. Not together with `target_roas`.
    pub target_cpa_micros: Option<Micros>,
    /// What each unit of spend shall bring back: 4.0 is four times. Not together with `target_cpa_micros`.
    #[serde(with = "ratio")]
    pub target_roas: Option<Ratio6>,
    /// The first day it is meant to run.
    pub from: Option<Date>,
    /// The last day it is meant to run.
    pub to: Option<Date>,
    /// Words to group campaigns by.
    pub labels: BTreeSet<String>,
    /// Who looks after it.
    pub owner: Option<String>,
    /// Whatever else was said.
    pub notes: Option<String>,
}

/// A ratio in millionths: 4,000,000 is 4.0.
pub type Ratio6 = i64;

/// What a campaign is to reach: exactly one kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Target {
    /// A conversion costs at most this, in this currency.
    Cpa(Micros, Currency),
    /// Spend brings back at least so many times itself.
    Roas(Ratio6),
}

/// Why something can't be decided like this.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{field}: {detail}; {remedy}")]
pub struct NotADecision {
    /// Which field, as it is written in JSON.
    pub field: &'static str,
    /// What is wrong with it.
    pub detail: String,
    /// What would be right.
    pub remedy: &'static str,
}

fn wrong(field: &'static str, detail: impl Into<String>, remedy: &'static str) -> NotADecision {
    NotADecision { field, detail: detail.into(), remedy }
}

impl Target {
    /// The metric that it is about.
    pub fn metric(self) -> Metric {
        match self {
            Self::Cpa(..) => Metric::Cpa,
            Self::Roas(_) => Metric::Roas,
        }
    }
}

impl Decision {
    /// The target, if one is set.
    pub fn target(&self) -> Option<Target> {
        match (self.target_cpa_micros, self.currency, self.target_roas) {
            (Some(micros), Some(currency), _) => Some(Target::Cpa(micros, currency)),
            (None, _, Some(ratio)) => Some(Target::Roas(ratio)),
            _ => None,
        }
    }

    /// The monthly budget, if one is set.
    pub fn budget(&self) -> Option<(Micros, Currency)> {
        self.monthly_budget_micros.zip(self.currency)
    }

    /// The same in its one form: texts trimmed, empty ones absent, no currency without an amount.
    #[must_use]
    pub fn tidy(mut self) -> Self {
        let spaced = |text: String| text.split_whitespace().collect::<Vec<_>>().join(" ");
        self.labels = self.labels.into_iter().map(spaced).filter(|label| !label.is_empty()).collect();
        self.owner = self.owner.map(spaced).filter(|owner| !owner.is_empty());
        self.notes = self.notes.map(|notes| notes.replace("\r\n", "\n").trim().to_owned());
        self.notes = self.notes.filter(|notes| !notes.is_empty());
        if self.monthly_budget_micros.is_none() && self.target_cpa_micros.is_none() {
            self.currency = None;
        }
        self
    }

    /// Whether it can be decided like this.
    ///
    /// # Errors
    /// If not: which field is wrong, and what would be right.
    pub fn check(&self) -> Result<(), NotADecision> {
        let amounts = [
            ("monthly_budget_micros", self.monthly_budget_micros, "use more than 0, or nothing at all"),
            ("target_cpa_micros", self.target_cpa_micros, "use more than 0, or nothing at all"),
            ("target_roas", self.target_roas, "use more than 0, such as 4 for four times the spend"),
        ];
        for (field, amount, remedy) in amounts {
            if amount.is_some_and(|amount| !(1..=LARGEST).contains(&amount)) {
                return Err(wrong(field, "it is out of range", remedy));
            }
        }
        if self.target_cpa_micros.is_some() && self.target_roas.is_some() {
            let remedy = "set one of the two and leave the other empty";
            return Err(wrong("target_roas", "there can be one target, a CPA or a ROAS", remedy));
        }
        let has_amount = self.monthly_budget_micros.is_some() || self.target_cpa_micros.is_some();
        if has_amount && self.currency.is_none_or(|currency| currency == Currency::UNKNOWN) {
            let remedy = "use a three-letter code such as EUR";
            return Err(wrong("currency", "an amount needs one", remedy));
        }
        if let (Some(from), Some(to)) = (self.from, self.to)
            && from > to
        {
            return Err(wrong("to", format!("it ends before it begins on {from}"), "use a later day"));
        }
        let years = |day: Option<Date>| day.is_none_or(|day| (1990..=2190).contains(&day.year()));
        for (field, day) in [("from", self.from), ("to", self.to)] {
            if !years(day) {
                return Err(wrong(field, "it is out of range", "use a day between 1990 and 2190"));
            }
        }
        if self.labels.len() > MOST_LABELS {
            return Err(wrong("labels", "there are too many", "use at most 20"));
        }
        self.labels.iter().try_for_each(|label| check_label(label))?;
        if let Some(owner) = &self.owner {
            check_name("owner", owner)?;
        }
        let is_odd = |letter: char| letter.is_control() && letter != '\n' && letter != '\t';
        match &self.notes {
            Some(notes) if notes.chars().count() > LONGEST_NOTES => {
                Err(wrong("notes", "they are too long", "use at most 4,000 letters"))
            }
            Some(notes) if notes.contains(is_odd) => {
                Err(wrong("notes", "they hold a control character", "leave it out"))
            }
            _ => Ok(()),
        }
    }
}

impl PlanAbout {
    /// The same in its one form: names trimmed.
    #[must_use]
    pub fn tidy(self) -> Self {
        let spaced = |text: String| text.split_whitespace().collect::<Vec<_>>().join(" ");
        match self {
            Self::Campaign(id) => Self::Campaign(id),
            Self::Label(label) => Self::Label(spaced(label)),
            Self::Planned(planned) => Self::Planned(PlannedCampaign {
                account: planned.account.map(spaced).filter(|account| !account.is_empty()),
                name: spaced(planned.name),
                ..planned
            }),
        }
    }

    /// Whether there can be a plan about this.
    ///
    /// # Errors
    /// If not: which field is wrong, and what would be right.
    pub fn check(&self) -> Result<(), NotADecision> {
        match self {
            Self::Campaign(0) => {
                Err(wrong("campaign", "0 stands for what no campaign tells", "use a campaign's number"))
            }
            Self::Campaign(_) => Ok(()),
            Self::Label(label) => {
                check_label(label).map_err(|error| NotADecision { field: "label", ..error })
            }
            Self::Planned(planned) => {
                check_name("name", &planned.name)?;
                planned.account.as_deref().map_or(Ok(()), |account| check_name("account", account))
            }
        }
    }

    /// What two plans about the same thing have in common.
    pub fn key(&self) -> String {
        match self {
            Self::Campaign(id) => format!("campaign {id}"),
            Self::Label(label) => format!("label {label}"),
            Self::Planned(PlannedCampaign { platform, account, name }) => {
                // A line break stands in no name, so that parts can't run into each other.
                format!("planned {}\n{}\n{name}", platform.key(), account.as_deref().unwrap_or_default())
            }
        }
    }
}

fn check_label(label: &str) -> Result<(), NotADecision> {
    let remedy = "use 1 to 40 letters without a comma";
    let length = label.chars().count();
    if length == 0 || length > LONGEST_LABEL || label.contains(|c: char| c == ',' || c.is_control()) {
        return Err(wrong("labels", format!("'{label}' can't be a label"), remedy));
    }
    Ok(())
}

fn check_name(field: &'static str, name: &str) -> Result<(), NotADecision> {
    let length = name.chars().count();
    if length == 0 || length > LONGEST_NAME || name.contains(char::is_control) {
        return Err(wrong(
            field,
            "it is empty, too long or holds a control character",
            "use 1 to 200 letters",
        ));
    }
    Ok(())
}

/// A ratio crosses the wire as people write it: 4.5.
mod ratio {
    use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

    use super::Ratio6;
    use crate::money::ONE;

    pub fn serialize<S: Serializer>(ratio: &Option<Ratio6>, to: S) -> Result<S::Ok, S::Error> {
        ratio.map(|ratio| ratio as f64 / ONE as f64).serialize(to)
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Ratio6>, D::Error> {
        let Some(ratio) = Option::<f64>::deserialize(from)? else { return Ok(None) };
        let millionths = (ratio * ONE as f64).round();
        match millionths.abs() < 1e18 {
            true => Ok(Some(millionths as i64)),
            false => Err(de::Error::custom("out of range")),
        }
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    fn eur() -> Option<Currency> {
        "EUR".parse().ok()
    }

    fn labels(names: &[&str]) -> BTreeSet<String> {
        names.iter().map(|name| (*name).to_owned()).collect()
    }

    #[test]
    fn what_is_wrong_is_named() {
        let budget =
            |micros| Decision { monthly_budget_micros: Some(micros), currency: eur(), ..Decision::default() };
        for (field, decision) in [
            ("monthly_budget_micros", budget(0)),
            ("monthly_budget_micros", budget(-ONE)),
            ("monthly_budget_micros", budget(i64::MAX)),
            ("currency", Decision { currency: None, ..budget(ONE) }),
            ("currency", Decision { currency: Some(Currency::UNKNOWN), ..budget(ONE) }),
            ("target_roas", Decision { target_roas: Some(-1), ..Decision::default() }),
            ("target_roas", Decision { target_cpa_micros: Some(ONE), target_roas: Some(ONE), ..budget(ONE) }),
            (
                "to",
                Decision { from: Some(date(2026, 2, 2)), to: Some(date(2026, 2, 1)), ..Decision::default() },
            ),
            ("from", Decision { from: Some(date(1000, 1, 1)), ..Decision::default() }),
            ("labels", Decision { labels: labels(&["a,b"]), ..Decision::default() }),
            ("labels", Decision { labels: labels(&[&"x".repeat(41)]), ..Decision::default() }),
            ("owner", Decision { owner: Some("a\u{7}".to_owned()), ..Decision::default() }),
            ("notes", Decision { notes: Some("n".repeat(4_001)), ..Decision::default() }),
        ] {
            assert_eq!(decision.check().unwrap_err().field, field, "{decision:?}");
        }
        assert_eq!(budget(ONE).check(), Ok(()));
        assert_eq!(Decision::default().check(), Ok(()));
    }

    #[test]
    fn texts_have_one_form() {
        let decision = Decision {
            currency: eur(),
            labels: labels(&["  brand   core ", "brand core", " "]),
            owner: Some(" ".to_owned()),
            notes: Some(" two\r\nlines ".to_owned()),
            ..Decision::default()
        };
        let tidy = Decision {
            labels: labels(&["brand core"]),
            notes: Some("two\nlines".to_owned()),
            ..Decision::default()
        };
        assert_eq!(decision.tidy(), tidy);
    }

    #[test]
    fn plans_about_different_things_have_different_keys() {
        let planned = |account: Option<&str>, name: &str| {
            PlanAbout::Planned(PlannedCampaign {
                platform: Platform::GoogleAds,
                account: account.map(str::to_owned),
                name: name.to_owned(),
            })
        };
        let keys = [
            PlanAbout::Campaign(7).key(),
            PlanAbout::Label("7".to_owned()).key(),
            planned(None, "7").key(),
            planned(Some("7"), "7").key(),
        ];
        for (n, key) in keys.iter().enumerate() {
            assert!(!keys[..n].contains(key), "{key}");
        }
        assert!(planned(None, "a\nb").check().is_err());
        assert!(PlanAbout::Campaign(0).check().is_err());
    }
}
