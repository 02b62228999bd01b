//! Walking through the fields of a JSON object in one pass, checking it on the way: what is used is borrowed, what is not is
//! passed over. Where the text is no JSON the walk ends with nothing.

use std::borrow::Cow;

use memchr::memchr2;

/// Deepest nesting that is passed over.
const DEEPEST: u32 = 100;

/// A place in the text of JSON.
pub(crate) struct Walk<'a> {
    text: &'a str,
    at: usize,
    /// An object has just been entered, so that no comma stands before its first field.
    has_entered: bool,
}

impl<'a> Walk<'a> {
    /// Begins at the first field of an object; none if the text is no object.
    pub(crate) fn object(text: &'a str) -> Option<Self> {
        let mut walk = Self { text, at: 0, has_entered: false };
        walk.enter().then_some(walk)
    }

    /// Steps into the object that stands here, if one does.
    pub(crate) fn enter(&mut self) -> bool {
        let enters = self.stands() == Some(b'{');
        self.at += usize::from(enters);
        self.has_entered |= enters;
        enters
    }

    /// Steps to the next field's name, or out of the object if it has no more. `None` where neither stands there.
    pub(crate) fn goes_on(&mut self) -> Option<bool> {
        let is_first = std::mem::take(&mut self.has_entered);
        match self.stands()? {
            b'}' => {
                self.at += 1;
                return Some(false);
            }
            b',' if !is_first => self.at += 1,
            _ if !is_first => return None,
            _ => {}
        }
        (self.stands()? == b'"').then_some(true)
    }

    /// Steps over the name that stands here if it is this one, which has neither quotes nor backslashes.
    pub(crate) fn passes(&mut self, name: &str) -> bool {
        let rest = &self.text.as_bytes()[self.at..];
        let is_it = rest.first() == Some(&b'"')
            && rest.get(1..=name.len()) == Some(name.as_bytes())
            && rest.get(name.len() + 1) == Some(&b'"');
        let before = self.at;
        self.at += if is_it { name.len() + 2 } else { 0 };
        let passes = is_it && self.pass(b':').is_some();
        self.at = if passes { self.at } else { before };
        passes
    }

    /// Steps over the name that stands here, and tells it; owned if it is written with escapes.
    pub(crate) fn name(&mut self) -> Option<Cow<'a, str>> {
        let from = self.at;
        self.pass_text()?;
        let quoted = self.text.get(from..self.at)?;
        let bare = quoted.get(1..quoted.len().checked_sub(1)?)?;
        let name = match bare.contains('\\') {
            false => Cow::Borrowed(bare),
            true => Cow::Owned(serde_json::from_str(quoted).ok()?),
        };
        self.pass(b':')?;
        Some(name)
    }

    /// Steps over the value that stands here, and tells its text.
    pub(crate) fn value(&mut self) -> Option<&'a str> {
        self.stands()?;
        let from = self.at;
        self.pass_value(0)?;
        self.text.get(from..self.at)
    }

    /// Whether nothing but white space is left.
    pub(crate) fn is_at_end(&mut self) -> bool {
        self.stands().is_none()
    }

    /// The byte that stands behind white space here.
    fn stands(&mut self) -> Option<u8> {
        loop {
            let byte = *self.text.as_bytes().get(self.at)?;
            if !matches!(byte, b' ' | b'\t' | b'\n' | b'\r') {
                return Some(byte);
            }
            self.at += 1;
        }
    }

    /// Steps over this byte, behind white space.
    fn pass(&mut self, byte: u8) -> Option<()> {
        (self.stands()? == byte).then(|| self.at += 1)
    }

    fn pass_value(&mut self, depth: u32) -> Option<()> {
        match self.stands()? {
            b'"' => self.pass_text(),
            b'{' if depth < DEEPEST => self.pass_all(b'}', depth, |walk| {
                walk.stands().filter(|byte| *byte == b'"')?;
                walk.pass_text()?;
                walk.pass(b':')
            }),
            b'[' if depth < DEEPEST => self.pass_all(b']', depth, |_| Some(())),
            b't' => self.pass_word("true"),
            b'f' => self.pass_word("false"),
            b'n' => self.pass_word("null"),
            _ => self.pass_number(),
        }
    }

    /// Steps over an object or a list; `before` steps over what stands before each value.
    fn pass_all(&mut self, end: u8, depth: u32, before: impl Fn(&mut Self) -> Option<()>) -> Option<()> {
        self.at += 1;
        if self.stands()? == end {
            self.at += 1;
            return Some(());
        }
        loop {
            before(self)?;
            self.pass_value(depth + 1)?;
            let byte = self.stands()?;
            self.at += 1;
            match byte {
                b',' => {}
                byte if byte == end => return Some(()),
                _ => return None,
            }
        }
    }

    fn pass_word(&mut self, word: &str) -> Option<()> {
        self.text.get(self.at..)?.starts_with(word).then(|| self.at += word.len())
    }

    fn pass_number(&mut self) -> Option<()> {
        let bytes = self.text.as_bytes();
        let digits = |from: usize| bytes[from..].iter().take_while(|byte| byte.is_ascii_digit()).count();
        let mut at = self.at + usize::from(bytes.get(self.at) == Some(&b'-'));
        let whole = digits(at);
        if whole == 0 || whole > 1 && bytes[at] == b'0' {
            return None;
        }
        at += whole;
        if bytes.get(at) == Some(&b'.') {
            let places = digits(at + 1);
            at += 1 + Some(places).filter(|places| *places > 0)?;
        }
        if matches!(bytes.get(at), Some(b'e' | b'E')) {
            at += 1 + usize::from(matches!(bytes.get(at + 1), Some(b'+' | b'-')));
            at += Some(digits(at)).filter(|digits| *digits > 0)?;
        }
        self.at = at;
        Some(())
    }

    fn pass_text(&mut self) -> Option<()> {
        self.at += 1;
        loop {
            let rest = self.text.as_bytes().get(self.at..)?;
            let mark = memchr2(b'"', b'\\', rest)?;
            if rest[..mark].iter().any(|byte| *byte < 0x20) {
                return None;
            }
            if rest[mark] == b'"' {
                self.at += mark + 1;
                return Some(());
            }
            let escape = match rest.get(mark + 1)? {
                b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't' => 2,
                b'u' if rest.get(mark + 2..mark + 6)?.iter().all(u8::is_ascii_hexdigit) => 6,
                _ => return None,
            };
            self.at += mark + escape;
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::Value;

    use super::*;

    /// The fields as they stand, nested ones by their paths.
    fn walked(text: &str) -> Vec<(String, String)> {
        fn fields(walk: &mut Walk<'_>, path: &str, found: &mut Vec<(String, String)>) {
            while walk.goes_on() == Some(true) {
                let Some(name) = walk.name() else { return };
                let path = format!("{path}/{name}");
                if walk.enter() {
                    fields(walk, &path, found);
                } else if let Some(value) = walk.value() {
                    found.push((path, value.to_owned()));
                }
            }
        }
        let mut found = Vec::new();
        if let Some(mut walk) = Walk::object(text) {
            fields(&mut walk, "", &mut found);
        }
        found
    }

    fn is_whole(text: &str) -> bool {
        fn passes(walk: &mut Walk<'_>) -> Option<()> {
            while walk.goes_on()? {
                walk.name()?;
                walk.value()?;
            }
            walk.is_at_end().then_some(())
        }
        Walk::object(text).is_some_and(|mut walk| passes(&mut walk).is_some())
    }

    fn expected(value: &Value, path: &str, found: &mut Vec<(String, Value)>) {
        for (name, value) in value.as_object().into_iter().flatten() {
            let path = format!("{path}/{name}");
            match value {
                Value::Object(_) => expected(value, &path, found),
                other => found.push((path, other.clone())),
            }
        }
    }

    #[test]
    fn fields_are_told_as_they_stand() {
        for (text, expect) in [
            (r#"{}"#, ""),
            (r#" { "a" : 1 , "b":"x" } "#, r#"/a=1 /b="x""#),
            (r#"{"a":{"b":{"c":null},"d":true},"e":-1.5e3}"#, "/a/b/c=null /a/d=true /e=-1.5e3"),
            (r#"{"a":[{"b":"]}"},[2]],"c":2}"#, r#"/a=[{"b":"]}"},[2]] /c=2"#),
            (r#"{"a\"b":"c\\\"d\\","e":{}}"#, r#"/a"b="c\\\"d\\""#),
            (r#"{"é":"ü"}"#, r#"/é="ü""#),
            (r#"[1]"#, ""),
            (r#"{"a":"#, ""),
            (r#"{"a":1"#, "/a=1"),
            (r#"{"a":"x"#, ""),
        ] {
            let found: Vec<String> =
                walked(text).iter().map(|(name, value)| format!("{name}={value}")).collect();
            assert_eq!(found.join(" "), expect, "{text}");
        }
    }

    #[test]
    fn a_name_is_passed_only_if_it_is_the_whole_one() {
        for (text, name, passes) in [
            (r#"{"ab":1}"#, "ab", true),
            (r#"{"ab" : 1}"#, "ab", true),
            (r#"{"abc":1}"#, "ab", false),
            (r#"{"a":1}"#, "ab", false),
            (r#"{"a"#, "ab", false),
            (r#"{"":1}"#, "", true),
        ] {
            let mut walk = Walk::object(text).unwrap();
            assert_eq!(walk.goes_on(), Some(true));
            assert_eq!(walk.passes(name), passes, "{text}");
            if passes {
                assert_eq!(walk.value(), Some("1"));
            }
        }
    }

    proptest! {
        #[test]
        fn any_object_is_walked_as_it_is_read(value in object(4), pretty: bool) {
            let text = if pretty { serde_json::to_string_pretty(&value) } else { serde_json::to_string(&value) };
            let text = text.unwrap();
            let mut expect = Vec::new();
            expected(&value, "", &mut expect);
            let found: Vec<(String, Value)> = walked(&text)
                .into_iter()
                .map(|(name, value)| (name, serde_json::from_str(&value).unwrap()))
                .collect();
            prop_assert_eq!(found, expect);
        }

        #[test]
        fn what_is_walked_to_its_end_is_json(text in r#"\{("a":(1|-0\.5e3|01|"x\\n"|"\\q"|true|nul|\[1, 2\]|\[1,\]|\{\}|\{"b":null\})[, ]{0,2}){0,3}\}? ?"#) {
            let is_json = serde_json::from_str::<&serde_json::value::RawValue>(&text).is_ok();
            prop_assert_eq!(is_whole(&text), is_json);
        }

        #[test]
        fn no_text_panics(text in r#"[{}\[\]":,a\\ é1]{0,40}"#) {
            walked(&text);
            walked(&format!("{{\"a\":{text}"));
        }
    }

    fn object(depth: u32) -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            r#"[a"\\\n{}\[\],:é]{0,8}"#.prop_map(Value::from),
        ];
        let value = leaf.prop_recursive(depth, 40, 5, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
                prop::collection::btree_map(r#"[a-c"\\é]{0,3}"#, inner, 0..5)
                    .prop_map(|fields| { Value::Object(fields.into_iter().collect()) }),
            ]
        });
        prop::collection::btree_map(r#"[a-c"\\é]{0,3}"#, value, 0..6)
            .prop_map(|fields| Value::Object(fields.into_iter().collect()))
    }
}
