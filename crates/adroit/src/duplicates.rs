//! `adroit duplicates`: accounts that may have come in twice under two names, and deciding about them.

use std::process::ExitCode;

use axum::http::Method;
use domain::money::decimal_text;
use serde_json::json;
use web::api::{DuplicateIn, DuplicateProposalOut, DuplicatesOut, TwinOut};

use crate::args::{DuplicatesArgs, DuplicatesCommand, Place, Twins};
use crate::data::DataFolder;
use crate::door::{Door, path_with};
use crate::table::Table;

pub(crate) async fn run(args: DuplicatesArgs) -> anyhow::Result<ExitCode> {
    match args.command {
        Some(DuplicatesCommand::Accept(decided)) => {
            decide(&decided.place, decided.id, Some(true), decided.json).await
        }
        Some(DuplicatesCommand::Reject(decided)) => {
            decide(&decided.place, decided.id, Some(false), decided.json).await
        }
        Some(DuplicatesCommand::Undo(decided)) => {
            decide(&decided.place, decided.id, None, decided.json).await
        }
        Some(DuplicatesCommand::List(listed)) => list(&listed.place, listed.json).await,
        None => list(&args.listed.place, args.listed.json).await,
    }
}

async fn list(place: &Place, json: bool) -> anyhow::Result<ExitCode> {
    let door = Door::open(&DataFolder::of(place, "data")?).await?;
    let found: DuplicatesOut = door.ask(Method::GET, &address(place), None).await?;
    door.close().await;
    if json {
        say!("{}", serde_json::to_string_pretty(&found)?);
        return Ok(ExitCode::SUCCESS);
    }
    if found.proposals.is_empty() {
        say!("No account looks as if it had come in twice.");
    } else {
        let header = ["id", "counts", "the other", "platform", "equal rows", "counts twice", "days aside"];
        let mut table = Table::new(header, [4, 5, 6]);
        for pair in &found.proposals {
            table.row([
                twins(&pair.kept, &pair.other).to_string(),
                named(&pair.kept),
                named(&pair.other),
                pair.kept.platform.label().to_owned(),
                format!("{} of {}", pair.equal_rows, pair.shared_rows),
                twice(pair),
                pair.aside_days.to_string(),
            ]);
        }
        say!("{table}");
        for pair in found.proposals.iter().filter(|pair| !pair.levels_hidden.is_empty()) {
            let levels: Vec<&str> = pair.levels_hidden.iter().map(|level| level.label()).collect();
            say!(
                "{}: of these days only the other tells its figures by {}; they would be set aside too.",
                twins(&pair.kept, &pair.other),
                levels.join(", ")
            );
        }
        say!("They are one: adroit duplicates accept ID. They are two: adroit duplicates reject ID.");
    }
    if !found.decided.is_empty() {
        let mut table = Table::new(["decided", "first", "", "second", "when"], []);
        for decided in &found.decided {
            table.row([
                twins(&decided.kept, &decided.other).to_string(),
                named(&decided.kept),
                if decided.accepted { "counts for" } else { "is not" }.to_owned(),
                named(&decided.other),
                decided.decided_at.to_string(),
            ]);
        }
        say!("{table}");
    }
    Ok(ExitCode::SUCCESS)
}

/// Decides about a pair; without a decision, takes the one before back.
async fn decide(place: &Place, id: Twins, accepted: Option<bool>, json: bool) -> anyhow::Result<ExitCode> {
    let door = Door::open(&DataFolder::of(place, "data")?).await?;
    let asked = DuplicateIn { kept_id: id.kept, other_id: id.other, accepted };
    let done = door.tell(Method::POST, &address(place), serde_json::to_vec(&asked)?).await;
    door.close().await;
    done?;
    if json {
        let decision = match accepted {
            Some(true) => "accepted",
            Some(false) => "rejected",
            None => "undone",
        };
        let said = json!({"kept_id": id.kept, "other_id": id.other, "decision": decision});
        say!("{}", serde_json::to_string_pretty(&said)?);
        return Ok(ExitCode::SUCCESS);
    }
    let Twins { kept, other } = id;
    match accepted {
        Some(true) => say!(
            "{kept} and {other} are one: days that {kept} tells too are set aside of {other}. `adroit duplicates undo {id}` takes it back."
        ),
        Some(false) => say!(
            "{kept} and {other} are two and are not proposed again: `adroit duplicates undo {id}` takes it back."
        ),
        None => say!("What was decided about {kept} and {other} is taken back; everything counts again."),
    }
    Ok(ExitCode::SUCCESS)
}

fn twins(kept: &TwinOut, other: &TwinOut) -> Twins {
    Twins { kept: kept.account_id, other: other.account_id }
}

/// An account's name, with its id where that says more.
fn named(twin: &TwinOut) -> String {
    match twin.external_id.as_deref().filter(|id| *id != twin.account) {
        Some(id) => format!("{} ({id})", twin.account),
        None => twin.account.clone(),
    }
}

fn twice(pair: &DuplicateProposalOut) -> String {
    let currency = pair.kept.currency;
    format!("{} {currency}", decimal_text(pair.twice_micros, currency.decimals()))
}

fn address(place: &Place) -> String {
    path_with("/api/v1/duplicates", &[("workspace", place.workspace.clone())])
}
