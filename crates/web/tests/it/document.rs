//! The description of the API: a snapshot, and every parameter it names is one that is read.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::app::TestApp;

#[tokio::test]
async fn the_document() {
    let app = TestApp::empty().await;
    insta::assert_json_snapshot!(app.json("/api/openapi.json").await);
}

#[tokio::test]
async fn every_documented_parameter_is_known() {
    let app = TestApp::with_google().await;
    let document = app.json("/api/openapi.json").await;
    assert_eq!(document["openapi"], "3.1.0");
    let mut tried = 0;
    for (path, methods) in document["paths"].as_object().unwrap() {
        let Some(get) = methods.get("get") else { continue };
        for parameter in get["parameters"].as_array().into_iter().flatten().filter(|one| one["in"] == "query")
        {
            let name = parameter["name"].as_str().unwrap();
            let place = path.replace("{id}", "1");
            let answer = app.get(&format!("{place}?{name}=%3F")).await;
            assert!(
                !answer.text.contains("it is not known here"),
                "{place} does not read {name}: {}",
                answer.text
            );
            tried += 1;
        }
    }
    assert!(tried > 30, "{tried}");
}

/// What the standard asks of a document beyond its shape: no two operations of one name, no reference that leads nowhere, and
/// each piece of a path that varies is described.
#[tokio::test]
async fn the_document_is_consistent() {
    let document = TestApp::empty().await.json("/api/openapi.json").await;
    let mut names = BTreeSet::new();
    for (path, methods) in document["paths"].as_object().unwrap() {
        let varying: BTreeSet<&str> =
            path.split('/').filter_map(|piece| piece.strip_prefix('{')?.strip_suffix('}')).collect();
        for (method, operation) in methods.as_object().unwrap() {
            let name = operation["operationId"].as_str().unwrap();
            assert!(names.insert(name.to_owned()), "{name} is the name of {method} {path} and of another");
            let described = operation["parameters"].as_array().into_iter().flatten();
            let described =
                described.filter(|one| one["in"] == "path").filter_map(|one| one["name"].as_str());
            assert_eq!(described.collect::<BTreeSet<_>>(), varying, "{method} {path}");
        }
    }
    assert!(names.len() > 70, "{}", names.len());
    let mut references = BTreeSet::new();
    collect_references(&document, &mut references);
    for reference in references {
        let place = reference.strip_prefix('#').unwrap();
        assert!(document.pointer(place).is_some(), "{reference} leads nowhere");
    }
}

fn collect_references(value: &Value, found: &mut BTreeSet<String>) {
    match value {
        Value::Object(fields) => {
            if let Some(reference) = fields.get("$ref").and_then(Value::as_str) {
                found.insert(reference.to_owned());
            }
            fields.values().for_each(|value| collect_references(value, found));
        }
        Value::Array(values) => values.iter().for_each(|value| collect_references(value, found)),
        _ => {}
    }
}
