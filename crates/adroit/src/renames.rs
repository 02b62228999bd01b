//! `adroit renames`: campaigns that may go on under another name, and deciding about them.

use std::process::ExitCode;

use axum::http::Method;
use serde_json::json;
use web::api::{ProposalOut, RenameIn, RenamesOut};

use crate::args::{Pair, Place, RenamesArgs, RenamesCommand};
use crate::data::DataFolder;
use crate::door::{Door, path_with};
use crate::table::Table;

pub(crate) async fn run(args: RenamesArgs) -> anyhow::Result<ExitCode> {
    match args.command {
        Some(RenamesCommand::Accept(decided)) => {
            decide(&decided.place, decided.id, Some(true), decided.json).await
        }
        Some(RenamesCommand::Reject(decided)) => {
            decide(&decided.place, decided.id, Some(false), decided.json).await
        }
        Some(RenamesCommand::Undo(decided)) => decide(&decided.place, decided.id, None, decided.json).await,
        Some(RenamesCommand::List(listed)) => list(&listed.place, listed.json).await,
        None => list(&args.listed.place, args.listed.json).await,
    }
}

async fn list(place: &Place, json: bool) -> anyhow::Result<ExitCode> {
    let door = Door::open(&DataFolder::of(place, "data")?).await?;
    let found: RenamesOut = door.ask(Method::GET, &address(place), None).await?;
    door.close().await;
    if json {
        say!("{}", serde_json::to_string_pretty(&found)?);
        return Ok(ExitCode::SUCCESS);
    }
    if found.proposals.is_empty() {
        say!("No campaign looks as if it went on under another name.");
    } else {
        let mut table = Table::new(["id", "first", "until", "then", "from", "alike"], [5]);
        for ProposalOut { old, new, alike } in &found.proposals {
            table.row([
                Pair { old: old.campaign_id, new: new.campaign_id }.to_string(),
                old.campaign.clone(),
                old.last_day.to_string(),
                new.campaign.clone(),
                new.first_day.to_string(),
                format!("{:.0} %", alike * 100.0),
            ]);
        }
        say!("{table}");
        say!("They are one: adroit renames accept ID. They are two: adroit renames reject ID.");
    }
    if !found.decided.is_empty() {
        let mut table = Table::new(["decided", "first", "", "then", "when"], []);
        for decided in &found.decided {
            table.row([
                Pair { old: decided.old_id, new: decided.new_id }.to_string(),
                decided.old.clone(),
                if decided.accepted { "goes on as" } else { "is not" }.to_owned(),
                decided.new.clone(),
                decided.decided_at.to_string(),
            ]);
        }
        say!("{table}");
    }
    Ok(ExitCode::SUCCESS)
}

/// Decides about a pair; without a decision, takes the one before back.
async fn decide(place: &Place, id: Pair, accepted: Option<bool>, json: bool) -> anyhow::Result<ExitCode> {
    let door = Door::open(&DataFolder::of(place, "data")?).await?;
    let asked = RenameIn { old_id: id.old, new_id: id.new, accepted };
    let done = door.tell(Method::POST, &address(place), serde_json::to_vec(&asked)?).await;
    door.close().await;
    done?;
    let decision = match accepted {
        Some(true) => "accepted",
        Some(false) => "rejected",
        None => "undone",
    };
    if json {
        let said = json!({"old_id": id.old, "new_id": id.new, "decision": decision});
        say!("{}", serde_json::to_string_pretty(&said)?);
    } else {
        match accepted {
            Some(true) => {
                say!("{id} are read as one, under the newer name: `adroit renames undo {id}` takes it back.")
            }
            Some(false) => {
                say!("{id} are two and are not proposed again: `adroit renames undo {id}` takes it back.")
            }
            None => say!("What was decided about {id} is taken back."),
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn address(place: &Place) -> String {
    path_with("/api/v1/renames", &[("workspace", place.workspace.clone())])
}
