//! Messages of the Singer and Airbyte protocols: one JSON object a line.

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

use serde::de::{self, Deserializer, Visitor};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use serde_json::value::RawValue;

/// A protocol in which sources send records.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "the names of the protocols say it")]
pub enum Protocol {
    Singer,
    Airbyte,
}

impl Protocol {
    /// The name used in commands.
    pub fn key(self) -> &'static str {
        match self {
            Self::Singer => "singer",
            Self::Airbyte => "airbyte",
        }
    }
}

impl FromStr for Protocol {
    type Err = domain::UnknownWord;

    fn from_str(word: &str) -> Result<Self, domain::UnknownWord> {
        [Self::Singer, Self::Airbyte]
            .into_iter()
            .find(|protocol| protocol.key() == word)
            .ok_or_else(|| domain::UnknownWord::new("protocol", word, ["singer", "airbyte"]))
    }
}

/// What a line says.
#[derive(Debug)]
pub(crate) enum Message<'a> {
    /// A record. The version tells readings of a whole table apart.
    Record { stream: Cow<'a, str>, data: &'a str, version: Option<i64> },
    /// A stream's fields, and which of them make records the same.
    Schema { stream: String, fields: Vec<String>, keys: Vec<String> },
    /// Where to go on, of one stream or of all (''). `as_sent` is what is handed back to a caller.
    State { stream: String, state: &'a str },
    /// The reading of a table with this version is the one that counts.
    Activate { stream: String, version: i64 },
    /// A word for people.
    Log(String),
    /// The source says that it failed.
    Failed { stream: Option<String>, why: String },
    /// Whether the source says that it read a stream to its end.
    Status { stream: String, is_complete: bool },
    /// The streams that there are.
    Catalog(&'a str),
    /// Nothing that is needed here.
    Other,
}

/// A text that is borrowed where it can be.
#[derive(Debug)]
pub(crate) struct Text<'a>(pub Cow<'a, str>);

impl<'de: 'a, 'a> Deserialize<'de> for Text<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Words;
        impl<'de> Visitor<'de> for Words {
            type Value = Text<'de>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a text")
            }
            fn visit_borrowed_str<E: de::Error>(self, text: &'de str) -> Result<Text<'de>, E> {
                Ok(Text(Cow::Borrowed(text)))
            }
            fn visit_str<E: de::Error>(self, text: &str) -> Result<Text<'de>, E> {
                Ok(Text(Cow::Owned(text.to_owned())))
            }
        }
        deserializer.deserialize_str(Words)
    }
}

#[derive(Deserialize)]
struct SingerLine<'a> {
    #[serde(rename = "type", borrow)]
    kind: Text<'a>,
    #[serde(borrow, default)]
    stream: Option<Text<'a>>,
    #[serde(borrow, default)]
    record: Option<&'a RawValue>,
    #[serde(borrow, default)]
    schema: Option<&'a RawValue>,
    #[serde(default)]
    key_properties: Option<Vec<String>>,
    #[serde(borrow, default)]
    value: Option<&'a RawValue>,
    #[serde(default)]
    version: Option<i64>,
}

#[derive(Deserialize)]
struct AirbyteLine<'a> {
    #[serde(rename = "type", borrow)]
    kind: Text<'a>,
    #[serde(borrow, default)]
    record: Option<AirbyteRecord<'a>>,
    #[serde(borrow, default)]
    state: Option<&'a RawValue>,
    #[serde(default)]
    log: Option<AirbyteLog>,
    #[serde(default)]
    trace: Option<AirbyteTrace>,
    #[serde(borrow, default)]
    catalog: Option<&'a RawValue>,
}

#[derive(Deserialize)]
struct AirbyteRecord<'a> {
    #[serde(borrow)]
    stream: Text<'a>,
    #[serde(borrow)]
    data: &'a RawValue,
}

#[derive(Deserialize)]
struct AirbyteLog {
    #[serde(default)]
    level: String,
    #[serde(default)]
    message: String,
}

#[derive(Deserialize)]
struct AirbyteTrace {
    #[serde(default)]
    error: Option<AirbyteError>,
    #[serde(default)]
    stream_status: Option<AirbyteStatus>,
}

#[derive(Deserialize)]
struct AirbyteError {
    #[serde(default)]
    message: Option<String>,
    #[serde(default)]
    internal_message: Option<String>,
    #[serde(default)]
    stream_descriptor: Option<StreamName>,
}

#[derive(Deserialize)]
struct AirbyteStatus {
    stream_descriptor: StreamName,
    status: String,
}

#[derive(Deserialize)]
struct StreamName {
    name: String,
}

#[derive(Deserialize)]
struct AirbyteState {
    #[serde(default)]
    stream: Option<AirbyteStreamState>,
}

#[derive(Deserialize)]
struct AirbyteStreamState {
    stream_descriptor: StreamName,
}

/// Reads a line; it must be a JSON object with a `type`.
pub(crate) fn read(protocol: Protocol, line: &str) -> Result<Message<'_>, String> {
    let broken = |error: serde_json::Error| format!("it is no {} message: {error}", protocol.key());
    match protocol {
        Protocol::Singer => serde_json::from_str(line).map_err(broken).and_then(singer),
        Protocol::Airbyte => serde_json::from_str(line).map_err(broken).and_then(airbyte),
    }
}

fn singer(line: SingerLine<'_>) -> Result<Message<'_>, String> {
    let lacks = |what: &str| format!("a message of its type has no {what}");
    let kind = line.kind.0;
    let stream = || line.stream.as_ref().map(|stream| stream.0.to_string()).ok_or_else(|| lacks("stream"));
    Ok(match kind.as_ref() {
        "RECORD" => Message::Record {
            data: line.record.ok_or_else(|| lacks("record"))?.get(),
            version: line.version,
            stream: line.stream.ok_or_else(|| lacks("stream"))?.0,
        },
        "SCHEMA" => {
            let schema: Value = serde_json::from_str(line.schema.ok_or_else(|| lacks("schema"))?.get())
                .map_err(|error| format!("its schema can't be read: {error}"))?;
            Message::Schema {
                stream: stream()?,
                fields: fields(&schema),
                keys: line.key_properties.unwrap_or_default(),
            }
        }
        "STATE" => {
            Message::State { stream: String::new(), state: line.value.ok_or_else(|| lacks("value"))?.get() }
        }
        "ACTIVATE_VERSION" => {
            Message::Activate { stream: stream()?, version: line.version.ok_or_else(|| lacks("version"))? }
        }
        _ => Message::Other,
    })
}

fn airbyte(line: AirbyteLine<'_>) -> Result<Message<'_>, String> {
    let lacks = |what: &str| format!("a message of its type has no {what}");
    Ok(match line.kind.0.as_ref() {
        "RECORD" => {
            let record = line.record.ok_or_else(|| lacks("record"))?;
            Message::Record { stream: record.stream.0, data: record.data.get(), version: None }
        }
        "STATE" => {
            let state = line.state.ok_or_else(|| lacks("state"))?.get();
            let told: AirbyteState =
                serde_json::from_str(state).map_err(|error| format!("its state can't be read: {error}"))?;
            let stream = told.stream.map_or(String::new(), |stream| stream.stream_descriptor.name);
            Message::State { stream, state }
        }
        "LOG" => {
            let log = line.log.ok_or_else(|| lacks("log"))?;
            Message::Log(format!("{} {}", log.level, log.message))
        }
        "TRACE" => match line.trace {
            Some(AirbyteTrace { error: Some(error), .. }) => Message::Failed {
                stream: error.stream_descriptor.map(|stream| stream.name),
                why: error.message.or(error.internal_message).unwrap_or_else(|| "no reason given".to_owned()),
            },
            Some(AirbyteTrace { stream_status: Some(status), .. }) => match status.status.as_str() {
                "COMPLETE" => Message::Status { stream: status.stream_descriptor.name, is_complete: true },
                "INCOMPLETE" => Message::Status { stream: status.stream_descriptor.name, is_complete: false },
                _ => Message::Other,
            },
            _ => Message::Other,
        },
        "CATALOG" => Message::Catalog(line.catalog.ok_or_else(|| lacks("catalog"))?.get()),
        _ => Message::Other,
    })
}

/// The fields that a JSON schema names, nested ones by their paths.
pub(crate) fn fields(schema: &Value) -> Vec<String> {
    const DEEPEST: usize = 4;
    fn walk(schema: &Value, path: &str, depth: usize, fields: &mut Vec<String>) {
        let Some(properties) = schema["properties"].as_object() else { return };
        for (name, inner) in properties {
            let path = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
            if depth < DEEPEST {
                walk(inner, &path, depth + 1, fields);
            }
            fields.push(path);
        }
    }
    let mut fields_found = Vec::new();
    walk(schema, "", 0, &mut fields_found);
    fields_found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(protocol: Protocol, line: &str) -> String {
        match read(protocol, line) {
            Ok(message) => format!("{message:?}"),
            Err(why) => format!("error: {why}"),
        }
    }

    #[test]
    fn singer_lines() {
        for (line, expect) in [
            (
                r#"{"record": {"a": 1}, "stream": "s\u00e9", "type": "RECORD", "time_extracted": "x"}"#,
                r#"Record { stream: "sé", data: "{\"a\": 1}", version: None }"#,
            ),
            (
                r#"{"type":"SCHEMA","stream":"s","schema":{"properties":{"a":{},"b":{"properties":{"c":{}}}}},"key_properties":["a"]}"#,
                r#"Schema { stream: "s", fields: ["a", "b.c", "b"], keys: ["a"] }"#,
            ),
            (r#"{"type":"STATE","value":{"x":1}}"#, r#"State { stream: "", state: "{\"x\":1}" }"#),
            (
                r#"{"type":"ACTIVATE_VERSION","stream":"s","version":7}"#,
                r#"Activate { stream: "s", version: 7 }"#,
            ),
            (r#"{"type":"BATCH","stream":"s"}"#, "Other"),
            (r#"{"type":"RECORD","stream":"s"}"#, "error: a message of its type has no record"),
            (r#"{"type":"RECORD","stream":"s","record":{"#, "error: it is no singer message"),
            (r#"{"stream":"s"}"#, "error: it is no singer message: missing field `type`"),
        ] {
            assert!(shown(Protocol::Singer, line).starts_with(expect), "{line}");
        }
    }

    #[test]
    fn airbyte_lines() {
        for (line, expect) in [
            (
                r#"{"type":"RECORD","record":{"stream":"s","data":{"a":1},"emitted_at":1}}"#,
                r#"Record { stream: "s", data: "{\"a\":1}", version: None }"#,
            ),
            (
                r#"{"type":"STATE","state":{"type":"STREAM","stream":{"stream_descriptor":{"name":"s"},"stream_state":{}}}}"#,
                r#"State { stream: "s", "#,
            ),
            (r#"{"type":"STATE","state":{"type":"LEGACY","data":{"a":1}}}"#, r#"State { stream: "", "#),
            (
                r#"{"type":"TRACE","trace":{"type":"ERROR","emitted_at":1,"error":{"message":"no access"}}}"#,
                r#"Failed { stream: None, why: "no access" }"#,
            ),
            (
                r#"{"type":"TRACE","trace":{"type":"STREAM_STATUS","stream_status":{"stream_descriptor":{"name":"s"},"status":"COMPLETE"}}}"#,
                r#"Status { stream: "s", is_complete: true }"#,
            ),
            (r#"{"type":"LOG","log":{"level":"INFO","message":"hi"}}"#, r#"Log("INFO hi")"#),
            (r#"{"type":"SPEC","spec":{}}"#, "Other"),
        ] {
            assert!(
                shown(Protocol::Airbyte, line).starts_with(expect),
                "{line}: {}",
                shown(Protocol::Airbyte, line)
            );
        }
    }
}
