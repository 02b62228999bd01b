//! The accounts that a client is to see: ticked where somebody is invited, where a token is made, and on the page People.

use askama::Template;
use askama::filters::HtmlSafe;
use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::Redirect;
use people::Role;
use store::WorkspaceId;
use store::catalog::Grant;
use store::facts::AccountId;

use super::alerts::home;
use super::plan::written_in;
use crate::WebError;
use crate::access::{Administer, May};
use crate::format;
use crate::params::Params;
use crate::questions::client_accounts::Offered;
use crate::questions::people::{Names, membership, number, set_role};

/// Accounts to be ticked.
#[derive(Debug, Clone, Template)]
#[template(path = "account_choices.html")]
pub(super) struct AccountChoices {
    offers: Vec<Offer>,
}

impl HtmlSafe for AccountChoices {}

/// An account.
#[derive(Debug, Clone)]
struct Offer {
    id: AccountId,
    label: String,
    /// The workspace, where there are several.
    place: String,
    is_chosen: bool,
}

/// What a client sees.
#[derive(Debug, Clone)]
pub(super) struct SeenByClient {
    pub(super) summary: String,
    pub(super) choices: AccountChoices,
    /// Where other accounts are chosen; empty if it is not for who asks.
    pub(super) action: String,
}

impl AccountChoices {
    /// Those of a workspace, or with none all that are offered; with those that are chosen.
    pub(super) fn of(
        offered: &[Offered],
        place: Option<WorkspaceId>,
        names: &Names,
        chosen: &[AccountId],
    ) -> Self {
        let meant = || offered.iter().filter(|one| place.is_none_or(|id| id == one.workspace));
        let several = meant().any(|one| meant().next().is_some_and(|first| first.workspace != one.workspace));
        let offer = |one: &Offered| Offer {
            id: one.id,
            label: format!("{}: {} ({})", one.platform.label(), one.label, format::currency(one.currency)),
            place: if several { names.workspace(one.workspace) } else { String::new() },
            is_chosen: chosen.contains(&one.id),
        };
        Self { offers: meant().map(offer).collect() }
    }
}

impl SeenByClient {
    /// What a grant lets a client see; none for other roles.
    pub(super) fn of(grant: &Grant, offered: &[Offered], names: &Names, action: String) -> Option<Self> {
        if grant.role != Role::Client {
            return None;
        }
        let chosen = grant.accounts.as_deref().unwrap_or_default();
        let choices = AccountChoices::of(offered, grant.workspace, names, chosen);
        Some(Self { summary: summary(chosen.len()), choices, action })
    }
}

/// How many accounts a client sees, in words.
pub(super) fn summary(chosen: usize) -> String {
    match chosen {
        0 => "sees nothing: no account is chosen".to_owned(),
        1 => "sees 1 account".to_owned(),
        more => format!("sees {more} accounts"),
    }
}

/// Chooses the accounts that a client sees.
pub(crate) async fn choose(
    state: May<Administer>,
    Path(id): Path<String>,
    mut params: Params,
    body: String,
) -> Result<Redirect, WebError> {
    let workspace = written_in(&state, &mut params).await?;
    params.done()?;
    let mut form = Params::of(&body);
    let accounts = form.list("accounts")?;
    form.done()?;
    let id = number("membership", &id)?;
    // Whoever became something else meanwhile is not made a client again by it.
    if membership(&state, &workspace, id).await?.grant.role != Role::Client {
        let detail = "they are no client any more, so they see all accounts";
        return Err(WebError::told(StatusCode::CONFLICT, "conflict", "That can't be", detail)
            .remedy("load the page again"));
    }
    set_role(&state, &workspace, id, Role::Client, Some(accounts)).await?;
    Ok(home(&workspace, "/people"))
}
