//! Messages as Slack and Teams take them.

use serde_json::{Value, json};

use crate::Message;

/// What Slack's incoming webhooks take: text in which three letters have a meaning of their own.
pub(crate) fn slack(message: &Message) -> Value {
    let plain = |text: &str| text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    let title = plain(&message.title).replace('*', "∗");
    let mut text = format!("*{title}*\n{}", plain(&message.text));
    if let Some(link) = &message.link {
        text.push_str(&format!("\n<{}|Open in Adroit>", plain(link).replace('|', "%7C")));
    }
    json!({ "text": text })
}

/// What Teams' workflows take: an adaptive card.
pub(crate) fn teams(message: &Message) -> Value {
    // A line of its own for each, as line breaks within one are not shown; what Markdown would read is shown as it stands.
    let plain = |text: &str| {
        let marks = ['\\', '*', '_', '[', ']', '(', ')', '#', '`', '~'];
        text.chars()
            .flat_map(|c| marks.contains(&c).then_some('\\').into_iter().chain([c]))
            .collect::<String>()
    };
    let title = json!({ "type": "TextBlock", "text": plain(&message.title), "weight": "Bolder", "size": "Medium", "wrap": true });
    let lines =
        message.text.lines().map(|line| json!({ "type": "TextBlock", "text": plain(line), "wrap": true }));
    let actions: Vec<Value> = message
        .link
        .iter()
        .map(|link| json!({ "type": "Action.OpenUrl", "title": "Open in Adroit", "url": link }))
        .collect();
    json!({ "type": "message", "attachments": [{
        "contentType": "application/vnd.microsoft.card.adaptive",
        "content": {
            "$schema": "http://adaptivecards.io/schemas/adaptive-card.json", "type": "AdaptiveCard", "version": "1.4",
            "body": std::iter::once(title).chain(lines).collect::<Vec<_>>(), "actions": actions,
        },
    }]})
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_s_words_become_markup() {
        let message = Message {
            title: "<!channel> *a*".to_owned(),
            text: "one <http://evil.example|here>\n[two](x)".to_owned(),
            link: Some("http://localhost/alerts?a=1&b=2".to_owned()),
            body: Value::Null,
            from_name: None,
        };
        let text = slack(&message)["text"].to_string();
        assert!(!text.contains("<!channel>") && !text.contains("<http://evil"), "{text}");
        assert!(text.contains("<http://localhost/alerts?a=1&amp;b=2|Open in Adroit>"), "{text}");
        let card = teams(&message)["attachments"][0]["content"].clone();
        assert_eq!(card["body"][2]["text"], "\\[two\\]\\(x\\)");
        assert_eq!(card["actions"][0]["url"], "http://localhost/alerts?a=1&b=2");
    }
}
