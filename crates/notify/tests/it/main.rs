//! Messages to real servers: a mail server from Python, and webhooks on this machine.
#![expect(clippy::unwrap_used, reason = "a test may panic")]

mod mail;
mod webhooks;

use notify::Message;

fn message() -> Message {
    Message {
        title: "CPA up by half: Northwind".to_owned(),
        text: "CPA 60.00 over the last 2 days, 30.00 before.\nDays this young had shown 57 %. Ünïcödé."
            .to_owned(),
        link: Some("http://localhost:4321/alerts/7".to_owned()),
        body: serde_json::json!({ "alert": 7, "event": "fired" }),
        from_name: None,
    }
}
