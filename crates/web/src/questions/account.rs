//! Somebody's account: who they are, what they may do, how they sign in, and what they change of that themselves.

use axum::http::{HeaderMap, HeaderValue, StatusCode};
use jiff::Timestamp;
use people::{Digest, Permission, Role, SecondFactor, normal_recovery_code, recovery_codes};
use serde_json::Value;
use store::catalog::{Organisation, Passkey, Person, PersonRecord, ProviderLink, SessionRecord, Workspace};

use crate::WebError;
use crate::access::{Asked, Who};
use crate::entrance::{self, refused};

/// Longest name, in characters.
pub(crate) const LONGEST_NAME: usize = 200;

/// Somebody's account.
pub(crate) struct Account {
    pub(crate) person: Person,
    pub(crate) places: Vec<RoleAt>,
    /// How many recovery codes they have left.
    pub(crate) codes: u32,
    /// Their sessions, newest first.
    pub(crate) sessions: Vec<SessionRecord>,
    /// Their accounts at identity providers.
    pub(crate) providers: Vec<ProviderLink>,
    /// Their passkeys, oldest first.
    pub(crate) passkeys: Vec<Passkey>,
}

/// A role, and where it counts.
pub(crate) struct RoleAt {
    pub(crate) role: Role,
    pub(crate) organisation: String,
    /// The workspace; `None` for all of the organisation's.
    pub(crate) workspace: Option<String>,
    /// Of how many chosen accounts only figures are seen; `None` for all.
    pub(crate) accounts: Option<usize>,
}

/// Who asks, and what they may do.
pub(crate) struct Asker {
    pub(crate) name: Option<String>,
    pub(crate) email: Option<String>,
    /// The workspaces that they may know of, with their role there.
    pub(crate) workspaces: Vec<(Workspace, Role)>,
    /// Whether they may see and set right how the server itself does.
    pub(crate) operates: bool,
}

/// A second factor that was just set, or recovery codes that were made anew.
pub(crate) struct Codes {
    /// They are shown this once.
    pub(crate) codes: [String; 10],
    /// What tells the browser of its session's new secret, if it has one.
    pub(crate) cookie: Option<HeaderValue>,
}

/// The account of the person who asks.
///
/// # Errors
/// If it is none.
pub(crate) async fn read(asked: &Asked) -> Result<Account, WebError> {
    let person = known(asked).await?.person;
    let catalog = asked.catalog();
    let (organisations, workspaces) = (catalog.organisations().await?, catalog.workspaces().await?);
    let of = |id: u32| organisations.iter().find(|organisation| organisation.id == id);
    let places = catalog.memberships(person.id).await?.into_iter().map(|membership| {
        let grant = membership.grant;
        let workspace = grant.workspace.and_then(|id| workspaces.iter().find(|own| own.id == id));
        RoleAt {
            role: grant.role,
            organisation: of(grant.organisation).map(|own| own.name.clone()).unwrap_or_default(),
            workspace: workspace.map(|own| own.name.clone()),
            accounts: grant.accounts.map(|accounts| accounts.len()),
        }
    });
    Ok(Account {
        places: places.collect(),
        codes: catalog.left_recovery_codes(person.id).await?,
        sessions: catalog.sessions(person.id, Timestamp::now()).await?,
        providers: catalog.provider_links(person.id).await?,
        passkeys: catalog.passkeys(person.id).await?,
        person,
    })
}

/// Who asks.
pub(crate) async fn asker(asked: &Asked) -> Result<Asker, WebError> {
    let seen = asked.seen().await?;
    let (name, email) = match asked.by.who {
        Who::Person { .. } => {
            let person = known(asked).await?.person;
            (Some(person.name), Some(person.email))
        }
        Who::Token(token) => (name_of(asked, token).await?, None),
        Who::Nobody | Who::Unknown | Who::Anybody | Who::Machine => (None, None),
    };
    let with_role = |workspace: Workspace| {
        let role = asked.role_in(&workspace)?;
        Some((workspace, role))
    };
    Ok(Asker {
        name,
        email,
        workspaces: seen.into_iter().filter_map(with_role).collect(),
        operates: asked.by.sight.may_somewhere(Permission::Operate),
    })
}

/// What a token is called.
async fn name_of(asked: &Asked, token: u32) -> Result<Option<String>, WebError> {
    for Organisation { id, .. } in asked.catalog().organisations().await? {
        let tokens = asked.catalog().tokens(id).await?;
        if let Some(own) = tokens.into_iter().find(|own| own.id == token) {
            return Ok(Some(own.name));
        }
    }
    Ok(None)
}

/// Gives the person who asks another name.
///
/// # Errors
/// If it is none that a person can have.
pub(crate) async fn rename(asked: &Asked, name: Option<String>) -> Result<(), WebError> {
    let name = name.unwrap_or_default().split_whitespace().collect::<Vec<_>>().join(" ");
    let length = name.chars().count();
    if length == 0 || length > LONGEST_NAME || name.contains(char::is_control) {
        let remedy = format!("use 1 to {LONGEST_NAME} letters");
        return Err(WebError::parameter("name", "it can't name anybody", &remedy));
    }
    asked.catalog().rename_person(&asked.actor(), asked.person()?, &name).await.map_err(refused)
}

/// Gives the person who asks another password. Their other sessions end, and this one gets another secret.
///
/// # Errors
/// If the old one is wrong, or the new one is not acceptable.
pub(crate) async fn set_password(
    asked: &Asked,
    headers: &HeaderMap,
    old: String,
    new: String,
) -> Result<Option<HeaderValue>, WebError> {
    let person = known(asked).await?.person;
    // Who came by a link and never chose a password has none to show.
    if person.has_password {
        check_password(asked, "old", old).await?;
    }
    let email = person.email.parse().map_err(WebError::internal)?;
    let hash = entrance::new_password(asked, new, &email).await?;
    asked.catalog().set_password(&asked.actor(), person.id, &hash, session(asked)).await.map_err(refused)?;
    renewed(asked, headers).await
}

/// A second factor for the person who asks, and the same sealed, to be sent back with its first code.
///
/// # Errors
/// If they have one.
pub(crate) async fn new_factor(asked: &Asked) -> Result<(SecondFactor, String), WebError> {
    let person = known(asked).await?.person;
    if person.has_second_factor {
        return Err(has_one());
    }
    let factor = SecondFactor::new();
    let sealed = asked.entrance.rules().seal.seal(&sealed_as(person.id), factor.as_bytes());
    Ok((factor, sealed))
}

/// The second factor that was sealed by [`new_factor`].
///
/// # Errors
/// If it was not, or not for the person who asks.
pub(crate) fn factor_of(asked: &Asked, sealed: &str) -> Result<SecondFactor, WebError> {
    let bytes = asked.entrance.rules().seal.open(&sealed_as(asked.person()?), sealed).ok();
    bytes.and_then(|bytes| SecondFactor::from_bytes(&bytes)).ok_or_else(|| {
        WebError::parameter("factor", "it is not the one that was shown", "begin again at the account page")
    })
}

/// Sets the second factor of the person who asks, once they show that their app has it and that they know their password. Their
/// other sessions end, and this one gets another secret.
///
/// # Errors
/// If they have one, the code is not of this one, or the password is wrong.
pub(crate) async fn set_factor(
    asked: &Asked,
    headers: &HeaderMap,
    factor: &SecondFactor,
    code: &str,
    password: Option<String>,
) -> Result<Codes, WebError> {
    let person = known(asked).await?.person;
    // Otherwise whoever finds a browser open could put their own in its place without the password.
    if person.has_second_factor {
        return Err(has_one());
    }
    prove(asked, person.has_password, password).await?;
    let step = factor.check(code, Timestamp::now().as_second(), None);
    let step = step.and_then(|step| u64::try_from(step).ok()).ok_or_else(wrong_code)?;
    let codes = keep(asked, person.id, factor, step).await?;
    end_others(asked).await?;
    Ok(Codes { codes, cookie: renewed(asked, headers).await? })
}

/// Makes new recovery codes for the person who asks. Those before count no more.
///
/// # Errors
/// If the code is not one that their app shows now.
pub(crate) async fn new_codes(asked: &Asked, code: &str) -> Result<Codes, WebError> {
    let person = asked.person()?;
    let step = entrance::use_own_code(asked, person, code, asked.from).await?.ok_or_else(wrong_code)?;
    let sealed = known(asked).await?.second_factor.ok_or_else(wrong_code)?;
    let factor = entrance::opened(asked, person, &sealed)?;
    Ok(Codes { codes: keep(asked, person, &factor, step).await?, cookie: None })
}

/// Takes the second factor of the person who asks away. Their other sessions end, and this one gets another secret.
///
/// # Errors
/// If the password is wrong.
pub(crate) async fn delete_factor(
    asked: &Asked,
    headers: &HeaderMap,
    password: String,
) -> Result<Option<HeaderValue>, WebError> {
    check_password(asked, "password", password).await?;
    let person = asked.person()?;
    asked.catalog().set_second_factor(&asked.actor(), person, None, &[]).await.map_err(refused)?;
    end_others(asked).await?;
    renewed(asked, headers).await
}

/// Ends a session of the person who asks, once they show that they know their password. Says whether it was the one they ask in.
///
/// # Errors
/// If the password is wrong, or they have no such session.
pub(crate) async fn end(asked: &Asked, id: &str, password: Option<String>) -> Result<bool, WebError> {
    prove(asked, known(asked).await?.person.has_password, password).await?;
    let id = id.parse().map_err(|_| WebError::not_found(format!("there is no session {id}")))?;
    asked.catalog().end_session(&asked.actor(), asked.person()?, id).await.map_err(refused)?;
    Ok(session(asked) == Some(id))
}

/// Ends all sessions of the person who asks but the one they ask in, once they show that they know their password.
///
/// # Errors
/// If the password is wrong.
pub(crate) async fn end_all_others(asked: &Asked, password: Option<String>) -> Result<(), WebError> {
    prove(asked, known(asked).await?.person.has_password, password).await?;
    end_others(asked).await
}

/// Ends all sessions of the person who asks but the one they ask in.
async fn end_others(asked: &Asked) -> Result<(), WebError> {
    let person = asked.person()?;
    asked.catalog().end_sessions(&asked.actor(), person, session(asked)).await.map_err(refused)?;
    Ok(())
}

/// Everything that is kept about the person who asks, but for secrets.
pub(crate) async fn export(asked: &Asked) -> Result<Value, WebError> {
    asked.catalog().export_person(asked.person()?).await.map_err(refused)
}

/// Erases the person who asks.
///
/// # Errors
/// If what they typed is not their address or not their password, or an organisation would be left without an owner.
pub(crate) async fn erase(asked: &Asked, email: &str, password: String) -> Result<(), WebError> {
    let person = known(asked).await?.person;
    if email.trim().to_lowercase() != person.email {
        let remedy = "type the address that stands at the top of the page";
        return Err(WebError::parameter("email", "it is not yours", remedy));
    }
    check_password(asked, "password", password).await?;
    asked.catalog().erase_person(&asked.actor(), None, person.id).await.map_err(refused)
}

/// The session that a person asks in.
pub(crate) fn session(asked: &Asked) -> Option<u32> {
    match asked.by.who {
        Who::Person { session, .. } => Some(session),
        _ => None,
    }
}

pub(super) async fn known(asked: &Asked) -> Result<PersonRecord, WebError> {
    let known = asked.catalog().person(asked.person()?).await?;
    known.ok_or_else(|| WebError::internal("a person who signed in is not there"))
}

/// Keeps a second factor with new recovery codes.
async fn keep(
    asked: &Asked,
    person: u32,
    factor: &SecondFactor,
    step: u64,
) -> Result<[String; 10], WebError> {
    let codes = recovery_codes();
    let digests = codes.each_ref().map(|code| *Digest::of(&normal_recovery_code(code)).as_bytes());
    let sealed = entrance::sealed(asked, person, factor);
    let catalog = asked.catalog();
    catalog.set_second_factor(&asked.actor(), person, Some(&sealed), &digests).await.map_err(refused)?;
    // The code that was just shown is used up; with the factor that was forgotten.
    catalog.use_second_factor_step(person, step).await?;
    Ok(codes)
}

/// Refuses who does not know the password of the person who asks. Who came by a link and never chose one has none to show.
async fn prove(asked: &Asked, has_password: bool, password: Option<String>) -> Result<(), WebError> {
    match has_password {
        true => check_password(asked, "password", password.unwrap_or_default()).await,
        false => Ok(()),
    }
}

pub(super) async fn check_password(
    asked: &Asked,
    field: &'static str,
    password: String,
) -> Result<(), WebError> {
    match entrance::is_own_password(asked, asked.person()?, password, asked.from).await? {
        true => Ok(()),
        false => {
            Err(WebError::parameter(field, "it is not your password", "type the one that you sign in with"))
        }
    }
}

async fn renewed(asked: &Asked, headers: &HeaderMap) -> Result<Option<HeaderValue>, WebError> {
    match session(asked) {
        Some(session) => entrance::renew(asked, session, headers).await,
        None => Ok(None),
    }
}

/// What a second factor is sealed as until its first code was shown.
fn sealed_as(person: u32) -> String {
    format!("new_second_factor:{person}")
}

fn wrong_code() -> WebError {
    WebError::parameter(
        "code",
        "it is not right, or was used already",
        "use the newest code that the app shows",
    )
}

fn has_one() -> WebError {
    let detail = "you have a second factor already";
    WebError::told(StatusCode::CONFLICT, "conflict", "There is one already", detail)
        .remedy("take it away at the account page first")
}
