//! How alike two names are.

/// Levenshtein's distance: how many letters must be changed, put in or taken out to get from one to the other.
pub(crate) fn distance(one: &[char], other: &[char]) -> usize {
    // A row of the table at a time.
    let mut row: Vec<usize> = (0..=other.len()).collect();
    for (n, letter) in one.iter().enumerate() {
        let mut corner = row[0];
        row[0] = n + 1;
        for (m, against) in other.iter().enumerate() {
            let changed = corner + usize::from(letter != against);
            corner = row[m + 1];
            row[m + 1] = changed.min(row[m] + 1).min(corner + 1);
        }
    }
    row[other.len()]
}

/// Most letters that are compared.
const COMPARED: usize = 200;

/// A name without what people write in several ways: case, and the signs between words.
pub(crate) fn plain(name: &str) -> String {
    let mut plain = String::with_capacity(name.len());
    for letter in name.chars().flat_map(char::to_lowercase).take(COMPARED) {
        match letter.is_alphanumeric() || matches!(letter, '{' | '}') {
            true => plain.push(letter),
            false if plain.is_empty() || plain.ends_with('-') => {}
            false => plain.push('-'),
        }
    }
    plain.truncate(plain.trim_end_matches('-').len());
    plain
}

/// Whether one plain name looks like the other misspelt: a letter or two are different, and no digits, as two versions or years are no
/// misspelling of one another.
pub(crate) fn is_near(one: &str, other: &str) -> bool {
    let letters = |name: &str| name.chars().collect::<Vec<char>>();
    let (one, other) = (letters(one), letters(other));
    let shortest = one.len().min(other.len());
    let most = match shortest {
        0..4 => return false,
        4..8 => 1,
        _ => 2,
    };
    if one == other || one.len().abs_diff(other.len()) > most {
        return false;
    }
    let digits = |name: &[char]| name.iter().copied().filter(char::is_ascii_digit).collect::<String>();
    // Two letters that changed places are one slip of the hand.
    digits(&one) == digits(&other)
        && distance(&one, &other) <= most.max(2 * usize::from(is_swapped(&one, &other)))
}

/// Whether only two neighbours changed places.
fn is_swapped(one: &[char], other: &[char]) -> bool {
    let differ: Vec<usize> = (0..one.len().min(other.len())).filter(|n| one[*n] != other[*n]).collect();
    match differ.as_slice() {
        [first, second] => {
            one.len() == other.len()
                && first + 1 == *second
                && one[*first] == other[*second]
                && one[*second] == other[*first]
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_plain_without_case_and_signs() {
        for (name, expected) in [
            ("DE | Search | Generic", "de-search-generic"),
            ("Summer_Sale 2026", "summer-sale-2026"),
            ("  --spring--  ", "spring"),
            ("Übergrößen+Mäntel", "übergrößen-mäntel"),
            ("🥾", ""),
        ] {
            assert_eq!(plain(name), expected);
        }
    }

    #[test]
    fn near_is_a_slip_of_the_hand() {
        for (one, other, near) in [
            ("summer-sale", "sumer-sale", true),
            ("summer-sale", "summer-slae", true),
            ("facebook", "facebok", true),
            ("tents", "tnets", true),
            ("tents", "tests", true),
            ("tents", "boots", false),
            ("cpc", "cpm", false),
            ("summer-2025", "summer-2026", false),
            ("video-1", "video-12", false),
            ("summer-sale", "summer-sale-2", false),
            ("summersale", "summer-sale", true),
            ("brand", "brand", false),
            ("brand", "brand-exact", false),
            ("", "brand", false),
        ] {
            assert_eq!(is_near(one, other), near, "{one} {other}");
            assert_eq!(is_near(other, one), near, "{other} {one}");
        }
    }
}
