//! Signatures of webhooks, as the Standard Webhooks specification writes them, so that its libraries can check them.

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

/// What a secret begins with.
const PREFIX: &str = "whsec_";

/// The signature of a message: `v1,` and, in base64, the HMAC-SHA256 of `id.timestamp.body` under the secret, which is what
/// stands after `whsec_`, in base64.
pub fn sign(secret: &str, id: &str, timestamp: i64, body: &[u8]) -> String {
    let text = secret.strip_prefix(PREFIX).unwrap_or(secret);
    // Secrets are made here; one that is no base64 is taken as it stands.
    let key = BASE64_STANDARD.decode(text).unwrap_or_else(|_| text.as_bytes().to_vec());
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(&key) else { return String::new() };
    mac.update(format!("{id}.{timestamp}.").as_bytes());
    mac.update(body);
    format!("v1,{}", BASE64_STANDARD.encode(mac.finalize().into_bytes()))
}

/// A new secret of 32 random bytes.
///
/// # Errors
/// If the system has no random bytes to give.
pub fn new_secret() -> Result<String, std::io::Error> {
    let mut bytes = [0u8; 32];
    let provider = rustls::crypto::ring::default_provider();
    provider.secure_random.fill(&mut bytes).map_err(|_| std::io::Error::other("no random bytes"))?;
    Ok(format!("{PREFIX}{}", BASE64_STANDARD.encode(bytes)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signatures_are_those_of_the_specification() {
        // The example of the specification.
        let signature = sign(
            "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
            "msg_p5jXN8AQM9LWM0D4loKWxJek",
            1_614_265_330,
            br#"{"test": 2432232314}"#,
        );
        assert_eq!(signature, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
    }

    #[test]
    fn secrets_differ() {
        let (one, other) = (new_secret().unwrap_or_default(), new_secret().unwrap_or_default());
        assert!(one.starts_with(PREFIX) && one.len() > 45);
        assert_ne!(one, other);
    }
}
