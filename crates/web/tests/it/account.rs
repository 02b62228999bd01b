//! Somebody's account: passwords, second factors, sessions, and everything that is kept about them.

#![expect(clippy::unwrap_used, reason = "only tests use it")]

use jiff::Timestamp;
use people::{Digest, Role, SecondFactor, normal_recovery_code};

use crate::app::{ADA, Answer, PASSWORD, TestApp, part};

const BOB: &str = "bob@example.org";
/// Seconds that a code is shown for.
const STEP: i64 = 30;

/// Somebody else, who may see everything; gives their cookie.
async fn with_bob(app: &TestApp) -> String {
    app.person(BOB, Role::Viewer, None).await;
    app.sign_in(BOB, PASSWORD).await
}

/// What a browser keeps after an answer: the new secret of its session, if there is one.
fn kept(answer: &Answer, before: &str) -> String {
    match answer.header("set-cookie").split(';').next() {
        Some(cookie) if !cookie.is_empty() => cookie.to_owned(),
        _ => before.to_owned(),
    }
}

async fn is_in(app: &TestApp, cookie: &str) -> bool {
    app.get_as(cookie, "/api/v1/me").await.status == 200
}

/// The number of the newest session, as the page has it for being ended.
fn session_on(page: &str) -> &str {
    part(page, "/account/sessions/", "/end\"").rsplit('/').next().unwrap()
}

/// The value of a hidden field.
fn hidden<'p>(page: &'p str, name: &str) -> &'p str {
    let field = part(page, &format!("type=\"hidden\" name=\"{name}\""), "\">");
    field.split_once("value=\"").unwrap().1
}

/// The second factor that a page shows, as an app takes it.
fn scanned(page: &str) -> SecondFactor {
    let text = part(page, "<p><code>", "</code>").trim_start_matches("<p><code>");
    let (mut bytes, mut bits, mut held) = (Vec::new(), 0_u32, 0);
    for letter in text.bytes().filter(|letter| *letter != b' ') {
        let value = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".iter().position(|one| *one == letter).unwrap();
        bits = bits << 5 | u32::try_from(value).unwrap();
        held += 5;
        if held >= 8 {
            held -= 8;
            bytes.push((bits >> held & 255) as u8);
        }
    }
    SecondFactor::from_bytes(&bytes).unwrap()
}

fn this_step() -> i64 {
    Timestamp::now().as_second() / STEP
}

/// The code that an app shows in a step: an app computes it, here all are tried.
fn code(factor: &SecondFactor, step: i64) -> String {
    let is_it = |code: &String| factor.check(code, step * STEP, Some(step - 1)) == Some(step);
    (0..1_000_000).map(|code| format!("{code:06}")).find(is_it).unwrap()
}

/// Sets the second factor up. Gives it with the step of the code that was used, the recovery codes, and what the browser keeps.
async fn set_up(app: &TestApp, cookie: &str) -> (SecondFactor, i64, Vec<String>, String) {
    let asked = app.get_as(cookie, "/account/second-factor").await;
    assert_eq!((asked.status.as_u16(), asked.header("cache-control")), (200, "no-store"));
    assert!(
        asked.text.contains("<svg xmlns") && asked.text.contains("otpauth://totp/Adroit:ada%40example.org")
    );
    let (factor, sealed) = (scanned(&asked.text), hidden(&asked.text, "factor"));

    let step = this_step();
    let typed = code(&factor, step);
    let wrong = if typed == "000000" { "000001" } else { "000000" };
    let form = [("factor", sealed), ("code", wrong), ("password", PASSWORD)];
    let refused = app.post_as(cookie, "/account/second-factor", &form).await;
    assert_eq!(refused.status, 400);
    assert!(refused.text.contains("It is not right") && hidden(&refused.text, "factor") == sealed);
    assert!(!app.get_as(cookie, "/account").await.text.contains("second-factor/delete"));

    // Whoever finds a browser open sets none without the password.
    for form in [vec![], vec![("password", "not it at all")]] {
        let form = [form, vec![("factor", sealed), ("code", typed.as_str())]].concat();
        let refused = app.post_as(cookie, "/account/second-factor", &form).await;
        assert_eq!(refused.status, 400);
        assert!(refused.text.contains("It is not your password"), "{}", refused.text);
    }
    let form = [("factor", sealed), ("code", typed.as_str()), ("password", PASSWORD)];
    let done = app.post_as(cookie, "/account/second-factor", &form).await;
    assert_eq!((done.status.as_u16(), done.header("cache-control")), (200, "no-store"), "{}", done.text);
    let codes: Vec<String> =
        done.text.split("<li><code>").skip(1).map(|rest| rest[..14].to_owned()).collect();
    assert_eq!(codes.len(), 10, "{}", done.text);
    let cookie = kept(&done, cookie);
    (factor, step, codes, cookie)
}

/// The first step of signing in: the ticket for the second one.
async fn first_step(app: &TestApp) -> String {
    let asked = app.post_as("", "/sign-in", &[("email", ADA), ("password", PASSWORD)]).await;
    assert_eq!(asked.status, 200, "{}", asked.text);
    assert_eq!(asked.header("set-cookie"), "", "not in yet");
    hidden(&asked.text, "step").to_owned()
}

async fn second_step(app: &TestApp, code: &str) -> Answer {
    let step = first_step(app).await;
    app.post_as("", "/sign-in/code", &[("step", &step), ("code", code)]).await
}

#[tokio::test]
async fn a_second_factor_is_set_up_asked_for_and_each_code_counts_once() {
    let app = TestApp::closed().await;
    let (other, cookie) = (app.sign_in(ADA, PASSWORD).await, app.sign_in(ADA, PASSWORD).await);
    let (factor, used, recovery, new_cookie) = set_up(&app, &cookie).await;
    assert_ne!(new_cookie, cookie, "the session gets another secret");
    assert!(is_in(&app, &new_cookie).await && !is_in(&app, &other).await, "other sessions end");
    let page = app.get_as(&new_cookie, "/account").await.text;
    assert!(page.contains("10 recovery codes are left"), "{page}");

    // The code that confirmed it is used up, and each that signs in.
    assert_eq!(second_step(&app, &code(&factor, used)).await.status, 400);
    let newest = code(&factor, this_step() + 1);
    let step = first_step(&app).await;
    let entered = app.post_as("", "/sign-in/code", &[("step", &step), ("code", &newest)]).await;
    assert_eq!(entered.status, 303, "{}", entered.text);
    assert!(is_in(&app, &kept(&entered, "")).await);
    assert_eq!(second_step(&app, &newest).await.status, 400);
    let again = app.post_as("", "/sign-in/code", &[("step", &step), ("code", &newest)]).await;
    assert_eq!(again.status, 410, "the step was made");

    // A recovery code in place of the app, once too.
    assert_eq!(second_step(&app, &recovery[0].to_uppercase()).await.status, 303);
    assert_eq!(second_step(&app, &recovery[0]).await.status, 400);
    let page = app.get_as(&new_cookie, "/account").await.text;
    assert!(page.contains("9 recovery codes are left"), "{page}");
}

#[tokio::test]
async fn a_second_factor_is_neither_replaced_nor_taken_away_without_what_it_takes() {
    let app = TestApp::closed().await;
    let cookie = app.sign_in(ADA, PASSWORD).await;
    let before = app.get_as(&cookie, "/account/second-factor").await.text;
    let (factor, used, recovery, cookie) = set_up(&app, &cookie).await;

    // One that was shown before is not put in its place.
    assert_eq!(app.get_as(&cookie, "/account/second-factor").await.status, 409);
    let (old, sealed) = (scanned(&before), hidden(&before, "factor"));
    let typed = code(&old, this_step());
    let form = [("factor", sealed), ("code", typed.as_str())];
    assert_eq!(app.post_as(&cookie, "/account/second-factor", &form).await.status, 409);

    // New recovery codes take a code of the app, and not one of themselves.
    for wrong in [&recovery[0], &code(&factor, used)] {
        let refused = app.post_as(&cookie, "/account/second-factor/codes", &[("code", wrong)]).await;
        assert_eq!(refused.status, 400, "{wrong}");
    }
    let newest = code(&factor, this_step() + 1);
    let made = app.post_as(&cookie, "/account/second-factor/codes", &[("code", &newest)]).await;
    assert_eq!(made.status, 200, "{}", made.text);
    assert!(made.text.matches("<li><code>").count() == 10 && !made.text.contains(&recovery[0]));
    assert_eq!(second_step(&app, &recovery[1]).await.status, 400, "those before count no more");
    assert_eq!(second_step(&app, &newest).await.status, 400, "it was used for the codes");

    let refused =
        app.post_as(&cookie, "/account/second-factor/delete", &[("password", "not it at all")]).await;
    assert_eq!(refused.status, 400);
    let gone = app.post_as(&cookie, "/account/second-factor/delete", &[("password", PASSWORD)]).await;
    assert_eq!((gone.status.as_u16(), gone.header("location")), (303, "/account?done=second-factor"));
    let cookie = kept(&gone, &cookie);
    assert!(app.get_as(&cookie, "/account").await.text.contains("Set it up"));
    assert!(is_in(&app, &app.sign_in(ADA, PASSWORD).await).await, "the password is enough again");
}

#[tokio::test]
async fn a_second_factor_belongs_to_the_one_it_was_shown_to() {
    let app = TestApp::closed().await;
    let (ada, bob) = (app.sign_in(ADA, PASSWORD).await, with_bob(&app).await);
    let asked = app.get_as(&ada, "/account/second-factor").await.text;
    let typed = code(&scanned(&asked), this_step());
    let sealed = hidden(&asked, "factor");
    for (cookie, sealed) in [(&bob, sealed), (&ada, "v1.00000000.AAAA"), (&ada, "")] {
        let form = [("factor", sealed), ("code", typed.as_str())];
        assert_eq!(app.post_as(cookie, "/account/second-factor", &form).await.status, 400, "{sealed}");
    }
    assert!(app.get_as(&bob, "/account").await.text.contains("Set it up"));
}

#[tokio::test]
async fn another_password_takes_the_old_one_and_ends_other_sessions() {
    let app = TestApp::closed().await;
    let (other, cookie) = (app.sign_in(ADA, PASSWORD).await, app.sign_in(ADA, PASSWORD).await);
    let new = " seven dry leaves in may ";
    let change = async |old: &str, new: &str| {
        app.post_as(&cookie, "/account/password", &[("old", old), ("password", new)]).await
    };
    for (old, new, said) in [
        ("not my password", new, "It is not your password"),
        ("", new, "It is not your password"),
        (PASSWORD, "xq 7!", "at least 12 characters"),
        (PASSWORD, "ada@example.org ada", "must not contain your e-mail address"),
    ] {
        let refused = change(old, new).await;
        assert_eq!((refused.status.as_u16(), refused.header("cache-control")), (400, "no-store"));
        assert!(refused.text.contains(said) && !refused.text.contains(new), "{said}: {}", refused.text);
    }
    assert!(is_in(&app, &other).await && is_in(&app, &cookie).await, "nothing was changed");

    let done = change(PASSWORD, new).await;
    assert_eq!((done.status.as_u16(), done.header("location")), (303, "/account?done=password"));
    let renewed = kept(&done, &cookie);
    assert_ne!(renewed, cookie, "the session gets another secret");
    assert!(is_in(&app, &renewed).await && !is_in(&app, &other).await, "other sessions end");
    assert!(
        app.get_as(&renewed, "/account?done=password")
            .await
            .text
            .contains("All other browsers were signed out")
    );
    let old = app.post_as("", "/sign-in", &[("email", ADA), ("password", PASSWORD)]).await;
    assert_eq!(old.status, 401);
    // As it was typed, with the spaces around it.
    assert!(is_in(&app, &app.sign_in(ADA, new).await).await);
}

#[tokio::test]
async fn a_password_is_not_guessed_from_an_open_browser() {
    let app = TestApp::closed().await;
    let cookie = app.sign_in(ADA, PASSWORD).await;
    let guess = async |password: &str| {
        let form = [("email", ADA), ("password", password)];
        app.post_as(&cookie, "/account/erase", &form).await.status.as_u16()
    };
    let mut answers = Vec::new();
    for _ in 0..12 {
        answers.push(guess("guessed and wrong").await);
    }
    assert_eq!(answers, [[400; 10].as_slice(), &[429; 2]].concat());
    assert_eq!(guess(PASSWORD).await, 429);
}

#[tokio::test]
async fn sessions_are_shown_and_ended_by_whose_they_are() {
    let app = TestApp::closed().await;
    let (first, ada) = (app.sign_in(ADA, PASSWORD).await, app.sign_in(ADA, PASSWORD).await);
    let bob = with_bob(&app).await;
    let page = app.get_as(&ada, "/account").await;
    assert_eq!((page.status.as_u16(), page.header("cache-control")), (200, "no-store"));
    assert_eq!(page.text.matches("this one").count(), 1);
    assert!(page.text.contains("ada@example.org") && page.text.contains("action=\"/sign-out\""));
    assert!(!app.get_as(&bob, "/account").await.text.contains("/account/sessions/"), "only their own");

    // Nobody ends another's, nor learns whether there is one.
    let id = session_on(&page.text);
    for place in [format!("/account/sessions/{id}/end"), "/account/sessions/999/end".to_owned()] {
        assert_eq!(app.post_as(&bob, &place, &[("password", PASSWORD)]).await.status, 404, "{place}");
    }
    assert!(is_in(&app, &first).await && is_in(&app, &ada).await);
    // Nor does whoever finds a browser open.
    for place in [format!("/account/sessions/{id}/end"), "/account/sessions/end".to_owned()] {
        let refused = app.post_as(&ada, &place, &[("password", "not it at all")]).await;
        assert_eq!(refused.status, 400, "{place}");
        assert!(refused.text.contains("It is not your password"), "{}", refused.text);
    }
    assert!(is_in(&app, &first).await);
    let own = [("password", PASSWORD)];
    let ended = app.post_as(&ada, &format!("/account/sessions/{id}/end"), &own).await;
    assert_eq!((ended.status.as_u16(), ended.header("location")), (303, "/account?done=session"));
    assert!(!is_in(&app, &first).await && is_in(&app, &ada).await);

    let second = app.sign_in(ADA, PASSWORD).await;
    assert_eq!(app.post_as(&ada, "/account/sessions/end", &own).await.status, 303);
    assert!(!is_in(&app, &second).await && is_in(&app, &ada).await && is_in(&app, &bob).await);

    // Ending the own one is signing out.
    let third = app.sign_in(ADA, PASSWORD).await;
    let page = app.get_as(&third, "/account").await.text;
    let ended = app.post_as(&ada, &format!("/account/sessions/{}/end", session_on(&page)), &own).await;
    assert_eq!((ended.status.as_u16(), ended.header("location")), (303, "/sign-in"));
    assert!(ended.header("set-cookie").contains("Max-Age=0"));
    assert!(!is_in(&app, &ada).await && is_in(&app, &third).await);
}

#[tokio::test]
async fn a_name_is_changed_and_who_asks_is_told() {
    let app = TestApp::with_google().await.closing().await;
    let cookie = app.sign_in(ADA, PASSWORD).await;
    let renamed = app.post_as(&cookie, "/account/name", &[("name", "  Ada   <b>Lovelace</b> ")]).await;
    assert_eq!((renamed.status.as_u16(), renamed.header("location")), (303, "/account?done=name"));
    assert!(!app.get_as(&cookie, "/account").await.text.contains("<b>Lovelace"));
    assert_eq!(app.post_as(&cookie, "/account/name", &[("name", " ")]).await.status, 400);

    let me = app.get_as(&cookie, "/api/v1/me").await;
    assert_eq!(me.header("cache-control"), "no-store");
    let me = me.json();
    assert_eq!((&me["kind"], &me["email"]), (&"person".into(), &ADA.into()), "{me:#}");
    assert_eq!((&me["name"], &me["operates"]), (&"Ada <b>Lovelace</b>".into(), &true.into()));
    let bob = with_bob(&app).await;
    let me = app.get_as(&bob, "/api/v1/me").await.json();
    assert_eq!((&me["name"], &me["operates"]), (&BOB.into(), &false.into()));
    let permissions = ["see_figures", "see_work"];
    let workspace =
        serde_json::json!({ "id": 1, "name": "default", "role": "viewer", "permissions": permissions });
    assert_eq!(me["workspaces"], serde_json::json!([workspace]));
    assert_eq!(app.get("/api/v1/me").await.status, 401);
}

#[tokio::test]
async fn the_export_has_everything_but_secrets() {
    let app = TestApp::closed().await;
    let cookie = app.sign_in(ADA, PASSWORD).await;
    let shown = app.get_as(&cookie, "/account/second-factor").await.text;
    let text = part(&shown, "<p><code>", "</code>").trim_start_matches("<p><code>").replace(' ', "");
    let typed = code(&scanned(&shown), this_step());
    let form = [("factor", hidden(&shown, "factor")), ("code", typed.as_str()), ("password", PASSWORD)];
    let done = app.post_as(&cookie, "/account/second-factor", &form).await;
    assert_eq!(done.status, 200, "{}", done.text);
    let recovery = part(&done.text, "<li><code>", "</code>").trim_start_matches("<li><code>");
    let cookie = kept(&done, &cookie);

    let export = app.get_as(&cookie, "/account/export").await;
    assert_eq!((export.status.as_u16(), export.header("cache-control")), (200, "no-store"));
    assert!(export.header("content-disposition").starts_with("attachment; filename="));
    let all = export.json();
    assert_eq!((&all["person"]["email"], &all["person"]["has_second_factor"]), (&ADA.into(), &true.into()));
    for list in ["memberships", "sessions", "audit"] {
        assert!(!all[list].as_array().unwrap().is_empty(), "{list}: {all:#}");
    }
    let known = app.state.ledger.catalog().person_by_email(ADA).await.unwrap().unwrap();
    let secret = cookie.split_once('=').unwrap().1;
    let normal = normal_recovery_code(recovery);
    let kept = [known.password.unwrap(), known.second_factor.unwrap()];
    let digest = |text: &str| -> String {
        Digest::of(text).as_bytes().iter().map(|byte| format!("{byte:02x}")).collect()
    };
    let digests = [digest(secret), digest(&normal)];
    let said = [secret, recovery, "argon2", normal.as_str(), text.as_str()];
    for secret in kept.iter().chain(&digests).map(String::as_str).chain(said) {
        assert!(!export.text.contains(secret), "{secret} is in {}", export.text);
    }
}

#[tokio::test]
async fn somebody_erases_themselves_unless_an_owner_would_be_missing() {
    let app = TestApp::closed().await;
    let (ada, bob) = (app.sign_in(ADA, PASSWORD).await, with_bob(&app).await);
    let last = app.post_as(&ada, "/account/erase", &[("email", ADA), ("password", PASSWORD)]).await;
    assert_eq!(last.status, 409);
    assert!(last.text.contains("last owner; make somebody else an owner first"), "{}", last.text);
    assert!(is_in(&app, &ada).await);

    for form in [
        [("email", ADA), ("password", PASSWORD)],
        [("email", BOB), ("password", "not my password")],
        [("email", ""), ("password", PASSWORD)],
    ] {
        assert_eq!(app.post_as(&bob, "/account/erase", &form).await.status, 400, "{form:?}");
    }
    assert!(is_in(&app, &bob).await);
    let erased =
        app.post_as(&bob, "/account/erase", &[("email", "Bob@Example.org"), ("password", PASSWORD)]).await;
    assert_eq!(
        (erased.status.as_u16(), erased.header("cache-control")),
        (200, "no-store"),
        "{}",
        erased.text
    );
    assert!(erased.header("set-cookie").contains("Max-Age=0"));
    assert!(!is_in(&app, &bob).await && is_in(&app, &ada).await);
    let refused = app.post_as("", "/sign-in", &[("email", BOB), ("password", PASSWORD)]).await;
    assert_eq!(refused.status, 401);
    assert!(app.state.ledger.catalog().person_by_email(BOB).await.unwrap().is_none());
}
