//! Views that whoever has a link may see: which pages those can be, making and ending links, and opening them.
//!
//! A link is a secret in an address below `/s/`. Who opens one sees the one page, as a client who sees all accounts would, and nothing
//! of who they are elsewhere counts. The page goes through the response cache like any other.

mod address;
mod make;
mod open;
mod opens;
mod origin;
mod unlocked;

use std::sync::Arc;

use jiff::Timestamp;
use moka::sync::Cache;
use people::{Digest, Role, SHARE};
use store::WorkspaceId;
use store::catalog::SharedLink;

use crate::access::{Held, Sight, Visitor, Who};
use crate::questions::tokens::Standing;
use crate::{AppState, WebError};
use opens::Opened;
use unlocked::Unlocked;

pub(crate) use address::{address, can_be_shared, figures, readers_choose};
pub(crate) use make::{Days, MOST_DAYS, Made, USUAL_DAYS, Wanted, links, make, number, revoke};
pub(crate) use open::{Framable, open, unlock};
pub use opens::keep_opens;

/// Most links that are held in memory.
const HELD: u64 = 10_000;
/// Where links lead.
const START: &str = "/s/";

/// What the server holds of shared links.
pub(crate) struct Sharing {
    /// Links by the digests of their secrets, and after how many changes of links they were read.
    held: Cache<[u8; 32], (u64, Arc<SharedLink>)>,
    opened: Opened,
    unlocked: Unlocked,
}

impl Default for Sharing {
    fn default() -> Self {
        Self { held: Cache::new(HELD), opened: Opened::default(), unlocked: Unlocked::default() }
    }
}

/// Whether a path is that of a shared link.
pub(crate) fn is_shared(path: &str) -> bool {
    path.starts_with(START)
}

/// Where a link with a secret leads.
pub(crate) fn path(secret: &str) -> String {
    format!("{START}{secret}")
}

/// How a link stands.
pub(crate) fn standing(link: &SharedLink, now: Timestamp) -> Standing {
    Standing::at(link.revoked_at, Some(link.expires_at), now)
}

/// Whoever has a link to a view of a workspace: they see its figures as whoever shared it did, and no other workspace.
fn reader(workspace: WorkspaceId) -> Visitor {
    let held = Held::whole(Role::Client);
    let sight = Sight { workspaces: vec![(workspace, held)], ..Sight::default() };
    Visitor { who: Who::Anybody, sight: Arc::new(sight), lacks_factor: false }
}

impl AppState {
    /// The link with a secret, whether it counts or not.
    pub(crate) async fn shared_link(&self, secret: &str) -> Result<Option<Arc<SharedLink>>, WebError> {
        if !secret.starts_with(SHARE) {
            return Ok(None);
        }
        let digest = *Digest::of(secret).as_bytes();
        // Before it is read: what changes meanwhile is read anew.
        let changes = self.catalog().shared_links_version();
        if let Some((_, link)) = self.sharing.held.get(&digest).filter(|(read, _)| *read == changes) {
            return Ok(Some(link));
        }
        let Some(link) = self.catalog().shared_link(&digest).await?.map(Arc::new) else { return Ok(None) };
        self.sharing.held.insert(digest, (changes, link.clone()));
        Ok(Some(link))
    }
}
