//! `/tokens`: secrets by which programs ask; making and ending them.

use askama::Template;
use axum::extract::{OriginalUri, Path};
use axum::response::{Html, IntoResponse, Redirect, Response};
use jiff::Timestamp;
use people::Role;
use store::catalog::Workspace;
use store::facts::AccountId;

use super::alerts::home;
use super::people::{Choice, mendable, needed, place, roles_to_give, scopes_to_give};
use super::people_accounts::{AccountChoices, summary};
use super::plan::{left_out, written_in};
use super::shell::{Section, Shell};
use super::written;
use crate::WebError;
use crate::access::{Administer, Asked, May, Seen};
use crate::format;
use crate::link::Link;
use crate::params::Params;
use crate::questions::chosen;
use crate::questions::client_accounts::offered;
use crate::questions::people::{Names, Reach, Scope, WantedGrant, number, organisation};
use crate::questions::tokens::{Made, Standing, Wanted, make, revoke, tokens};
use crate::theme::Theme;

/// After how many days a token may expire, as it is offered.
const SPANS: [u32; 4] = [7, 30, 90, 365];
/// After how many it does if nothing else is chosen.
const USUAL: u32 = 90;

#[derive(Template)]
#[template(path = "tokens.html")]
struct TokensPage {
    shell: Shell,
    said: Said,
    lines: Vec<Line>,
    choices: Vec<Choice>,
    scopes: Vec<Choice>,
    /// Days, as the form sends them, in words, and whether they are chosen.
    spans: Vec<(String, String, bool)>,
    /// The accounts that a client is to see.
    accounts: AccountChoices,
    action: String,
    name: String,
}
in_shell!(TokensPage: FIELDS, LISTS, FACTS, FORMS);

/// What is said about what was just done.
#[derive(Default)]
struct Said {
    /// What is wrong with what was typed; empty for nothing.
    wrong: String,
    /// The name of the token that was made; empty for none.
    made: String,
    /// Its secret, which is shown this once.
    secret: String,
    /// How a program uses it.
    example: String,
}

/// What was typed into the form.
struct Typed {
    name: String,
    role: Role,
    scope: Scope,
    accounts: Vec<AccountId>,
    days: Option<u32>,
}

/// A token.
struct Line {
    name: String,
    shown: String,
    role: &'static str,
    does: &'static str,
    /// What it sees, if it is a client's; else empty.
    seen: String,
    place: String,
    by: String,
    made: String,
    /// Empty for never.
    expires: String,
    /// Empty for never.
    used: String,
    standing: &'static str,
    counts: bool,
    /// When it was revoked; empty if it was not.
    revoked: String,
    /// Where it is ended; empty if it is not for who asks, or is over.
    revoke: String,
}

impl Default for Typed {
    fn default() -> Self {
        Self {
            name: String::new(),
            role: Role::Viewer,
            scope: Scope::Workspace,
            accounts: Vec::new(),
            days: Some(USUAL),
        }
    }
}

/// The page.
pub(crate) async fn list(
    state: May<Administer>,
    OriginalUri(uri): OriginalUri,
    mut params: Params,
) -> Result<Html<String>, WebError> {
    let theme = params.theme();
    let workspace = chosen(&state, &mut params).await?;
    left_out(&mut params)?;
    params.done()?;
    page(&state, theme, &Link::of(&uri), &workspace, Said::default(), Typed::default()).await
}

/// Makes a token. Its secret is shown now and never again.
pub(crate) async fn create(
    state: May<Administer>,
    OriginalUri(uri): OriginalUri,
    mut params: Params,
    body: String,
) -> Result<Response, WebError> {
    let theme = params.theme();
    let (workspace, link) = (written_in(&state, &mut params).await?, Link::of(&uri));
    params.done()?;
    let mut form = Params::of(&body);
    let name = form.text("name")?.unwrap_or_default();
    let (role, scope) = (form.parsed("role")?, form.parsed("scope")?);
    let (days, accounts) = (form.text("days")?, form.list("accounts")?);
    form.done()?;
    // A token that never expires is chosen, not what comes of forgetting to choose.
    let days = match needed("days", days)?.as_str() {
        "never" => None,
        days => {
            let wrong = |_| WebError::parameter("days", "it can't be read", "use a number of days, or never");
            Some(days.parse().map_err(wrong)?)
        }
    };
    let (role, scope) = (needed("role", role)?, needed("scope", scope)?);
    let grant = WantedGrant { role, scope, accounts: accounts.clone() };
    match make(&state, &workspace, Wanted { name: name.clone(), grant, days }).await {
        Ok(Made { token, secret }) => {
            let said = Said {
                made: token.name,
                example: example(&state, &workspace, secret.text()),
                secret: secret.text().to_owned(),
                ..Said::default()
            };
            Ok(page(&state, theme, &link, &workspace, said, Typed::default()).await?.into_response())
        }
        Err(error) => {
            let (status, wrong) = mendable(error)?;
            let (said, typed) =
                (Said { wrong, ..Said::default() }, Typed { name, role, scope, accounts, days });
            Ok((status, page(&state, theme, &link, &workspace, said, typed).await?).into_response())
        }
    }
}

/// Ends a token.
pub(crate) async fn end(
    state: May<Administer>,
    Path(id): Path<String>,
    mut params: Params,
) -> Result<Redirect, WebError> {
    let workspace = written_in(&state, &mut params).await?;
    params.done()?;
    revoke(&state, &workspace, number("token", &id)?).await?;
    Ok(home(&workspace, "/tokens"))
}

/// How a program uses a token. What stands in quotes has none in it: an address has them encoded.
fn example(state: &Asked, workspace: &Workspace, secret: &str) -> String {
    let home = state.telling.home.as_deref().unwrap_or("https://this-server");
    let address = Link::to("/api/v1/campaigns").with("workspace", &workspace.name);
    format!("curl -H 'Authorization: Bearer {secret}' '{home}{address}'")
}

fn spans(chosen: Option<u32>) -> Vec<(String, String, bool)> {
    let of = |days: u32| (days.to_string(), format!("in {days} days"), chosen == Some(days));
    let mut spans: Vec<_> = SPANS.map(of).into();
    spans.push(("never".to_owned(), "never".to_owned(), chosen.is_none()));
    spans
}

async fn page(
    state: &Asked,
    theme: Theme,
    link: &Link,
    workspace: &Seen,
    said: Said,
    typed: Typed,
) -> Result<Html<String>, WebError> {
    let (reach, now) = (Reach::of(state, workspace), Timestamp::now());
    let organisation = organisation(state, workspace).await?.name;
    let mut names = Names::of(state, workspace.organisation).await?;
    let own = |path: String| Link::to(path).with("workspace", &workspace.name).to_string();
    let moment = |at: Option<Timestamp>| at.map(|at| format::moment(at, 0)).unwrap_or_default();
    let mut lines = Vec::new();
    for token in tokens(state, workspace).await? {
        let standing = Standing::of(&token, now);
        let may = reach.may_change(&token.grant) && standing != Standing::Revoked;
        lines.push(Line {
            role: token.grant.role.key(),
            does: token.grant.role.does(),
            seen: match token.grant.role {
                Role::Client => summary(token.grant.accounts.as_ref().map_or(0, Vec::len)),
                _ => String::new(),
            },
            place: place(&token.grant, &organisation, &names),
            by: names.shown(state, &token.made_by).await?,
            made: format::moment(token.made_at, 0),
            expires: moment(token.expires_at),
            used: moment(token.used_at),
            standing: standing.key(),
            counts: standing == Standing::Counts,
            revoked: moment(token.revoked_at),
            revoke: if may { own(format!("/tokens/{}/revoke", token.id)) } else { String::new() },
            name: token.name,
            shown: token.shown,
        });
    }
    let offered = offered(state, workspace.organisation, None).await?;
    let offered_place = (!reach.is_over_all()).then_some(workspace.id);
    written(&TokensPage {
        shell: Shell::of(state, theme, "Tokens", Some(Section::Settings), link, workspace).await?,
        said,
        lines,
        choices: roles_to_give(reach, workspace, typed.role),
        scopes: scopes_to_give(reach, workspace, &organisation, typed.scope),
        spans: spans(typed.days),
        accounts: AccountChoices::of(&offered, offered_place, &names, &typed.accounts),
        action: own("/tokens".to_owned()),
        name: typed.name,
    })
}
