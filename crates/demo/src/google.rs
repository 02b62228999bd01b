//! Exports of Google Ads: a preamble, figures with thousands separators, totals at the end.

use jiff::civil::{Date, DateTime};

use crate::campaign::{Campaign, End};
use crate::capture::Capture;
use crate::figures::Figures;
use crate::line::Line;
use crate::sheet::{Form, Sheet};
use crate::tags;

/// The figures' headers, in the order of [`figures`].
const FIGURES: [&str; 9] = [
    "Cost",
    "Clicks",
    "Impr.",
    "CTR",
    "Avg. CPC",
    "Conversions",
    "Conv. rate",
    "Conv. value",
    "Cost / conv.",
];

/// The kinds of report that are exported.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Report {
    Campaigns,
    /// Campaigns with what is appended to the addresses of their ads.
    TaggedCampaigns,
    AdGroups,
    Keywords,
    SearchTerms,
}

impl Report {
    fn title(self) -> &'static str {
        match self {
            Self::Campaigns | Self::TaggedCampaigns => "Campaign report",
            Self::AdGroups => "Ad group report",
            Self::Keywords => "Search keyword report",
            Self::SearchTerms => "Search terms report",
        }
    }

    /// What its total rows call its rows.
    fn plural(self) -> &'static str {
        match self {
            Self::Campaigns | Self::TaggedCampaigns => "Campaigns",
            Self::AdGroups => "Ad groups",
            Self::Keywords => "Keywords",
            Self::SearchTerms => "Search terms",
        }
    }

    /// The headers before the figures.
    fn keys(self) -> &'static [&'static str] {
        match self {
            Self::Campaigns => &[
                "Account name",
                "Campaign type",
                "Campaign status",
                "Campaign",
                "Campaign ID",
                "Budget",
                "Day",
                "Currency code",
            ],
            Self::TaggedCampaigns => &[
                "Account name",
                "Campaign type",
                "Campaign status",
                "Campaign",
                "Campaign ID",
                "Budget",
                "Final URL suffix",
                "Day",
                "Currency code",
            ],
            Self::AdGroups => &[
                "Account name",
                "Campaign type",
                "Campaign",
                "Campaign ID",
                "Ad group",
                "Ad group ID",
                "Ad group status",
                "Day",
                "Currency code",
            ],
            Self::Keywords => &[
                "Account name",
                "Keyword status",
                "Keyword",
                "Match type",
                "Campaign type",
                "Campaign",
                "Campaign ID",
                "Ad group",
                "Ad group ID",
                "Day",
                "Currency code",
            ],
            Self::SearchTerms => &[
                "Account name",
                "Search term",
                "Match type",
                "Added/Excluded",
                "Campaign type",
                "Campaign",
                "Campaign ID",
                "Ad group",
                "Ad group ID",
                "Keyword",
                "Day",
                "Currency code",
            ],
        }
    }

    pub fn begin(self, capture: &Capture, form: Form) -> anyhow::Result<Sheet> {
        let what = self.plural().to_lowercase().replace(' ', "-");
        let mut sheet = Sheet::create(capture.folder, &capture.file_name(&what), form)?;
        sheet.aside(|line| _ = line.text(self.title()))?;
        sheet.aside(|line| {
            // Quoted although a tab-separated file would not need it: that is what Google does.
            let range = format!("\"{} - {}\"", long(capture.from), long(capture.to));
            line.plain(range.as_bytes());
        })?;
        sheet.aside(|line| _ = line.plain(stated(capture.at).as_bytes()))?;
        sheet.aside(|line| {
            for header in self.keys().iter().chain(&FIGURES) {
                line.text(header);
            }
        })?;
        Ok(sheet)
    }

    /// Writes the totals: of the rows, and of the whole account, which may be more.
    pub fn end(
        self,
        sheet: &mut Sheet,
        currency: &str,
        rows: Figures,
        account: Figures,
    ) -> anyhow::Result<()> {
        for (label, sum) in [(self.plural(), rows), ("Account", account)] {
            sheet.aside(|line| {
                line.text(&format!("Total: {label}"));
                for _ in 2..self.keys().len() {
                    line.dashes();
                }
                line.text(currency);
                figures(line, &sum);
            })?;
        }
        Ok(())
    }
}

/// The cells of a campaign's row before the day.
pub(crate) fn campaign_lead(capture: &Capture, campaign: &Campaign) -> Line {
    let mut lead = Form::Csv.line();
    let status = match campaign.life.end_by(capture.to) {
        None => "Enabled",
        Some(End::Paused) => "Paused",
        Some(End::Ended) => "Ended",
    };
    lead.text(&capture.account.name).text(campaign.kind.google_type()).text(status);
    lead.text(&campaign.name).integer(campaign.id).grouped_decimal((campaign.budget * 100.0) as u64);
    lead
}

/// The same of a report with what is appended to addresses.
pub(crate) fn tagged_campaign_lead(capture: &Capture, campaign: &Campaign) -> Line {
    let mut lead = campaign_lead(capture, campaign);
    lead.text(&tags::suffix(campaign));
    lead
}

/// The cells of an ad group's row before the day.
pub(crate) fn ad_group_lead(capture: &Capture, campaign: &Campaign, ad_group: &str, id: u64) -> Line {
    let mut lead = Form::Csv.line();
    lead.text(&capture.account.name)
        .text(campaign.kind.google_type())
        .text(&campaign.name)
        .integer(campaign.id);
    lead.text(ad_group).integer(id).text("Enabled");
    lead
}

/// A row of any report: its lead, the day and the figures.
pub(crate) fn row(
    sheet: &mut Sheet,
    lead: &Line,
    day: &[u8],
    currency: &str,
    sum: &Figures,
) -> anyhow::Result<()> {
    sheet.row(|line| {
        line.cells(lead).plain(day).plain(currency.as_bytes());
        figures(line, sum);
    })
}

fn figures(line: &mut Line, sum: &Figures) {
    line.grouped_decimal(sum.cost).grouped_integer(sum.clicks).grouped_integer(sum.impressions);
    ratio(line, sum.clicks * 10_000, sum.impressions, Line::percent);
    ratio(line, sum.cost, sum.clicks, Line::grouped_decimal);
    line.grouped_decimal(sum.conversions);
    ratio(line, sum.conversions * 100, sum.clicks, Line::percent);
    line.grouped_decimal(sum.value);
    ratio(line, sum.cost * 100, sum.conversions, Line::grouped_decimal);
}

/// A rounded ratio in hundredths, or Google's dashes where there is none.
fn ratio(line: &mut Line, above: u64, below: u64, cell: fn(&mut Line, u64) -> &mut Line) {
    match below {
        0 => line.dashes(),
        _ => cell(line, (above + below / 2) / below),
    };
}

/// `November 22, 2026`
fn long(day: Date) -> String {
    day.strftime("%B %-d, %Y").to_string()
}

/// `Report data as of November 22, 2026 6:12 AM`
fn stated(at: DateTime) -> String {
    format!("Report data as of {}", at.strftime("%B %-d, %Y %-I:%M %p"))
}
