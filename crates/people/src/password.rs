//! Passwords: which ones are taken, and how they are kept.

use std::io;

use argon2::password_hash::phc::PasswordHash;
use argon2::{ARGON2ID_IDENT, Algorithm, Argon2, Params, PasswordHasher, PasswordVerifier, Version};

use crate::{Breached, Email};

/// Fewest characters of a password. There are no rules on which (NIST SP 800-63B, OWASP ASVS 5.0).
pub const SHORTEST: usize = 12;
/// Most characters of a password.
pub const LONGEST: usize = 128;

/// The shortest part of an address that a password must not have anywhere in it: shorter ones are in many words.
const PART: usize = 4;
/// What the program is called, which is what others try first.
const NAME: &str = "adroit";
/// Salt and hash of nobody's password, in the lengths that hashes are made with.
const NOBODY: &str = "AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

/// What it costs to try a password.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cost {
    memory_kib: u32,
    passes: u32,
    lanes: u32,
}

impl Cost {
    /// What OWASP's cheat sheet on storing passwords asks of argon2id.
    pub const STANDARD: Self = Self { memory_kib: 19_456, passes: 2, lanes: 1 };
    /// The least there is, for tests.
    pub const LEAST: Self = Self { memory_kib: 8, passes: 1, lanes: 1 };

    fn argon2(self) -> Result<Argon2<'static>, PasswordError> {
        let params = Params::new(self.memory_kib, self.passes, self.lanes, None)
            .map_err(|error| PasswordError::NotHashed(error.to_string()))?;
        Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
    }

    /// The hash of nobody's password: checking it takes as long as checking somebody's.
    fn nobody(self) -> String {
        format!("$argon2id$v=19$m={},t={},p={}${NOBODY}", self.memory_kib, self.passes, self.lanes)
    }

    /// Whether a hash was cheaper to make than this. Lanes share the work without adding any.
    fn is_above(self, hash: &PasswordHash) -> bool {
        hash.algorithm != ARGON2ID_IDENT
            || hash.version != Some(Version::V0x13.into())
            || Params::try_from(hash)
                .map_or(true, |kept| kept.m_cost() < self.memory_kib || kept.t_cost() < self.passes)
    }
}

/// Whether a password is somebody's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Checked {
    /// It is.
    Right,
    /// It is, and must be hashed anew, as its hash was cheaper to make than hashes now are.
    RightButOld,
    /// It is not, or there is none.
    Wrong,
}

/// Why a password is not taken. The password is not in here.
#[derive(Debug, thiserror::Error)]
pub enum PasswordError {
    /// It is too easily guessed.
    #[error(
        "a password has at least {SHORTEST} characters; a few words that do not belong together are easy to remember"
    )]
    TooShort,
    /// Nobody types that.
    #[error("a password has at most {LONGEST} characters; use a shorter one")]
    TooLong,
    /// It has the e-mail address in it.
    #[error(
        "the password must not contain your e-mail address or its name; use one that does not tell who you are"
    )]
    HasEmail,
    /// It is made of the program's name.
    #[error("the password must be more than the program's name; use another one")]
    IsProgram,
    /// Others know it.
    #[error(
        "this password is known from breaches of other sites, where attackers take theirs from; use another one"
    )]
    Breached,
    /// Whether others know it can't be looked up.
    #[error("breached passwords can't be looked up: {0}")]
    Lookup(#[source] io::Error),
    /// The hash was not made.
    #[error("the password could not be hashed: {0}; try again")]
    NotHashed(String),
}

/// What is done with passwords. They are taken as typed: in any script, with spaces, and in whatever normal form.
#[derive(Debug, Clone, Copy)]
pub struct Password;

impl Password {
    /// The hash to keep of a password: argon2id, as a PHC string.
    ///
    /// # Errors
    /// If the password is too short or too long, or the system has no random bytes to give.
    pub fn hash(text: &str, cost: Cost) -> Result<String, PasswordError> {
        is_of_length(text)?;
        let hash = cost.argon2()?.hash_password(text.as_bytes());
        hash.map(|hash| hash.to_string()).map_err(|error| PasswordError::NotHashed(error.to_string()))
    }

    /// Whether a password is the one whose hash was kept. Without one, because nobody is called so or has no password, it takes
    /// as long, so that nobody learns from it who there is.
    pub fn check(text: &str, kept: Option<&str>, cost: Cost) -> Checked {
        // That depends on what was typed only. It keeps anybody from having megabytes hashed.
        if text.chars().nth(LONGEST).is_some() {
            return Checked::Wrong;
        }
        let kept = kept.and_then(|kept| PasswordHash::new(kept).ok());
        let somebody = kept.is_some();
        let Some(hash) = kept.or_else(|| PasswordHash::new(&cost.nobody()).ok()) else {
            return Checked::Wrong;
        };
        // Its cost is taken from the hash.
        let is_right = Argon2::default().verify_password(text.as_bytes(), &hash).is_ok();
        match (is_right && somebody, cost.is_above(&hash)) {
            (false, _) => Checked::Wrong,
            (true, true) => Checked::RightButOld,
            (true, false) => Checked::Right,
        }
    }

    /// Whether somebody with this address may choose this password.
    ///
    /// # Errors
    /// Why not, and what to choose instead.
    pub fn is_acceptable(text: &str, email: &Email, breached: &Breached) -> Result<(), PasswordError> {
        is_of_length(text)?;
        let (lower, local) = (text.to_lowercase(), email.local());
        // What stands behind a plus is chosen for one use; the name is before it.
        let name = local.split('+').next().unwrap_or(local);
        let is_in = |part: &str| part.chars().count() >= PART && lower.contains(part);
        if is_in(email.text()) || is_in(local) || is_in(name) || is_only(&lower, name) {
            return Err(PasswordError::HasEmail);
        }
        if is_only(&lower, NAME) {
            return Err(PasswordError::IsProgram);
        }
        if breached.contains(text).map_err(PasswordError::Lookup)? {
            return Err(PasswordError::Breached);
        }
        Ok(())
    }
}

fn is_of_length(text: &str) -> Result<(), PasswordError> {
    match text.chars().take(LONGEST + 1).count() {
        0..SHORTEST => Err(PasswordError::TooShort),
        SHORTEST..=LONGEST => Ok(()),
        _ => Err(PasswordError::TooLong),
    }
}

/// Whether a text is a word, perhaps several times, with nothing but digits and signs around it.
fn is_only(lower: &str, word: &str) -> bool {
    !word.is_empty() && lower.contains(word) && !lower.replace(word, "").contains(char::is_alphabetic)
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use super::*;

    const TEXT: &str = "correct horse battery";

    fn verdict(text: &str, email: &str) -> String {
        let email = email.parse().unwrap();
        match Password::is_acceptable(text, &email, &Breached::none()) {
            Ok(()) => "taken".to_owned(),
            Err(error) => format!("{error:?}"),
        }
    }

    #[test]
    fn passwords_are_checked_against_what_was_kept() {
        let kept = Password::hash(TEXT, Cost::LEAST).unwrap();
        assert!(kept.starts_with("$argon2id$v=19$m=8,t=1,p=1$"), "{kept}");
        assert_ne!(kept, Password::hash(TEXT, Cost::LEAST).unwrap());
        assert_eq!(Password::check(TEXT, Some(&kept), Cost::LEAST), Checked::Right);
        for wrong in ["", "correct horse Battery", "correct horse battery "] {
            assert_eq!(Password::check(wrong, Some(&kept), Cost::LEAST), Checked::Wrong, "{wrong}");
        }
        let long = "x".repeat(LONGEST + 1);
        let kept = Cost::LEAST.argon2().unwrap().hash_password(long.as_bytes()).unwrap().to_string();
        assert_eq!(Password::check(&long, Some(&kept), Cost::LEAST), Checked::Wrong);
    }

    #[test]
    fn nothing_matches_where_there_is_none() {
        for kept in [None, Some(""), Some("hunter2hunter2"), Some("$argon2id$v=19$m=8,t=1,p=1$AAAAAAAAAAA")] {
            assert_eq!(Password::check(TEXT, kept, Cost::LEAST), Checked::Wrong, "{kept:?}");
        }
    }

    #[test]
    fn cheap_hashes_are_to_be_made_anew() {
        let cheap = Password::hash(TEXT, Cost::LEAST).unwrap();
        let standard = Password::hash(TEXT, Cost::STANDARD).unwrap();
        let few_passes = Cost { passes: 1, ..Cost::STANDARD };
        assert_eq!(Password::check(TEXT, Some(&cheap), Cost::STANDARD), Checked::RightButOld);
        assert_eq!(Password::check("wrong", Some(&cheap), Cost::STANDARD), Checked::Wrong);
        assert_eq!(Password::check(TEXT, Some(&standard), Cost::STANDARD), Checked::Right);
        assert_eq!(Password::check(TEXT, Some(&standard), Cost::LEAST), Checked::Right);
        let kept = Password::hash(TEXT, few_passes).unwrap();
        assert_eq!(Password::check(TEXT, Some(&kept), Cost::STANDARD), Checked::RightButOld);
        let other = Argon2::new(Algorithm::Argon2i, Version::V0x13, Params::new(8, 1, 1, None).unwrap());
        let kept = other.hash_password(TEXT.as_bytes()).unwrap().to_string();
        assert_eq!(Password::check(TEXT, Some(&kept), Cost::LEAST), Checked::RightButOld);
    }

    #[test]
    fn the_time_does_not_tell_who_there_is() {
        let kept = Password::hash(TEXT, Cost::STANDARD).unwrap();
        let quickest = |kept: Option<&str>| {
            let times = (0..5).map(|_| {
                let start = Instant::now();
                assert_eq!(Password::check("wrong password", kept, Cost::STANDARD), Checked::Wrong);
                start.elapsed()
            });
            times.min().unwrap_or(Duration::ZERO)
        };
        let somebody = quickest(Some(&kept));
        for nobody in [quickest(None), quickest(Some("damaged"))] {
            // Without the work it would be a thousandth; on a busy machine the two may differ a little.
            assert!(nobody * 5 > somebody, "{somebody:?} {nobody:?}");
        }
        // What the time depends on is the same.
        let (kept, nobody) = (PasswordHash::new(&kept).unwrap(), Cost::STANDARD.nobody());
        let nobody = PasswordHash::new(&nobody).unwrap();
        assert_eq!(kept.params, nobody.params);
        assert_eq!(kept.salt.unwrap().len(), nobody.salt.unwrap().len());
        assert_eq!(kept.hash.unwrap().len(), nobody.hash.unwrap().len());
    }

    #[test]
    fn length_is_counted_in_characters() {
        for (length, expected) in [(11, "TooShort"), (12, "taken"), (128, "taken"), (129, "TooLong")] {
            assert_eq!(verdict(&"ż".repeat(length), "anna@example.com"), expected, "{length}");
            assert_eq!(Password::hash(&"🦀".repeat(length), Cost::LEAST).is_ok(), expected == "taken");
        }
    }

    #[test]
    fn passwords_that_others_would_try_are_refused() {
        for (text, email, expected) in [
            (TEXT, "anna@example.com", "taken"),
            ("my adroit horse", "anna@example.com", "taken"),
            ("928374650192", "anna@example.com", "taken"),
            ("adroit123456", "anna@example.com", "IsProgram"),
            ("Adroit-Adroit!", "anna@example.com", "IsProgram"),
            ("AnnaBerg loves it", "annaberg@example.com", "HasEmail"),
            ("AnnaBerg loves it", "annaberg+ads@example.com", "HasEmail"),
            ("jo loves horses", "jo@example.com", "taken"),
            ("JoJoJoJoJoJo!2", "jo@example.com", "HasEmail"),
            ("PasswordPassword", "anna@example.com", "Breached"),
        ] {
            assert_eq!(verdict(text, email), expected, "{text}");
        }
        let breached = Breached::in_folder("/nowhere");
        let email = "anna@example.com".parse().unwrap();
        assert!(matches!(Password::is_acceptable(TEXT, &email, &breached), Err(PasswordError::Lookup(_))));
    }
}
