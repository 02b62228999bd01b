//! The picture beside a workspace's name: over the API and by the form, on every page, for its own workspace only.

#![expect(clippy::unwrap_used, reason = "only tests use it")]

use std::io::Cursor;

use axum::body::Body;
use axum::http::{Method, Request, header};
use image::{DynamicImage, ImageFormat};

use crate::app::{Answer, TestApp};

fn picture() -> Vec<u8> {
    let mut file = Cursor::new(Vec::new());
    DynamicImage::new_rgb8(300, 100).write_to(&mut file, ImageFormat::Png).unwrap();
    file.into_inner()
}

async fn ask(app: &TestApp, method: Method, path: &str, body: Vec<u8>) -> Answer {
    let request = Request::builder().method(method).uri(path).header(header::HOST, "localhost");
    app.send(request.body(Body::from(body)).unwrap()).await
}

#[tokio::test]
async fn a_picture_is_shown_on_every_page_and_taken_away_again() {
    let app = TestApp::with_google().await;
    assert!(!app.page("/").await.contains("<img"));
    let set = ask(&app, Method::PUT, "/api/v1/logo", picture()).await;
    assert_eq!(set.status, 200, "{}", set.text);
    let set = set.json();
    assert_eq!((&set["width"], &set["height"]), (&72.into(), &24.into()));
    assert_eq!(app.json("/api/v1/workspaces").await["workspaces"][0]["logo"], set);
    let images: Vec<_> =
        set["images"].as_array().unwrap().iter().map(|image| image.as_str().unwrap()).collect();
    assert_eq!(images.len(), 3);
    for path in ["/", "/campaigns", "/imports", "/workspace"] {
        let page = app.page(path).await;
        let shown = format!(
            "<img class=\"logo\" src=\"{}\" srcset=\"{} 2x, {} 3x\" width=\"72\" height=\"24\" alt=\"\">",
            images[0], images[1], images[2]
        );
        assert!(page.contains(&shown), "{path}");
    }
    let image = app.get(images[2]).await;
    assert_eq!((image.header("content-type"), image.status.as_u16()), ("image/webp", 200));
    assert!(image.header("cache-control").starts_with("private, max-age=31536000"));
    let elsewhere = images[2].replace("/workspaces/1/", "/workspaces/2/");
    assert_eq!(app.get(&elsewhere).await.status, 404, "another workspace does not have it");

    assert_eq!(ask(&app, Method::DELETE, "/api/v1/logo", Vec::new()).await.status, 204);
    assert!(!app.page("/").await.contains("<img"));
    assert_eq!(app.get(images[2]).await.status, 404);
}

#[tokio::test]
async fn the_form_sets_it_and_what_is_no_picture_changes_nothing() {
    let app = TestApp::with_google().await;
    let form = async |file: &[u8]| {
        let mut body =
            b"--x\r\ncontent-disposition: form-data; name=\"logo\"; filename=\"a.png\"\r\n\r\n".to_vec();
        body.extend(file);
        body.extend(b"\r\n--x--\r\n");
        let request = Request::post("/workspace/logo")
            .header(header::HOST, "localhost")
            .header(header::CONTENT_TYPE, "multipart/form-data; boundary=x");
        app.send(request.body(Body::from(body)).unwrap()).await
    };
    let set = form(&picture()).await;
    assert_eq!((set.status.as_u16(), set.header("location")), (303, "/workspace?workspace=default"));
    let page = app.page("/workspace").await;
    for wrong in [b"".to_vec(), b"<svg/>".to_vec(), vec![0; 3 << 20]] {
        let refused = form(&wrong).await;
        assert_eq!(refused.status, 400);
        assert!(refused.text.contains("2 MB"), "{}", refused.text);
    }
    assert_eq!(app.page("/workspace").await, page);
    let request = Request::post("/workspace/logo/delete").header(header::HOST, "localhost");
    assert_eq!(app.send(request.body(Body::empty()).unwrap()).await.status, 303);
    assert!(app.page("/workspace").await.contains("None yet"));
}
