//! `/people`: who may do what in a workspace and its organisation; inviting, changing, removing.

use askama::Template;
use axum::extract::{OriginalUri, Path};
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Redirect, Response};
use people::Role;
use store::catalog::{Grant, Invitation, Member, Membership, Workspace};
use store::facts::AccountId;

use super::alerts::home;
use super::people_accounts::{AccountChoices, SeenByClient, summary};
use super::plan::{left_out, written_in};
use super::shell::{Section, Shell};
use super::written;
use crate::WebError;
use crate::access::{Administer, Asked, May, Seen};
use crate::format;
use crate::link::Link;
use crate::params::Params;
use crate::questions::client_accounts::offered;
use crate::questions::people::{
    Names, Reach, Scope, WantedGrant, disable, invitations, invite, members, number, organisation,
    remove as taken, revoke_invitation, set_role,
};
use crate::questions::{chosen, demanded};
use crate::theme::Theme;

/// The role that is offered first to who is invited.
const USUAL: Role = Role::Viewer;

#[derive(Template)]
#[template(path = "people.html")]
struct PeoplePage {
    shell: Shell,
    organisation: String,
    /// Whether all of the organisation is shown.
    is_all: bool,
    said: Said,
    lines: Vec<Line>,
    open: Vec<Open>,
    /// What each role does.
    roles: Vec<(&'static str, &'static str)>,
    /// What may be given to who is invited.
    choices: Vec<Choice>,
    scopes: Vec<Choice>,
    action: String,
    /// The accounts that an invited client is to see.
    accounts: AccountChoices,
    has_mail: bool,
    email: String,
    /// Whether everybody needs a second factor.
    is_factor_demanded: bool,
    /// Where that is said; empty if it is not for who asks.
    demand: String,
}
in_shell!(PeoplePage: FIELDS, LISTS, FACTS, FORMS);

/// What is said about what was just done.
#[derive(Default)]
struct Said {
    /// What is wrong with what was typed; empty for nothing.
    wrong: String,
    /// To whom an invitation is on its way; empty for nobody.
    mailed: String,
    /// Who is to be given the link; empty for nobody.
    invited: String,
    /// The link, which is shown this once.
    link: String,
    /// Whether the link has no host, as the server does not know under which it is reached.
    is_path: bool,
}

/// What was typed into the form.
struct Typed {
    email: String,
    role: Role,
    scope: Scope,
    accounts: Vec<AccountId>,
}

/// An option of a select.
pub(super) struct Choice {
    pub(super) key: &'static str,
    pub(super) label: String,
    pub(super) is_chosen: bool,
}

/// Somebody.
struct Line {
    name: String,
    email: String,
    is_self: bool,
    has_second_factor: bool,
    is_disabled: bool,
    /// Where they are kept out or let in again; empty if it is not for who asks.
    door: String,
    posts: Vec<Post>,
}

/// A membership.
struct Post {
    place: String,
    role: &'static str,
    does: &'static str,
    /// What it may be changed to; empty if it may not.
    choices: Vec<Choice>,
    change: String,
    remove: String,
    /// What they see, if they are a client.
    seen: Option<SeenByClient>,
}

/// An open invitation.
struct Open {
    email: String,
    role: &'static str,
    /// What they will see, if they are to be a client; else empty.
    seen: String,
    place: String,
    by: String,
    until: String,
    /// Where it is taken back; empty if it is not for who asks.
    revoke: String,
}

impl Default for Typed {
    fn default() -> Self {
        Self { email: String::new(), role: USUAL, scope: Scope::Workspace, accounts: Vec::new() }
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
    let mailed: Option<u32> = params.parsed_as("mailed", "use the number of an invitation")?;
    params.done()?;
    let mut said = Said::default();
    if let Some(id) = mailed {
        let open = invitations(&state, &workspace).await?;
        said.mailed = open.into_iter().find(|one| one.id == id).map_or_else(String::new, |one| one.email);
    }
    page(&state, theme, &Link::of(&uri), &workspace, said, Typed::default()).await
}

/// Invites somebody, and says how they learn of it. A link is shown now and never again.
pub(crate) async fn invited(
    state: May<Administer>,
    OriginalUri(uri): OriginalUri,
    mut params: Params,
    body: String,
) -> Result<Response, WebError> {
    let theme = params.theme();
    let (workspace, link) = (written_in(&state, &mut params).await?, Link::of(&uri));
    params.done()?;
    let mut form = Params::of(&body);
    let email = form.text("email")?.unwrap_or_default();
    let (role, scope) = (form.parsed("role")?, form.parsed("scope")?);
    let accounts = form.list("accounts")?;
    form.done()?;
    let typed = Typed { email, role: needed("role", role)?, scope: needed("scope", scope)?, accounts };
    let wanted = WantedGrant { role: typed.role, scope: typed.scope, accounts: typed.accounts.clone() };
    match invite(&state, &workspace, &typed.email, wanted).await {
        Ok(made) => match made.link {
            None => {
                let to = Link::to("/people").with("workspace", &workspace.name);
                let to = to.with("mailed", made.invitation.id.to_string());
                Ok(Redirect::to(&to.to_string()).into_response())
            }
            Some(url) => {
                let said = Said {
                    invited: made.invitation.email,
                    is_path: url.starts_with('/'),
                    link: url,
                    ..Said::default()
                };
                let shown = page(&state, theme, &link, &workspace, said, Typed::default()).await?;
                Ok(shown.into_response())
            }
        },
        Err(error) => {
            let (status, wrong) = mendable(error)?;
            let said = Said { wrong, ..Said::default() };
            Ok((status, page(&state, theme, &link, &workspace, said, typed).await?).into_response())
        }
    }
}

/// Takes an invitation back.
pub(crate) async fn revoke(
    state: May<Administer>,
    Path(id): Path<String>,
    mut params: Params,
) -> Result<Redirect, WebError> {
    let workspace = written_in(&state, &mut params).await?;
    params.done()?;
    revoke_invitation(&state, &workspace, number("invitation", &id)?).await?;
    Ok(home(&workspace, "/people"))
}

/// Gives a member another role.
pub(crate) async fn change(
    state: May<Administer>,
    Path(id): Path<String>,
    mut params: Params,
    body: String,
) -> Result<Redirect, WebError> {
    let workspace = written_in(&state, &mut params).await?;
    params.done()?;
    let mut form = Params::of(&body);
    let role = form.parsed("role")?;
    form.done()?;
    set_role(&state, &workspace, number("membership", &id)?, needed("role", role)?, None).await?;
    Ok(onwards(&state, &workspace).await)
}

/// Takes a membership away.
pub(crate) async fn remove(
    state: May<Administer>,
    Path(id): Path<String>,
    mut params: Params,
) -> Result<Redirect, WebError> {
    let workspace = written_in(&state, &mut params).await?;
    params.done()?;
    taken(&state, &workspace, number("membership", &id)?).await?;
    Ok(onwards(&state, &workspace).await)
}

/// Demands a second factor of everybody in the organisation, or does so no more.
pub(crate) async fn demand(
    state: May<Administer>,
    mut params: Params,
    body: String,
) -> Result<Redirect, WebError> {
    let workspace = written_in(&state, &mut params).await?;
    params.done()?;
    let mut form = Params::of(&body);
    let is_demanded = form.parsed_as("demanded", "use true or false")?;
    form.done()?;
    demanded::demand(&state, &workspace, needed("demanded", is_demanded)?).await?;
    Ok(home(&workspace, "/people"))
}

/// Keeps somebody out.
pub(crate) async fn close(
    state: May<Administer>,
    Path(id): Path<String>,
    mut params: Params,
) -> Result<Redirect, WebError> {
    let workspace = written_in(&state, &mut params).await?;
    params.done()?;
    disable(&state, &workspace, number("person", &id)?, true).await?;
    Ok(home(&workspace, "/people"))
}

/// Lets somebody in again.
pub(crate) async fn open(
    state: May<Administer>,
    Path(id): Path<String>,
    mut params: Params,
) -> Result<Redirect, WebError> {
    let workspace = written_in(&state, &mut params).await?;
    params.done()?;
    disable(&state, &workspace, number("person", &id)?, false).await?;
    Ok(home(&workspace, "/people"))
}

/// Back to the page, or to the first one for who has just given up that they may see it.
async fn onwards(state: &Asked, workspace: &Workspace) -> Redirect {
    let Some(person) = state.by.person() else { return home(workspace, "/people") };
    let own = state.catalog().memberships(person).await.unwrap_or_default();
    let counts = |own: &Membership| {
        let is_here = own.grant.workspace.is_none_or(|id| id == workspace.id);
        own.grant.organisation == workspace.organisation
            && is_here
            && own.grant.role.may(people::Permission::Administer)
    };
    match own.iter().any(counts) {
        true => home(workspace, "/people"),
        false => Redirect::to("/"),
    }
}

/// A choice that a form must bring.
pub(super) fn needed<T>(name: &str, value: Option<T>) -> Result<T, WebError> {
    value.ok_or_else(|| WebError::parameter(name, "it is missing", "choose one"))
}

/// What is told beside a form, if what was typed can be mended there.
pub(super) fn mendable(error: WebError) -> Result<(StatusCode, String), WebError> {
    let problem = error.problem();
    let status = StatusCode::from_u16(problem.status).unwrap_or(StatusCode::BAD_REQUEST);
    if problem.parameter.is_none() && status != StatusCode::CONFLICT {
        return Err(error);
    }
    let detail = problem.detail.split_once("': ").map_or(problem.detail.as_str(), |(_, detail)| detail);
    Ok((status, format!("{detail}. What to do: {}.", problem.remedy.unwrap_or_default())))
}

/// Where a grant counts, in words.
pub(super) fn place(grant: &Grant, organisation: &str, names: &Names) -> String {
    match grant.workspace {
        Some(id) => names.workspace(id),
        None => format!("all of {organisation}"),
    }
}

/// The roles that may be given from a workspace, somewhere.
pub(super) fn roles_to_give(reach: Reach, workspace: &Workspace, chosen: Role) -> Vec<Choice> {
    let (here, all) = (reach.roles(Some(workspace.id)), reach.roles(None));
    let roles = if all.len() > here.len() { all } else { here };
    let choice = |role: Role| Choice {
        key: role.key(),
        label: format!("{role}: {}", role.does()),
        is_chosen: role == chosen,
    };
    roles.into_iter().map(choice).collect()
}

/// Where a role may be given, from a workspace.
pub(super) fn scopes_to_give(
    reach: Reach,
    workspace: &Workspace,
    organisation: &str,
    chosen: Scope,
) -> Vec<Choice> {
    let may = |scope: &Scope| reach.highest(scope.place(workspace)).is_some();
    let choice = |scope: Scope| Choice {
        key: scope.key(),
        label: match scope {
            Scope::Workspace => format!("only {}", workspace.name),
            Scope::Organisation => format!("all of {organisation}"),
        },
        is_chosen: scope == chosen,
    };
    Scope::ALL.into_iter().filter(may).map(choice).collect()
}

async fn page(
    state: &Asked,
    theme: Theme,
    link: &Link,
    workspace: &Seen,
    said: Said,
    typed: Typed,
) -> Result<Html<String>, WebError> {
    let reach = Reach::of(state, workspace);
    let organisation = organisation(state, workspace).await?;
    let (organisation, is_factor_demanded) = (organisation.name, organisation.demands_second_factor);
    let mut names = Names::of(state, workspace.organisation).await?;
    let own = |path: String| Link::to(path).with("workspace", &workspace.name).to_string();
    let accounts_offered = offered(state, workspace.organisation, None).await?;
    let post = |membership: &Membership| {
        let Grant { role, workspace: place_id, .. } = membership.grant;
        let may = reach.may_change(&membership.grant);
        let offered = reach.roles(place_id).into_iter().filter(|_| may);
        let choice =
            |other: Role| Choice { key: other.key(), label: other.to_string(), is_chosen: other == role };
        Post {
            place: place(&membership.grant, &organisation, &names),
            role: role.key(),
            does: role.does(),
            choices: offered.map(choice).collect(),
            change: own(format!("/people/{}/role", membership.id)),
            remove: own(format!("/people/{}/remove", membership.id)),
            seen: SeenByClient::of(
                &membership.grant,
                &accounts_offered,
                &names,
                match may {
                    true => own(format!("/people/{}/accounts", membership.id)),
                    false => String::new(),
                },
            ),
        }
    };
    let line = |Member { person, memberships }: &Member| {
        let is_self = state.by.person() == Some(person.id);
        let may = reach.may_disable(memberships) && !is_self;
        let way = if person.is_disabled { "enable" } else { "disable" };
        Line {
            name: person.name.clone(),
            email: person.email.clone(),
            is_self,
            has_second_factor: person.has_second_factor,
            is_disabled: person.is_disabled,
            door: if may { own(format!("/people/{}/{way}", person.id)) } else { String::new() },
            posts: memberships.iter().map(post).collect(),
        }
    };
    let lines = members(state, workspace).await?.iter().map(line).collect();
    let mut open = Vec::new();
    for Invitation { id, email, grant, made_by, expires_at, .. } in invitations(state, workspace).await? {
        let may = reach.may_change(&grant);
        open.push(Open {
            email,
            role: grant.role.key(),
            seen: match grant.role {
                Role::Client => summary(grant.accounts.as_ref().map_or(0, Vec::len)),
                _ => String::new(),
            },
            place: place(&grant, &organisation, &names),
            by: names.shown(state, &made_by).await?,
            until: format::moment(expires_at, 0),
            revoke: if may { own(format!("/people/invitations/{id}/revoke")) } else { String::new() },
        });
    }
    let offered_place = (!reach.is_over_all()).then_some(workspace.id);
    let accounts = AccountChoices::of(&accounts_offered, offered_place, &names, &typed.accounts);
    let (sender, home) = (&state.telling.sender, &state.telling.home);
    written(&PeoplePage {
        shell: Shell::of(state, theme, "People", Some(Section::Settings), link, workspace).await?,
        is_all: reach.is_over_all(),
        said,
        lines,
        open,
        roles: Role::ALL.map(|role| (role.key(), role.does())).to_vec(),
        choices: roles_to_give(reach, workspace, typed.role),
        scopes: scopes_to_give(reach, workspace, &organisation, typed.scope),
        is_factor_demanded,
        demand: match reach.is_over_all() {
            true => own("/people/second-factor".to_owned()),
            false => String::new(),
        },
        accounts,
        action: own("/people/invitations".to_owned()),
        has_mail: sender.mail.is_some() && home.is_some(),
        email: typed.email,
        organisation,
    })
}
