//! An authenticator that does what a test wants, with a key as security keys have it.

#![expect(clippy::unwrap_used, reason = "only tests use it")]

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, KeyPair};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::app::part;

const PRESENT: u8 = 1;
const VERIFIED: u8 = 1 << 2;
const HAS_KEY: u8 = 1 << 6;

/// An authenticator.
pub struct Authenticator {
    pair: EcdsaKeyPair,
    pub credential: Vec<u8>,
    pub counter: u32,
    /// The site whose pages it is asked by.
    pub origin: String,
    pub host: String,
    /// Whether it asks for a finger.
    pub verifies: bool,
}

/// What a page asks of one, and what it wants back with the answer.
pub struct Asked {
    pub options: Value,
    pub sealed: String,
}

impl Asked {
    /// What stands in a page.
    pub fn on(page: &str) -> Self {
        let form = part(page, "data-passkey=\"", "</form>");
        let between = |from: &str| form.split_once(from).unwrap().1.split_once('"').unwrap().0.to_owned();
        let options = between("data-passkey=\"").replace("&#34;", "\"").replace("&quot;", "\"");
        Self {
            options: serde_json::from_str(&options).unwrap(),
            sealed: between("name=\"challenge\" value=\""),
        }
    }

    pub fn challenge(&self) -> &str {
        self.options["challenge"].as_str().unwrap()
    }
}

impl Authenticator {
    pub fn new(credential: &[u8]) -> Self {
        let random = SystemRandom::new();
        let key = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_ASN1_SIGNING, &random).unwrap();
        Self {
            pair: EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_ASN1_SIGNING, key.as_ref(), &random).unwrap(),
            credential: credential.to_vec(),
            counter: 1,
            origin: "http://localhost".to_owned(),
            host: "localhost".to_owned(),
            verifies: true,
        }
    }

    fn data(&self, more: u8) -> Vec<u8> {
        let verified = if self.verifies { VERIFIED } else { 0 };
        let flags = [PRESENT | verified | more];
        [Sha256::digest(&self.host).as_slice(), &flags, &self.counter.to_be_bytes()].concat()
    }

    fn said(&self, kind: &str, challenge: &str) -> Vec<u8> {
        let said =
            json!({ "type": kind, "challenge": challenge, "origin": self.origin, "crossOrigin": false });
        said.to_string().into_bytes()
    }

    /// Makes a passkey, as the page's script sends it.
    pub fn make(&self, challenge: &str) -> String {
        let point = self.pair.public_key().as_ref();
        let length = u16::try_from(self.credential.len()).unwrap();
        let data = [
            &self.data(HAS_KEY)[..],
            &[0; 16],
            &length.to_be_bytes(),
            &self.credential,
            &[0xa5, 1, 2, 3, 0x26, 0x20, 1, 0x21, 0x58, 32],
            &point[1..33],
            &[0x22, 0x58, 32],
            &point[33..],
        ];
        sent(&[], &self.said("webauthn.create", challenge), &data.concat(), &[])
    }

    /// Signs, as the page's script sends it; it counts on by that.
    pub fn sign(&mut self, challenge: &str) -> String {
        self.counter += 1;
        self.sign_again(challenge)
    }

    /// Signs without counting on.
    pub fn sign_again(&self, challenge: &str) -> String {
        let (data, said) = (self.data(0), self.said("webauthn.get", challenge));
        let text = [&data[..], &Sha256::digest(&said)].concat();
        let signature = self.pair.sign(&SystemRandom::new(), &text).unwrap();
        sent(&self.credential, &said, &data, signature.as_ref())
    }
}

fn sent(id: &[u8], said: &[u8], data: &[u8], signature: &[u8]) -> String {
    let text = |bytes: &[u8]| BASE64_URL_SAFE_NO_PAD.encode(bytes);
    json!({ "id": text(id), "said": text(said), "data": text(data), "signature": text(signature) })
        .to_string()
}
