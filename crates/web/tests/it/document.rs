//! The description of the API: a snapshot, and every parameter it names is one that is read.

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
