//! `GET` and `POST /api/v1/plans`, `GET`, `PUT`, `PATCH` and `DELETE /api/v1/plans/{id}`, its changes, and undoing one.

use axum::Json;
use axum::body::Bytes;
use axum::extract::Path;
use axum::http::{HeaderMap, HeaderName, StatusCode, header};
use domain::{Decision, PlanAbout};
use store::catalog::{Plan, PlanState};

use super::parameters::{PlansIn, WorkspaceIn};
use super::plans_wire::{PlanChangesOut, PlanIn, PlanOut, PlansOut};
use crate::WebError;
use crate::access::{Asked, Decide, May, SeeWork, Seen};
use crate::params::Params;
use crate::problem::ProblemOut;
use crate::questions::plans::{self, decide};

/// A plan under its tag, which a change has to carry.
type Tagged = ([(HeaderName, String); 1], Json<PlanOut>);

/// The plans: budgets, targets, days, labels, owners and notes, each with how spend goes along with it.
#[utoipa::path(get, path = "/api/v1/plans", tag = "plans", params(WorkspaceIn, PlansIn), responses(
    (status = 200, description = "The plans, oldest first", body = PlansOut),
    (status = 400, description = "A parameter is wrong", body = ProblemOut, content_type = "application/problem+json"),
    (status = 500, description = "Something failed here", body = ProblemOut, content_type = "application/problem+json"),
))]
pub(crate) async fn list(state: May<SeeWork>, params: Params) -> Result<Json<PlansOut>, WebError> {
    let (_, shown) = plans::list(&state, params).await?;
    Ok(Json(PlansOut { plans: shown.into_iter().map(PlanOut::of).collect() }))
}

/// Makes a plan about a campaign, a label, or a campaign that is to come.
#[utoipa::path(post, path = "/api/v1/plans", tag = "plans", params(WorkspaceIn), request_body = PlanIn, responses(
    (status = 201, description = "Made", body = PlanOut,
        headers(("location" = String, description = "The plan"), ("etag" = String, description = "Its version"))),
    (status = 400, description = "A field is wrong", body = ProblemOut, content_type = "application/problem+json"),
    (status = 403, description = "Sent by a page of another site", body = ProblemOut, content_type = "application/problem+json"),
    (status = 409, description = "There is a plan about it already", body = ProblemOut, content_type = "application/problem+json"),
    (status = 500, description = "Something failed here", body = ProblemOut, content_type = "application/problem+json"),
))]
pub(crate) async fn create(
    state: May<Decide>,
    mut params: Params,
    body: Bytes,
) -> Result<(StatusCode, [(HeaderName, String); 2], Json<PlanOut>), WebError> {
    let workspace = plans::changed_in(&state, &mut params).await?;
    params.done()?;
    let mut given = decide::object(&body)?;
    let about = decide::about(&mut given)?;
    let decision = decide::put(Decision::default(), given)?;
    let plan = plans::make(&state, &workspace, about, decision).await?;
    let place = format!("/api/v1/plans/{}", plan.id);
    let headers = [(header::LOCATION, place), (header::ETAG, tag(&plan))];
    Ok((StatusCode::CREATED, headers, Json(shown(&state, &workspace, plan).await?)))
}

/// One plan.
#[utoipa::path(get, path = "/api/v1/plans/{id}", tag = "plans",
    params(("id" = u32, Path, description = "The plan's number"), WorkspaceIn), responses(
    (status = 200, description = "The plan", body = PlanOut, headers(("etag" = String, description = "Its version"))),
    (status = 400, description = "A parameter is wrong", body = ProblemOut, content_type = "application/problem+json"),
    (status = 404, description = "There is no such plan", body = ProblemOut, content_type = "application/problem+json"),
    (status = 500, description = "Something failed here", body = ProblemOut, content_type = "application/problem+json"),
))]
pub(crate) async fn show(
    state: May<SeeWork>,
    Path(id): Path<String>,
    params: Params,
) -> Result<Tagged, WebError> {
    let (_, shown) = plans::one(&state, &id, params).await?;
    Ok(([(header::ETAG, tag(&shown.plan))], Json(PlanOut::of(shown))))
}

/// Decides anew: what is left out is undecided. What the plan is about stays, unless it is given.
#[utoipa::path(put, path = "/api/v1/plans/{id}", tag = "plans", request_body = PlanIn,
    params(("id" = u32, Path, description = "The plan's number"), WorkspaceIn,
        ("if-match" = String, Header, description = "The `ETag` under which it was read")), responses(
    (status = 200, description = "Decided", body = PlanOut, headers(("etag" = String, description = "Its version"))),
    (status = 400, description = "A field is wrong", body = ProblemOut, content_type = "application/problem+json"),
    (status = 403, description = "Sent by a page of another site", body = ProblemOut, content_type = "application/problem+json"),
    (status = 404, description = "There is no such plan", body = ProblemOut, content_type = "application/problem+json"),
    (status = 409, description = "There is another plan about it", body = ProblemOut, content_type = "application/problem+json"),
    (status = 412, description = "Somebody else changed it: with the difference", body = ProblemOut, content_type = "application/problem+json"),
    (status = 428, description = "Without `If-Match`", body = ProblemOut, content_type = "application/problem+json"),
    (status = 500, description = "Something failed here", body = ProblemOut, content_type = "application/problem+json"),
))]
pub(crate) async fn replace(
    state: May<Decide>,
    Path(id): Path<String>,
    params: Params,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Tagged, WebError> {
    write(&state, &id, params, &headers, &body, |_| Decision::default()).await
}

/// Changes some fields (RFC 7396): what is left out stays, null takes away.
#[utoipa::path(patch, path = "/api/v1/plans/{id}", tag = "plans", request_body = PlanIn,
    params(("id" = u32, Path, description = "The plan's number"), WorkspaceIn,
        ("if-match" = String, Header, description = "The `ETag` under which it was read")), responses(
    (status = 200, description = "Changed", body = PlanOut, headers(("etag" = String, description = "Its version"))),
    (status = 400, description = "A field is wrong", body = ProblemOut, content_type = "application/problem+json"),
    (status = 403, description = "Sent by a page of another site", body = ProblemOut, content_type = "application/problem+json"),
    (status = 404, description = "There is no such plan", body = ProblemOut, content_type = "application/problem+json"),
    (status = 409, description = "There is another plan about it", body = ProblemOut, content_type = "application/problem+json"),
    (status = 412, description = "Somebody else changed it: with the difference", body = ProblemOut, content_type = "application/problem+json"),
    (status = 428, description = "Without `If-Match`", body = ProblemOut, content_type = "application/problem+json"),
    (status = 500, description = "Something failed here", body = ProblemOut, content_type = "application/problem+json"),
))]
pub(crate) async fn change(
    state: May<Decide>,
    Path(id): Path<String>,
    params: Params,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Tagged, WebError> {
    write(&state, &id, params, &headers, &body, |plan| plan.state.decision.clone()).await
}

/// Deletes a plan. Its changes stay: undoing the last of them brings it back.
#[utoipa::path(delete, path = "/api/v1/plans/{id}", tag = "plans",
    params(("id" = u32, Path, description = "The plan's number"), WorkspaceIn,
        ("if-match" = String, Header, description = "The `ETag` under which it was read")), responses(
    (status = 204, description = "Deleted"),
    (status = 400, description = "A parameter is wrong", body = ProblemOut, content_type = "application/problem+json"),
    (status = 403, description = "Sent by a page of another site", body = ProblemOut, content_type = "application/problem+json"),
    (status = 404, description = "There is no such plan", body = ProblemOut, content_type = "application/problem+json"),
    (status = 412, description = "Somebody else changed it", body = ProblemOut, content_type = "application/problem+json"),
    (status = 428, description = "Without `If-Match`", body = ProblemOut, content_type = "application/problem+json"),
    (status = 500, description = "Something failed here", body = ProblemOut, content_type = "application/problem+json"),
))]
pub(crate) async fn delete(
    state: May<Decide>,
    Path(id): Path<String>,
    mut params: Params,
    headers: HeaderMap,
) -> Result<StatusCode, WebError> {
    let workspace = plans::changed_in(&state, &mut params).await?;
    params.done()?;
    let plan = plans::number(&id)?;
    plans::delete(&state, &workspace, plan, version_in(&headers)?).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Every change of a plan, newest first: who, when, what was so before and after.
#[utoipa::path(get, path = "/api/v1/plans/{id}/changes", tag = "plans",
    params(("id" = u32, Path, description = "The plan's number; of a deleted one too"), WorkspaceIn), responses(
    (status = 200, description = "The changes", body = PlanChangesOut),
    (status = 400, description = "A parameter is wrong", body = ProblemOut, content_type = "application/problem+json"),
    (status = 404, description = "There never was such a plan", body = ProblemOut, content_type = "application/problem+json"),
    (status = 500, description = "Something failed here", body = ProblemOut, content_type = "application/problem+json"),
))]
pub(crate) async fn changes(
    state: May<SeeWork>,
    Path(id): Path<String>,
    params: Params,
) -> Result<Json<PlanChangesOut>, WebError> {
    let (_, changes) = plans::changes(&state, &id, params).await?;
    Ok(Json(PlanChangesOut::of(changes)))
}

/// Undoes one change, as a new change. What was changed since in other fields stays.
#[utoipa::path(post, path = "/api/v1/plans/{id}/changes/{version}/undo", tag = "plans",
    params(("id" = u32, Path, description = "The plan's number"),
        ("version" = u32, Path, description = "The version that the change made"), WorkspaceIn,
        ("if-match" = String, Header, description = "The `ETag` of the plan as it was read; of a deleted plan that of its last version")), responses(
    (status = 200, description = "Undone; `plan` is null if that deletes it", body = Option<PlanOut>),
    (status = 400, description = "A parameter is wrong", body = ProblemOut, content_type = "application/problem+json"),
    (status = 403, description = "Sent by a page of another site", body = ProblemOut, content_type = "application/problem+json"),
    (status = 404, description = "There is no such change", body = ProblemOut, content_type = "application/problem+json"),
    (status = 409, description = "What it had changed was changed since", body = ProblemOut, content_type = "application/problem+json"),
    (status = 412, description = "Somebody else changed the plan", body = ProblemOut, content_type = "application/problem+json"),
    (status = 428, description = "Without `If-Match`", body = ProblemOut, content_type = "application/problem+json"),
    (status = 500, description = "Something failed here", body = ProblemOut, content_type = "application/problem+json"),
))]
pub(crate) async fn undo(
    state: May<Decide>,
    Path((id, change)): Path<(String, String)>,
    mut params: Params,
    headers: HeaderMap,
) -> Result<Json<Option<PlanOut>>, WebError> {
    let workspace = plans::changed_in(&state, &mut params).await?;
    params.done()?;
    let (plan, change) = (plans::number(&id)?, plans::number(&change)?);
    let version = version_in(&headers)?;
    let left = plans::undo(&state, &workspace, plan, Some(version), change).await?;
    Ok(Json(match left {
        Some(plan) => Some(shown(&state, &workspace, plan).await?),
        None => None,
    }))
}

async fn write(
    state: &Asked,
    id: &str,
    mut params: Params,
    headers: &HeaderMap,
    body: &[u8],
    from: impl FnOnce(&Plan) -> Decision,
) -> Result<Tagged, WebError> {
    let workspace = plans::changed_in(state, &mut params).await?;
    params.done()?;
    let version = version_in(headers)?;
    let plan = plans::find(state, &workspace, id).await?;
    let mut given = decide::object(body)?;
    let about = match ["campaign", "label", "planned"]
        .iter()
        .any(|name| given.get(*name).is_some_and(|value| !value.is_null()))
    {
        true => decide::about(&mut given)?,
        false => plan.state.about.clone(),
    };
    if let PlanAbout::Campaign(campaign) = about
        && about != plan.state.about
        && plans::campaigns(state, &workspace, vec![campaign]).await?.is_empty()
    {
        let remedy = "use the campaign_id that /api/v1/campaigns gives";
        return Err(WebError::parameter("campaign", &format!("there is no campaign {campaign}"), remedy));
    }
    for name in ["campaign", "label", "planned"] {
        given.remove(name);
    }
    let wanted = PlanState { about, decision: decide::put(from(&plan), given)? };
    let plan = plans::set(state, &workspace, plan.id, version, wanted).await?;
    Ok(([(header::ETAG, tag(&plan))], Json(shown(state, &workspace, plan).await?)))
}

async fn shown(state: &Asked, workspace: &Seen, plan: Plan) -> Result<PlanOut, WebError> {
    let shown = plans::shown(state, workspace, vec![plan]).await?.pop();
    shown.map(PlanOut::of).ok_or_else(|| WebError::internal("a plan is lost"))
}

fn tag(plan: &Plan) -> String {
    format!("\"{}\"", plan.version)
}

/// The version that a change starts from.
pub(super) fn version_in(headers: &HeaderMap) -> Result<u32, WebError> {
    let remedy = "read it and send its ETag as If-Match, such as \"3\"";
    let given = headers.get(header::IF_MATCH).ok_or_else(|| {
        let title = "Say which version you have read";
        WebError::told(StatusCode::PRECONDITION_REQUIRED, "if-match", title, "there is no If-Match")
            .remedy(remedy)
    })?;
    let text = given.to_str().unwrap_or_default().trim();
    let version =
        text.strip_prefix('"').and_then(|text| text.strip_suffix('"')).and_then(|text| text.parse().ok());
    version.ok_or_else(|| WebError::parameter("if-match", &format!("'{text}' is no version"), remedy))
}
