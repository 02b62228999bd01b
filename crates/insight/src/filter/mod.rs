//! Filters: `platform = google_ads and (campaign like '%brand%' or status = paused) and roas < 1`.
//!
//! The text is read in `read.rs`; what it can say is closed, so nothing else reaches the engine.

mod read;

use std::fmt;

use domain::{Metric, Unit};

use crate::InsightError;
use crate::answer::Figures;
use crate::query::Dimension;

/// Which rows count.
#[derive(Debug, Clone, PartialEq)]
pub enum Filter {
    /// Every row.
    All,
    /// Rows that all parts let through.
    And(Vec<Filter>),
    /// Rows that any part lets through.
    Or(Vec<Filter>),
    /// Rows that the part does not let through.
    Not(Box<Filter>),
    /// A condition on words.
    Words {
        /// What is looked at.
        field: Field,
        /// How it is compared.
        test: WordTest,
        /// With what; several only for [`WordTest::Is`].
        words: Vec<String>,
    },
    /// A condition on a metric of the finished row.
    Figure {
        /// The metric.
        metric: Metric,
        /// How it is compared.
        test: FigureTest,
        /// With what, in millionths of the unit people write: 1,500,000 is 1.50 EUR, 1.5 clicks or a ROAS of 1.5.
        bound_e6: i64,
    },
}

/// A word that belongs to a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Field {
    /// The name in a dimension that is not time.
    Dimension(Dimension),
    /// The campaign's number here.
    CampaignId,
    /// The campaign's state as last imported.
    Status,
    /// The campaign's type.
    CampaignType,
}

/// How words are compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WordTest {
    /// Is one of the words.
    Is,
    /// Matches a pattern with `%` and `_`, whatever the case.
    Like,
}

/// How figures are compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names say it")]
pub enum FigureTest {
    Less,
    LessOrEqual,
    Equal,
    NotEqual,
    GreaterOrEqual,
    Greater,
}

impl Field {
    const ALL: [Self; 11] = [
        Self::Dimension(Dimension::Platform),
        Self::Dimension(Dimension::Account),
        Self::Dimension(Dimension::Currency),
        Self::Dimension(Dimension::Campaign),
        Self::Dimension(Dimension::AdGroup),
        Self::Dimension(Dimension::Ad),
        Self::Dimension(Dimension::Keyword),
        Self::Dimension(Dimension::SearchTerm),
        Self::CampaignId,
        Self::Status,
        Self::CampaignType,
    ];

    /// The name used in filters.
    pub fn key(self) -> &'static str {
        match self {
            Self::Dimension(dimension) => dimension.key(),
            Self::CampaignId => "campaign_id",
            Self::Status => "status",
            Self::CampaignType => "campaign_type",
        }
    }
}

impl FigureTest {
    fn sign(self) -> &'static str {
        match self {
            Self::Less => "<",
            Self::LessOrEqual => "<=",
            Self::Equal => "=",
            Self::NotEqual => "<>",
            Self::GreaterOrEqual => ">=",
            Self::Greater => ">",
        }
    }
}

impl Filter {
    /// The filter that holds for rows of one campaign.
    pub fn campaign(id: u32) -> Self {
        Self::Words { field: Field::CampaignId, test: WordTest::Is, words: vec![id.to_string()] }
    }

    /// Both filters at once.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        match (self, other) {
            (Self::All, filter) | (filter, Self::All) => filter,
            (Self::And(mut parts), filter) => {
                parts.push(filter);
                Self::And(parts)
            }
            (a, b) => Self::And(vec![a, b]),
        }
    }

    /// The dimensions that its words are about.
    pub fn dimensions(&self) -> Vec<Dimension> {
        match self {
            Self::All | Self::Figure { .. } => Vec::new(),
            Self::And(parts) | Self::Or(parts) => parts.iter().flat_map(Self::dimensions).collect(),
            Self::Not(part) => part.dimensions(),
            Self::Words { field: Field::Dimension(dimension), .. } => vec![*dimension],
            Self::Words { .. } => vec![Dimension::Campaign],
        }
    }

    /// The metrics that its conditions are about.
    pub fn metrics(&self) -> Vec<Metric> {
        match self {
            Self::All | Self::Words { .. } => Vec::new(),
            Self::And(parts) | Self::Or(parts) => parts.iter().flat_map(Self::metrics).collect(),
            Self::Not(part) => part.metrics(),
            Self::Figure { metric, .. } => vec![*metric],
        }
    }

    /// The part on words, for the engine, and the part on metrics, for the finished rows.
    ///
    /// # Errors
    /// If the two can't be told apart, as in `platform = meta_ads or roas < 1`.
    pub(crate) fn split(&self) -> Result<(Self, Self), InsightError> {
        let is_mixed = |filter: &Self| !filter.metrics().is_empty() && !filter.dimensions().is_empty();
        match self {
            Self::And(parts) => parts.iter().try_fold((Self::All, Self::All), |(words, figures), part| {
                let (more_words, more_figures) = part.split()?;
                Ok((words.and(more_words), figures.and(more_figures)))
            }),
            mixed if is_mixed(mixed) => Err(InsightError::wrong(
                "filter",
                "conditions on metrics and on names can be joined by 'and' only; ask twice for an 'or'",
            )),
            figures if !figures.metrics().is_empty() => Ok((Self::All, figures.clone())),
            words => Ok((words.clone(), Self::All)),
        }
    }

    /// Whether a finished row passes the conditions on metrics. An absent value passes none of them.
    pub(crate) fn passes(&self, figures: &Figures) -> bool {
        match self {
            Self::All | Self::Words { .. } => true,
            Self::And(parts) => parts.iter().all(|part| part.passes(figures)),
            Self::Or(parts) => parts.iter().any(|part| part.passes(figures)),
            Self::Not(part) => !part.passes(figures),
            Self::Figure { metric, test, bound_e6 } => {
                let Some(value) = figures.value(*metric) else { return false };
                let bound = match metric.unit() {
                    Unit::Money | Unit::Decimal => *bound_e6 as f64,
                    Unit::Count | Unit::Percent | Unit::Multiple => *bound_e6 as f64 / 1e6,
                };
                let value = value.approximate();
                match test {
                    FigureTest::Less => value < bound,
                    FigureTest::LessOrEqual => value <= bound,
                    FigureTest::Equal => value == bound,
                    FigureTest::NotEqual => value != bound,
                    FigureTest::GreaterOrEqual => value >= bound,
                    FigureTest::Greater => value > bound,
                }
            }
        }
    }
}

/// The text that reads back as the filter; with `{:#}`, a question mark in the place of each value.
impl fmt::Display for Filter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let hides = f.alternate();
        let written = |word: &str| if hides { "?".to_owned() } else { quoted(word) };
        let joined = |f: &mut fmt::Formatter<'_>, parts: &[Self], word: &str| {
            for (n, part) in parts.iter().enumerate() {
                if n > 0 {
                    write!(f, " {word} ")?;
                }
                match part {
                    Self::And(_) | Self::Or(_) => in_brackets(f, part)?,
                    other => fmt::Display::fmt(other, f)?,
                }
            }
            Ok(())
        };
        match self {
            Self::All => Ok(()),
            Self::And(parts) => joined(f, parts, "and"),
            Self::Or(parts) => joined(f, parts, "or"),
            Self::Not(part) => {
                f.write_str("not ")?;
                in_brackets(f, part)
            }
            Self::Words { field, test: WordTest::Like, words } => {
                write!(f, "{} like {}", field.key(), written(words.first().map_or("", String::as_str)))
            }
            Self::Words { field, test: WordTest::Is, words } => match words.as_slice() {
                [word] => write!(f, "{} = {}", field.key(), written(word)),
                words => {
                    let list: Vec<_> = words.iter().map(|word| written(word)).collect();
                    write!(f, "{} in ({})", field.key(), list.join(", "))
                }
            },
            Self::Figure { metric, test, bound_e6 } => {
                let bound = match hides {
                    true => "?".to_owned(),
                    false => domain::money::decimal_text(*bound_e6, 0),
                };
                write!(f, "{} {} {bound}", metric.key(), test.sign())
            }
        }
    }
}

/// Keeps how the whole is written.
fn in_brackets(f: &mut fmt::Formatter<'_>, part: &Filter) -> fmt::Result {
    f.write_str("(")?;
    fmt::Display::fmt(part, f)?;
    f.write_str(")")
}

fn quoted(word: &str) -> String {
    format!("'{}'", word.replace('\'', "''"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn canonical(text: &str) -> String {
        text.parse::<Filter>().unwrap().to_string()
    }

    #[test]
    fn filters_are_read_and_written() {
        for (text, is) in [
            ("", ""),
            ("platform = google_ads and roas < 1", "platform = 'google_ads' and roas < 1"),
            ("(campaign LIKE '%Brand%')", "campaign like '%Brand%'"),
            (
                "campaign = 'O''Neill' or status in (paused, 'removed')",
                "campaign = 'O''Neill' or status in ('paused', 'removed')",
            ),
            ("not (spend >= 10.50) and a_d = 1", ""),
            ("ctr between 0.01 and 0.02", "ctr >= 0.01 and ctr <= 0.02"),
            ("currency = EUR and (clicks > 5 or cpa <> 3)", "currency = 'EUR' and (clicks > 5 or cpa <> 3)"),
            ("spend < -2", "spend < -2"),
            ("campaign_id = 7", "campaign_id = '7'"),
        ] {
            match text.parse::<Filter>() {
                Ok(filter) => assert_eq!(filter.to_string(), is),
                Err(error) => assert!(is.is_empty() && error.to_string().contains("a_d"), "{text}: {error}"),
            }
        }
    }

    #[test]
    fn values_can_be_left_out() {
        let text = "not (campaign like '%x%') and (status in (paused, 'Anna') or ad = 'b') and cpa > 12.5";
        let shape = format!("{:#}", text.parse::<Filter>().unwrap());
        assert_eq!(shape, "not (campaign like ?) and (status in (?, ?) or ad = ?) and cpa > ?");
    }

    #[test]
    fn what_is_wrong_is_named() {
        for (text, names) in [
            ("platform = bing", "microsoft_ads"),
            ("roas < low", "not a number"),
            ("colour = red", "'colour'"),
            ("spend like '1%'", "'spend'"),
            ("platform < google_ads", "does not compare names"),
            ("roas < 1; drop table delivery", "goes on"),
            ("campaign = (select 1)", "not a word"),
            ("exists (select 1)", "not a condition"),
            ("campaign = 'x", "can't be read"),
            ("sum(spend) > 1", "on the left"),
            ("spend > 99999999999999999", "not a number"),
            ("campaign_id = x", "number of a campaign"),
        ] {
            let error = text.parse::<Filter>().map(|filter| filter.to_string()).unwrap_err().to_string();
            assert!(error.starts_with("filter: ") && error.contains(names), "{text}: {error}");
        }
        assert!("platform = meta_ads or roas < 1".parse::<Filter>().unwrap().split().is_err());
        assert!("(".repeat(100_000).parse::<Filter>().is_err());
        assert!("(".repeat(3_000).parse::<Filter>().is_err());
    }

    #[test]
    fn the_canonical_text_reads_back_as_itself() {
        for text in
            ["platform = google_ads and roas < 1", "not (a = 1)", "campaign like 'a_%' or ad in ('x', 'y')"]
        {
            if let Ok(filter) = text.parse::<Filter>() {
                assert_eq!(filter.to_string().parse::<Filter>().unwrap(), filter);
                assert_eq!(canonical(&filter.to_string()), filter.to_string());
            }
        }
    }

    proptest! {
        #[test]
        fn no_text_panics(text in "\\PC{0,200}") {
            drop(text.parse::<Filter>());
        }

        #[test]
        fn any_name_can_be_asked_for(name in "\\PC{1,60}") {
            let filter = Filter::Words { field: Field::Dimension(Dimension::Campaign), test: WordTest::Is, words: vec![name] };
            prop_assert_eq!(filter.to_string().parse::<Filter>().unwrap(), filter);
        }
    }
}
