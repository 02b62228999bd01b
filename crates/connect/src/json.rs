//! Walking through the fields of a JSON object in one pass, for text that is known to be JSON: what is used is borrowed, what
//! is not is passed over. Checking text is not its work: of text that is no JSON it makes something, but it does not panic.

use std::borrow::Cow;

use memchr::memchr2;

/// A place in the text of JSON.
pub(crate) struct Walk<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Walk<'a> {
    /// Begins at the first field of an object; none if the text is no object.
    pub(crate) fn object(text: &'a str) -> Option<Self> {
        let mut walk = Self { text, at: 0 };
        walk.enter().then_some(walk)
    }

    /// Steps into the object that stands here, if one does.
    pub(crate) fn enter(&mut self) -> bool {
        let enters = self.stands() == Some(b'{');
        self.at += usize::from(enters);
        enters
    }

    /// Steps to the next field's name, or out of the object if it has no more. `None` at the end of the text.
    pub(crate) fn goes_on(&mut self) -> Option<bool> {
        if self.stands()? == b',' {
            self.at += 1;
        }
        let goes_on = self.stands()? != b'}';
        self.at += usize::from(!goes_on);
        Some(goes_on)
    }

    /// Steps over the name that stands here if it is this one, which has neither quotes nor backslashes.
    pub(crate) fn passes(&mut self, name: &str) -> bool {
        let rest = &self.text.as_bytes()[self.at..];
        let is_it = rest.first() == Some(&b'"')
            && rest.get(1..=name.len()) == Some(name.as_bytes())
            && rest.get(name.len() + 1) == Some(&b'"');
        if is_it {
            self.at += name.len() + 2;
            self.stand_behind_colon();
        }
        is_it
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
        self.stand_behind_colon();
        Some(name)
    }

    /// Steps over the value that stands here, and tells its text.
    pub(crate) fn value(&mut self) -> Option<&'a str> {
        let first = self.stands()?;
        let from = self.at;
        match first {
            b'"' => self.pass_text()?,
            b'{' | b'[' => self.pass_nested()?,
            _ => {
                let ends = |byte: &u8| matches!(byte, b',' | b'}' | b']') || byte.is_ascii_whitespace();
                let rest = &self.text.as_bytes()[from..];
                self.at += rest.iter().position(ends).unwrap_or(rest.len());
            }
        }
        self.text.get(from..self.at)
    }

    /// The byte that stands behind white space here.
    fn stands(&mut self) -> Option<u8> {
        loop {
            let byte = *self.text.as_bytes().get(self.at)?;
            if !byte.is_ascii_whitespace() {
                return Some(byte);
            }
            self.at += 1;
        }
    }

    fn stand_behind_colon(&mut self) {
        if self.stands() == Some(b':') {
            self.at += 1;
        }
    }

    fn pass_text(&mut self) -> Option<()> {
        self.at += 1;
        loop {
            let rest = self.text.as_bytes().get(self.at..)?;
            let mark = memchr2(b'"', b'\\', rest)?;
            if rest[mark] == b'"' {
                self.at += mark + 1;
                return Some(());
            }
            self.at += mark + 2;
        }
    }

    fn pass_nested(&mut self) -> Option<()> {
        let mut depth = 0u32;
        loop {
            match self.text.as_bytes().get(self.at)? {
                b'"' => {
                    self.pass_text()?;
                    continue;
                }
                b'{' | b'[' => depth += 1,
                b'}' | b']' => depth -= 1,
                _ => {}
            }
            self.at += 1;
            if depth == 0 {
                return Some(());
            }
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
