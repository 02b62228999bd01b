//! Spans of requests, as a collector gets them.

#![expect(clippy::unwrap_used, reason = "only tests use it")]

use axum::body::Body;
use axum::http::{Request, header};
use serde_json::{Value, json};
use web::Spans;

use crate::alerts::Receiver;
use crate::app::TestApp;

const TRACE: &str = "4bf92f3577b34da6a3ce929d0e0e4736";

/// A server that tells of its spans, and who hears it.
async fn app() -> (TestApp, Spans, Receiver) {
    let (receiver, address) = Receiver::listening().await;
    let spans = Spans::to(&address).unwrap();
    let mut app = TestApp::with_google().await;
    app.state = app.state.telling_spans(spans.clone());
    (app, spans, receiver)
}

/// Every span that came, with its attributes by name.
fn told(receiver: &Receiver) -> Vec<(Value, Value)> {
    let bodies = receiver.bodies();
    let spans = bodies
        .iter()
        .flat_map(|body| body["resourceSpans"][0]["scopeSpans"][0]["spans"].as_array().unwrap().clone());
    let with_attributes = |span: Value| {
        let mut named = json!({});
        for attribute in span["attributes"].as_array().unwrap() {
            let value = attribute["value"].as_object().unwrap().values().next().unwrap();
            named[attribute["key"].as_str().unwrap()] = value.clone();
        }
        (span, named)
    };
    spans.map(with_attributes).collect()
}

#[tokio::test]
async fn a_request_and_its_questions_are_one_trace() {
    let (app, spans, receiver) = app().await;
    let answer = app
        .get("/api/v1/analytics?by=campaign&metrics=spend&filter=campaign%20%3D%20%27Secret%20launch%27")
        .await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    assert_eq!(app.get("/livez").await.status, 204);
    spans.send().await;
    let told = told(&receiver);
    let (request, attributes) =
        told.iter().find(|(span, _)| span["name"] == "GET /api/v1/analytics").unwrap();
    assert_eq!((&request["kind"], request.get("parentSpanId")), (&json!(2), None), "{request}");
    assert_eq!(attributes["http.route"], "/api/v1/analytics");
    assert_eq!(attributes["http.response.status_code"], "200");
    assert_eq!(attributes["adroit.request_id"], answer.header("x-request-id"));
    assert!(attributes["adroit.workspace"].is_string(), "{attributes}");
    let (engine, of_engine) = told.iter().find(|(span, _)| span["name"] == "engine").unwrap();
    assert_eq!((&engine["traceId"], &engine["parentSpanId"]), (&request["traceId"], &request["spanId"]));
    // Few days of one campaign are little to ask.
    assert_eq!(
        (&of_engine["adroit.load"], &of_engine["adroit.ended"]),
        (&json!("light"), &json!("answered"))
    );
    let nanos = |span: &Value, name: &str| span[name].as_str().unwrap().parse::<i128>().unwrap();
    assert!(nanos(engine, "endTimeUnixNano") > nanos(engine, "startTimeUnixNano"), "{engine}");
    // Neither what was asked nor who is told, and probes are not followed.
    let all = receiver.bodies().iter().map(Value::to_string).collect::<String>();
    assert!(!all.contains("Secret") && !all.contains("spend") && !all.contains("livez"), "{all}");
}

#[tokio::test]
async fn whoever_sends_a_request_may_say_which_trace_it_belongs_to() {
    let (app, spans, receiver) = app().await;
    let ask = async |parent: String| {
        let request = Request::get("/api/v1/campaigns").header(header::HOST, "localhost");
        let request = request.header("traceparent", parent).body(Body::empty()).unwrap();
        assert_eq!(app.send(request).await.status, 200);
        spans.send().await;
    };
    ask(format!("00-{TRACE}-00f067aa0ba902b7-00")).await;
    assert!(receiver.bodies().is_empty(), "it is not to be told");
    ask(format!("00-{TRACE}-00f067aa0ba902b7-01")).await;
    let told = told(&receiver);
    let (request, _) = told.iter().find(|(span, _)| span["kind"] == 2).unwrap();
    assert_eq!((&request["traceId"], &request["parentSpanId"]), (&json!(TRACE), &json!("00f067aa0ba902b7")));
}

#[tokio::test]
async fn a_collector_that_is_gone_costs_nothing_but_the_spans() {
    let gone = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let spans = Spans::to(&format!("http://{gone}")).unwrap();
    let mut app = TestApp::with_google().await;
    app.state = app.state.telling_spans(spans.clone());
    assert_eq!(app.get("/api/v1/overview").await.status, 200);
    spans.send().await;
    assert_eq!(app.get("/api/v1/overview").await.status, 200);
    assert!(Spans::to("collector:4318").is_err() && Spans::to("ftp://collector").is_err());
}
