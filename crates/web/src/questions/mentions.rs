//! Whom a text names: `@` and the whole name or the e-mail address of somebody.

use store::catalog::Person;

/// Most people that one text names.
const MOST: usize = 50;

/// The numbers of those whom a text names, in the order in which they come, each once. A name that two people have names nobody.
pub(super) fn found(text: &str, people: &[Person]) -> Vec<u32> {
    let lower = text.to_lowercase();
    let mut found: Vec<u32> = Vec::new();
    for (at, _) in lower.match_indices('@') {
        // Within a word it is an address, and names nobody by what stands behind it.
        let is_begun = lower[..at].chars().next_back().is_none_or(|before| !is_of_word(before));
        let Some(person) = named(&lower[at + 1..], people).filter(|_| is_begun) else { continue };
        if found.len() < MOST && !found.contains(&person) {
            found.push(person);
        }
    }
    found
}

/// Whose address or name a text begins with; the longest counts.
fn named(text: &str, people: &[Person]) -> Option<u32> {
    let length = |name: &str| {
        let name = name.to_lowercase();
        let rest = text.strip_prefix(&name).filter(|_| !name.is_empty())?;
        rest.chars().next().is_none_or(|next| !is_of_word(next)).then_some(name.len())
    };
    let by_address = people.iter().find(|person| length(&person.email).is_some());
    if let Some(person) = by_address {
        return Some(person.id);
    }
    let longest = people.iter().filter_map(|person| length(&person.name)).max()?;
    let mut meant = people.iter().filter(|person| length(&person.name) == Some(longest));
    match (meant.next(), meant.next()) {
        (Some(person), None) => Some(person.id),
        _ => None,
    }
}

fn is_of_word(letter: char) -> bool {
    letter.is_alphanumeric() || letter == '_'
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::*;

    fn person(id: u32, name: &str, email: &str) -> Person {
        Person {
            id,
            email: email.to_owned(),
            name: name.to_owned(),
            made_at: Timestamp::UNIX_EPOCH,
            has_password: true,
            has_second_factor: false,
            is_disabled: false,
            is_erased: false,
        }
    }

    #[test]
    fn people_are_named_by_name_or_address() {
        let people = [
            person(1, "Bo", "bo@example.org"),
            person(2, "Bo Lind", "lind@example.org"),
            person(3, "Änne", "a@example.org"),
            person(4, "Sam", "sam1@example.org"),
            person(5, "Sam", "sam2@example.org"),
            person(6, "", "nameless@example.org"),
        ];
        for (text, ids) in [
            ("@Bo look", vec![1]),
            ("@bo lind, @BO: look", vec![2, 1]),
            ("thanks @änne!", vec![3]),
            ("@Boris", vec![]),
            ("mail bo@example.org", vec![]),
            ("ask @lind@example.org.", vec![2]),
            ("@Sam", vec![]),
            ("@sam2@example.org and @sam2@example.org", vec![5]),
            ("@ @@ @nobody", vec![]),
            ("(@Bo)", vec![1]),
        ] {
            assert_eq!(found(text, &people), ids, "{text}");
        }
    }
}
