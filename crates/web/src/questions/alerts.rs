//! Alerts: their rules, the channels that are told, and what fires. Pages and API change them through these.

use alert::{NotARule, Rule};
use axum::http::StatusCode;
use jiff::{SignedDuration, Timestamp};
use lookout::{Lookout, Preview, ServerPreview};
use notify::{Address, NotifyError, Recipient};
use store::catalog::{
    Alert, AlertChannel, AlertError, ChannelKind, ChannelSecret, KeptRule, NewChannel, Workspace,
};

use crate::access::Asked;
use crate::admission::Load;
use crate::{AppState, WebError};

/// Most alerts that are shown at once.
pub(crate) const MOST_SHOWN: u32 = 200;
/// Days that a rule is tried on.
pub(crate) const TRIED_DAYS: i32 = 90;
/// Longest time for which somebody can be left in peace: 90 days.
const LONGEST_MUTE_HOURS: u32 = 90 * 24;
/// Most recipients of a channel.
const MOST_RECIPIENTS: usize = 20;
/// Longest name of a channel, in characters.
const LONGEST_NAME: usize = 60;

/// A channel that is to be made, as it was typed or sent.
pub(crate) struct Leads {
    pub(crate) name: String,
    pub(crate) kind: ChannelKind,
    /// Recipients separated by commas, or an address.
    pub(crate) address: String,
}

/// A channel that was made, with the secret that is shown this once.
pub(crate) struct Made {
    pub(crate) channel: AlertChannel,
    pub(crate) secret: Option<String>,
}

/// What looking needs, of a server.
pub(crate) fn lookout(state: &AppState) -> Lookout {
    Lookout {
        catalog: state.catalog().clone(),
        insight: state.insight.clone(),
        watch: state.watch.clone(),
        folder: state.spool.to_path_buf(),
        sender: state.telling.sender.clone(),
        home: state.telling.home.clone(),
    }
}

/// Makes a rule.
pub(crate) async fn make(state: &Asked, workspace: &Workspace, rule: Rule) -> Result<KeptRule, WebError> {
    let id = state
        .catalog()
        .make_alert_rule(workspace.id, &state.by.name(), &rule.tidy())
        .await
        .map_err(refused)?;
    find(state, workspace, id).await
}

/// Puts another rule in the place of one, from the version that was read.
pub(crate) async fn set(
    state: &Asked,
    workspace: &Workspace,
    read: (u32, u32),
    rule: Rule,
) -> Result<KeptRule, WebError> {
    state
        .catalog()
        .set_alert_rule(workspace.id, &state.by.name(), read, &rule.tidy())
        .await
        .map_err(refused)?;
    find(state, workspace, read.0).await
}

/// Deletes a rule.
pub(crate) async fn delete(
    state: &AppState,
    workspace: &Workspace,
    read: (u32, u32),
) -> Result<(), WebError> {
    state.catalog().delete_alert_rule(workspace.id, read).await.map_err(refused)
}

/// One rule.
pub(crate) async fn find(state: &AppState, workspace: &Workspace, id: u32) -> Result<KeptRule, WebError> {
    state.catalog().alert_rule(workspace.id, id).await.map_err(refused)
}

/// When a rule would have fired in the last days; `None` where it is not about days, or there are none.
pub(crate) async fn preview(
    state: &AppState,
    workspace: &Workspace,
    rule: Rule,
    days: i32,
) -> Result<Option<Preview>, WebError> {
    let rule = rule.tidy();
    rule.check().map_err(not_a_rule)?;
    let labelled = match &rule.scope.label {
        Some(label) => {
            let plans = state.catalog().plans_labelled(workspace.id, label).await?;
            let ids = plans.iter().filter_map(|plan| super::plans::campaign_of(&plan.state.about));
            Some(ids.collect())
        }
        None => None,
    };
    let of = workspace.clone();
    let tried =
        move |insight: &insight::Insight| lookout::preview(insight, &of, &rule, labelled.as_ref(), days);
    state.ask(Load::Heavy, workspace.id, tried).await
}

/// When a rule of the server would have fired in the last days; `None` where it is not about what was measured, or nothing was.
pub(crate) async fn preview_of_server(
    state: &AppState,
    rule: Rule,
    days: i32,
) -> Result<Option<ServerPreview>, WebError> {
    let rule = rule.tidy();
    rule.check().and_then(|()| rule.check_owner(true)).map_err(not_a_rule)?;
    Ok(lookout::preview_server(&state.watch, &rule, i64::from(days), Timestamp::now()).await?)
}

/// Days that were asked for, of those that are kept.
pub(crate) fn tried_days(asked: Option<i32>, most: i32) -> Result<i32, WebError> {
    let days = asked.unwrap_or(TRIED_DAYS);
    if !(1..=most).contains(&days) {
        let remedy = format!("use 1 to {most}");
        return Err(WebError::parameter("days", "so many can't be replayed", &remedy));
    }
    Ok(days)
}

/// Leaves everybody in peace about an alert for so many hours; 0 ends that.
pub(crate) async fn mute(
    state: &AppState,
    workspace: &Workspace,
    id: u32,
    hours: u32,
) -> Result<Alert, WebError> {
    let until = until(hours)?;
    state.catalog().mute_alert(workspace.id, id, until).await.map_err(refused)
}

/// The same about all alerts of a rule.
pub(crate) async fn mute_rule(
    state: &AppState,
    workspace: &Workspace,
    id: u32,
    hours: u32,
) -> Result<KeptRule, WebError> {
    let until = until(hours)?;
    state.catalog().mute_alert_rule(workspace.id, id, until).await.map_err(refused)?;
    find(state, workspace, id).await
}

fn until(hours: u32) -> Result<Option<Timestamp>, WebError> {
    if hours > LONGEST_MUTE_HOURS {
        return Err(WebError::parameter(
            "hours",
            "that is too long",
            "use at most 2160 hours, which is 90 days",
        ));
    }
    let after = SignedDuration::from_hours(i64::from(hours));
    Ok((hours > 0).then(|| Timestamp::now().saturating_add(after).unwrap_or(Timestamp::MAX)))
}

/// Makes a channel. The secret that signs a webhook's messages is made here and shown once.
pub(crate) async fn make_channel(
    state: &AppState,
    workspace: &Workspace,
    leads: Leads,
) -> Result<Made, WebError> {
    let name = leads.name.split_whitespace().collect::<Vec<_>>().join(" ");
    if name.is_empty() || name.chars().count() > LONGEST_NAME || name.contains(char::is_control) {
        return Err(WebError::parameter("name", "it can't name a channel", "use 1 to 60 letters"));
    }
    let wrong = |error: NotifyError| {
        let remedy = "see docs/alerts.md for what each kind of channel needs";
        WebError::parameter("address", &error.to_string(), remedy)
    };
    let kind = leads.kind;
    let (place, address, secret) = match kind {
        ChannelKind::Mail => {
            let to: Vec<Recipient> =
                leads.address.split(',').map(str::parse).collect::<Result<_, _>>().map_err(wrong)?;
            if to.len() > MOST_RECIPIENTS {
                return Err(WebError::parameter(
                    "address",
                    "there are too many",
                    "use at most 20 recipients",
                ));
            }
            let to = to.iter().map(ToString::to_string).collect::<Vec<_>>().join(",");
            (to.replace(',', ", "), to, None)
        }
        ChannelKind::Slack | ChannelKind::Teams | ChannelKind::Webhook => {
            let is_private_allowed = state.telling.sender.webhooks.is_private_allowed;
            let address = Address::read(leads.address.trim(), is_private_allowed).map_err(wrong)?;
            let is_signed = kind == ChannelKind::Webhook;
            let secret = is_signed.then(notify::new_secret).transpose()?;
            (address.host().to_owned(), address.secret(), secret)
        }
    };
    let leads = ChannelSecret { address, secret: secret.clone() };
    let made = NewChannel { name, kind, place, leads };
    let id = state.catalog().make_alert_channel(workspace.id, &made).await.map_err(refused)?;
    let (channel, _) = state.catalog().alert_channel(workspace.id, id).await.map_err(refused)?;
    Ok(Made { channel, secret })
}

/// Deletes a channel. Rules that name it tell the others.
pub(crate) async fn delete_channel(state: &Asked, workspace: &Workspace, id: u32) -> Result<(), WebError> {
    for kept in state.catalog().alert_rules(workspace.id).await? {
        let mut rule = kept.rule.clone();
        let named = rule.channels.remove(&id) | rule.escalate_to.remove(&id);
        if rule.escalate_to.is_empty() {
            rule.escalate_after_minutes = None;
        }
        if named {
            set(state, workspace, (kept.id, kept.version), rule).await?;
        }
    }
    state.catalog().delete_alert_channel(workspace.id, id).await.map_err(refused)
}

/// Sends a channel a message that says it is a test; what went wrong, if anything did.
pub(crate) async fn test_channel(
    state: &AppState,
    workspace: &Workspace,
    id: u32,
) -> Result<Result<(), NotifyError>, WebError> {
    let (channel, leads) = state.catalog().alert_channel(workspace.id, id).await.map_err(refused)?;
    Ok(lookout::tested(&lookout(state), workspace, channel.kind, &leads).await)
}

/// The problem that a refusal is.
pub(crate) fn refused(error: AlertError) -> WebError {
    match error {
        AlertError::NotFound("channel") => WebError::parameter(
            "channels",
            "there is no such channel in this workspace",
            "use a channel's number",
        ),
        AlertError::NotFound(what) => {
            WebError::not_found(format!("there is no such {what} in this workspace"))
        }
        AlertError::Stale(now) => {
            let detail = match now {
                Some(now) => format!("rule {} is at version {} now", now.id, now.version),
                None => "the rule was deleted".to_owned(),
            };
            let title = "Somebody else changed it";
            WebError::told(StatusCode::PRECONDITION_FAILED, "stale", title, detail)
                .remedy("read it again, decide with what is so now, and send it with the new version")
        }
        AlertError::TooMany(what) => {
            let title = "There are too many";
            WebError::told(
                StatusCode::CONFLICT,
                "too-many",
                title,
                format!("there are too many {what} already"),
            )
            .remedy("delete one that is not needed")
        }
        AlertError::NotARule(error) => not_a_rule(error),
        AlertError::Catalog(error) => error.into(),
    }
}

fn not_a_rule(error: NotARule) -> WebError {
    WebError::parameter(error.field, &error.detail, error.remedy)
}

/// A number in an address.
pub(crate) fn number(what: &str, id: &str) -> Result<u32, WebError> {
    id.parse().map_err(|_| WebError::not_found(format!("there is no {what} {id} in this workspace")))
}
