//! What is asked: the path, the queries that the same answer is made of, and the scan that gives the same figures.

use anyhow::Context;
use domain::{Comparison, Grain, Level, Metric, Period, Platform};
use insight::overview::{CAMPAIGN_METRICS, TILES};
use insight::{Dimension, Filter, Query, Sort};
use store::facts::currency_number;

use crate::by_hand::{self, Found};
use crate::columns::Columns;
use crate::server::Server;

type Scan = Box<dyn Fn(&Columns) -> Found + Send + Sync>;

/// A question in three forms.
pub(crate) struct Question {
    pub what: &'static str,
    pub path: String,
    /// What the engine is asked for it.
    pub queries: Vec<Query>,
    pub by_hand: Option<Scan>,
    pub target: &'static str,
}

impl Question {
    fn new(what: &'static str, path: impl Into<String>) -> Self {
        Self { what, path: path.into(), queries: Vec::new(), by_hand: None, target: "" }
    }
}

/// Six metrics, a filter, a year.
const ANALYTICS: &str =
    "metrics=spend,revenue,roas,conversions,cpa,ctr&range=last_365_days&filter=platform%20%3D%20google_ads";
const METRICS: [Metric; 6] =
    [Metric::Spend, Metric::Revenue, Metric::Roas, Metric::Conversions, Metric::Cpa, Metric::Ctr];

/// Everything that is asked, in order.
pub(crate) fn all(server: &Server) -> anyhow::Result<Vec<Question>> {
    let newest =
        server.insight.newest_day(&server.asker().bound)?.context("the benchmark workspace is empty")?;
    let (month, year) = (Period::ending(newest, 30), Period::ending(newest, 365));
    let past = month.compared(Comparison::Previous);
    let lead = currency_number(server.workspace.currency.unwrap_or(domain::Currency::UNKNOWN));
    let campaign = largest_campaign(server, month)?;

    let over = |metrics: &[Metric], by: &[Dimension]| Query {
        compare: Some(Comparison::Previous),
        ..Query::new(month, metrics).by(by)
    };
    let analytics = |by: [Dimension; 2]| -> anyhow::Result<Query> {
        Ok(Query { filter: "platform = google_ads".parse()?, ..Query::new(year, METRICS).by(by) })
    };
    Ok(vec![
        Question::new("an empty answer", "/livez"),
        Question {
            queries: vec![
                over(&TILES, &[Dimension::Time(Grain::Day), Dimension::Platform]),
                over(&CAMPAIGN_METRICS, &[Dimension::Campaign]),
            ],
            by_hand: Some(Box::new(move |columns| by_hand::overview(columns, month, past, lead))),
            target: "12",
            ..Question::new("overview, 30 days and the 30 before", "/api/v1/overview")
        },
        Question {
            queries: vec![Query {
                sort: Some(Sort::descending(Metric::Spend)),
                ..Query::new(month, Metric::ALL).by([Dimension::Campaign])
            }],
            by_hand: Some(Box::new(move |columns| by_hand::campaigns(columns, month))),
            target: "12",
            ..Question::new("campaign list, 30 days, 100 of all", "/api/v1/campaigns")
        },
        Question {
            queries: campaign_queries(server, campaign, month)?,
            target: "12",
            ..Question::new("campaign, 30 days and the 30 before", format!("/api/v1/campaigns/{campaign}"))
        },
        Question {
            queries: vec![analytics([Dimension::Campaign, Dimension::Time(Grain::Month)])?],
            by_hand: Some(Box::new(move |columns| {
                by_hand::campaigns_by(columns, year, Grain::Month, Platform::GoogleAds)
            })),
            target: "100",
            ..Question::new(
                "analytics, 365 days, campaign and month",
                format!("/api/v1/analytics?by=campaign,month&{ANALYTICS}"),
            )
        },
        Question {
            queries: vec![analytics([Dimension::Platform, Dimension::Time(Grain::Week)])?],
            by_hand: Some(Box::new(move |columns| {
                by_hand::platforms_by(columns, year, Grain::Week, Platform::GoogleAds)
            })),
            target: "100",
            ..Question::new(
                "analytics, 365 days, platform and week",
                format!("/api/v1/analytics?by=platform,week&{ANALYTICS}"),
            )
        },
        Question::new("page: overview", "/"),
        Question::new("page: campaign list", "/campaigns"),
        Question::new("page: campaign", format!("/campaigns/{campaign}")),
        Question::new("page: analytics", format!("/analytics?by=campaign,month&{ANALYTICS}")),
    ])
}

fn largest_campaign(server: &Server, period: Period) -> anyhow::Result<u32> {
    let overview = server.insight.overview(&server.asker(), period, Comparison::Previous, None)?;
    let largest = overview.top_campaigns.first().context("no campaign delivered in the last 30 days")?;
    Ok(largest.about.id)
}

/// What a campaign's page is made of: its days, and each level below it that its account reports.
fn campaign_queries(server: &Server, campaign: u32, period: Period) -> anyhow::Result<Vec<Query>> {
    let known = server.insight.known(&server.asker().bound, None)?;
    let account: u32 = server.ledger.facts().read(|connection| {
        let sql = "SELECT account FROM entity WHERE workspace = ? AND entity = ?";
        connection
            .query_row(sql, [server.workspace.id, campaign], |row| row.get(0))
            .map_err(anyhow::Error::from)
    })?;
    let of = |dimension| Query {
        filter: Filter::campaign(campaign),
        compare: Some(Comparison::Previous),
        ..Query::new(period, Metric::ALL).by([dimension])
    };
    let below = [
        (Level::AdGroup, Dimension::AdGroup),
        (Level::Ad, Dimension::Ad),
        (Level::Keyword, Dimension::Keyword),
        (Level::SearchTerm, Dimension::SearchTerm),
    ];
    let is_known = |level| known.scopes.iter().any(|scope| scope.account == account && scope.level == level);
    let mut queries = vec![of(Dimension::Time(Grain::Day))];
    queries
        .extend(below.into_iter().filter(|(level, _)| is_known(*level)).map(|(_, dimension)| of(dimension)));
    Ok(queries)
}
