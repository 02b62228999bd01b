//! Coming in: by password and second factor, by a one-time link, and at the very first by the token that the server prints.

use std::net::IpAddr;

use axum::http::{HeaderMap, HeaderValue, StatusCode};
use jiff::{SignedDuration, Timestamp};
use people::{
    Checked, Digest, Email, Password, PasswordError, SESSION, SecondFactor, Secret, TICKET,
    normal_recovery_code,
};
use store::catalog::{Actor, NewAudit, NewSession, NewTicket, PersonRecord, TicketKind, second_factor_of};

use super::identify::{IDLE, LONGEST};
use super::{Cookies, Origin, refused};
use crate::{AppState, WebError};

/// For so long the second factor is waited for, and another password.
pub(super) const SECOND_STEP: SignedDuration = SignedDuration::from_mins(5);
const RESET: SignedDuration = SignedDuration::from_hours(1);
/// Longest text that is kept of what a browser calls itself, in letters.
const AGENT: usize = 200;

/// How far somebody came.
pub(crate) enum Entered {
    /// They are in; this is the secret of their session.
    In(Secret),
    /// Their second factor is wanted, with this ticket.
    SecondStep(Secret),
}

/// A browser that somebody comes with.
#[derive(Debug, Clone)]
pub(crate) struct Browser {
    pub(crate) from: Origin,
    pub(crate) agent: String,
}

/// Lets somebody in by their password, or asks for their second factor.
///
/// Whether there is somebody of the name can't be told from the answer, nor from how long it takes.
///
/// # Errors
/// If name and password don't go together, or it was tried too often.
pub(crate) async fn by_password(
    state: &AppState,
    email: &str,
    password: String,
    browser: &Browser,
) -> Result<Entered, WebError> {
    state.entrance.tries.one(email, browser.from.0)?;
    let known = match email.parse::<Email>() {
        Ok(email) => state.catalog().person_by_email(email.text()).await?,
        Err(_) => None,
    };
    let kept = known.as_ref().and_then(|known| known.password.clone());
    let (cost, again) = (state.entrance.rules().cost, password.clone());
    let checked = hashing(state, move || Password::check(&password, kept.as_deref(), cost)).await?;
    let person = match (checked, known) {
        (Checked::Wrong, known) => {
            note_refusal(state, known.as_ref(), browser.from);
            return Err(wrong());
        }
        (_, None) => return Err(wrong()),
        (Checked::Right, Some(person)) => person,
        (Checked::RightButOld, Some(person)) => {
            if let (Ok(hash), Some(old)) = (hashed(state, again).await, &person.password) {
                state.catalog().rehash_password(person.person.id, old, &hash).await?;
            }
            person
        }
    };
    if person.person.is_disabled || person.person.is_erased {
        return Err(wrong());
    }
    if person.second_factor.is_some() {
        let secret =
            ticket(state, TicketKind::SecondStep, Some(person.person.id), SECOND_STEP, false).await?;
        return Ok(Entered::SecondStep(secret));
    }
    enter(state, person.person.id, "signed_in", browser).await.map(Entered::In)
}

/// Lets somebody in who came so far, by a code of their second factor or one of their recovery codes.
///
/// # Errors
/// If the code is wrong or was used, the ticket is too old, or it was tried too often.
pub(crate) async fn by_code(
    state: &AppState,
    step: &str,
    code: &str,
    browser: &Browser,
) -> Result<Secret, WebError> {
    let (digest, now) = (Digest::of(step), Timestamp::now());
    let ticket = state.catalog().ticket(digest.as_bytes(), TicketKind::SecondStep, now).await?;
    let Some(person) = ticket.and_then(|ticket| ticket.person) else { return Err(too_late()) };
    state.entrance.tries.one(&format!("code of {person}"), browser.from.0)?;
    let Some(known) = state.catalog().person(person).await? else { return Err(too_late()) };
    if !is_code(state, &known, code, now).await? {
        note_refusal(state, Some(&known), browser.from);
        return Err(WebError::parameter(
            "code",
            "it is not right, or was used already",
            "use the newest code",
        ));
    }
    // It counts once, however many codes would be right.
    if state.catalog().use_ticket(digest.as_bytes(), TicketKind::SecondStep, now).await?.is_none() {
        return Err(too_late());
    }
    enter(state, person, "signed_in_with_second_factor", browser).await
}

/// Whether a code is one of somebody's second factor or an unused recovery code; it is used up by that.
async fn is_code(
    state: &AppState,
    known: &PersonRecord,
    code: &str,
    now: Timestamp,
) -> Result<bool, WebError> {
    let person = known.person.id;
    let digits = code.chars().filter(char::is_ascii_digit).count();
    let is_recovery = code.chars().filter(|letter| letter.is_alphanumeric()).count() > digits || digits > 6;
    if is_recovery {
        let digest = Digest::of(&normal_recovery_code(code));
        return Ok(state.catalog().use_recovery_code(person, digest.as_bytes(), now).await?);
    }
    Ok(use_shown_code(state, known, code, now).await?.is_some())
}

/// Uses a code up that the app of somebody's second factor shows. Gives its step; `None` if it is none, or was used.
async fn use_shown_code(
    state: &AppState,
    known: &PersonRecord,
    code: &str,
    now: Timestamp,
) -> Result<Option<u64>, WebError> {
    let person = known.person.id;
    let Some(sealed) = &known.second_factor else { return Ok(None) };
    let factor = opened(state, person, sealed)?;
    let last = known.second_factor_step.and_then(|step| i64::try_from(step).ok());
    match factor.check(code, now.as_second(), last).and_then(|step| u64::try_from(step).ok()) {
        Some(step) if state.catalog().use_second_factor_step(person, step).await? => Ok(Some(step)),
        _ => Ok(None),
    }
}

/// Whether a password is that of somebody who is in already.
///
/// # Errors
/// If it was tried too often.
pub(crate) async fn is_own_password(
    state: &AppState,
    person: u32,
    password: String,
    from: Origin,
) -> Result<bool, WebError> {
    // Counted by itself: whoever tries to come in under their address must not keep them from changing it.
    state.entrance.tries.one(&format!("password of {person}"), from.0)?;
    let kept = state.catalog().person(person).await?.and_then(|known| known.password);
    let cost = state.entrance.rules().cost;
    let checked = hashing(state, move || Password::check(&password, kept.as_deref(), cost)).await?;
    if checked == Checked::Wrong {
        let by = Actor::person(person, from.0.map(|address| address.to_string()));
        note(state, by, "password_refused", person).await?;
    }
    Ok(checked != Checked::Wrong)
}

/// Uses a code up that the app of somebody who is in already shows. Gives its step; `None` if it is none, or was used.
///
/// # Errors
/// If it was tried too often.
pub(crate) async fn use_own_code(
    state: &AppState,
    person: u32,
    code: &str,
    from: Origin,
) -> Result<Option<u64>, WebError> {
    state.entrance.tries.one(&format!("code of {person}"), from.0)?;
    match state.catalog().person(person).await? {
        Some(known) => use_shown_code(state, &known, code, Timestamp::now()).await,
        None => Ok(None),
    }
}

/// Gives the session of a request another secret. Gives the header that tells the browser; `None` if it is just about to hear
/// of one.
///
/// # Errors
/// If the catalog fails.
pub(crate) async fn renew(
    state: &AppState,
    session: u32,
    headers: &HeaderMap,
) -> Result<Option<HeaderValue>, WebError> {
    let cookies = Cookies { is_secure: state.entrance.rules().is_secure };
    let Some(old) = cookies.secret(headers) else { return Ok(None) };
    let (secret, now) = (Secret::new(SESSION), Timestamp::now());
    let (old, new) = (Digest::of(&old), Digest::of(secret.text()));
    let done = state.catalog().rotate_session(session, old.as_bytes(), new.as_bytes(), now).await?;
    Ok(cookies.keep(secret.text(), i64::from(LONGEST)).filter(|_| done))
}

/// Somebody's second factor, as it was sealed.
pub(crate) fn opened(state: &AppState, person: u32, sealed: &str) -> Result<SecondFactor, WebError> {
    let bytes =
        state.entrance.rules().seal.open(&second_factor_of(person), sealed).map_err(WebError::internal)?;
    SecondFactor::from_bytes(&bytes).ok_or_else(|| WebError::internal("a second factor of the wrong length"))
}

/// Somebody's second factor, sealed to be kept.
pub(crate) fn sealed(state: &AppState, person: u32, factor: &SecondFactor) -> String {
    state.entrance.rules().seal.seal(&second_factor_of(person), factor.as_bytes())
}

/// Lets somebody in by a one-time link.
///
/// # Errors
/// If the link was used, is too old, or counts only on the machine itself.
pub(crate) async fn by_link(state: &AppState, secret: &str, browser: &Browser) -> Result<Secret, WebError> {
    state.entrance.tries.from(browser.from.0)?;
    let (digest, now) = (Digest::of(secret), Timestamp::now());
    let ticket = state.catalog().ticket(digest.as_bytes(), TicketKind::SignIn, now).await?;
    let ticket = ticket.ok_or_else(too_late)?;
    if ticket.loopback_only && !browser.from.0.is_some_and(|address| address.is_loopback()) {
        return Err(WebError::told(
            StatusCode::FORBIDDEN,
            "place",
            "Only on the machine itself",
            "this link counts only for a browser on the machine that the server runs on",
        )
        .remedy("use one that 'adroit login-link' makes: it counts from elsewhere too"));
    }
    let used = state.catalog().use_ticket(digest.as_bytes(), TicketKind::SignIn, now).await?;
    let person = used.and_then(|ticket| ticket.person).ok_or_else(too_late)?;
    enter(state, person, "signed_in_by_link", browser).await
}

/// Makes the first owner, with the token that the server printed, and lets them in.
///
/// # Errors
/// If the token is wrong, the password is not acceptable, or there are people already.
pub(crate) async fn set_up(
    state: &AppState,
    token: &str,
    organisation: &str,
    (email, name): (&Email, &str),
    password: String,
    browser: &Browser,
) -> Result<Secret, WebError> {
    state.entrance.tries.from(browser.from.0)?;
    let (digest, now) = (Digest::of(token), Timestamp::now());
    if state.catalog().ticket(digest.as_bytes(), TicketKind::SetUp, now).await?.is_none() {
        let remedy = "use the one that 'adroit serve' printed last; start it again for a new one";
        return Err(WebError::parameter("token", "it is not right, or too old", remedy));
    }
    let hash = new_password(state, password, email).await?;
    if state.catalog().use_ticket(digest.as_bytes(), TicketKind::SetUp, now).await?.is_none() {
        return Err(too_late());
    }
    let by = Actor { who: "set-up".to_owned(), address: browser.from.0.map(|address| address.to_string()) };
    let made = state.catalog().set_up(&by, organisation, email.text(), name, &hash).await;
    let person = made.map_err(refused)?;
    enter(state, person, "signed_in", browser).await
}

/// Chooses another password with a link that was sent by e-mail. All sessions end.
///
/// # Errors
/// If the link was used or is too old, or the password is not acceptable.
pub(crate) async fn reset(
    state: &AppState,
    secret: &str,
    password: String,
    from: Origin,
) -> Result<(), WebError> {
    state.entrance.tries.from(from.0)?;
    let (digest, now) = (Digest::of(secret), Timestamp::now());
    let ticket = state.catalog().ticket(digest.as_bytes(), TicketKind::Reset, now).await?;
    let person = ticket.and_then(|ticket| ticket.person).ok_or_else(too_late)?;
    let known = state.catalog().person(person).await?.ok_or_else(too_late)?;
    let email = known.person.email.parse().map_err(WebError::internal)?;
    let hash = new_password(state, password, &email).await?;
    if state.catalog().use_ticket(digest.as_bytes(), TicketKind::Reset, now).await?.is_none() {
        return Err(too_late());
    }
    let by = Actor::person(person, from.0.map(|address| address.to_string()));
    state.catalog().set_password(&by, person, &hash, None).await.map_err(refused)
}

/// Whether a link still counts. It is not used up.
pub(crate) async fn counts(state: &AppState, secret: &str, kind: TicketKind) -> Result<bool, WebError> {
    let digest = Digest::of(secret);
    Ok(state.catalog().ticket(digest.as_bytes(), kind, Timestamp::now()).await?.is_some())
}

/// Makes a one-time secret.
///
/// # Errors
/// If the person may not sign in, or the catalog fails.
pub(crate) async fn ticket(
    state: &AppState,
    kind: TicketKind,
    person: Option<u32>,
    counts_for: SignedDuration,
    loopback_only: bool,
) -> Result<Secret, WebError> {
    let secret = Secret::new(TICKET);
    let digest = *Digest::of(secret.text()).as_bytes();
    let expires_at = Timestamp::now().saturating_add(counts_for).unwrap_or(Timestamp::MAX);
    let new = NewTicket { kind, digest, person, loopback_only, expires_at };
    state.catalog().make_ticket(&new).await.map_err(refused)?;
    Ok(secret)
}

/// Makes the secret with which somebody chooses another password; `None` if there is nobody of the address.
pub(super) async fn reset_ticket(
    state: &AppState,
    email: &str,
    from: Option<IpAddr>,
) -> Result<Option<(Email, Secret)>, WebError> {
    state.entrance.tries.one(email, from)?;
    let Ok(email) = email.parse::<Email>() else { return Ok(None) };
    let known = state.catalog().person_by_email(email.text()).await?;
    let Some(known) = known.filter(|known| !known.person.is_disabled) else { return Ok(None) };
    let secret = ticket(state, TicketKind::Reset, Some(known.person.id), RESET, false).await?;
    Ok(Some((email, secret)))
}

/// The hash of a password that somebody chooses.
///
/// # Errors
/// If it is not acceptable, with what would be.
pub(crate) async fn new_password(
    state: &AppState,
    password: String,
    email: &Email,
) -> Result<String, WebError> {
    let (email, breached) = (email.clone(), state.entrance.rules().breached.clone());
    let text = password.clone();
    hashing(state, move || Password::is_acceptable(&text, &email, &breached))
        .await?
        .map_err(not_acceptable)?;
    hashed(state, password).await
}

/// The hash of a password.
pub(super) async fn hashed(state: &AppState, password: String) -> Result<String, WebError> {
    let cost = state.entrance.rules().cost;
    hashing(state, move || Password::hash(&password, cost)).await?.map_err(not_acceptable)
}

pub(super) fn not_acceptable(error: PasswordError) -> WebError {
    match error {
        PasswordError::Lookup(_) | PasswordError::NotHashed(_) => WebError::internal(error),
        other => {
            let detail = other.to_string();
            let (detail, remedy) = detail.split_once("; ").unwrap_or((&detail, "choose another one"));
            WebError::parameter("password", detail, remedy)
        }
    }
}

/// Does something that takes a processor for a while, a few at a time.
pub(super) async fn hashing<T: Send + 'static>(
    state: &AppState,
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, WebError> {
    let _place = state.entrance.hashing.acquire().await.map_err(WebError::internal)?;
    tokio::task::spawn_blocking(work).await.map_err(WebError::internal)
}

pub(super) async fn enter(
    state: &AppState,
    person: u32,
    action: &str,
    browser: &Browser,
) -> Result<Secret, WebError> {
    let secret = Secret::new(SESSION);
    let address = browser.from.0.map(|address| address.to_string());
    let session = NewSession {
        digest: *Digest::of(secret.text()).as_bytes(),
        person,
        now: Timestamp::now(),
        idle_secs: IDLE,
        absolute_secs: LONGEST,
        agent: browser.agent.chars().take(AGENT).collect(),
        address: address.clone().unwrap_or_default(),
    };
    state.catalog().make_session(&session).await.map_err(refused)?;
    note(state, Actor::person(person, address), action, person).await?;
    Ok(secret)
}

async fn note(state: &AppState, by: Actor, action: &str, person: u32) -> Result<(), WebError> {
    let organisation = state.catalog().memberships(person).await?.first().map(|own| own.grant.organisation);
    let entry = NewAudit {
        organisation,
        workspace: None,
        action: action.to_owned(),
        object: format!("person {person}"),
        before: None,
        after: None,
    };
    state.catalog().note(&by, &entry).await?;
    Ok(())
}

/// Notes that somebody could not come in, after they were told so: it may not be seen in how long that takes, nor in how long the
/// next request does. `./x bench sign-in` measures it.
pub(super) fn note_refusal(state: &AppState, known: Option<&PersonRecord>, from: Origin) {
    let (state, person) = (state.clone(), known.map(|known| known.person.id));
    tokio::spawn(async move {
        let by = Actor { who: "nobody".to_owned(), address: from.0.map(|address| address.to_string()) };
        let noted = match person {
            Some(person) => note(&state, by, "sign_in_refused", person).await,
            None => state.catalog().note_unknown().await.map_err(WebError::from),
        };
        if let Err(error) = noted {
            tracing::warn!(%error, "a refused sign-in is not in the audit log");
        }
    });
}

fn wrong() -> WebError {
    let detail = "e-mail address and password do not go together";
    WebError::told(StatusCode::UNAUTHORIZED, "credentials", "That is not right", detail)
        .remedy("try again, or choose another password")
}

fn too_late() -> WebError {
    let detail = "this link or step was used already, or is too old";
    WebError::told(StatusCode::GONE, "too-late", "Too late", detail).remedy("begin again")
}
