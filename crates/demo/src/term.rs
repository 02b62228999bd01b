//! Keywords that are bid on, and what people typed.

use crate::campaign::Campaign;
use crate::name::Kind;
use crate::share::{Weight, mix};

/// A keyword, or a term that somebody typed.
pub(crate) struct Term {
    pub text: String,
    pub match_type: &'static str,
    /// The keyword that caught it.
    pub keyword: String,
    pub weight: Weight,
}

const BEFORE: [&str; 9] =
    ["", "best ", "cheap ", "waterproof ", "lightweight ", "men's ", "women's ", "buy ", "günstige "];
const AFTER: [&str; 8] = ["", " sale", " set", " online", " review", " near me", " 2 person", " kaufen"];
const MATCH_TYPES: [&str; 3] = ["Exact match", "Phrase match", "Broad match"];

/// Whether people's searches trigger the campaign, so that it has keywords and search terms.
pub(crate) fn has_terms(campaign: &Campaign) -> bool {
    matches!(campaign.kind, Kind::Brand | Kind::Generic)
}

/// Four keywords of an ad group, one of each match type and one with the plus signs of old, which begins like a formula.
pub(crate) fn keywords(campaign: &Campaign, ad_group: u64) -> Vec<Term> {
    let theme = campaign.theme.to_lowercase();
    (0..4)
        .map(|number| {
            let salt = mix(ad_group + number);
            let bare = format!("{}{theme}", BEFORE[salt as usize % BEFORE.len()]);
            let text = match number {
                0 => format!("[{bare}]"),
                1 => format!("\"{bare}\""),
                2 => format!("{bare}{}", AFTER[(salt >> 8) as usize % AFTER.len()]),
                _ => format!("=+{}", theme.replace(' ', " +")),
            };
            Term {
                match_type: MATCH_TYPES[number.min(2) as usize],
                keyword: text.clone(),
                text,
                weight: weight(salt, number),
            }
        })
        .collect()
}

/// Ten terms of an ad group. The platform withholds the rare ones.
pub(crate) fn searched(campaign: &Campaign, ad_group: u64) -> Vec<Term> {
    let theme = campaign.theme.to_lowercase();
    let keywords = keywords(campaign, ad_group);
    (0..10)
        .map(|number| {
            let salt = mix(ad_group ^ (number + 7) << 32);
            let (before, after) = (salt as usize % BEFORE.len(), number as usize % AFTER.len());
            let typo = if number >= 8 { theme.replacen('i', "", 1) } else { theme.clone() };
            Term {
                text: format!("{}{typo}{}", BEFORE[before], AFTER[after]),
                match_type: MATCH_TYPES[number as usize % 3],
                keyword: keywords[number as usize % keywords.len()].text.clone(),
                weight: weight(salt, number),
            }
        })
        .collect()
}

/// The few first ones get most.
fn weight(salt: u64, number: u64) -> Weight {
    Weight { usual: (100 + salt % 50) / (1 + number), salt }
}
