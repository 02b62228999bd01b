//! `GET` and `POST /api/v1/shared-links`, `DELETE /api/v1/shared-links/{id}`: links by which anybody may see a view.

use axum::Json;
use axum::body::Bytes;
use axum::extract::Path;
use axum::http::StatusCode;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use store::catalog::SharedLink;
use utoipa::ToSchema;

use super::alerts::sent;
use super::parameters::WorkspaceIn;
use crate::WebError;
use crate::access::{May, ShareViews};
use crate::pages::shared_links::fixed;
use crate::params::Params;
use crate::problem::ProblemOut;
use crate::questions::chosen;
use crate::questions::plans::changed_in;
use crate::range::Preset;
use crate::sharing::{Days, USUAL_DAYS, Wanted, links, make, number, revoke as ended, standing};

/// Links at a time, if nothing else is said, and at most.
const USUAL: u32 = 50;
const MOST: u32 = 500;

/// Shared links.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SharedLinksOut {
    /// The links, newest first, those that count no more among them.
    pub shared_links: Vec<SharedLinkOut>,
    /// Give this as `before` for older ones, if there are any.
    pub next_before: Option<u32>,
}

/// A shared link.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SharedLinkOut {
    /// Its number.
    pub id: u32,
    /// What the team calls it. Readers are not shown it.
    pub name: String,
    /// How the secret in it begins.
    #[schema(example = "adh_k3Jx9a")]
    pub shown: String,
    /// Path and parameters of the page that it shows.
    #[schema(example = "/campaigns?range=last_7_days&sort=-roas")]
    pub address: String,
    /// `counts`, `expired` or `revoked`.
    #[schema(example = "counts")]
    pub state: String,
    /// Whether it asks for a password.
    pub has_password: bool,
    /// The sites that may show it in a frame.
    #[schema(example = json!(["https://www.example.com"]))]
    pub origins: Vec<String>,
    /// Who made it, such as `person 3`.
    pub made_by: String,
    /// When it was made.
    #[schema(value_type = String, format = DateTime)]
    pub made_at: Timestamp,
    /// Until when it counts.
    #[schema(value_type = String, format = DateTime)]
    pub expires_at: Timestamp,
    /// When it was revoked.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub revoked_at: Option<Timestamp>,
    /// How often its page was loaded from this server.
    pub opens: u64,
    /// When that last was.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub opened_at: Option<Timestamp>,
    /// The link itself, or its path where the server was not told its address: shown this once.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
}

/// A link that is to be made.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SharedLinkIn {
    /// 1 to 60 letters, for the team.
    pub name: String,
    /// Path and parameters of the page: `/`, `/campaigns`, `/campaigns/{id}` or `/analytics`.
    #[schema(example = "/campaigns?filter=roas+%3C+1&sort=-spend")]
    pub address: String,
    /// A named range that goes on with what is known. Without it, `from` and `to`: the days of the address.
    #[serde(default)]
    #[schema(example = "last_30_days")]
    pub range: Option<String>,
    /// The first day, where the days are to stay as they are.
    #[serde(default)]
    #[schema(format = Date)]
    pub from: Option<String>,
    /// The last day.
    #[serde(default)]
    #[schema(format = Date)]
    pub to: Option<String>,
    /// After how many days it expires, 1 to 365. Without it: 30.
    #[serde(default = "usual_days")]
    pub expires_in_days: u32,
    /// A password that readers are asked for, 12 to 128 letters.
    #[serde(default)]
    pub password: Option<String>,
    /// Sites that may show it in a frame: at most 10 origins with `https`.
    #[serde(default)]
    pub origins: Vec<String>,
}

/// Which links.
#[derive(utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "describes what shared_links::list reads")]
pub(crate) struct SharedLinksIn {
    /// Only links before this number.
    before: Option<u32>,
    /// So many at most, 1 to 500. Without it: 50.
    limit: Option<u32>,
}

fn usual_days() -> u32 {
    USUAL_DAYS
}

impl SharedLinkOut {
    fn of(link: SharedLink, url: Option<String>) -> Self {
        let state = standing(&link, Timestamp::now()).key().to_owned();
        Self {
            id: link.id,
            name: link.name,
            shown: link.shown,
            address: link.address,
            state,
            has_password: link.password.is_some(),
            origins: link.origins,
            made_by: link.made_by,
            made_at: link.made_at,
            expires_at: link.expires_at,
            revoked_at: link.revoked_at,
            opens: link.opens,
            opened_at: link.opened_at,
            url,
        }
    }
}

/// The shared links of a workspace.
#[utoipa::path(get, path = "/api/v1/shared-links", tag = "sharing", params(WorkspaceIn, SharedLinksIn), responses(
    (status = 200, description = "The links, newest first", body = SharedLinksOut),
    (status = 400, description = "A parameter is wrong", body = ProblemOut, content_type = "application/problem+json"),
    (status = 401, description = "Nobody signed in", body = ProblemOut, content_type = "application/problem+json"),
    (status = 403, description = "The role does not allow it", body = ProblemOut, content_type = "application/problem+json"),
    (status = 500, description = "Something failed here", body = ProblemOut, content_type = "application/problem+json"),
))]
pub(crate) async fn list(
    state: May<ShareViews>,
    mut params: Params,
) -> Result<Json<SharedLinksOut>, WebError> {
    let workspace = chosen(&state, &mut params).await?;
    let before = params.parsed_as("before", "use the number of a link")?;
    let limit: Option<u32> = params.parsed_as("limit", "use 1 to 500")?;
    params.done()?;
    let limit = limit.unwrap_or(USUAL);
    if !(1..=MOST).contains(&limit) {
        return Err(WebError::parameter("limit", "that is no number of links", "use 1 to 500"));
    }
    let (links, next_before) = links(&state, &workspace, before, limit).await?;
    let shared_links = links.into_iter().map(|link| SharedLinkOut::of(link, None)).collect();
    Ok(Json(SharedLinksOut { shared_links, next_before }))
}

/// Makes a link to a view. Whoever has it sees that view without signing in.
#[utoipa::path(post, path = "/api/v1/shared-links", tag = "sharing", params(WorkspaceIn), request_body = SharedLinkIn, responses(
    (status = 201, description = "Made; the link itself is shown this once", body = SharedLinkOut),
    (status = 400, description = "A field is wrong", body = ProblemOut, content_type = "application/problem+json"),
    (status = 401, description = "Nobody signed in", body = ProblemOut, content_type = "application/problem+json"),
    (status = 403, description = "The role does not allow it", body = ProblemOut, content_type = "application/problem+json"),
    (status = 409, description = "There are too many", body = ProblemOut, content_type = "application/problem+json"),
    (status = 500, description = "Something failed here", body = ProblemOut, content_type = "application/problem+json"),
))]
pub(crate) async fn create(
    state: May<ShareViews>,
    mut params: Params,
    body: Bytes,
) -> Result<(StatusCode, Json<SharedLinkOut>), WebError> {
    let workspace = changed_in(&state, &mut params).await?;
    params.done()?;
    let SharedLinkIn { name, address, range, from, to, expires_in_days, password, origins } = sent(&body)?;
    let days = match (range, from, to) {
        (None, None, None) => Days::AsAddressed,
        (Some(range), None, None) => Days::Rolling(range.parse::<Preset>().map_err(|error| {
            WebError::parameter("range", &format!("'{range}' can't be read"), &error.to_string())
        })?),
        (None, from, to) => Days::Fixed(fixed(from.as_deref(), to.as_deref())?),
        (Some(_), ..) => {
            let remedy = "give either a range, or from and to";
            return Err(WebError::parameter("range", "it can't stand beside 'from' and 'to'", remedy));
        }
    };
    let wanted = Wanted { name, address, days, expires_in_days, password, origins };
    let made = make(&state, &workspace, wanted).await?;
    Ok((StatusCode::CREATED, Json(SharedLinkOut::of(made.link, Some(made.url)))))
}

/// Ends a link at once. It stays in the list.
#[utoipa::path(delete, path = "/api/v1/shared-links/{id}", tag = "sharing",
    params(("id" = u32, Path, description = "The link's number"), WorkspaceIn), responses(
    (status = 204, description = "Revoked"),
    (status = 400, description = "A parameter is wrong", body = ProblemOut, content_type = "application/problem+json"),
    (status = 401, description = "Nobody signed in", body = ProblemOut, content_type = "application/problem+json"),
    (status = 403, description = "The role does not allow it", body = ProblemOut, content_type = "application/problem+json"),
    (status = 404, description = "There is no such link, or it was revoked", body = ProblemOut, content_type = "application/problem+json"),
    (status = 500, description = "Something failed here", body = ProblemOut, content_type = "application/problem+json"),
))]
pub(crate) async fn revoke(
    state: May<ShareViews>,
    Path(id): Path<String>,
    mut params: Params,
) -> Result<StatusCode, WebError> {
    let workspace = changed_in(&state, &mut params).await?;
    params.done()?;
    ended(&state, &workspace, number(&id)?).await?;
    Ok(StatusCode::NO_CONTENT)
}
