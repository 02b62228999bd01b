//! Accounts that may have come in twice, as a panel of the sources, and deciding about them.

use askama::Template;
use askama::filters::HtmlSafe;
use axum::extract::OriginalUri;
use axum::response::Redirect;
use domain::Level;
use insight::duplicates::{DuplicateProposal, Duplicates, Twin};

use crate::WebError;
use crate::access::{Decide, May};
use crate::format;
use crate::link::Link;
use crate::params::Params;
use crate::questions::duplicates::decide;
use crate::questions::renames::Decision;
use crate::questions::{VIEW_PARAMETERS, plans};

/// What is proposed and what was decided.
#[derive(Debug, Clone, Template)]
#[template(path = "duplicates.html")]
pub(super) struct DuplicatesPanel {
    action: String,
    proposals: Vec<Proposed>,
    decided: Vec<Decided>,
}

impl HtmlSafe for DuplicatesPanel {}

/// A pair.
#[derive(Debug, Clone)]
struct Proposed {
    kept: u32,
    other: u32,
    kept_name: String,
    other_name: String,
    /// What counts twice.
    twice: String,
    about: String,
    /// What accepting would do.
    would: String,
}

/// A decision.
#[derive(Debug, Clone)]
struct Decided {
    kept: u32,
    other: u32,
    kept_name: String,
    other_name: String,
    is_accepted: bool,
    /// What the other account still counts with.
    left: String,
    at: String,
}

impl DuplicatesPanel {
    pub(super) fn of(found: &Duplicates, link: &Link) -> Self {
        let decided = found.decided.iter().map(|(pair, kept, other)| Decided {
            kept: pair.kept,
            other: pair.other,
            kept_name: called(kept),
            other_name: called(other),
            is_accepted: pair.is_accepted,
            left: match other.days {
                _ if !pair.is_accepted => String::new(),
                None => ", of which no day counts by itself".to_owned(),
                Some(days) => {
                    format!(", of which {} days within {} still count", other.known_days, format::days(days))
                }
            },
            at: format!("{} UTC", format::moment(pair.decided_at, 0)),
        });
        Self {
            action: link.at("/sources/duplicates").only(&VIEW_PARAMETERS).to_string(),
            proposals: found.proposals.iter().map(proposed).collect(),
            decided: decided.collect(),
        }
    }

    /// Whether there is nothing to show.
    pub(super) fn is_empty(&self) -> bool {
        self.proposals.is_empty() && self.decided.is_empty()
    }
}

/// An account with its id, where it has one.
fn called(twin: &Twin) -> String {
    let label = twin.account.label();
    match twin.account.external_id.as_deref().filter(|id| *id != label) {
        Some(id) => format!("{label} ({id})"),
        None => label.to_owned(),
    }
}

fn proposed(pair: &DuplicateProposal) -> Proposed {
    let currency = pair.kept.account.currency;
    let money =
        |micros: i64| format!("{} {}", format::money(micros, Some(currency)), format::currency(currency));
    let hidden: Vec<&str> = pair.levels_hidden.iter().copied().map(Level::label).collect();
    let hidden = match hidden.as_slice() {
        [] => String::new(),
        levels => {
            format!(" Only it tells their {} level, which would not be seen either.", levels.join(" and "))
        }
    };
    Proposed {
        kept: pair.kept.account.account,
        other: pair.other.account.account,
        kept_name: called(&pair.kept),
        other_name: called(&pair.other),
        twice: money(pair.twice_micros),
        about: format!(
            "{}: {} of {} rows of one day and campaign are equal in spend and impressions",
            pair.kept.account.platform.label(),
            format::count(pair.equal_rows),
            format::count(pair.shared_rows)
        ),
        would: format!(
            "As one, {} days of the second are set aside: {} disappears from totals, {} of the first stays for these days.{hidden}",
            format::count(pair.aside_days),
            pair.aside_micros.map_or("nothing".to_owned(), money),
            pair.kept_micros.map_or("nothing".to_owned(), money)
        ),
    }
}

/// Decides about a pair and leads back to the sources.
pub(crate) async fn put(
    state: May<Decide>,
    OriginalUri(uri): OriginalUri,
    mut params: Params,
    body: String,
) -> Result<Redirect, WebError> {
    let workspace = plans::changed_in(&state, &mut params).await?;
    super::plan::left_out(&mut params)?;
    params.done()?;
    let mut form = Params::of(&body);
    let number = "use the number of an account";
    let (kept, other): (Option<u32>, Option<u32>) =
        (form.parsed_as("kept", number)?, form.parsed_as("other", number)?);
    let decision = match form.text("decision")?.as_deref() {
        Some("accept") => Decision::Accept,
        Some("reject") => Decision::Reject,
        Some("undo") => Decision::Undo,
        _ => return Err(WebError::parameter("decision", "it is not known", "use accept, reject or undo")),
    };
    form.done()?;
    let missing = || WebError::parameter("kept", "an account is missing", number);
    decide(&state, workspace, kept.zip(other).ok_or_else(missing)?, decision).await?;
    Ok(Redirect::to(&Link::of(&uri).at("/sources").only(&VIEW_PARAMETERS).to_string()))
}
