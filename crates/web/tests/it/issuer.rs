//! A small identity provider on this machine, which says whatever a test wants.

#![expect(clippy::unwrap_used, reason = "only tests use it")]

use std::sync::{Arc, Mutex};

use axum::extract::{Form, State};
use axum::http::{HeaderMap, StatusCode};
use axum::routing::{get, post};
use axum::{Json, Router};
use base64::Engine;
use base64::prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD};
use jiff::Timestamp;
use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use web::{Provider, ProviderSettings, Rules};

use crate::app::TestApp;

pub const CLIENT: &str = "adroit";
const SECRET: &str = "s3cret:%";

/// What it says next.
#[derive(Default)]
struct Plan {
    header: Value,
    claims: Value,
    challenge: String,
    key: Option<EcdsaKeyPair>,
    key_id: String,
    /// How often its keys were read.
    keys_read: u32,
}

/// The provider.
#[derive(Clone)]
pub struct Issuer {
    pub address: String,
    plan: Arc<Mutex<Plan>>,
}

/// A sign-in that was begun: what the browser keeps, and what the provider was sent.
pub struct Begun {
    pub cookie: String,
    pub state: String,
    pub nonce: String,
}

fn new_key() -> EcdsaKeyPair {
    let random = SystemRandom::new();
    let key = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &random).unwrap();
    EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, key.as_ref(), &random).unwrap()
}

impl Issuer {
    pub async fn start() -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let plan = Plan { key: Some(new_key()), key_id: "one".to_owned(), ..Plan::default() };
        let issuer = Self { address, plan: Arc::new(Mutex::new(plan)) };
        let router = Router::new()
            .route("/.well-known/openid-configuration", get(about))
            .route("/keys", get(keys))
            .route("/token", post(token))
            .with_state(issuer.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        issuer
    }

    pub fn settings(&self) -> ProviderSettings {
        ProviderSettings {
            issuer: self.address.clone(),
            client_id: CLIENT.to_owned(),
            client_secret: Some(SECRET.to_owned()),
            name: "Example Id".to_owned(),
            domains: Vec::new(),
            is_second_factor: false,
            is_private_allowed: true,
        }
    }

    /// The same server, where people come in by this provider too.
    pub fn before(&self, app: &TestApp, settings: ProviderSettings) -> TestApp {
        let mut app = app.clone();
        let provider = Some(Provider::new(settings).unwrap());
        let rules = Rules { cost: people::Cost::LEAST, pace: None, provider, ..Rules::default() };
        app.state = app.state.clone().entered_by(rules);
        app.state.telling.home = Some("http://localhost".to_owned());
        app
    }

    /// What it will say of somebody.
    pub fn says(&self, begun: &Begun, subject: &str, email: &str) {
        let now = Timestamp::now().as_second();
        let mut plan = self.plan.lock().unwrap();
        plan.header = json!({ "alg": "ES256", "kid": plan.key_id });
        plan.claims = json!({
            "iss": self.address, "sub": subject, "aud": CLIENT, "iat": now, "exp": now + 300, "nonce": begun.nonce,
            "email": email, "email_verified": true, "name": "Somebody",
        });
    }

    /// The same with one thing otherwise.
    pub fn says_otherwise(&self, name: &str, value: Value) {
        self.plan.lock().unwrap().claims[name] = value;
    }

    /// Signs otherwise from now on.
    pub fn signs_with(&self, algorithm: &str) {
        self.plan.lock().unwrap().header["alg"] = json!(algorithm);
    }

    /// Has another key from now on.
    pub fn changes_key(&self) {
        let mut plan = self.plan.lock().unwrap();
        (plan.key, plan.key_id) = (Some(new_key()), "two".to_owned());
    }

    pub fn keys_read(&self) -> u32 {
        self.plan.lock().unwrap().keys_read
    }

    /// Begins a sign-in.
    pub async fn begin(&self, app: &TestApp, next: &str) -> Begun {
        let led = app.get(&format!("/sign-in/provider{next}")).await;
        assert_eq!(led.status, 303, "{}", led.text);
        let place = led.header("location");
        let query = place.strip_prefix(&format!("{}/authorize?", self.address)).unwrap();
        let sent = |name: &str| {
            let found = form_urlencoded::parse(query.as_bytes()).find(|(own, _)| own == name);
            found.unwrap_or_else(|| panic!("no {name} in {query}")).1.into_owned()
        };
        assert_eq!((sent("response_type").as_str(), sent("client_id").as_str()), ("code", CLIENT));
        assert_eq!(sent("redirect_uri"), "http://localhost/sign-in/provider/back");
        assert_eq!(sent("code_challenge_method"), "S256");
        self.plan.lock().unwrap().challenge = sent("code_challenge");
        let said = led.header("set-cookie");
        assert!(said.contains("HttpOnly") && said.contains("SameSite=Lax"), "{said}");
        Begun { cookie: led.cookie(), state: sent("state"), nonce: sent("nonce") }
    }
}

async fn about(State(issuer): State<Issuer>) -> Json<Value> {
    let at = |path: &str| format!("{}{path}", issuer.address);
    Json(json!({
        "issuer": issuer.address, "authorization_endpoint": at("/authorize"), "token_endpoint": at("/token"),
        "jwks_uri": at("/keys"), "response_types_supported": ["code"], "code_challenge_methods_supported": ["S256"],
        "authorization_response_iss_parameter_supported": true,
    }))
}

async fn keys(State(issuer): State<Issuer>) -> Json<Value> {
    let mut plan = issuer.plan.lock().unwrap();
    plan.keys_read += 1;
    let point = plan.key.as_ref().unwrap().public_key().as_ref();
    let text = |bytes: &[u8]| BASE64_URL_SAFE_NO_PAD.encode(bytes);
    Json(json!({ "keys": [{
        "kty": "EC", "crv": "P-256", "kid": plan.key_id, "use": "sig", "alg": "ES256",
        "x": text(&point[1..33]), "y": text(&point[33..]),
    }]}))
}

async fn token(
    State(issuer): State<Issuer>,
    headers: HeaderMap,
    Form(form): Form<Vec<(String, String)>>,
) -> Result<Json<Value>, StatusCode> {
    let plan = issuer.plan.lock().unwrap();
    let sent = |name: &str| form.iter().find(|(own, _)| own == name).map(|(_, value)| value.as_str());
    let known = format!("Basic {}", BASE64_STANDARD.encode(format!("{CLIENT}:s3cret%3A%25")));
    let challenge = BASE64_URL_SAFE_NO_PAD.encode(Sha256::digest(sent("code_verifier").unwrap_or_default()));
    let is_right = headers.get("authorization").is_some_and(|own| own == known.as_str())
        && sent("code") == Some("the-code")
        && sent("redirect_uri") == Some("http://localhost/sign-in/provider/back")
        && challenge == plan.challenge;
    if !is_right {
        return Err(StatusCode::BAD_REQUEST);
    }
    let text = |json: &Value| BASE64_URL_SAFE_NO_PAD.encode(json.to_string());
    let signed = format!("{}.{}", text(&plan.header), text(&plan.claims));
    let signature = match plan.header["alg"] == "none" {
        true => String::new(),
        false => {
            let signature = plan.key.as_ref().unwrap().sign(&SystemRandom::new(), signed.as_bytes());
            BASE64_URL_SAFE_NO_PAD.encode(signature.unwrap())
        }
    };
    Ok(Json(
        json!({ "id_token": format!("{signed}.{signature}"), "access_token": "a", "token_type": "Bearer" }),
    ))
}
