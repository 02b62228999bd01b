//! Campaigns that may have been renamed, as a panel of the sources, and deciding about them.

use askama::Template;
use askama::filters::HtmlSafe;
use axum::extract::OriginalUri;
use axum::response::Redirect;
use insight::renames::{Named, Renames};

use crate::WebError;
use crate::access::{Decide, May};
use crate::format;
use crate::link::Link;
use crate::params::Params;
use crate::questions::renames::{Decision, decide};
use crate::questions::{VIEW_PARAMETERS, plans};

/// What is proposed and what was decided.
#[derive(Debug, Clone, Template)]
#[template(path = "renames.html")]
pub(super) struct RenamesPanel {
    action: String,
    proposals: Vec<Proposed>,
    decided: Vec<Decided>,
}

impl HtmlSafe for RenamesPanel {}

/// A pair.
#[derive(Debug, Clone)]
struct Proposed {
    old: u32,
    new: u32,
    old_name: String,
    new_name: String,
    about: String,
}

/// A decision.
#[derive(Debug, Clone)]
struct Decided {
    old: u32,
    new: u32,
    old_name: String,
    new_name: String,
    is_accepted: bool,
    at: String,
}

impl RenamesPanel {
    pub(super) fn of(found: &Renames, link: &Link) -> Self {
        let spent = |named: &Named| {
            let currency = named.about.currency;
            named.spend_micros.map_or("nothing".to_owned(), |micros| {
                format!(
                    "{} {}",
                    format::round_money(micros),
                    currency.map(format::currency).unwrap_or_default()
                )
            })
        };
        let proposed = |proposal: &insight::renames::Proposal| {
            let (old, new) = (&proposal.old, &proposal.new);
            Proposed {
                old: old.about.id,
                new: new.about.id,
                old_name: old.about.name.clone(),
                new_name: new.about.name.clone(),
                about: format!(
                    "{}: the first until {}, {} spent; the other from {}, {} spent; names {} alike",
                    old.about.account,
                    format::day(old.last),
                    spent(old),
                    format::day(new.first),
                    spent(new),
                    format::percent(proposal.alike)
                ),
            }
        };
        let decided = found.decided.iter().map(|(rename, old, new)| Decided {
            old: rename.old,
            new: rename.new,
            old_name: old.name.clone(),
            new_name: new.name.clone(),
            is_accepted: rename.is_accepted,
            at: format!("{} UTC", format::moment(rename.decided_at, 0)),
        });
        Self {
            action: link.at("/sources/renames").only(&VIEW_PARAMETERS).to_string(),
            proposals: found.proposals.iter().map(proposed).collect(),
            decided: decided.collect(),
        }
    }

    /// Whether there is nothing to show.
    pub(super) fn is_empty(&self) -> bool {
        self.proposals.is_empty() && self.decided.is_empty()
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
    let number = "use the number of a campaign";
    let (old, new): (Option<u32>, Option<u32>) =
        (form.parsed_as("old", number)?, form.parsed_as("new", number)?);
    let decision = match form.text("decision")?.as_deref() {
        Some("accept") => Decision::Accept,
        Some("reject") => Decision::Reject,
        Some("undo") => Decision::Undo,
        _ => return Err(WebError::parameter("decision", "it is not known", "use accept, reject or undo")),
    };
    form.done()?;
    let missing = || WebError::parameter("old", "a campaign is missing", number);
    decide(&state, workspace, old.zip(new).ok_or_else(missing)?, decision).await?;
    Ok(Redirect::to(&Link::of(&uri).at("/sources").only(&VIEW_PARAMETERS).to_string()))
}
