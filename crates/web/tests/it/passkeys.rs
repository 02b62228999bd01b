//! Passkeys: added, used alone and as a second factor, taken away; and what lets nobody in.

#![expect(clippy::unwrap_used, reason = "only tests use it")]

use axum::body::Body;
use axum::http::{Request, header};
use people::Role;
use store::catalog::Actor;

use crate::app::{ADA, Answer, PASSWORD, TestApp};
use crate::authenticator::{Asked, Authenticator};

/// What stands at a path for a browser that has a cookie and asks under a name.
async fn get(app: &TestApp, host: &str, cookie: &str, path: &str) -> Answer {
    let request = Request::get(path).header(header::HOST, host).header(header::COOKIE, cookie);
    app.send(request.body(Body::empty()).unwrap()).await
}

async fn post(app: &TestApp, cookie: &str, path: &str, fields: &[(&str, &str)]) -> Answer {
    let form = form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
    let request = Request::post(path)
        .header(header::HOST, "localhost")
        .header(header::COOKIE, cookie)
        .header("sec-fetch-site", "same-origin")
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
    app.send(request.body(Body::from(form)).unwrap()).await
}

/// What the sign-in page asks of an authenticator.
async fn asked(app: &TestApp) -> Asked {
    Asked::on(&get(app, "localhost", "", "/sign-in").await.text)
}

async fn add(app: &TestApp, cookie: &str, key: &Authenticator, name: &str) -> Answer {
    let asked = Asked::on(&get(app, "localhost", cookie, "/account/passkeys").await.text);
    let answer = key.make(asked.challenge());
    let fields = [("challenge", &*asked.sealed), ("answer", &answer), ("name", name), ("password", PASSWORD)];
    post(app, cookie, "/account/passkeys", &fields).await
}

async fn enter(app: &TestApp, asked: &Asked, answer: &str) -> Answer {
    let fields = [("challenge", asked.sealed.as_str()), ("answer", answer), ("next", "/campaigns")];
    post(app, "", "/sign-in/passkey", &fields).await
}

/// A server where Ada has a passkey.
async fn with_key() -> (TestApp, String, Authenticator) {
    let app = TestApp::with_google().await.closing().await;
    let (cookie, key) = (app.sign_in(ADA, PASSWORD).await, Authenticator::new(b"key-1"));
    let added = add(&app, &cookie, &key, "Blue key").await;
    assert_eq!(
        (added.status.as_u16(), added.header("location")),
        (303, "/account?done=passkey"),
        "{}",
        added.text
    );
    (app, cookie, key)
}

#[tokio::test]
async fn a_passkey_lets_in_without_a_password_and_is_taken_away() {
    let (app, cookie, mut key) = with_key().await;
    let question = asked(&app).await;
    assert_eq!(question.options["rpId"], "localhost");
    assert_eq!(question.options["userVerification"], "required");
    let entered = enter(&app, &question, &key.sign(question.challenge())).await;
    assert_eq!(
        (entered.status.as_u16(), entered.header("location")),
        (303, "/campaigns"),
        "{}",
        entered.text
    );
    let account = get(&app, "localhost", &entered.cookie(), "/account").await.text;
    assert!(account.contains("<bdi>Blue key</bdi>") && account.contains("for localhost, since"), "{account}");
    assert!(account.contains("last used"), "{account}");
    let export = get(&app, "localhost", &cookie, "/account/export").await.json();
    assert_eq!(export["passkeys"][0]["name"], "Blue key");
    // The same authenticator is not asked to make another.
    let again = Asked::on(&get(&app, "localhost", &cookie, "/account/passkeys").await.text);
    assert_eq!(again.options["excludeCredentials"][0]["id"], "a2V5LTE");
    assert_eq!(add(&app, &cookie, &key, "Again").await.status, 409);
    let wrong = post(&app, &cookie, "/account/passkeys/1/remove", &[("password", "something else")]).await;
    assert_eq!(wrong.status, 400);
    let gone = post(&app, &cookie, "/account/passkeys/1/remove", &[("password", PASSWORD)]).await;
    assert_eq!(gone.header("location"), "/account?done=passkey-removed", "{}", gone.text);
    let question = asked(&app).await;
    assert_eq!(enter(&app, &question, &key.sign(question.challenge())).await.status, 401);
}

#[tokio::test]
async fn what_an_authenticator_signs_for_others_lets_nobody_in() {
    let (app, _, mut key) = with_key().await;
    let question = asked(&app).await;
    key.origin = "https://evil.example".to_owned();
    assert_eq!(enter(&app, &question, &key.sign(question.challenge())).await.status, 401, "another origin");
    key.origin = "http://localhost".to_owned();
    key.host = "evil.example".to_owned();
    let question = asked(&app).await;
    assert_eq!(enter(&app, &question, &key.sign(question.challenge())).await.status, 401, "another site");
    key.host = "localhost".to_owned();
    let (question, other) = (asked(&app).await, asked(&app).await);
    assert_eq!(enter(&app, &question, &key.sign(other.challenge())).await.status, 401, "another challenge");
    key.verifies = false;
    let question = asked(&app).await;
    let unverified = enter(&app, &question, &key.sign(question.challenge())).await;
    assert_eq!(unverified.status, 401);
    assert!(unverified.text.contains("finger"), "{}", unverified.text);
    key.verifies = true;
    let mut stranger = Authenticator::new(b"key-1");
    let question = asked(&app).await;
    assert_eq!(enter(&app, &question, &stranger.sign(question.challenge())).await.status, 401, "another key");
    let mut unknown = Authenticator::new(b"key-9");
    let question = asked(&app).await;
    assert_eq!(enter(&app, &question, &unknown.sign(question.challenge())).await.status, 401, "nobody's");
    for (sealed, answer) in
        [("", "{}"), (&*question.sealed, ""), (&question.sealed, "{\"id\":1}"), ("v1.00000000.AAAA", "{}")]
    {
        let fields = [("challenge", sealed), ("answer", answer)];
        assert_eq!(post(&app, "", "/sign-in/passkey", &fields).await.status, 400, "{sealed} {answer}");
    }
    let question = asked(&app).await;
    assert_eq!(enter(&app, &question, &key.sign(question.challenge())).await.status, 303);
}

#[tokio::test]
async fn an_answer_counts_once_and_a_copy_is_found_by_its_count() {
    let (app, _, mut key) = with_key().await;
    let question = asked(&app).await;
    let answer = key.sign(question.challenge());
    assert_eq!(enter(&app, &question, &answer).await.status, 303);
    assert_eq!(enter(&app, &question, &answer).await.status, 410, "it is replayed");
    let question = asked(&app).await;
    let back = enter(&app, &question, &key.sign_again(question.challenge())).await;
    assert_eq!(back.status, 401, "{}", back.text);
    assert!(back.text.contains("copy"), "{}", back.text);
    // A challenge of one kind is none of another.
    let cookie = app.sign_in(ADA, PASSWORD).await;
    let making = Asked::on(&get(&app, "localhost", &cookie, "/account/passkeys").await.text);
    assert_eq!(enter(&app, &making, &key.sign(making.challenge())).await.status, 410);
}

#[tokio::test]
async fn a_new_key_is_kept_for_who_was_asked_and_shows_their_password() {
    let (app, cookie, _) = with_key().await;
    app.person("bob@example.org", Role::Viewer, None).await;
    let bob = app.sign_in("bob@example.org", PASSWORD).await;
    let key = Authenticator::new(b"key-2");
    let of_ada = Asked::on(&get(&app, "localhost", &cookie, "/account/passkeys").await.text);
    let answer = key.make(of_ada.challenge());
    let fields =
        [("challenge", &*of_ada.sealed), ("answer", &answer), ("name", "Hers"), ("password", PASSWORD)];
    let swapped = post(&app, &bob, "/account/passkeys", &fields).await;
    assert_eq!(swapped.status, 410, "{}", swapped.text);
    let fields =
        [("challenge", &*of_ada.sealed), ("answer", &answer), ("name", "Hers"), ("password", "wrong")];
    let refused = post(&app, &cookie, "/account/passkeys", &fields).await;
    assert_eq!(refused.status, 400);
    assert!(refused.text.contains("not your password"), "{}", refused.text);
    // Nor can Bob take hers away.
    let fields = [("password", PASSWORD)];
    assert_eq!(post(&app, &bob, "/account/passkeys/1/remove", &fields).await.status, 404);
    // Under a number there is none.
    assert!(!get(&app, "127.0.0.1", "", "/sign-in").await.text.contains("data-passkey"));
    let page = get(&app, "127.0.0.1", &cookie, "/account/passkeys").await.text;
    assert!(page.contains("bound to a name") && !page.contains("data-passkey"), "{page}");
}

#[tokio::test]
async fn a_passkey_stands_for_the_second_factor_of_its_owner_only() {
    let (app, _, mut key) = with_key().await;
    let catalog = app.state.ledger.catalog();
    let bob = app.person("bob@example.org", Role::Viewer, None).await;
    for person in [1, bob] {
        catalog.set_second_factor(&Actor::this_machine(), person, Some("sealed"), &[]).await.unwrap();
    }
    let step = async |email: &str| {
        let answer = post(&app, "", "/sign-in", &[("email", email), ("password", PASSWORD)]).await;
        assert_eq!(answer.status, 200, "{}", answer.text);
        let step = answer.text.split_once("name=\"step\" value=\"").unwrap().1;
        (step.split_once('"').unwrap().0.to_owned(), answer.text.clone())
    };
    let (step_of_bob, page) = step("bob@example.org").await;
    assert!(!page.contains("data-passkey"), "he has none");
    let (step_of_ada, page) = step(ADA).await;
    let question = Asked::on(&page);
    assert_eq!(question.options["userVerification"], "preferred");
    let send = async |step: &str, question: &Asked, answer: &str| {
        let fields = [("challenge", &*question.sealed), ("answer", answer), ("step", step), ("next", "/")];
        post(&app, "", "/sign-in/passkey", &fields).await
    };
    let answer = key.sign(question.challenge());
    assert_eq!(send(&step_of_bob, &question, &answer).await.status, 401, "hers is not his");
    // That it was there is enough: the password was right already.
    key.verifies = false;
    let (_, page) = step(ADA).await;
    let question = Asked::on(&page);
    let entered = send(&step_of_ada, &question, &key.sign(question.challenge())).await;
    assert_eq!((entered.status.as_u16(), entered.header("location")), (303, "/"), "{}", entered.text);
    let (_, page) = step(ADA).await;
    let question = Asked::on(&page);
    assert_eq!(
        send(&step_of_ada, &question, &key.sign(question.challenge())).await.status,
        410,
        "it was used"
    );
}
