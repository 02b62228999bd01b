//! Texts of errors without what may be somebody's: names in quotes, addresses, keys. The rest says what is wrong.

/// Longest text that is kept, in characters.
const LONGEST: usize = 400;
/// A word of so many letters and digits is a key or a digest.
const KEY: usize = 24;
/// What stands in place of what is left out.
const GONE: char = '…';

/// The text without what stands in quotes, mail addresses, what follows `?` in an address, and long keys.
pub fn redacted(text: &str) -> String {
    let mut kept = String::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let quoted =
            matches!(first, '\'' | '"' | '`').then(|| rest[first.len_utf8()..].find(first)).flatten();
        let is_inside = kept.chars().next_back().is_some_and(char::is_alphanumeric);
        if let (Some(end), false) = (quoted, is_inside) {
            kept.push(first);
            kept.push(GONE);
            kept.push(first);
            rest = &rest[end + 2 * first.len_utf8()..];
            continue;
        }
        if first.is_whitespace() || matches!(first, '\'' | '"' | '`' | '(' | ')' | ',') {
            kept.push(if first.is_control() { ' ' } else { first });
            rest = &rest[first.len_utf8()..];
            continue;
        }
        let ends =
            |letter: char| letter.is_whitespace() || matches!(letter, '\'' | '"' | '`' | '(' | ')' | ',');
        let (word, after) = rest.split_at(rest.find(ends).unwrap_or(rest.len()));
        kept.push_str(&plain(word));
        rest = after;
    }
    kept.chars().take(LONGEST).collect()
}

fn plain(word: &str) -> String {
    if word.contains('@') {
        return GONE.to_string();
    }
    if let (Some(at), true) = (word.find('?'), word.contains('/')) {
        return format!("{}?{GONE}", &word[..at]);
    }
    let longest = word.split(|letter: char| !letter.is_ascii_alphanumeric()).map(str::len).max().unwrap_or(0);
    let has_digit = word.bytes().any(|byte| byte.is_ascii_digit());
    if longest >= KEY && has_digit { GONE.to_string() } else { word.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_somebodys_does_not_stay() {
        for (text, kept) in [
            ("the catalog failed: database is locked", "the catalog failed: database is locked"),
            ("no campaign 'Anna Müller' in \"Acme\"", "no campaign '…' in \"…\""),
            ("mail to anna@example.com failed", "mail to … failed"),
            (
                "GET https://api.example.com/v1?token=abc gave 500",
                "GET https://api.example.com/v1?… gave 500",
            ),
            ("key 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b is wrong", "key … is wrong"),
            ("it doesn't answer, can't it?", "it doesn't answer, can't it?"),
            ("line 4711: bad", "line 4711: bad"),
            ("two\nlines", "two lines"),
            ("'unclosed", "'unclosed"),
        ] {
            assert_eq!(redacted(text), kept);
        }
        assert_eq!(redacted(&"a ".repeat(1000)).chars().count(), LONGEST);
    }
}
