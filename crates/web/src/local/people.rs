//! What only who may open the data folder may do about people: let somebody in by a link, and give programs tokens.

use axum::Json;
use axum::extract::rejection::JsonRejection;
use axum::http::StatusCode;
use jiff::{SignedDuration, Timestamp};
use people::{Digest, Email, Role, Secret, TOKEN, shown};
use serde::{Deserialize, Serialize};
use store::catalog::{Grant, Member, NewPerson, NewToken, TicketKind};

use super::unreadable;
use crate::access::{HOST, May, Operate};
use crate::entrance::{refused, ticket};
use crate::{AppState, WebError, questions};

/// For so long a link counts.
const LINK: SignedDuration = SignedDuration::from_mins(15);
/// For so long the token counts with which a server is set up.
const SET_UP: SignedDuration = SignedDuration::from_hours(24);

/// A link that is wanted.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LoginLinkIn {
    /// Whom it lets in, by their e-mail address; the oldest owner if it is not said.
    #[serde(default)]
    pub user: Option<String>,
    /// Whether it counts only for browsers on the server's machine.
    #[serde(default)]
    pub loopback_only: bool,
    /// The owner who is made if there is nobody at all: e-mail address and name.
    #[serde(default)]
    pub make_owner: Option<(String, String)>,
}

/// A link that lets somebody in, once.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct LoginLinkOut {
    /// Whom.
    pub user: String,
    /// Where it leads, on the server.
    pub path: String,
    /// Where the server is, if it knows.
    pub home: Option<String>,
    /// Until when it counts.
    pub expires_at: Timestamp,
}

/// A token that is wanted.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LocalTokenIn {
    /// What it is called.
    pub name: String,
    /// What it may do.
    pub role: Role,
    /// The numbers of the accounts that a client sees.
    #[serde(default)]
    pub accounts: Vec<u32>,
    /// The workspace that it is for; all if it is not said.
    #[serde(default)]
    pub workspace: Option<String>,
    /// For how many days it counts; until it is revoked if it is not said.
    #[serde(default)]
    pub days: Option<u32>,
}

/// A token that was made.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct LocalTokenOut {
    /// Its number.
    pub id: u32,
    /// The token itself. It is not shown again.
    pub token: String,
    /// Until when it counts.
    pub expires_at: Option<Timestamp>,
}

/// `POST /local/login-link`: makes a link that lets somebody in, once.
pub(crate) async fn login_link(
    state: May<Operate>,
    asked: Result<Json<LoginLinkIn>, JsonRejection>,
) -> Result<Json<LoginLinkOut>, WebError> {
    let Json(asked) = asked.map_err(unreadable)?;
    if let Some((email, name)) = asked.make_owner.filter(|_| asked.user.is_none())
        && !state.catalog().has_people().await?
    {
        let grant = Grant { role: Role::Owner, organisation: HOST, workspace: None, accounts: None };
        let email: Email = email.parse().map_err(wrong_address)?;
        let new = NewPerson { email: email.text(), name: &name, password_hash: None, grant };
        state.catalog().add_person(&state.actor(), &new).await.map_err(refused)?;
    }
    let person = match &asked.user {
        Some(user) => {
            let email: Email = user.parse().map_err(wrong_address)?;
            let known = state.catalog().person_by_email(email.text()).await?;
            known.map(|known| known.person).ok_or_else(|| {
                WebError::not_found(format!("there is nobody with the address {email}"))
                    .remedy("use one of those on the page People")
            })?
        }
        None => {
            let members = state.catalog().people(HOST).await?;
            let owner = members.into_iter().find(is_owner).map(|member| member.person);
            owner.ok_or_else(|| {
                WebError::told(
                    StatusCode::CONFLICT,
                    "set-up",
                    "Not set up",
                    "there is nobody who could be let in",
                )
                .remedy("open /set-up with the token that 'adroit serve' prints")
            })?
        }
    };
    let secret = ticket(&state, TicketKind::SignIn, Some(person.id), LINK, asked.loopback_only).await?;
    Ok(Json(LoginLinkOut {
        user: person.email,
        path: format!("/sign-in/link/{}", secret.text()),
        home: state.telling.home.clone(),
        expires_at: Timestamp::now().saturating_add(LINK).unwrap_or(Timestamp::MAX),
    }))
}

/// `POST /local/tokens`: gives a program a token.
pub(crate) async fn make_token(
    state: May<Operate>,
    asked: Result<Json<LocalTokenIn>, JsonRejection>,
) -> Result<Json<LocalTokenOut>, WebError> {
    let Json(asked) = asked.map_err(unreadable)?;
    let name = asked.name.trim();
    if name.is_empty() || name.chars().count() > 60 || name.chars().any(char::is_control) {
        let remedy = "use 1 to 60 letters, digits and signs";
        return Err(WebError::parameter("name", "it can't name a token", remedy));
    }
    let (organisation, workspace) = match &asked.workspace {
        Some(name) => {
            let workspace = questions::named(&state, Some(name)).await?;
            (workspace.organisation, Some(workspace.id))
        }
        None => (HOST, None),
    };
    let place = (organisation, workspace);
    let accounts = questions::client_accounts::chosen(&state, asked.role, place, asked.accounts).await?;
    let secret = Secret::new(TOKEN);
    let until = |days| Timestamp::now().saturating_add(SignedDuration::from_hours(24 * i64::from(days)));
    let expires_at = asked.days.map(|days| until(days).unwrap_or(Timestamp::MAX));
    let new = NewToken {
        digest: *Digest::of(secret.text()).as_bytes(),
        shown: shown(secret.text()),
        name: name.to_owned(),
        grant: Grant { role: asked.role, organisation, workspace, accounts },
        expires_at,
    };
    let id = state.catalog().make_token(&state.actor(), &new).await.map_err(refused)?;
    Ok(Json(LocalTokenOut { id, token: secret.text().to_owned(), expires_at }))
}

impl AppState {
    /// The token with which the first owner is made, if there is nobody yet and people are to sign in. Each call makes another.
    ///
    /// # Errors
    /// If the catalog fails.
    pub async fn set_up_token(&self) -> Result<Option<Secret>, WebError> {
        if self.entrance.is_open() || self.has_people().await? {
            return Ok(None);
        }
        ticket(self, TicketKind::SetUp, None, SET_UP, false).await.map(Some)
    }
}

fn is_owner(member: &Member) -> bool {
    let is_owner = |grant: &Grant| grant.role == Role::Owner && grant.workspace.is_none();
    !member.person.is_disabled && member.memberships.iter().any(|membership| is_owner(&membership.grant))
}

fn wrong_address(error: people::EmailError) -> WebError {
    WebError::parameter("user", "it is no e-mail address", &error.to_string())
}
