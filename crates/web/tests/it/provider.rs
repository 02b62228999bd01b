//! Coming in by an identity provider: who may, and every way in which nobody does.

#![expect(clippy::unwrap_used, reason = "only tests use it")]

use jiff::{SignedDuration, Timestamp};
use people::{Digest, INVITATION, Role, Secret};
use serde_json::{Value, json};
use store::catalog::{Actor, AuditOf, Grant, NewInvitation};
use web::ProviderSettings;

use crate::app::{ADA, Answer, PASSWORD, TestApp};
use crate::issuer::{Begun, CLIENT, Issuer};

/// A server where Ada is, and a provider in front of it.
async fn both() -> (TestApp, Issuer) {
    let issuer = Issuer::start().await;
    let app = TestApp::with_google().await.closing().await;
    let app = issuer.before(&app, issuer.settings());
    (app, issuer)
}

async fn come_back(app: &TestApp, issuer: &Issuer, begun: &Begun) -> Answer {
    let path = format!(
        "/sign-in/provider/back?state={}&code=the-code&iss={}&session_state=x",
        begun.state, issuer.address
    );
    app.get_as(&begun.cookie, &path).await
}

/// Goes all the way as somebody.
async fn enter(app: &TestApp, issuer: &Issuer, subject: &str, email: &str) -> Answer {
    let begun = issuer.begin(app, "").await;
    issuer.says(&begun, subject, email);
    come_back(app, issuer, &begun).await
}

fn invitation(email: &str, role: Role, workspace: Option<u32>) -> NewInvitation {
    NewInvitation {
        digest: *Digest::of(Secret::new(INVITATION).text()).as_bytes(),
        email: email.to_owned(),
        grant: Grant { role, organisation: 1, workspace, accounts: None },
        expires_at: Timestamp::now() + SignedDuration::from_hours(1),
    }
}

async fn actions(app: &TestApp) -> Vec<String> {
    let entries = app.state.ledger.catalog().audit(AuditOf::Everything, None, 20).await.unwrap();
    entries.into_iter().map(|entry| entry.action).collect()
}

#[tokio::test]
async fn who_has_an_account_comes_in_and_is_known_again() {
    let (app, issuer) = both().await;
    let page = app.get("/sign-in?next=/campaigns").await;
    assert!(page.text.contains("href=\"/sign-in/provider?next=%2Fcampaigns\""), "{}", page.text);
    assert!(page.text.contains("Sign in with Example Id"));
    let begun = issuer.begin(&app, "?next=/campaigns").await;
    issuer.says(&begun, "s-1", "Ada@Example.org");
    let entered = come_back(&app, &issuer, &begun).await;
    assert_eq!(
        (entered.status.as_u16(), entered.header("location")),
        (303, "/campaigns"),
        "{}",
        entered.text
    );
    let account = app.get_as(&entered.cookie(), "/account").await;
    assert!(
        account.text.contains("Example Id") && account.text.contains("as <bdi>ada@example.org</bdi>"),
        "{}",
        account.text
    );
    assert!(actions(&app).await.iter().any(|action| action == "provider_linked"));
    assert!(actions(&app).await.iter().any(|action| action == "signed_in_by_provider"));
    // From now on it is the account there that counts, whatever its address becomes.
    assert_eq!(enter(&app, &issuer, "s-1", "ada@married.example").await.status, 303);
    // Nobody else takes her place with an address that was hers.
    let other = enter(&app, &issuer, "s-2", ADA).await;
    assert_eq!(other.status, 409, "{}", other.text);
    // What is kept about her says so, and she takes it away herself.
    let ada = app.sign_in(ADA, PASSWORD).await;
    assert_eq!(app.get_as(&ada, "/account/export").await.json()["providers"][0]["issuer"], issuer.address);
    let gone = app.post_as(&ada, "/account/providers/1/unlink", &[]).await;
    assert_eq!((gone.status.as_u16(), gone.header("location")), (303, "/account?done=provider"));
    assert_eq!(enter(&app, &issuer, "s-2", ADA).await.status, 303);
}

#[tokio::test]
async fn who_is_invited_comes_in_with_all_their_places_and_nobody_else_does() {
    let (app, issuer) = both().await;
    let catalog = app.state.ledger.catalog();
    let (default, by) = (catalog.workspaces().await.unwrap()[0].id, Actor::this_machine());
    let other = catalog.ensure_workspace("other").await.unwrap().id;
    let stranger = enter(&app, &issuer, "s-9", "eve@example.org").await;
    assert_eq!(stranger.status, 403, "{}", stranger.text);
    assert!(stranger.text.contains("not invited"), "{}", stranger.text);
    for (role, workspace) in [(Role::Viewer, default), (Role::Editor, other)] {
        catalog.invite(&by, &invitation("bob@example.org", role, Some(workspace))).await.unwrap();
    }
    let entered = enter(&app, &issuer, "s-3", "bob@example.org").await;
    assert_eq!(entered.status, 303, "{}", entered.text);
    let me = app.get_as(&entered.cookie(), "/api/v1/me").await.json();
    assert_eq!((me["name"].as_str(), me["email"].as_str()), (Some("Somebody"), Some("bob@example.org")));
    assert_eq!(me["workspaces"].as_array().unwrap().len(), 2, "{me}");
    assert!(catalog.invitations(1).await.unwrap().is_empty());
    // Without a password it is the only way in.
    let refused = app.post_as(&entered.cookie(), "/account/providers/1/unlink", &[]).await;
    assert_eq!(refused.status, 409, "{}", refused.text);
    assert!(refused.text.contains("choose a password first"), "{}", refused.text);
}

#[tokio::test]
async fn what_the_provider_says_otherwise_lets_nobody_in() {
    let (app, issuer) = both().await;
    let now = Timestamp::now().as_second();
    for (name, value, status) in [
        ("nonce", json!("another"), 502),
        ("aud", json!("another"), 502),
        ("aud", json!([CLIENT, "another"]), 502),
        ("iss", json!("https://evil.example"), 502),
        ("exp", json!(now - 120), 502),
        ("iat", json!(now - 7200), 502),
        ("email_verified", json!(false), 403),
        ("email_verified", Value::Null, 403),
        ("email", json!("nobody"), 403),
        ("email", json!("eve@example.org"), 403),
    ] {
        let begun = issuer.begin(&app, "").await;
        issuer.says(&begun, "s-1", ADA);
        issuer.says_otherwise(name, value.clone());
        let answer = come_back(&app, &issuer, &begun).await;
        assert_eq!(answer.status, status, "{name} {value}: {}", answer.text);
        assert!(!answer.header("set-cookie").contains("adroit=ads_"), "{name} {value}");
    }
    for algorithm in ["none", "HS256", "RS256"] {
        let begun = issuer.begin(&app, "").await;
        issuer.says(&begun, "s-1", ADA);
        issuer.signs_with(algorithm);
        assert_eq!(come_back(&app, &issuer, &begun).await.status, 502, "{algorithm}");
    }
    assert!(!actions(&app).await.iter().any(|action| action.starts_with("signed_in")));
}

#[tokio::test]
async fn an_answer_counts_once_and_only_in_the_browser_that_asked() {
    let (app, issuer) = both().await;
    let begun = issuer.begin(&app, "").await;
    issuer.says(&begun, "s-1", ADA);
    let other = issuer.begin(&app, "").await;
    issuer.says(&begun, "s-1", ADA);
    // Somebody else's answer in this browser, this answer in no browser, and a state that was made up.
    for (cookie, state) in [
        (other.cookie.as_str(), begun.state.as_str()),
        ("", &begun.state),
        (&begun.cookie, "made-up"),
        (&begun.cookie, ""),
        ("adroit-way=v1.00000000.AAAA", &begun.state),
    ] {
        let path = format!("/sign-in/provider/back?state={state}&code=the-code&iss={}", issuer.address);
        assert_eq!(app.get_as(cookie, &path).await.status, 410, "{cookie} {state}");
    }
    let begun = issuer.begin(&app, "").await;
    issuer.says(&begun, "s-1", ADA);
    let entered = come_back(&app, &issuer, &begun).await;
    assert_eq!(entered.status, 303, "{}", entered.text);
    let forgotten = entered.response.headers().get_all("set-cookie").iter();
    assert!(forgotten.filter_map(|said| said.to_str().ok()).any(|said| said.starts_with("adroit-way=;")));
    assert_eq!(come_back(&app, &issuer, &begun).await.status, 410, "it is replayed");
    // Another provider's answer, or one that does not say whose it is though this provider always does.
    for issuer_said in ["&iss=https://evil.example", ""] {
        let begun = issuer.begin(&app, "").await;
        let path = format!("/sign-in/provider/back?state={}&code=the-code{issuer_said}", begun.state);
        assert_eq!(app.get_as(&begun.cookie, &path).await.status, 502, "{issuer_said}");
    }
    // Who refuses there is told so here.
    let begun = issuer.begin(&app, "").await;
    let path =
        format!("/sign-in/provider/back?state={}&error=access_denied&error_description=x", begun.state);
    let refused = app.get_as(&begun.cookie, &path).await;
    assert_eq!(refused.status, 403, "{}", refused.text);
    assert!(refused.text.contains("did not let you in"));
}

#[tokio::test]
async fn keys_that_the_provider_changes_are_read_anew_but_not_for_everybody_who_asks() {
    let (app, issuer) = both().await;
    assert_eq!(enter(&app, &issuer, "s-1", ADA).await.status, 303);
    assert_eq!(enter(&app, &issuer, "s-1", ADA).await.status, 303);
    assert_eq!(issuer.keys_read(), 1, "what was read holds");
    issuer.changes_key();
    // Just now they were read: it is not asked again for each token that names another.
    for _ in 0..5 {
        assert_eq!(enter(&app, &issuer, "s-1", ADA).await.status, 502);
    }
    assert_eq!(issuer.keys_read(), 1);
    let fresh = issuer.before(&app, issuer.settings());
    assert_eq!(enter(&fresh, &issuer, "s-1", ADA).await.status, 303);
    assert_eq!(issuer.keys_read(), 2);
}

#[tokio::test]
async fn the_second_factor_is_asked_for_unless_the_provider_sees_to_it() {
    let (app, issuer) = both().await;
    let catalog = app.state.ledger.catalog();
    catalog.set_second_factor(&Actor::this_machine(), 1, Some("sealed"), &[]).await.unwrap();
    let asked = enter(&app, &issuer, "s-1", ADA).await;
    assert_eq!(asked.status, 200, "{}", asked.text);
    assert!(asked.text.contains("name=\"code\"") && asked.text.contains("action=\"/sign-in/code\""));
    let trusting = issuer.before(&app, ProviderSettings { is_second_factor: true, ..issuer.settings() });
    assert_eq!(enter(&trusting, &issuer, "s-1", ADA).await.status, 303);
}

#[tokio::test]
async fn only_chosen_domains_and_nobody_who_is_kept_out() {
    let (app, issuer) = both().await;
    let domains = vec!["northwind.example".to_owned()];
    let held = issuer.before(&app, ProviderSettings { domains, ..issuer.settings() });
    let refused = enter(&held, &issuer, "s-1", ADA).await;
    assert_eq!(refused.status, 403, "{}", refused.text);
    assert!(refused.text.contains("chosen domains"));
    let bob = app.person("bob@example.org", Role::Viewer, None).await;
    assert_eq!(enter(&app, &issuer, "s-4", "bob@example.org").await.status, 303);
    let catalog = app.state.ledger.catalog();
    catalog.disable_person(&Actor::this_machine(), None, bob, true).await.unwrap();
    assert_eq!(enter(&app, &issuer, "s-4", "bob@example.org").await.status, 403);
    assert_eq!(enter(&app, &issuer, "s-5", "bob@example.org").await.status, 403);
}

#[tokio::test]
async fn a_provider_in_a_private_network_is_asked_only_where_that_is_meant() {
    let (app, issuer) = both().await;
    let settings = ProviderSettings {
        issuer: "https://127.0.0.1:9".to_owned(),
        is_private_allowed: false,
        ..issuer.settings()
    };
    let answer = issuer.before(&app, settings).get("/sign-in/provider").await;
    assert_eq!(answer.status, 502, "{}", answer.text);
    assert!(!answer.text.contains("127.0.0.1:9"), "what is inside is not told: {}", answer.text);
    assert_eq!(app.get("/sign-in/provider?next=//evil.example").await.status, 303);
    let none = TestApp::closed().await;
    assert_eq!(none.get("/sign-in/provider").await.status, 404);
    assert!(!none.get("/sign-in").await.text.contains("provider"));
}
