//! Making links, listing and ending them.

use axum::http::{StatusCode, Uri};
use domain::Period;
use jiff::{SignedDuration, Timestamp};
use people::{Digest, SHARE, Secret, shown};
use store::catalog::{NewSharedLink, SharedLink, SharedLinkError, Workspace};

use super::origin::origins;
use super::{address, path, reader};
use crate::WebError;
use crate::access::{Asked, May, SeeFigures};
use crate::cache::forget_link;
use crate::entrance::link_password;
use crate::pages;
use crate::params::Params;
use crate::range::Preset;

/// Longest name, in characters.
const LONGEST_NAME: usize = 60;
/// After how many days a link expires, if nothing is said, and at most.
pub(crate) const USUAL_DAYS: u32 = 30;
pub(crate) const MOST_DAYS: u32 = 365;

/// A link that is to be made, as it was typed or sent.
pub(crate) struct Wanted {
    pub(crate) name: String,
    pub(crate) address: String,
    pub(crate) days: Days,
    /// After how many days it expires.
    pub(crate) expires_in_days: u32,
    pub(crate) password: Option<String>,
    /// The sites that may show it in a frame.
    pub(crate) origins: Vec<String>,
}

/// Which days a link shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Days {
    /// Those of the address.
    AsAddressed,
    /// A named range, which goes on with what is known.
    Rolling(Preset),
    /// These, whatever comes.
    Fixed(Period),
}

/// A link that was made.
pub(crate) struct Made {
    pub(crate) link: SharedLink,
    /// The link itself, which is shown this once: whole, or its path where nobody said where the server is.
    pub(crate) url: String,
}

/// Links of a workspace, newest first, older than `before` if given, and which to give next for older ones.
pub(crate) async fn links(
    state: &Asked,
    workspace: &Workspace,
    before: Option<u32>,
    limit: u32,
) -> Result<(Vec<SharedLink>, Option<u32>), WebError> {
    let mut links = state.catalog().shared_links(workspace.id, before, limit.saturating_add(1)).await?;
    let has_older = links.len() > limit as usize;
    links.truncate(limit as usize);
    let next = links.last().filter(|_| has_older).map(|last| last.id);
    Ok((links.into_iter().map(|link| state.sharing.opened.with(link)).collect(), next))
}

/// Makes a link. What it is to show is shown once, to nobody, so that no link leads to an error.
pub(crate) async fn make(state: &Asked, workspace: &Workspace, wanted: Wanted) -> Result<Made, WebError> {
    let name = wanted.name.split_whitespace().collect::<Vec<_>>().join(" ");
    if name.is_empty() || name.chars().count() > LONGEST_NAME || name.contains(char::is_control) {
        return Err(WebError::parameter("name", "it can't name a link", "use 1 to 60 letters"));
    }
    let now = Timestamp::now();
    let expires_at = expiry(now, wanted.expires_in_days)?;
    let link = address(&wanted.address)?;
    let bare = link.clone().without(&["range", "from", "to"]);
    let link = match wanted.days {
        Days::AsAddressed => link,
        Days::Rolling(preset) => bare.with("range", preset.key()),
        Days::Fixed(period) => {
            bare.with("from", period.from().to_string()).with("to", period.to().to_string())
        }
    };
    let address = link.canonical().to_string();
    let origins = origins(&wanted.origins)?;
    can_be_shown(state, workspace, &address).await?;
    let password = match wanted.password {
        Some(password) => Some(link_password(state, password).await?),
        None => None,
    };
    let secret = Secret::new(SHARE);
    let new = NewSharedLink {
        digest: *Digest::of(secret.text()).as_bytes(),
        shown: shown(secret.text()),
        name,
        address,
        password,
        origins,
        expires_at,
    };
    let by = state.actor();
    let id = state.catalog().make_shared_link(&by, workspace.id, &new).await.map_err(refused)?;
    let NewSharedLink { shown, name, address, password, origins, expires_at, .. } = new;
    let link = SharedLink {
        id,
        workspace: workspace.id,
        shown,
        name,
        address,
        password,
        origins,
        made_by: by.who,
        made_at: now,
        expires_at,
        revoked_at: None,
        opens: 0,
        opened_at: None,
    };
    let home = state.telling.home.clone().unwrap_or_default();
    Ok(Made { link, url: format!("{home}{}", path(secret.text())) })
}

/// Ends a link at once, here and in a cache in front.
pub(crate) async fn revoke(state: &Asked, workspace: &Workspace, id: u32) -> Result<(), WebError> {
    let (app, by, workspace) = (state.app.clone(), state.actor(), workspace.id);
    // To its end, even if whoever asked goes away.
    let done = tokio::spawn(async move {
        let done = app.catalog().revoke_shared_link(&by, workspace, id).await;
        if done.is_ok() {
            forget_link(&app, id);
        }
        done
    });
    done.await.map_err(WebError::internal)?.map_err(refused)
}

/// A link's number, as an address has it.
pub(crate) fn number(id: &str) -> Result<u32, WebError> {
    id.parse().map_err(|_| WebError::not_found(format!("there is no shared link {id}")))
}

/// Shows a page as its readers will see it.
async fn can_be_shown(state: &Asked, workspace: &Workspace, address: &str) -> Result<(), WebError> {
    let uri: Uri = address.parse().map_err(WebError::internal)?;
    let uri: Uri = crate::link::Link::of(&uri)
        .with("workspace", &workspace.name)
        .to_string()
        .parse()
        .map_err(WebError::internal)?;
    let reader = May::<SeeFigures>::of(state.app.clone(), reader(workspace.id), state.from)?;
    match pages::shared::page(&reader, &uri, Params::of(uri.query().unwrap_or_default())).await {
        Ok(_) => Ok(()),
        Err(error) if error.problem().status == StatusCode::NOT_FOUND => {
            let detail = error.problem().detail;
            Err(WebError::parameter("address", &detail, "share a page that there is"))
        }
        Err(error) => Err(error),
    }
}

fn expiry(now: Timestamp, days: u32) -> Result<Timestamp, WebError> {
    if !(1..=MOST_DAYS).contains(&days) {
        let remedy = "use 1 to 365 days";
        return Err(WebError::parameter("expires_in_days", "that is no time to expire in", remedy));
    }
    let after = SignedDuration::from_hours(i64::from(days) * 24);
    Ok(now.saturating_add(after).unwrap_or(Timestamp::MAX))
}

fn refused(error: SharedLinkError) -> WebError {
    match error {
        SharedLinkError::NotFound => WebError::not_found(error.to_string()).remedy("load the list again"),
        SharedLinkError::TooMany => {
            WebError::told(StatusCode::CONFLICT, "too-many", "There are too many", error.to_string())
                .remedy("revoke some that nobody needs")
        }
        SharedLinkError::Catalog(error) => error.into(),
    }
}
