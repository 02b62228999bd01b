//! When it is looked: after what changed, every hour, and at the machine and the server itself every half minute.

use std::collections::HashMap;
use std::time::Duration;

use jiff::Timestamp;
use store::catalog::Workspace;
use tokio::time::{Instant, interval, sleep, timeout_at};

use crate::post::Post;
use crate::writing::escalate;
use crate::{Looked, Lookout, look};

/// Data must have stayed as it is so long before it is looked at: one import follows another.
const QUIET: Duration = Duration::from_secs(5);
/// Everything is looked at at least so often.
const HOUR: Duration = Duration::from_secs(3600);
/// The machine is looked at so often, and alerts that nobody acknowledged.
const OFTEN: Duration = Duration::from_secs(30);
/// The outbox is looked at so often.
const POST: Duration = Duration::from_secs(5);

/// Looks at the rules of every workspace, and of the server, as long as the program runs.
pub async fn keep_looking(lookout: Lookout) {
    make_built_in(&lookout).await;
    tokio::join!(at_figures(&lookout), at_the_machine(&lookout));
}

/// Makes the server's rules that are there from the start, as soon as the catalog takes them.
async fn make_built_in(lookout: &Lookout) {
    let rules = alert::built_in();
    while let Err(error) = lookout.catalog.make_built_in_rules(&rules, Timestamp::now()).await {
        tracing::warn!(%error, "the server's own alert rules can't be made");
        sleep(OFTEN).await;
    }
}

async fn at_figures(lookout: &Lookout) {
    let mut changes = lookout.catalog.changes();
    let mut looked: HashMap<u32, (u64, Vec<(u32, u32)>)> = HashMap::new();
    let (mut hour, server) = (Instant::now(), Workspace::server());
    loop {
        sleep(QUIET).await;
        let is_hour = Instant::now() >= hour;
        if is_hour {
            hour = Instant::now() + HOUR;
        }
        let Ok(workspaces) = lookout.catalog.workspaces().await else { continue };
        let mut is_any_new = false;
        for workspace in workspaces.iter().chain([&server]) {
            let Ok(rules) = lookout.catalog.alert_rules(workspace.id).await else { continue };
            let versions = rules.iter().map(|kept| (kept.id, kept.version)).collect();
            let now = (workspace.data_version, versions);
            let is_new = looked.get(&workspace.id) != Some(&now);
            looked.insert(workspace.id, now);
            is_any_new |= is_new;
            // Sources of the server's rules are those of the workspaces, which come before it.
            if is_new || is_hour || workspace.is_server() && is_any_new {
                told(look(lookout, workspace, Looked::Figures, Timestamp::now()).await);
            }
        }
        // Waits for the next change, or for the hour to be over.
        if let Ok(Err(_)) = timeout_at(hour, changes.changed()).await {
            return;
        }
    }
}

async fn at_the_machine(lookout: &Lookout) {
    let (mut often, server) = (interval(OFTEN), Workspace::server());
    loop {
        often.tick().await;
        let Ok(workspaces) = lookout.catalog.workspaces().await else { continue };
        for workspace in [&server].into_iter().chain(workspaces.iter()) {
            told(look(lookout, workspace, Looked::Machine, Timestamp::now()).await);
            told(escalate(lookout, workspace, Timestamp::now()).await);
        }
    }
}

fn told(looked: Result<(), crate::LookError>) {
    if let Err(error) = looked {
        tracing::warn!(%error, "alert rules could not be looked at");
    }
}

/// Sends what is due as long as the program runs.
pub async fn keep_sending(lookout: Lookout) {
    let post = loop {
        match Post::open(lookout.clone()).await {
            Ok(post) => break post,
            Err(error) => tracing::warn!(%error, "the outbox of alerts can't be opened"),
        }
        sleep(OFTEN).await;
    };
    let mut often = interval(POST);
    loop {
        often.tick().await;
        if let Err(error) = post.send_due(Timestamp::now()).await {
            tracing::warn!(%error, "alerts that are due could not be sent");
        }
    }
}
