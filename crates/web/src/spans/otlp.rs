//! Spans as the OpenTelemetry protocol writes them in JSON: <https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding>.
//! Numbers of 64 bits are text there, ids are hexadecimal.

use serde_json::{Value, json};

use super::{Span, Told};

/// Kinds of spans, and the status of one that failed.
const INTERNAL: u32 = 1;
const SERVER: u32 = 2;
const ERROR: u32 = 2;

/// One message with all of them.
pub(super) fn written(spans: &[Span]) -> Value {
    let resource = [("service.name", "adroit"), ("service.version", env!("CARGO_PKG_VERSION"))]
        .map(|(key, word)| attribute(key, &Told::Word(word.to_owned())));
    json!({
        "resourceSpans": [{
            "resource": { "attributes": resource },
            "scopeSpans": [{
                "scope": { "name": "adroit" },
                "spans": spans.iter().map(span).collect::<Vec<_>>(),
            }],
        }],
    })
}

fn span(span: &Span) -> Value {
    let begun = span.begun.as_nanosecond().max(0);
    let took = i128::try_from(span.took.as_nanos()).unwrap_or(0);
    let attributes: Vec<Value> = span.attributes.iter().map(|(key, told)| attribute(key, told)).collect();
    let mut written = json!({
        "traceId": format!("{:032x}", span.trace),
        "spanId": format!("{:016x}", span.id),
        "name": span.name,
        "kind": if span.is_request { SERVER } else { INTERNAL },
        "startTimeUnixNano": begun.to_string(),
        "endTimeUnixNano": (begun + took).to_string(),
        "attributes": attributes,
        "status": if span.has_failed { json!({ "code": ERROR }) } else { json!({}) },
    });
    if let Some(parent) = span.parent {
        written["parentSpanId"] = json!(format!("{parent:016x}"));
    }
    written
}

fn attribute(key: &str, told: &Told) -> Value {
    let value = match told {
        Told::Word(word) => json!({ "stringValue": word }),
        Told::Number(number) => json!({ "intValue": number.to_string() }),
    };
    json!({ "key": key, "value": value })
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use jiff::Timestamp;

    use super::*;

    #[test]
    fn a_span_is_written_as_the_protocol_wants_it() {
        let one = Span {
            trace: 0xabc,
            id: 0x12,
            parent: Some(0xff),
            name: "GET /campaigns/{id}".to_owned(),
            is_request: true,
            begun: Timestamp::from_second(1_795_363_200).unwrap(),
            took: Duration::from_micros(1500),
            has_failed: true,
            attributes: vec![("http.response.status_code", Told::Number(500))],
        };
        let body = written(&[one]);
        let span = &body["resourceSpans"][0]["scopeSpans"][0]["spans"][0];
        assert_eq!(
            *span,
            json!({
                "traceId": "00000000000000000000000000000abc",
                "spanId": "0000000000000012",
                "parentSpanId": "00000000000000ff",
                "name": "GET /campaigns/{id}",
                "kind": 2,
                "startTimeUnixNano": "1795363200000000000",
                "endTimeUnixNano": "1795363200001500000",
                "attributes": [{"key": "http.response.status_code", "value": {"intValue": "500"}}],
                "status": {"code": 2},
            })
        );
        let resource = &body["resourceSpans"][0]["resource"]["attributes"][0];
        assert_eq!(*resource, json!({"key": "service.name", "value": {"stringValue": "adroit"}}));
    }
}
