//! Where something leads, as APIs write it: an address, a list of them, parameters as text or in pairs.

use std::borrow::Cow;

use serde_json::Value;
use store::shelf::Lead;

use crate::mapping::Cell;

/// Bytes of the longest text that is kept, as with files: platforms take 2,048 letters, and there may be a few addresses.
const LONGEST: usize = 8192;
/// Where an address stands in the objects of a list, best first.
const ADDRESSES: [&str; 5] = ["website_url", "landing_page_url", "link", "url", "expanded_url"];

/// What a field says of where something leads; an empty text, if it says that there is none.
pub(crate) fn text<'a>(what: Lead, cell: Cell<'a>) -> Cow<'a, str> {
    let (Cell::Plain(raw) | Cell::Json(raw)) = cell;
    let text = match raw.trim_start().as_bytes().first() {
        Some(b'[' | b'{') => Cow::Owned(from_list(what, raw.trim())),
        _ => cell.text().unwrap_or_default(),
    };
    if text.len() > LONGEST { Cow::Borrowed("") } else { text }
}

/// A suffix as it is appended; where rows tell its parameters one by one, the value of one.
pub(crate) fn suffix(text: Cow<'_, str>, is_part: bool) -> Cow<'_, str> {
    match is_part {
        true => Cow::Owned(escaped(&text)),
        // A pipeline that knows no suffix writes a word such as FALSE.
        false if !text.contains('=') => Cow::Borrowed(""),
        false => text,
    }
}

fn from_list(what: Lead, raw: &str) -> String {
    let Ok(value) = serde_json::from_str::<Value>(raw) else {
        // Some pipelines write a list without quotes: [https://shop.example/tents].
        return raw.trim_start_matches('[').trim_end_matches(']').trim().to_owned();
    };
    let mut parts = Vec::new();
    gather(what, &value, &mut parts);
    parts.join(if what == Lead::Suffix { "&" } else { " " })
}

fn gather(what: Lead, value: &Value, parts: &mut Vec<String>) {
    match value {
        Value::String(text) if !text.trim().is_empty() => parts.push(text.trim().to_owned()),
        Value::Array(values) => values.iter().for_each(|value| gather(what, value, parts)),
        Value::Object(fields) if what == Lead::Suffix => {
            let name = fields.get("key").or_else(|| fields.get("name")).and_then(Value::as_str);
            let value = fields.get("value").and_then(Value::as_str);
            parts.extend(name.zip(value).map(|(name, value)| format!("{name}={}", escaped(value))));
        }
        Value::Object(fields) => {
            let found = ADDRESSES.iter().find_map(|name| fields.get(*name));
            // Microsoft wraps its list into an object of one field.
            let only = fields.values().next().filter(|only| fields.len() == 1 && only.is_array());
            if let Some(inner) = found.filter(|inner| inner.is_string()).or(only) {
                gather(what, inner, parts);
            }
        }
        _ => {}
    }
}

/// A parameter's value as it stands in an address: what would end it is escaped, placeholders stay as they are.
fn escaped(value: &str) -> String {
    let mut text = String::with_capacity(value.len());
    for c in value.chars() {
        match c {
            '&' => text.push_str("%26"),
            '#' => text.push_str("%23"),
            '+' => text.push_str("%2B"),
            ' ' => text.push_str("%20"),
            _ => text.push(c),
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_read_however_they_are_written() {
        let shop = "https://shop.example/?a=1&b=2";
        for (what, cell, expect) in [
            (Lead::FinalUrl, Cell::Plain(" https://shop.example/?a=1&b=2 "), shop),
            (Lead::FinalUrl, Cell::Plain("[https://shop.example/?a=1&b=2]"), shop),
            (Lead::FinalUrl, Cell::Json(r#""https:\/\/shop.example\/?a=1\u0026b=2""#), shop),
            (Lead::FinalUrl, Cell::Json(r#"["https://shop.example/?a=1\u0026b=2"]"#), shop),
            (Lead::FinalUrl, Cell::Json(r#"{"string": ["https://shop.example/?a=1&b=2"]}"#), shop),
            (
                Lead::FinalUrl,
                Cell::Json(r#"["https://a.example/", "https://b.example/"]"#),
                "https://a.example/ https://b.example/",
            ),
            (
                Lead::FinalUrl,
                Cell::Plain(
                    r#"[{"website_url":"https://shop.example/?a=1&b=2","display_url":"shop.example"}]"#,
                ),
                shop,
            ),
            (Lead::FinalUrl, Cell::Json("null"), ""),
            (Lead::FinalUrl, Cell::Json("[]"), ""),
            (Lead::FinalUrl, Cell::Json(r#"{"other": 1}"#), ""),
            (Lead::Suffix, Cell::Json(r#""utm_source=x&utm_medium=y""#), "utm_source=x&utm_medium=y"),
            (
                Lead::Suffix,
                Cell::Plain(
                    r#"[{"key":"utm_source","value":"a b&c","type":"AD"},{"name":"utm_campaign","value":"{{campaign.name}}"}]"#,
                ),
                "utm_source=a%20b%26c&utm_campaign={{campaign.name}}",
            ),
            (Lead::Template, Cell::Json(r#""{lpurl}?utm_source=google""#), "{lpurl}?utm_source=google"),
            (Lead::Creative, Cell::Json("120"), "120"),
        ] {
            assert_eq!(text(what, cell), expect, "{cell:?}");
        }
        for (text, is_part, expect) in
            [("FALSE", false, ""), ("a=b", false, "a=b"), ("a b&c", true, "a%20b%26c"), ("", true, "")]
        {
            assert_eq!(suffix(Cow::Borrowed(text), is_part), expect, "{text}");
        }
        let long = format!("https://shop.example/{}", "x".repeat(LONGEST));
        assert_eq!(text(Lead::FinalUrl, Cell::Plain(&long)), "");
    }
}
