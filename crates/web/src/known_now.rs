//! What is known of each workspace in all, held in memory by the state of its data, so that reading a question asks the engine nothing.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use insight::{Bound, Known};
use store::WorkspaceId;
use tokio::sync::OnceCell;

use crate::access::Seen;
use crate::admission::Load;
use crate::{AppState, WebError};

/// What was known of workspaces, each with the state of its data. Who finds nothing waits for the one who asks.
#[derive(Debug, Default)]
pub(crate) struct KnownNow(Mutex<HashMap<WorkspaceId, (u64, Asked)>>);

type Asked = Arc<OnceCell<Arc<Known>>>;

impl AppState {
    /// What is known of a workspace now, as far as it may be seen.
    pub(crate) async fn known_now(&self, workspace: &Seen) -> Result<Arc<Known>, WebError> {
        let (id, version) = (workspace.id, workspace.data_version);
        let asked = {
            let mut known = self.known_now.0.lock().unwrap_or_else(PoisonError::into_inner);
            let held = known.entry(id).or_default();
            if held.0 != version {
                *held = (version, Asked::default());
            }
            held.1.clone()
        };
        let ask = || self.ask(Load::Light, id, move |insight| insight.known(&Bound::whole(id), None));
        Ok(workspace.bound().of_known(asked.get_or_try_init(ask).await?))
    }
}
