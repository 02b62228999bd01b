//! Exports of Meta's Ads Manager: no preamble, plain figures, blanks for nothing, no ids.

use crate::campaign::Campaign;
use crate::capture::Capture;
use crate::figures::Figures;
use crate::line::Line;
use crate::name::Kind;
use crate::sheet::{Form, Sheet};

const ATTRIBUTION: &[u8] = b"7-day click or 1-day view";

/// How deep a report goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Report {
    Campaigns,
    AdSets,
    Ads,
}

impl Report {
    fn names(self) -> &'static [&'static str] {
        match self {
            Self::Campaigns => &["Account name", "Campaign name"],
            Self::AdSets => &["Account name", "Campaign name", "Ad set name"],
            Self::Ads => {
                &["Account name", "Campaign name", "Ad set name", "Ad name", "Website URL", "URL parameters"]
            }
        }
    }

    fn level(self) -> &'static str {
        match self {
            Self::Campaigns => "campaign",
            Self::AdSets => "adset",
            Self::Ads => "ad",
        }
    }

    pub fn begin(self, capture: &Capture) -> anyhow::Result<Sheet> {
        let what = format!("{}s", self.level());
        let mut sheet = Sheet::create(capture.folder, &capture.file_name(&what), Form::Csv)?;
        let spent = format!("Amount spent ({})", capture.account.currency);
        let figures = [
            "Day",
            "Delivery status",
            "Delivery level",
            "Result type",
            "Results",
            "Cost per result",
            &spent,
            "Impressions",
            "Reach",
            "Attribution setting",
            "Purchases",
            "Purchases conversion value",
            "Link clicks",
            "Reporting starts",
            "Reporting ends",
        ];
        sheet.aside(|line| {
            for header in self.names().iter().chain(&figures) {
                line.text(header);
            }
        })?;
        Ok(sheet)
    }
}

/// The cells of a row that are the same on all its days.
pub(crate) struct Lead {
    /// Before the day.
    names: Line,
    /// After the day.
    delivery: Line,
    result: Outcome,
    /// Times that a person saw it, in hundredths.
    frequency: u64,
}

#[derive(Debug, Clone, Copy)]
enum Outcome {
    Purchases,
    LinkClicks,
}

impl Lead {
    /// Of a campaign, or of what `within` names in it: an ad set; or an ad set, an ad, where it leads and what is appended to that.
    pub fn new(report: Report, capture: &Capture, campaign: &Campaign, within: &[&str]) -> Self {
        let mut names = Form::Csv.line();
        names.text(&capture.account.name).text(&campaign.name);
        for name in within {
            names.text(name);
        }
        let status = if campaign.life.end_by(capture.to).is_none() { "active" } else { "inactive" };
        let result = match campaign.kind {
            Kind::Awareness => Outcome::LinkClicks,
            _ => Outcome::Purchases,
        };
        let mut delivery = Form::Csv.line();
        delivery.text(status).text(report.level()).text(match result {
            Outcome::Purchases => "Website purchases",
            Outcome::LinkClicks => "Link clicks",
        });
        Self { names, delivery, result, frequency: 108 + campaign.id % 60 }
    }
}

/// One row.
pub(crate) fn row(sheet: &mut Sheet, lead: &Lead, day: &[u8], sum: &Figures) -> anyhow::Result<()> {
    let purchases = sum.conversions / 100;
    let results = match lead.result {
        Outcome::Purchases => purchases,
        Outcome::LinkClicks => sum.clicks,
    };
    sheet.row(|line| {
        line.cells(&lead.names).plain(day).cells(&lead.delivery);
        counted(line, results);
        match results {
            0 => line.empty(),
            _ => line.decimal((sum.cost + results / 2) / results),
        };
        let reach = (sum.impressions * 100 / lead.frequency).max(1);
        line.decimal(sum.cost).integer(sum.impressions).integer(reach).plain(ATTRIBUTION);
        counted(line, purchases);
        match purchases {
            0 => line.empty(),
            _ => line.decimal(sum.value),
        };
        counted(line, sum.clicks);
        line.plain(day).plain(day);
    })
}

/// A count, blank where it is nothing.
fn counted(line: &mut Line, number: u64) {
    match number {
        0 => line.empty(),
        _ => line.integer(number),
    };
}
