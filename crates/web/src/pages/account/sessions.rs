//! The browsers that somebody is signed in with, and signing them out.

use axum::extract::Path;
use axum::response::{IntoResponse, Redirect, Response};
use store::catalog::SessionRecord;

use super::{done, forgotten, told};
use crate::WebError;
use crate::access::{May, SignedIn};
use crate::format;
use crate::params::Params;
use crate::questions::account;

/// Longest text that is shown of what an unknown browser calls itself, in letters.
const LONGEST: usize = 40;
/// What is in the names that browsers call themselves. Most have the names of others in them too: the first that is found counts.
const BROWSERS: [(&str, &str); 9] = [
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser/", "Samsung Internet"),
    ("Firefox/", "Firefox"),
    ("FxiOS/", "Firefox"),
    ("CriOS/", "Chrome"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
    ("curl/", "curl"),
];
const SYSTEMS: [(&str, &str); 7] = [
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Mac OS X", "macOS"),
    ("CrOS", "ChromeOS"),
    ("Linux", "Linux"),
];

/// A session, as the page shows it.
pub(super) struct Line {
    pub(super) id: u32,
    pub(super) browser: String,
    pub(super) address: String,
    pub(super) made: String,
    pub(super) seen: String,
    /// Whether it is the one that the page is shown in.
    pub(super) is_own: bool,
}

impl Line {
    pub(super) fn of(session: &SessionRecord, own: Option<u32>) -> Self {
        Self {
            id: session.id,
            browser: browser(&session.agent),
            address: session.address.clone(),
            made: format::moment(session.made_at, 0),
            seen: format::moment(session.seen_at, 0),
            is_own: own == Some(session.id),
        }
    }
}

/// Ends a session, and leads back.
pub(crate) async fn end(
    state: May<SignedIn>,
    Path(id): Path<String>,
    params: Params,
    body: String,
) -> Result<Response, WebError> {
    let theme = params.theme();
    params.done()?;
    match account::end(&state, &id, shown_password(&body)?).await {
        Ok(true) => Ok((forgotten(&state), Redirect::to("/sign-in")).into_response()),
        Ok(false) => Ok(done("session").into_response()),
        Err(error) => told(&state, theme, "sessions", error).await,
    }
}

/// Ends all sessions but this one, and leads back.
pub(crate) async fn end_others(
    state: May<SignedIn>,
    params: Params,
    body: String,
) -> Result<Response, WebError> {
    let theme = params.theme();
    params.done()?;
    match account::end_all_others(&state, shown_password(&body)?).await {
        Ok(()) => Ok(done("sessions").into_response()),
        Err(error) => told(&state, theme, "sessions", error).await,
    }
}

/// The password that was typed beside, if one was.
fn shown_password(body: &str) -> Result<Option<String>, WebError> {
    let mut form = Params::of(body);
    let password = form.as_typed("password")?;
    form.done()?;
    Ok(password)
}

/// A browser as people know it, from what it calls itself.
fn browser(agent: &str) -> String {
    let find = |known: &[(&str, &'static str)]| {
        known.iter().find(|(part, _)| agent.contains(part)).map(|(_, name)| *name)
    };
    match (find(&BROWSERS), find(&SYSTEMS)) {
        (Some(name), Some(system)) => format!("{name} on {system}"),
        (Some(name), None) => name.to_owned(),
        (None, Some(system)) => format!("A browser on {system}"),
        (None, None) if agent.trim().is_empty() => "A browser that does not say which".to_owned(),
        (None, None) => agent.chars().take(LONGEST).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn browsers_are_told_apart() {
        let chrome = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36";
        let iphone = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/26.0 Mobile/15E148 Safari/604.1";
        for (agent, shown) in [
            (chrome, "Chrome on Windows"),
            (&format!("{chrome} Edg/142.0.0.0"), "Edge on Windows"),
            (iphone, "Safari on iPhone"),
            ("Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0", "Firefox on Linux"),
            (
                "Mozilla/5.0 (Macintosh; Intel Mac OS X 10.15; rv:145.0) Gecko/20100101 Firefox/145.0",
                "Firefox on macOS",
            ),
            ("curl/8.15.0", "curl"),
            ("Something (Android 16)", "A browser on Android"),
            ("", "A browser that does not say which"),
        ] {
            assert_eq!(browser(agent), shown);
        }
        assert_eq!(browser(&"é".repeat(200)).chars().count(), LONGEST);
    }
}
