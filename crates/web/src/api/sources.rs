//! `GET /api/v1/sources`: what is known of each account and level, and how much days changed after they were first told.

use axum::Json;
use domain::{Currency, ImportId, Level, Micros, Platform};
use insight::sources::{AGES, Restated, Source, SourceLevel};
use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::PeriodOut;
use super::parameters::ViewIn;
use crate::access::{May, SeeWork};
use crate::params::Params;
use crate::problem::ProblemOut;
use crate::questions::sources::Sources;
use crate::{WebError, questions};

/// What is known of each account.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct SourcesOut {
    /// As of when, if not now.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub as_of: Option<Timestamp>,
    /// The days over which restatement is told: those of the range, at least 90 and at most 400.
    pub restated_within: PeriodOut,
    /// The accounts, in the order in which they were first seen.
    pub sources: Vec<SourceOut>,
}

/// An account.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct SourceOut {
    /// Its name.
    pub account: String,
    /// Where it advertises, or what tells what was sold.
    #[schema(value_type = String, example = "google_ads")]
    pub platform: Platform,
    /// Whether it tells what was sold (revenue of record), rather than what platforms claim.
    pub is_record: bool,
    /// What its money is counted in.
    #[schema(value_type = String, example = "EUR")]
    pub currency: Currency,
    /// What is known of it, by level.
    pub levels: Vec<SourceLevelOut>,
}

/// What is known of an account at one level.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct SourceLevelOut {
    /// The level.
    #[schema(value_type = String, example = "campaign")]
    pub level: Level,
    /// From the first to the last known day.
    pub days: PeriodOut,
    /// How many of them are known.
    pub known_days: u32,
    /// The days between that are not known.
    pub gaps: Vec<PeriodOut>,
    /// When the platform was last asked.
    #[schema(value_type = String, format = DateTime)]
    pub captured_at: Timestamp,
    /// Days that were not over when the platform was asked: they will grow.
    #[schema(value_type = Vec<String>)]
    pub provisional: Vec<Date>,
    /// The imports that are believed, newest first.
    pub imports: Vec<BelievedOut>,
    /// How much of what is believed now was known at each age of a day.
    pub restated: Vec<RestatedOut>,
}

/// An import that is believed for some days.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct BelievedOut {
    /// Its number.
    pub import: ImportId,
    /// For how many days it is believed.
    pub days: u32,
    /// Totals of the file itself that differ from the sum of its rows; null if the file has none, or it is not among the newest
    /// 500 imports.
    pub differences: Option<Vec<DifferenceOut>>,
}

/// A total row of a file that differs from the sum of its rows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct DifferenceOut {
    /// What the total row calls itself.
    pub label: String,
    /// The spend of the rows minus the total's, in micros.
    pub difference_micros: Micros,
}

/// What was known of days some days after them, against what is believed of the same days now.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct RestatedOut {
    /// At most so many days after the day.
    pub after_days: i32,
    /// How many days can be compared: those that were told at that age and again later.
    pub days: u32,
    /// The share of the spend believed now that was known then; null where it can't be compared.
    pub spend: Option<f64>,
    /// The same of conversions, or orders.
    pub conversions: Option<f64>,
    /// The same of revenue.
    pub revenue: Option<f64>,
}

/// What is known of each account and level.
#[utoipa::path(get, path = "/api/v1/sources", tag = "imports", params(ViewIn), responses(
    (status = 200, description = "The accounts", body = SourcesOut),
    (status = 400, description = "A parameter is wrong", body = ProblemOut, content_type = "application/problem+json"),
    (status = 500, description = "Something failed here", body = ProblemOut, content_type = "application/problem+json"),
    (status = 503, description = "Too much is asked at once, or this takes too long; Retry-After says when to try again", body = ProblemOut, content_type = "application/problem+json"),
))]
pub(crate) async fn list(state: May<SeeWork>, params: Params) -> Result<Json<SourcesOut>, WebError> {
    let asked = questions::sources::sources(&state, params).await?;
    Ok(Json(SourcesOut {
        as_of: asked.view.as_of,
        restated_within: asked.window.into(),
        sources: asked.sources.iter().map(|source| SourceOut::of(source, &asked)).collect(),
    }))
}

impl SourceOut {
    fn of(source: &Source, asked: &Sources) -> Self {
        let account = &source.account;
        Self {
            account: account.label().to_owned(),
            platform: account.platform,
            is_record: account.platform.is_record(),
            currency: account.currency,
            levels: source.levels.iter().map(|level| SourceLevelOut::of(level, asked)).collect(),
        }
    }
}

impl SourceLevelOut {
    fn of(level: &SourceLevel, asked: &Sources) -> Self {
        let differences = |import: ImportId| {
            let totals = asked.totals(import).filter(|totals| !totals.totals.is_empty())?;
            let differing = totals.differing().map(|total| DifferenceOut {
                label: total.label.clone(),
                difference_micros: total.difference_micros.unwrap_or(0),
            });
            Some(differing.collect())
        };
        let believed = |(import, days): &(ImportId, u32)| BelievedOut {
            import: *import,
            days: *days,
            differences: differences(*import),
        };
        Self {
            level: level.level,
            days: level.days.into(),
            known_days: level.known_days,
            gaps: level.gaps.iter().copied().map(PeriodOut::from).collect(),
            captured_at: level.captured_at,
            provisional: level.provisional.clone(),
            imports: level.imports.iter().map(believed).collect(),
            restated: AGES.iter().zip(&level.restated).map(|(age, at)| RestatedOut::of(*age, at)).collect(),
        }
    }
}

impl RestatedOut {
    fn of(after_days: i32, at: &Restated) -> Self {
        Self {
            after_days,
            days: at.days,
            spend: at.spend.share(),
            conversions: at.conversions.share(),
            revenue: at.revenue.share(),
        }
    }
}
