//! The parameters that questions share, as they are documented.

use utoipa::IntoParams;

/// Whose data, which days, compared with what, as of when. Unknown or repeated parameters are refused; empty ones count as
/// none.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "describes what questions::View reads")]
pub(super) struct ViewIn {
    /// The name of the workspace. Without one, of those that have data: the only one, else `default`, else the oldest.
    workspace: Option<String>,
    /// A named range, ending with the newest known day (today if nothing was imported): `last_7_days`, `last_14_days`,
    /// `last_30_days` (if nothing else is said), `last_90_days`, `last_365_days`, `this_month`, `last_month`,
    /// `this_quarter`, `this_year`, `all`. Not together with `from` or `to`.
    #[param(example = "last_30_days")]
    range: Option<String>,
    /// The first day. Without `to`: until the newest known day.
    #[param(value_type = Option<String>, format = Date, example = "2026-10-01")]
    from: Option<String>,
    /// The last day. Without `from`: the 30 days that end with it.
    #[param(value_type = Option<String>, format = Date, example = "2026-10-31")]
    to: Option<String>,
    /// What to compare with: `previous` (as many days right before), `last_year` (the same days) or `none`. Without it:
    /// `previous` for the overview and for one campaign, `none` elsewhere.
    #[param(example = "previous")]
    compare: Option<String>,
    /// What was believed at this time, by when the platforms were asked.
    #[param(value_type = Option<String>, format = DateTime, example = "2026-11-03T12:00:00Z")]
    as_of: Option<String>,
    /// The currency that money is converted into, at the rate of the day of each figure (`adroit rates` loads them). Without
    /// it each currency stays its own, and `left_out` has what is not in the totals. `notes` tell rates, days and sources.
    #[param(example = "EUR")]
    convert: Option<String>,
}

/// Which campaigns, in which order, which page.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "describes what questions::campaigns reads")]
pub(super) struct CampaignsIn {
    /// Which campaigns count.
    #[param(example = "platform = google_ads and roas < 1")]
    filter: Option<String>,
    /// Only campaigns whose name contains this.
    #[param(example = "brand")]
    text: Option<String>,
    /// Only campaigns of this platform.
    #[param(example = "google_ads")]
    platform: Option<String>,
    /// Only campaigns in this state.
    #[param(example = "enabled")]
    status: Option<String>,
    /// Only campaigns of this type, as the platform writes it.
    #[param(example = "Search")]
    r#type: Option<String>,
    /// Only campaigns whose plan has this label.
    #[param(example = "brand")]
    label: Option<String>,
    /// A metric or `campaign` (its name); with `-` before it from the largest. Without one: `-spend`.
    #[param(example = "-spend")]
    sort: Option<String>,
    /// Rows of a page, 1 to 500. Without it: 100.
    limit: Option<u32>,
    /// The `next` of the page before.
    after: Option<String>,
    /// `json` or `csv`; without one, what `Accept` says. As CSV all rows are sent unless `limit` says how many.
    format: Option<String>,
}

/// What to show, cut by what.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "describes what questions::analytics reads")]
pub(super) struct AnalyticsIn {
    /// Metrics, separated by commas: `spend`, `revenue`, `roas`, `conversions`, `cpa`, `clicks`, `ctr`, `impressions` (these
    /// eight if nothing is said), `cpc`, `cpm`, `cvr`, `aov`, `link_clicks`, `video_views`.
    #[param(example = "spend,roas")]
    metrics: Option<String>,
    /// At most three dimensions, separated by commas: `platform`, `account`, `currency`, `campaign`, `ad_group`, `ad`,
    /// `keyword`, `search_term`, `day`, `week`, `month`, `quarter`, `year`. Without any the answer is one row.
    #[param(example = "platform,month")]
    by: Option<String>,
    /// The level whose figures to take: `account`, `campaign`, `ad_group`, `ad`, `keyword`, `search_term`. Without one: the
    /// level that tells most.
    #[param(example = "campaign")]
    level: Option<String>,
    /// Which rows count.
    #[param(example = "platform = google_ads and roas < 1")]
    filter: Option<String>,
    /// A metric or one of the answer's dimensions; with `-` before it from the largest.
    #[param(example = "-spend")]
    sort: Option<String>,
    /// Rows of a page, 1 to 10,000. Without it: 100.
    limit: Option<u32>,
    /// The `next` of the page before.
    after: Option<String>,
    /// `json` or `csv`; without one, what `Accept` says. As CSV all rows are sent unless `limit` says how many.
    format: Option<String>,
}

/// Whose data.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "describes what questions::chosen reads")]
pub(super) struct WorkspaceIn {
    /// The name of the workspace. Without one, of those that have data: the only one, else `default`, else the oldest.
    workspace: Option<String>,
}

/// Which page of the ledger.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "describes what questions::imports reads")]
pub(super) struct ImportsIn {
    /// Only imports with a smaller number: the `next` of the page before.
    before: Option<u32>,
    /// Lines of a page, 1 to 200. Without it: 50.
    limit: Option<u32>,
}

/// Which plans.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "describes what questions::plans reads")]
pub(super) struct PlansIn {
    /// Only plans of campaigns that have this label.
    #[param(example = "brand")]
    label: Option<String>,
}

/// What to look for.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "describes what questions::search reads")]
pub(super) struct SearchIn {
    /// Part of a campaign's name, or the beginning of a page's or action's; up to 200 bytes. Without it: all pages and actions.
    #[param(example = "brand")]
    q: Option<String>,
    /// Most results, 1 to 50. Without it: 12.
    limit: Option<u32>,
}

/// Which alerts.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "describes what alerts::list reads")]
pub(super) struct AlertsIn {
    /// `firing` (if nothing else is said) or `resolved`.
    #[param(example = "firing")]
    state: Option<String>,
    /// Of those that are over: only such before this number.
    before: Option<u32>,
}

/// How far back a rule is tried.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "describes what alert_rules::preview reads")]
pub(super) struct PreviewIn {
    /// Over how many days, 1 to 365. Without it: 90.
    days: Option<i32>,
}

/// How far back a rule of the server is tried.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "describes what server_alert_rules::preview reads")]
pub(super) struct ServerPreviewIn {
    /// Over how many days, 1 to 90. Without it: 90.
    days: Option<i32>,
}

/// Which part of what is wrong, which page.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "describes what questions::utm reads")]
pub(super) struct UtmIn {
    /// Only rows with this problem: `missing`, `click_id_only`, `misspelt`, `case` or `several`.
    #[param(example = "missing")]
    problem: Option<String>,
    /// At most so many rows, 1 to 500; 50 if nothing is said.
    limit: Option<u32>,
    /// Only rows behind this cursor: the `next` of the page before.
    after: Option<String>,
}
