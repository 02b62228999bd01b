//! Second factors: codes that change with time (RFC 6238), as authenticator apps show them, and codes for who lost the app.

use std::fmt;

use qrcode::QrCode;
use qrcode::render::svg;
use rand::RngExt;
use subtle::{Choice, ConditionallySelectable, ConstantTimeEq, ConstantTimeGreater};
use totp_rs::{Algorithm, Builder, Totp};

/// Seconds that a code is shown for.
const STEP: u64 = 30;
/// Digits of a code.
const DIGITS: u8 = 6;
/// Longest name in an address, once percent-encoded: a QR code of three such still has room for the rest.
const LONGEST_NAME: usize = 300;
/// Least width and height of a QR code.
const QR_SIZE: u32 = 200;
/// Letters of recovery codes: none that look alike. Twelve of them are 59 bits.
const LETTERS: &[u8; 31] = b"23456789abcdefghjkmnpqrstuvwxyz";

/// The secret that an authenticator app shares with us. Stored sealed.
#[derive(Clone, PartialEq, Eq)]
pub struct SecondFactor([u8; 20]);

impl SecondFactor {
    /// A new random secret.
    pub fn new() -> Self {
        Self(rand::random())
    }

    /// A secret as it was kept. Absent if these are not 20 bytes.
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        bytes.try_into().ok().map(Self)
    }

    /// The bytes to keep, sealed.
    pub fn as_bytes(&self) -> &[u8; 20] {
        &self.0
    }

    /// The secret as people type it into an app.
    pub fn base32(&self) -> String {
        self.totp().secret().to_base32()
    }

    /// The address that apps read from a QR code. Colons in the names are left out, as one parts them; very long names are cut.
    pub fn address(&self, issuer: &str, account: &str) -> String {
        let (issuer, account, secret) = (encoded(issuer), encoded(account), self.base32());
        format!(
            "otpauth://totp/{issuer}:{account}?secret={secret}&issuer={issuer}&algorithm=SHA1&digits={DIGITS}&period={STEP}"
        )
    }

    /// The address as a QR code in SVG, to be put into a page.
    pub fn qr_svg(&self, issuer: &str, account: &str) -> String {
        let code = QrCode::new(self.address(issuer, account))
            .unwrap_or_else(|error| unreachable!("names are cut to fit: {error}"));
        let image = code.render::<svg::Color<'_>>().min_dimensions(QR_SIZE, QR_SIZE).build();
        // A prolog may stand in a file, not in a page.
        image.split_once("?>").map_or(image.as_str(), |(_, svg)| svg).to_owned()
    }

    /// The step that a code is of, if it is of the present one or of one beside it, as clocks differ and people type slowly,
    /// and newer than `last_step`, the one that was used last: a code works once. Keep the step that is given.
    pub fn check(&self, code: &str, now: i64, last_step: Option<i64>) -> Option<i64> {
        let code: String = code.chars().filter(|letter| !letter.is_whitespace()).collect();
        let (totp, present) = (self.totp(), u64::try_from(now).ok()? / STEP);
        let oldest = last_step.map_or(0, |step| u64::try_from(step).map_or(0, |step| step.saturating_add(1)));
        // All steps are looked at, and the newest that matches is taken: should two steps have the same code, it can't be used
        // for the second one after the first.
        let mut matched = (Choice::from(0), 0);
        for step in present.saturating_sub(1)..=present + 1 {
            let shown = totp.generate(step * STEP).to_string();
            let is_it = shown.as_bytes().ct_eq(code.as_bytes()) & !oldest.ct_gt(&step);
            matched = (matched.0 | is_it, u64::conditional_select(&matched.1, &step, is_it));
        }
        bool::from(matched.0).then(|| i64::try_from(matched.1).ok()).flatten()
    }

    fn totp(&self) -> Totp {
        // "Noncompliant" skips checks of what is fixed here: six digits, and a secret of 160 bits.
        Builder::new()
            .with_algorithm(Algorithm::SHA1)
            .with_digits(DIGITS)
            .with_step_duration(STEP)
            .with_secret(self.0)
            .build_noncompliant()
    }
}

impl Default for SecondFactor {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for SecondFactor {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("SecondFactor(..)")
    }
}

/// A name without colons, percent-encoded (RFC 3986) and cut.
fn encoded(name: &str) -> String {
    let mut text = String::new();
    for letter in name.chars().filter(|letter| *letter != ':') {
        let bytes = letter.encode_utf8(&mut [0; 4]).to_owned();
        let is_plain = letter.is_ascii_alphanumeric() || "-._~".contains(letter);
        let piece = if is_plain { bytes } else { bytes.bytes().map(|byte| format!("%{byte:02X}")).collect() };
        if text.len() + piece.len() > LONGEST_NAME {
            break;
        }
        text.push_str(&piece);
    }
    text
}

/// Ten codes such as `k7qp-3m9x-tz4d`, each of which signs in once when the app is lost. Only digests of their normal forms are
/// stored.
pub fn recovery_codes() -> [String; 10] {
    let mut random = rand::rng();
    std::array::from_fn(|_| {
        let groups: [String; 3] = std::array::from_fn(|_| {
            (0..4).map(|_| char::from(LETTERS[random.random_range(0..LETTERS.len())])).collect()
        });
        groups.join("-")
    })
}

/// A recovery code however it was typed, in the one form that is compared: lower case, without dashes and spaces.
pub fn normal_recovery_code(typed: &str) -> String {
    typed.chars().filter(char::is_ascii_alphanumeric).map(|letter| letter.to_ascii_lowercase()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn of_the_standard() -> SecondFactor {
        SecondFactor::from_bytes(b"12345678901234567890").unwrap()
    }

    #[test]
    fn codes_are_those_of_rfc_6238() {
        // Appendix B for SHA-1; of its eight digits the last six.
        for (now, code) in [
            (59, "94287082"),
            (1_111_111_109, "07081804"),
            (1_111_111_111, "14050471"),
            (1_234_567_890, "89005924"),
            (2_000_000_000, "69279037"),
            (20_000_000_000, "65353130"),
        ] {
            assert_eq!(of_the_standard().check(&code[2..], now, None), Some(now / 30), "{now}");
        }
    }

    #[test]
    fn one_step_beside_is_taken_and_no_more() {
        let code = "287082";
        for (now, step) in [
            (0, Some(1)),
            (29, Some(1)),
            (30, Some(1)),
            (89, Some(1)),
            (90, None),
            (-1, None),
            (i64::MAX, None),
        ] {
            assert_eq!(of_the_standard().check(code, now, None), step, "{now}");
        }
    }

    #[test]
    fn a_code_works_once() {
        let factor = of_the_standard();
        assert_eq!(factor.check("287082", 59, Some(0)), Some(1));
        assert_eq!(factor.check("287082", 59, Some(1)), None);
        assert_eq!(factor.check("287082", 59, Some(i64::MAX)), None);
    }

    #[test]
    fn codes_are_digits_with_spaces_at_most() {
        let factor = of_the_standard();
        assert_eq!(factor.check(" 287 082\n", 59, None), Some(1));
        for wrong in ["", "287083", "28708", "2870820", "+87082", "94287082", "２８７０８２"] {
            assert_eq!(factor.check(wrong, 59, None), None, "{wrong}");
        }
    }

    #[test]
    fn addresses_are_percent_encoded() {
        assert_eq!(
            of_the_standard().address("Ad & Söhne: x", "a+b@c.example"),
            "otpauth://totp/Ad%20%26%20S%C3%B6hne%20x:a%2Bb%40c.example?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ\
             &issuer=Ad%20%26%20S%C3%B6hne%20x&algorithm=SHA1&digits=6&period=30"
        );
    }

    #[test]
    fn qr_codes_may_stand_in_a_page() {
        let svg = SecondFactor::new().qr_svg("Adroit", "anna@example.com");
        assert!(svg.starts_with("<svg ") && svg.ends_with("</svg>"), "{svg}");
        assert!(svg.contains(" viewBox=\"0 0 ") && svg.contains("fill=\"#000\""));
        assert!(!svg.contains("style") && !svg.contains("<script") && !svg.contains("<?xml"));
        let long = "🦀".repeat(500);
        assert!(SecondFactor::new().qr_svg(&long, &long).starts_with("<svg "));
    }

    #[test]
    fn recovery_codes_are_found_however_they_are_typed() {
        let codes = recovery_codes();
        for (at, code) in codes.iter().enumerate() {
            let normal = normal_recovery_code(code);
            assert!(normal.len() == 12 && normal.bytes().all(|letter| LETTERS.contains(&letter)), "{code}");
            assert!(code.split('-').all(|group| group.len() == 4) && !codes[..at].contains(code));
            assert_eq!(
                normal_recovery_code(&format!(" {} ", code.to_uppercase().replace('-', " – "))),
                normal
            );
        }
        assert!(12.0 * (LETTERS.len() as f64).log2() >= 55.0);
    }

    proptest! {
        #[test]
        fn each_shown_code_is_taken(bytes in any::<[u8; 20]>(), now in 0..1i64 << 40) {
            let factor = SecondFactor::from_bytes(&bytes).unwrap();
            prop_assert_eq!(factor.as_bytes(), &bytes);
            let code = factor.totp().generate(now.unsigned_abs()).to_string();
            let step = factor.check(&code, now, None).unwrap();
            prop_assert!((now / 30..=now / 30 + 1).contains(&step));
            prop_assert_eq!(factor.check(&code, now, Some(step)), None);
        }

        #[test]
        fn every_name_fits(issuer in ".{0,400}", account in ".{0,400}") {
            // What a QR code has room for at this correction level is 2331 bytes.
            let address = SecondFactor::new().address(&issuer, &account);
            prop_assert!(address.is_ascii() && address.len() < 2331);
        }
    }
}
