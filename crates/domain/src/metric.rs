//! The metric registry: each metric once, with its formula, unit, direction of good and the meaning of its total.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::UnknownWord;
use crate::money::{ONE, scale};
use crate::sums::{Additive, Sums};

/// A metric that can be asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "Metric::meaning says each in words")]
pub enum Metric {
    Spend,
    Impressions,
    Clicks,
    LinkClicks,
    Conversions,
    Revenue,
    VideoViews,
    Ctr,
    Cpc,
    Cpm,
    Cpa,
    Cvr,
    Roas,
    Aov,
    RecordRevenue,
    RecordOrders,
    BlendedRoas,
    ClaimedShare,
}

/// How a metric is computed, for one row and for a total alike: from sums, never from other ratios.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Formula {
    /// The sum of a reported figure.
    Sum(Additive),
    /// One sum divided by another, times a factor.
    Ratio {
        /// What is divided.
        numerator: Additive,
        /// What it is divided by.
        denominator: Additive,
        /// The factor: 1,000 for costs per thousand.
        times: i64,
    },
}

/// What a metric is counted in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Unit {
    /// Micros of the row's currency.
    Money,
    /// Whole things.
    Count,
    /// Things with decimals, in millionths.
    Decimal,
    /// A share; 0.0123 is read as 1.23 %.
    Percent,
    /// A multiple; 2.31 is read as 2.31x.
    Multiple,
}

/// Which way is good news.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Direction {
    /// More is better.
    Up,
    /// Less is better.
    Down,
    /// Neither: spending more is a decision, not news.
    Neutral,
}

/// A metric's value. Money and decimals stay integers; only pure shares and multiples are floats, as nothing is added to them.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Value {
    /// Micros, counts and millionths, as [`Metric::unit`] says.
    Integer(i64),
    /// Shares and multiples.
    Ratio(f64),
}

impl Value {
    /// The value as a float in the unit of storage, for ordering and for relative change only.
    pub fn approximate(self) -> f64 {
        match self {
            Self::Integer(value) => value as f64,
            Self::Ratio(value) => value,
        }
    }
}

impl Metric {
    /// All metrics, in the order in which they are offered.
    pub const ALL: [Self; 18] = [
        Self::Spend,
        Self::Revenue,
        Self::Roas,
        Self::Conversions,
        Self::Cpa,
        Self::Clicks,
        Self::Ctr,
        Self::Impressions,
        Self::Cpc,
        Self::Cpm,
        Self::Cvr,
        Self::Aov,
        Self::LinkClicks,
        Self::VideoViews,
        Self::RecordRevenue,
        Self::RecordOrders,
        Self::BlendedRoas,
        Self::ClaimedShare,
    ];

    /// Those that a campaign has: all that advertising platforms tell, in the order in which they are offered.
    pub const OF_CAMPAIGNS: [Self; 14] = [
        Self::Spend,
        Self::Revenue,
        Self::Roas,
        Self::Conversions,
        Self::Cpa,
        Self::Clicks,
        Self::Ctr,
        Self::Impressions,
        Self::Cpc,
        Self::Cpm,
        Self::Cvr,
        Self::Aov,
        Self::LinkClicks,
        Self::VideoViews,
    ];

    /// The name used in commands and addresses.
    pub fn key(self) -> &'static str {
        match self {
            Self::Spend => "spend",
            Self::Impressions => "impressions",
            Self::Clicks => "clicks",
            Self::LinkClicks => "link_clicks",
            Self::Conversions => "conversions",
            Self::Revenue => "revenue",
            Self::VideoViews => "video_views",
            Self::Ctr => "ctr",
            Self::Cpc => "cpc",
            Self::Cpm => "cpm",
            Self::Cpa => "cpa",
            Self::Cvr => "cvr",
            Self::Roas => "roas",
            Self::Aov => "aov",
            Self::RecordRevenue => "record_revenue",
            Self::RecordOrders => "record_orders",
            Self::BlendedRoas => "blended_roas",
            Self::ClaimedShare => "claimed_share",
        }
    }

    /// The name in machine-readable answers: money says its unit, for example `spend_micros`.
    pub fn field(self) -> &'static str {
        match self {
            Self::Spend => "spend_micros",
            Self::Revenue => "revenue_micros",
            Self::Cpc => "cpc_micros",
            Self::Cpm => "cpm_micros",
            Self::Cpa => "cpa_micros",
            Self::Aov => "aov_micros",
            Self::RecordRevenue => "record_revenue_micros",
            other => other.key(),
        }
    }

    /// The name a person reads.
    pub fn label(self) -> &'static str {
        match self {
            Self::Spend => "Spend",
            Self::Impressions => "Impressions",
            Self::Clicks => "Clicks",
            Self::LinkClicks => "Link clicks",
            Self::Conversions => "Conversions",
            Self::Revenue => "Revenue",
            Self::VideoViews => "Video views",
            Self::Ctr => "CTR",
            Self::Cpc => "CPC",
            Self::Cpm => "CPM",
            Self::Cpa => "CPA",
            Self::Cvr => "CVR",
            Self::Roas => "ROAS",
            Self::Aov => "AOV",
            Self::RecordRevenue => "Recorded revenue",
            Self::RecordOrders => "Recorded orders",
            Self::BlendedRoas => "Blended ROAS",
            Self::ClaimedShare => "Claimed share",
        }
    }

    /// What the metric means, in a line.
    pub fn meaning(self) -> &'static str {
        match self {
            Self::Spend => "What was paid to the platform",
            Self::Impressions => "How often ads were shown",
            Self::Clicks => "Clicks (on Meta: link clicks)",
            Self::LinkClicks => "Clicks on the ad's link, where the platform tells them apart",
            Self::Conversions => "Conversions the platform claims, counted on the day of the click",
            Self::Revenue => "Conversion value the platform claims",
            Self::VideoViews => "Video views as the platform counts them",
            Self::Ctr => "Click-through rate: clicks / impressions",
            Self::Cpc => "Cost per click: spend / clicks",
            Self::Cpm => "Cost per thousand impressions: spend / impressions x 1,000",
            Self::Cpa => "Cost per conversion: spend / conversions",
            Self::Cvr => "Conversion rate: conversions / clicks",
            Self::Roas => "Return on ad spend as platforms claim it: revenue / spend",
            Self::Aov => "Value per conversion: revenue / conversions",
            Self::RecordRevenue => "Revenue of record: what the shop, the analytics or your own books tell",
            Self::RecordOrders => "Orders of record: what the shop, the analytics or your own books tell",
            Self::BlendedRoas => "Blended return on ad spend (MER): recorded revenue / all spend",
            Self::ClaimedShare => {
                "How much of the recorded revenue platforms claim: revenue / recorded revenue"
            }
        }
    }

    /// How it is computed, for rows and totals alike.
    pub fn formula(self) -> Formula {
        use Additive as A;
        let ratio = |numerator, denominator| Formula::Ratio { numerator, denominator, times: 1 };
        match self {
            Self::Spend => Formula::Sum(A::Spend),
            Self::Impressions => Formula::Sum(A::Impressions),
            Self::Clicks => Formula::Sum(A::Clicks),
            Self::LinkClicks => Formula::Sum(A::LinkClicks),
            Self::Conversions => Formula::Sum(A::Conversions),
            Self::Revenue => Formula::Sum(A::Revenue),
            Self::VideoViews => Formula::Sum(A::VideoViews),
            Self::Ctr => ratio(A::Clicks, A::Impressions),
            Self::Cpc => ratio(A::Spend, A::Clicks),
            Self::Cpm => Formula::Ratio { numerator: A::Spend, denominator: A::Impressions, times: 1000 },
            Self::Cpa => ratio(A::Spend, A::Conversions),
            Self::Cvr => ratio(A::Conversions, A::Clicks),
            Self::Roas => ratio(A::Revenue, A::Spend),
            Self::Aov => ratio(A::Revenue, A::Conversions),
            Self::RecordRevenue => Formula::Sum(A::RecordRevenue),
            Self::RecordOrders => Formula::Sum(A::RecordOrders),
            // Known as marketing efficiency ratio, MER.
            Self::BlendedRoas => ratio(A::RecordRevenue, A::Spend),
            Self::ClaimedShare => ratio(A::Revenue, A::RecordRevenue),
        }
    }

    /// What it is counted in.
    pub fn unit(self) -> Unit {
        match self {
            Self::Spend
            | Self::Revenue
            | Self::Cpc
            | Self::Cpm
            | Self::Cpa
            | Self::Aov
            | Self::RecordRevenue => Unit::Money,
            Self::Impressions | Self::Clicks | Self::LinkClicks | Self::VideoViews => Unit::Count,
            Self::Conversions | Self::RecordOrders => Unit::Decimal,
            Self::Ctr | Self::Cvr | Self::ClaimedShare => Unit::Percent,
            Self::Roas | Self::BlendedRoas => Unit::Multiple,
        }
    }

    /// Whether it is made of what sources of record tell, which know of no campaign.
    pub fn is_record(self) -> bool {
        match self.formula() {
            Formula::Sum(what) => what.is_record(),
            Formula::Ratio { numerator, denominator, .. } => numerator.is_record() || denominator.is_record(),
        }
    }

    /// Which way is good news.
    pub fn direction(self) -> Direction {
        match self {
            Self::Spend | Self::ClaimedShare => Direction::Neutral,
            Self::Cpc | Self::Cpm | Self::Cpa => Direction::Down,
            _ => Direction::Up,
        }
    }

    /// What a total over rows means: the sum, or the ratio of the sums.
    pub fn total_means(self) -> &'static str {
        match self.formula() {
            Formula::Sum(_) => "sum",
            Formula::Ratio { .. } => "ratio of sums",
        }
    }

    /// The value for the given sums; absent if a figure it needs is absent, the divisor is zero, or it does not fit.
    pub fn of(self, sums: &Sums) -> Option<Value> {
        let (numerator, denominator, times) = match self.formula() {
            Formula::Sum(what) => return sums.get(what).map(Value::Integer),
            Formula::Ratio { numerator, denominator, times } => (numerator, denominator, times),
        };
        let (above, below) = (sums.get(numerator)?, sums.get(denominator)?);
        if below == 0 {
            return None;
        }
        let millionths = |what| if is_in_millionths(what) { 1 } else { ONE };
        let above = i128::from(above) * i128::from(millionths(numerator)) * i128::from(times);
        let below = i128::from(below) * i128::from(millionths(denominator));
        match self.unit() {
            Unit::Money => scale(above * i128::from(ONE), below).map(Value::Integer),
            _ => Some(Value::Ratio(above as f64 / below as f64)),
        }
    }
}

/// Whether a figure is stored in millionths (money and decimals) rather than in ones.
fn is_in_millionths(what: Additive) -> bool {
    use Additive::{Conversions, RecordOrders, RecordRevenue, Revenue, Spend};
    matches!(what, Spend | Revenue | Conversions | RecordRevenue | RecordOrders)
}

impl fmt::Display for Metric {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.key())
    }
}

impl FromStr for Metric {
    type Err = UnknownWord;

    fn from_str(word: &str) -> Result<Self, UnknownWord> {
        Self::ALL
            .into_iter()
            .find(|metric| metric.key() == word)
            .ok_or_else(|| UnknownWord::new("metric", word, Self::ALL.map(Self::key)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const WEEK: Sums = Sums {
        spend_micros: Some(100_000_000),
        impressions: Some(20_000),
        clicks: Some(400),
        link_clicks: None,
        conversions_e6: Some(12_500_000),
        revenue_micros: Some(250_000_000),
        video_views: Some(0),
        record_revenue_micros: Some(200_000_000),
        record_orders_e6: None,
    };

    #[test]
    fn each_metric_follows_its_formula() {
        for (metric, value) in [
            (Metric::Spend, Some(Value::Integer(100_000_000))),
            (Metric::LinkClicks, None),
            (Metric::VideoViews, Some(Value::Integer(0))),
            (Metric::Ctr, Some(Value::Ratio(0.02))),
            (Metric::Cpc, Some(Value::Integer(250_000))),
            (Metric::Cpm, Some(Value::Integer(5_000_000))),
            (Metric::Cpa, Some(Value::Integer(8_000_000))),
            (Metric::Cvr, Some(Value::Ratio(0.031_25))),
            (Metric::Roas, Some(Value::Ratio(2.5))),
            (Metric::Aov, Some(Value::Integer(20_000_000))),
            (Metric::RecordOrders, None),
            (Metric::BlendedRoas, Some(Value::Ratio(2.0))),
            (Metric::ClaimedShare, Some(Value::Ratio(1.25))),
        ] {
            assert_eq!(metric.of(&WEEK), value, "{metric}");
        }
    }

    #[test]
    fn a_ratio_without_divisor_is_absent() {
        let nothing_shown = Sums { impressions: Some(0), clicks: Some(2), ..Sums::NONE };
        assert_eq!(Metric::Ctr.of(&nothing_shown), None);
        assert_eq!(Metric::Cpc.of(&nothing_shown), None);
    }

    #[test]
    fn names_lead_back_to_their_metric() {
        for metric in Metric::ALL {
            assert_eq!(metric.key().parse(), Ok(metric));
            assert!(metric.unit() != Unit::Money || metric.field().ends_with("_micros"));
        }
    }

    proptest! {
        #[test]
        fn no_metric_panics(figures in proptest::array::uniform9(proptest::option::of(any::<i64>()))) {
            let mut sums = Sums::NONE;
            for (what, figure) in Additive::ALL.into_iter().zip(figures) {
                *sums.get_mut(what) = figure;
            }
            for metric in Metric::ALL {
                if let Some(Value::Ratio(ratio)) = metric.of(&sums) {
                    prop_assert!(ratio.is_finite());
                }
            }
        }

        #[test]
        fn a_total_of_ratios_is_the_ratio_of_sums(
            spend_a in 1i64..1_000_000_000, spend_b in 1i64..1_000_000_000,
            clicks_a in 1i64..100_000, clicks_b in 1i64..100_000,
        ) {
            let row = |spend, clicks| Sums { spend_micros: Some(spend), clicks: Some(clicks), ..Sums::NONE };
            let total = row(spend_a, clicks_a).checked_add(&row(spend_b, clicks_b)).unwrap();
            let Some(Value::Integer(cpc)) = Metric::Cpc.of(&total) else { panic!("absent") };
            let exact = (spend_a + spend_b) as f64 / (clicks_a + clicks_b) as f64;
            prop_assert!((cpc as f64 - exact).abs() <= 0.5 + 1e-6 * exact);
        }
    }
}
