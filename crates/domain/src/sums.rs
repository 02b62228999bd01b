//! What can be added up: the figures that platforms report. Absent is not zero.

use serde::{Deserialize, Serialize};

use crate::money::{Decimal6, Micros};

/// A figure that may be added over days and entities. (Reach and frequency may not, so they are none.)
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(usize)]
#[expect(missing_docs, reason = "each is a field of Sums and explained there")]
pub enum Additive {
    Spend,
    Impressions,
    Clicks,
    LinkClicks,
    Conversions,
    Revenue,
    VideoViews,
    RecordRevenue,
    RecordOrders,
}

impl Additive {
    /// All additive figures.
    pub const ALL: [Self; 9] = [
        Self::Spend,
        Self::Impressions,
        Self::Clicks,
        Self::LinkClicks,
        Self::Conversions,
        Self::Revenue,
        Self::VideoViews,
        Self::RecordRevenue,
        Self::RecordOrders,
    ];

    /// Those that are stored, in the order in which they are.
    pub const STORED: [Self; 7] = [
        Self::Spend,
        Self::Impressions,
        Self::Clicks,
        Self::LinkClicks,
        Self::Conversions,
        Self::Revenue,
        Self::VideoViews,
    ];

    /// The column that keeps the figure, unit in the name.
    pub fn column(self) -> &'static str {
        match self {
            Self::Spend => "spend_micros",
            Self::Impressions => "impressions",
            Self::Clicks => "clicks",
            Self::LinkClicks => "link_clicks",
            Self::Conversions => "conversions_e6",
            Self::Revenue => "revenue_micros",
            Self::VideoViews => "video_views",
            // What a source of record tells is kept where advertising accounts have what platforms claim.
            Self::RecordRevenue => Self::Revenue.column(),
            Self::RecordOrders => Self::Conversions.column(),
        }
    }

    /// The stored figure that it is read from.
    pub fn stored(self) -> Self {
        match self {
            Self::RecordRevenue => Self::Revenue,
            Self::RecordOrders => Self::Conversions,
            other => other,
        }
    }

    /// Whether only sources of record tell it ([`crate::Platform::is_record`]); the others only advertising platforms do.
    pub fn is_record(self) -> bool {
        matches!(self, Self::RecordRevenue | Self::RecordOrders)
    }
}

/// Added-up figures. `None` means that no row stated the figure, which is not the same as zero.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sums {
    /// What was paid, in micros of the account's currency.
    pub spend_micros: Option<Micros>,
    /// How often ads were shown.
    pub impressions: Option<i64>,
    /// Clicks as the platform charges them (Meta: link clicks, not every click).
    pub clicks: Option<i64>,
    /// Clicks on the ad's link, where a platform tells them apart.
    pub link_clicks: Option<i64>,
    /// Conversions the platform claims, in millionths (attribution splits them).
    pub conversions_e6: Option<Decimal6>,
    /// Conversion value the platform claims, in micros of the account's currency.
    pub revenue_micros: Option<Micros>,
    /// Video views as the platform counts them.
    pub video_views: Option<i64>,
    /// Revenue that the seller's own records tell, in micros of their currency.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub record_revenue_micros: Option<Micros>,
    /// Orders that the seller's own records tell, in millionths.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub record_orders_e6: Option<Decimal6>,
}

impl Sums {
    /// Nothing stated yet.
    pub const NONE: Self = Self {
        spend_micros: None,
        impressions: None,
        clicks: None,
        link_clicks: None,
        conversions_e6: None,
        revenue_micros: None,
        video_views: None,
        record_revenue_micros: None,
        record_orders_e6: None,
    };

    /// One figure.
    pub fn get(&self, what: Additive) -> Option<i64> {
        match what {
            Additive::Spend => self.spend_micros,
            Additive::Impressions => self.impressions,
            Additive::Clicks => self.clicks,
            Additive::LinkClicks => self.link_clicks,
            Additive::Conversions => self.conversions_e6,
            Additive::Revenue => self.revenue_micros,
            Additive::VideoViews => self.video_views,
            Additive::RecordRevenue => self.record_revenue_micros,
            Additive::RecordOrders => self.record_orders_e6,
        }
    }

    /// The place of one figure.
    pub fn get_mut(&mut self, what: Additive) -> &mut Option<i64> {
        match what {
            Additive::Spend => &mut self.spend_micros,
            Additive::Impressions => &mut self.impressions,
            Additive::Clicks => &mut self.clicks,
            Additive::LinkClicks => &mut self.link_clicks,
            Additive::Conversions => &mut self.conversions_e6,
            Additive::Revenue => &mut self.revenue_micros,
            Additive::VideoViews => &mut self.video_views,
            Additive::RecordRevenue => &mut self.record_revenue_micros,
            Additive::RecordOrders => &mut self.record_orders_e6,
        }
    }

    /// Adds `other`; absent plus a figure is the figure. `None` if a sum does not fit into 64 bits.
    #[must_use]
    pub fn checked_add(mut self, other: &Self) -> Option<Self> {
        for what in Additive::ALL {
            let sum = self.get_mut(what);
            *sum = match (*sum, other.get(what)) {
                (Some(a), Some(b)) => Some(a.checked_add(b)?),
                (a, b) => a.or(b),
            };
        }
        Some(self)
    }

    /// Whether no figure was stated at all.
    pub fn is_none(&self) -> bool {
        *self == Self::NONE
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn any_sums() -> impl Strategy<Value = Sums> {
        proptest::array::uniform9(proptest::option::of(-1_000_000_000_000i64..1_000_000_000_000)).prop_map(
            |figures| {
                let mut sums = Sums::NONE;
                for (what, figure) in Additive::ALL.into_iter().zip(figures) {
                    *sums.get_mut(what) = figure;
                }
                sums
            },
        )
    }

    proptest! {
        #[test]
        fn adding_has_no_order_and_absent_is_neutral(a in any_sums(), b in any_sums(), c in any_sums()) {
            prop_assert_eq!(a.checked_add(&b), b.checked_add(&a));
            let left = a.checked_add(&b).and_then(|ab| ab.checked_add(&c));
            let right = b.checked_add(&c).and_then(|bc| a.checked_add(&bc));
            prop_assert_eq!(left, right);
            prop_assert_eq!(a.checked_add(&Sums::NONE), Some(a));
        }
    }

    #[test]
    fn absent_stays_absent_and_overflow_is_told() {
        let clicks = Sums { clicks: Some(3), ..Sums::NONE };
        let sum = clicks.checked_add(&Sums { impressions: Some(0), ..Sums::NONE }).unwrap();
        assert_eq!((sum.clicks, sum.impressions, sum.spend_micros), (Some(3), Some(0), None));
        let most = Sums { clicks: Some(i64::MAX), ..Sums::NONE };
        assert_eq!(most.checked_add(&clicks), None);
    }
}
