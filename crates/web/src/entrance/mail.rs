//! What is sent to people's mailboxes: links to choose another password and to come in, and that a note names them.

use notify::{Message, Target};
use people::Secret;
use serde_json::json;

use super::Origin;
use super::sign_in::reset_ticket;
use crate::{AppState, WebError};

/// Sends somebody a link to choose another password, if there is somebody of the address. Nobody learns whether there is.
///
/// # Errors
/// If it was tried too often.
pub(crate) async fn send_reset(state: &AppState, email: &str, from: Origin) -> Result<(), WebError> {
    let Some((email, secret)) = reset_ticket(state, email, from.0).await? else { return Ok(()) };
    let text = "Somebody, you it is hoped, wants to choose another password for Adroit. The link counts once, within an hour. \
                If it was not you, do nothing: your password stays what it is.";
    let message = Message {
        title: "Choose another password".to_owned(),
        text: text.to_owned(),
        link: link(state, &format!("/sign-in/reset/{}", secret.text())),
        body: json!({}),
        from_name: None,
    };
    send_later(state, email.text(), message);
    Ok(())
}

/// Sends somebody an invitation. Says whether it is on its way: without a mail server the link has to be handed over otherwise.
pub(crate) fn invite(state: &AppState, email: &str, organisation: &str, secret: &Secret) -> bool {
    let message = Message {
        title: format!("You are invited to {organisation} on Adroit"),
        text: "The link below lets you choose a password and come in. It counts once, within seven days."
            .to_owned(),
        link: link(state, &format!("/invitations/{}", secret.text())),
        body: json!({}),
        from_name: None,
    };
    let is_sent = state.telling.sender.mail.is_some() && message.link.is_some();
    if is_sent {
        send_later(state, email, message);
    }
    is_sent
}

/// Tells somebody that a note names them, where a mail server is set.
pub(crate) fn tell_mentioned(state: &AppState, email: &str, by: &str, text: &str, path: &str) {
    if state.telling.sender.mail.is_some() {
        let (title, text) = (format!("{by} names you in a note on Adroit"), text.to_owned());
        let message = Message { title, text, link: link(state, path), body: json!({}), from_name: None };
        send_later(state, email, message);
    }
}

fn link(state: &AppState, path: &str) -> Option<String> {
    state.telling.home.as_ref().map(|home| format!("{home}{path}"))
}

/// Nobody waits for the mail server: how long it takes would tell whether there is somebody.
fn send_later(state: &AppState, email: &str, message: Message) {
    let (sender, recipient) = (state.telling.sender.clone(), email.parse());
    tokio::spawn(async move {
        let sent = match recipient {
            Ok(recipient) => {
                let key = Secret::new("").text().to_owned();
                sender.send(&Target::Mail(vec![recipient]), &key, &message).await
            }
            Err(error) => Err(error),
        };
        if let Err(error) = sent {
            tracing::warn!(%error, "an e-mail could not be sent");
        }
    });
}
