//! What the name of a column says.

use std::collections::{BTreeMap, HashMap};
use std::sync::LazyLock;

use serde::Deserialize;

use crate::header::Header;
use crate::role::Role;
use crate::words::words;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    ratios: BTreeMap<String, Vec<String>>,
    pieces: BTreeMap<Role, Vec<String>>,
}

struct Known {
    ratios: Vec<String>,
    pieces: Vec<(Role, Vec<String>)>,
    /// Whole headers of all platforms.
    headers: HashMap<String, Vec<Role>>,
}

fn known() -> &'static Known {
    static KNOWN: LazyLock<Known> = LazyLock::new(|| {
        // The file is compiled in, and a test reads it.
        let written: Written = toml::from_str(include_str!("../words/guess.toml"))
            .unwrap_or_else(|error| unreachable!("guess.toml: {error}"));
        let mut headers: HashMap<String, Vec<Role>> = HashMap::new();
        for platform in &words().platforms {
            for (header, role) in platform.headers() {
                headers.entry(header.to_owned()).or_default().push(role);
            }
        }
        let pieces = written.pieces.into_iter();
        Known {
            ratios: written.ratios.into_values().flatten().collect(),
            pieces: pieces
                .flat_map(|(role, phrases)| phrases.into_iter().map(move |phrase| (role, tokens(&phrase))))
                .collect(),
            headers,
        }
    });
    &KNOWN
}

/// A column's name in pieces.
pub(super) struct Names {
    tokens: Vec<String>,
    folded: String,
    stripped: String,
}

impl Names {
    pub(super) fn of(header: &Header) -> Self {
        let stripped = header.stripped().to_owned();
        let original = match header.currency {
            Some(_) => {
                header.text.rsplit_once(['(', '\u{ff08}']).map_or(header.text.as_str(), |(name, _)| name)
            }
            None => &header.text,
        };
        Self { tokens: tokens(original), folded: header.folded().to_owned(), stripped }
    }

    /// Whether it names a ratio or an average.
    pub(super) fn is_ratio(&self) -> bool {
        self.folded.contains(['%', '/']) || self.tokens.iter().any(|token| known().ratios.contains(token))
    }

    /// How well the name suits a role, up to 100; none if it does not.
    pub(super) fn score(&self, role: Role) -> Option<i32> {
        let is_whole = |name: &str| known().headers.get(name).is_some_and(|roles| roles.contains(&role));
        if is_whole(&self.folded) || is_whole(&self.stripped) {
            return Some(100);
        }
        let all: usize = self.tokens.iter().map(|token| token.chars().count()).sum();
        let phrases = known().pieces.iter().filter(|(known, _)| *known == role);
        let covered = phrases.filter_map(|(_, phrase)| self.covered_by(phrase)).max()?;
        let share = (covered * 100 / all.max(1)) as i32;
        let ratio = if self.is_ratio() && share < 100 { 60 } else { 0 };
        Some(20 + share * 7 / 10 - ratio)
    }

    /// How many letters of the name a phrase accounts for, if all its pieces are there.
    fn covered_by(&self, phrase: &[String]) -> Option<usize> {
        let mut letters = 0;
        for piece in phrase {
            let suits = |token: &&String| {
                *token == piece || (piece.chars().count() >= 5 && token.starts_with(piece.as_str()))
            };
            letters += self.tokens.iter().find(suits)?.chars().count();
        }
        Some(letters)
    }
}

/// `costPerClick_EUR` as `cost`, `per`, `click`, `eur`.
fn tokens(name: &str) -> Vec<String> {
    let mut tokens = vec![String::new()];
    let mut before = ' ';
    for c in name.chars() {
        if !c.is_alphanumeric() || (c.is_uppercase() && before.is_lowercase()) {
            tokens.push(String::new());
        }
        if c.is_alphanumeric()
            && let Some(last) = tokens.last_mut()
        {
            last.extend(c.to_lowercase());
        }
        before = c;
    }
    tokens.retain(|token| !token.is_empty());
    tokens
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_fall_into_pieces() {
        for (name, expect) in [
            ("costPerClick_EUR", vec!["cost", "per", "click", "eur"]),
            ("Ad Group-Name", vec!["ad", "group", "name"]),
            ("CPC", vec!["cpc"]),
            ("Kosten (€)", vec!["kosten"]),
        ] {
            assert_eq!(tokens(name), expect, "{name}");
        }
    }

    #[test]
    fn ratios_are_told() {
        for (name, is) in
            [("Cost / conv.", true), ("CTR", true), ("Conv. rate", true), ("Conv. value", false)]
        {
            assert_eq!(Names::of(&Header::new(name)).is_ratio(), is, "{name}");
        }
    }
}
