//! What a workspace looks like: name, colours that can be read, icon, sender, and a host under which it alone is there.

#![expect(clippy::unwrap_used, reason = "only tests use it")]

use std::io::Cursor;

use axum::body::Body;
use axum::http::{Request, header};
use image::{DynamicImage, ImageFormat};
use people::Role;

use crate::app::{ADA, Answer, PASSWORD, TestApp};

async fn set(app: &TestApp, fields: &[(&str, &str)]) -> Answer {
    app.post_as("", "/workspace/brand?workspace=default", fields).await
}

async fn under(app: &TestApp, host: &str, cookie: &str, path: &str) -> Answer {
    let request = Request::get(path).header(header::HOST, host).header(header::COOKIE, cookie);
    app.send(request.body(Body::empty()).unwrap()).await
}

#[tokio::test]
async fn name_and_colours_stand_on_every_page_and_go_again() {
    let app = TestApp::with_google().await;
    let before = app.page("/").await;
    assert!(before.contains("<b>Adroit</b>") && !before.contains("/brand/"));
    let fields = [("brand_name", "Northwind <3"), ("accent_light", "#7A1FA2"), ("accent_dark", "#ffd54f")];
    assert_eq!(set(&app, &fields).await.status, 400, "a name that could begin an address");
    let fields = [("brand_name", "Northwind & Co"), ("accent_light", "#7A1FA2"), ("accent_dark", "#ffd54f")];
    let done = set(&app, &fields).await;
    assert_eq!(
        (done.status.as_u16(), done.header("location")),
        (303, "/workspace?workspace=default"),
        "{}",
        done.text
    );
    for path in ["/", "/campaigns", "/imports", "/workspace"] {
        let page = app.page(path).await;
        assert!(
            page.contains("<b>Northwind &#38; Co</b>") || page.contains("<b>Northwind &amp; Co</b>"),
            "{path}"
        );
        assert!(page.contains("<link rel=\"stylesheet\" href=\"/brand/7a1fa2-ffd54f.css\">"), "{path}");
    }
    let sheet = app.get("/brand/7a1fa2-ffd54f.css").await;
    assert_eq!(sheet.header("content-type"), "text/css; charset=utf-8");
    assert!(sheet.text.contains("--accent:light-dark(#7a1fa2,#ffd54f)"), "{}", sheet.text);
    for wrong in
        ["/brand/ffd54f-7a1fa2.css", "/brand/x.css", "/brand/7a1fa2-ffd54f", "/brand/7a1fa2-}body{.css"]
    {
        assert_eq!(app.get(wrong).await.status, 404, "{wrong}");
    }
    assert_eq!(set(&app, &[]).await.status, 303);
    assert_eq!(app.page("/").await, before);
}

#[tokio::test]
async fn colours_that_can_not_be_read_are_refused_with_their_contrast() {
    let app = TestApp::with_google().await;
    let fields = [("brand_name", "Kept"), ("accent_light", "#ffd54f"), ("accent_dark", "#ffd54f")];
    let refused = set(&app, &fields).await;
    assert_eq!(refused.status, 400);
    assert!(
        refused.text.contains("The colour on light ground: its contrast on #f5f6f8 is 1."),
        "{}",
        refused.text
    );
    assert!(refused.text.contains("choose a darker colour"), "{}", refused.text);
    assert!(refused.text.contains("value=\"Kept\""), "what was typed is still there");
    assert!(app.page("/").await.contains("<b>Adroit</b>"), "nothing was changed");
    assert_eq!(set(&app, &[("logo", "x")]).await.status, 400, "what is not known is told");
}

#[tokio::test]
async fn an_icon_is_for_who_sees_the_workspace() {
    let app = TestApp::with_google().await;
    let mut file = Cursor::new(Vec::new());
    DynamicImage::new_rgb8(300, 100).write_to(&mut file, ImageFormat::Png).unwrap();
    let mut body =
        b"--x\r\ncontent-disposition: form-data; name=\"icon\"; filename=\"a.png\"\r\n\r\n".to_vec();
    body.extend(file.into_inner());
    body.extend(b"\r\n--x--\r\n");
    let send = |body: Vec<u8>| {
        let request = Request::post("/workspace/icon?workspace=default")
            .header(header::CONTENT_TYPE, "multipart/form-data; boundary=x");
        app.send(request.body(Body::from(body)).unwrap())
    };
    let set = send(body).await;
    assert_eq!(set.status, 303, "{}", set.text);
    let page = app.page("/campaigns").await;
    let place = page.split_once("<link rel=\"icon\" href=\"").unwrap().1.split_once('"').unwrap().0;
    let icon = app.get(place).await;
    assert_eq!((icon.status.as_u16(), icon.header("content-type")), (200, "image/png"), "{place}");
    let closed = app.clone().closing().await;
    assert_eq!(closed.get(place).await.status, 303, "who is not signed in is led to where they can");
    let other = closed.state.ledger.catalog().ensure_workspace("other").await.unwrap().id;
    closed.person("eve@example.org", Role::Owner, Some(other)).await;
    let eve = closed.sign_in("eve@example.org", PASSWORD).await;
    assert_eq!(closed.get_as(&eve, place).await.status, 404);
    assert_eq!(app.post("/workspace/icon/delete?workspace=default").await.status, 303);
    assert_eq!(app.get(place).await.status, 404);
    assert!(app.page("/").await.contains("rel=\"icon\" href='data:image/svg+xml"));
}

#[tokio::test]
async fn under_its_own_host_a_workspace_is_all_there_is() {
    let mut app = TestApp::with_google().await.closing().await;
    let other = app.state.ledger.catalog().ensure_workspace("other").await.unwrap();
    let ada = app.sign_in(ADA, PASSWORD).await;
    app.state = app.state.clone().only_for_hosts(["localhost".to_owned()]);
    let host = "ads.northwind.example";
    assert_eq!(under(&app, host, &ada, "/").await.status, 421, "not before it is set");
    let post = |workspace: &str, host: &str| {
        let form = form_urlencoded::Serializer::new(String::new()).append_pair("host", host).finish();
        let request = Request::post(format!("/workspace/brand?workspace={workspace}"))
            .header(header::HOST, "localhost")
            .header(header::COOKIE, &ada)
            .header("sec-fetch-site", "same-origin");
        app.send(request.body(Body::from(form)).unwrap())
    };
    for wrong in ["localhost", "https://x.example", "10.0.0.1"] {
        assert_eq!(post("other", wrong).await.status, 400, "{wrong}");
    }
    assert_eq!(post("other", "Ads.Northwind.example").await.status, 303);
    assert_eq!(post("default", host).await.status, 400, "it is another's");
    // Ada owns all of it, and sees the one workspace here.
    let seen = under(&app, &format!("{host}:8443"), &ada, "/api/v1/workspaces").await.json();
    let names: Vec<&str> =
        seen["workspaces"].as_array().unwrap().iter().map(|one| one["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["other"]);
    let page = under(&app, host, &ada, "/campaigns").await;
    assert!(!page.text.contains("Brand"), "{}", page.text);
    let elsewhere = under(&app, host, &ada, "/campaigns?workspace=default").await;
    assert_eq!(elsewhere.status, 400, "{}", elsewhere.text);
    assert_eq!(under(&app, host, &ada, "/status").await.status, 403, "nor is the server");
    // Who comes to sign in there is met by its name.
    let form = |name: &str| format!("host={host}&brand_name={name}");
    let request = Request::post("/workspace/brand?workspace=other")
        .header(header::HOST, "localhost")
        .header(header::COOKIE, &ada)
        .header("sec-fetch-site", "same-origin");
    assert_eq!(app.send(request.body(Body::from(form("Northwind"))).unwrap()).await.status, 303);
    assert!(under(&app, host, "", "/sign-in").await.text.contains("<b>Northwind</b>"));
    assert!(under(&app, "localhost", "", "/sign-in").await.text.contains("<b>Adroit</b>"));
    // Elsewhere all is as it was, also what is kept.
    let home = under(&app, "localhost", &ada, "/campaigns?workspace=default").await;
    assert!(home.text.contains("Brand"), "{}", home.text);
    assert_eq!(under(&app, "evil.example", &ada, "/").await.status, 421);
    app.state.ledger.catalog().set_brand(other.id, &Default::default()).await.unwrap();
    assert_eq!(under(&app, host, &ada, "/").await.status, 421);
}
