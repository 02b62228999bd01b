//! Where ads lead and how they are tagged: mostly well, and with the slips that teams make.

use crate::campaign::Campaign;
use crate::share::mix;

/// The shop's addresses begin like this.
const SHOP: &str = "https://www.northwind-outdoor.example";

/// A name as people write it into addresses: `de-search-brand`.
fn slug(name: &str) -> String {
    let mut slug = String::new();
    for letter in name.chars().flat_map(char::to_lowercase) {
        match letter.is_ascii_alphanumeric() {
            true => slug.push(letter),
            false if slug.is_empty() || slug.ends_with('-') => {}
            false => slug.push('-'),
        }
    }
    slug.trim_end_matches('-').to_owned()
}

/// A slug with two letters in the wrong order.
fn slipped(slug: &str) -> String {
    let mut letters: Vec<char> = slug.chars().collect();
    let is_word = |pair: &[char]| pair.iter().all(char::is_ascii_lowercase) && pair[0] != pair[1];
    let from = letters.len() / 2;
    if let Some(at) = letters[from..].windows(2).position(is_word) {
        letters.swap(from + at, from + at + 1);
    }
    letters.into_iter().collect()
}

/// The final URL suffix of a Google campaign. One in nine says it with a slip of the hand, one in eleven with a capital.
pub(crate) fn suffix(campaign: &Campaign) -> String {
    let chance = mix(campaign.id ^ 0x7a65);
    let name = slug(&campaign.name);
    let (source, name) = match chance {
        slip if slip.is_multiple_of(9) => ("google", slipped(&name)),
        capital if capital.is_multiple_of(11) => ("Google", name),
        filled if filled.is_multiple_of(2) => ("google", "{campaignid}".to_owned()),
        _ => ("google", name),
    };
    format!("utm_source={source}&utm_medium=cpc&utm_campaign={name}")
}

/// Where a Meta ad leads.
pub(crate) fn website(campaign: &Campaign) -> String {
    format!("{SHOP}/{}", slug(campaign.theme))
}

/// What is appended to the address of the `number`th ad of a Meta campaign. A few ads were launched without it; in some campaigns one
/// ad says another thing than the rest.
pub(crate) fn parameters(campaign: &Campaign, number: usize, ad: &str) -> String {
    let chance = mix(campaign.id ^ 0x6d74);
    let (source, medium) = ("facebook", "paid_social");
    let name = if chance.is_multiple_of(3) { "{{campaign.name}}".to_owned() } else { slug(&campaign.name) };
    let (source, medium, name) = match (chance % 8, number) {
        (0, 1) => return String::new(),
        (1, 1) => ("Facebook", medium, name),
        (2, 0) => (source, medium, slipped(&slug(&campaign.name))),
        (3, 1) => (source, "cpc", name),
        (4, 2) => return format!("utm_source={source}&utm_medium={medium}&utm_campain={name}"),
        _ => (source, medium, name),
    };
    format!("utm_source={source}&utm_medium={medium}&utm_campaign={name}&utm_content={}", slug(ad))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_become_parts_of_addresses() {
        assert_eq!(slug("DE | Search | Generic | Wanderschuhe"), "de-search-generic-wanderschuhe");
        assert_eq!(slug("Carousel – Bestsellers 🥾"), "carousel-bestsellers");
        assert_eq!(slipped("de-search-generic"), "de-search-egneric");
        assert_eq!(slipped("aa"), "aa");
    }
}
