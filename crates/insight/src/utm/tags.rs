//! What an address tells analytics: its `utm_` parameters, wherever they stand.

use std::fmt;
use std::str::FromStr;

use domain::{Platform, UnknownWord};

/// Most addresses that are read of one cell.
const MOST_IN_CELL: usize = 20;
/// Placeholders that lead to the ad's own address.
const LANDING: [&str; 4] = ["{lpurl", "{unescapedlpurl", "{escapedlpurl", "{lpurl+"];
/// Parameters by which platforms and their own analytics recognise a click, in lower case.
const CLICK_IDS: [&str; 13] = [
    "gclid",
    "gbraid",
    "wbraid",
    "dclid",
    "gclsrc",
    "fbclid",
    "msclkid",
    "ttclid",
    "li_fat_id",
    "twclid",
    "epik",
    "sccid",
    "rdt_cid",
];

/// One of the parameters by which analytics tell where somebody came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(missing_docs, reason = "the names are the field's own")]
pub enum Parameter {
    Source,
    Medium,
    Campaign,
    Content,
    Term,
}

impl Parameter {
    /// All of them, in their usual order.
    pub const ALL: [Self; 5] = [Self::Source, Self::Medium, Self::Campaign, Self::Content, Self::Term];
    /// Those without which a visit can't be assigned to a campaign.
    pub const NEEDED: [Self; 3] = [Self::Source, Self::Medium, Self::Campaign];

    /// Its name in addresses.
    pub fn key(self) -> &'static str {
        match self {
            Self::Source => "utm_source",
            Self::Medium => "utm_medium",
            Self::Campaign => "utm_campaign",
            Self::Content => "utm_content",
            Self::Term => "utm_term",
        }
    }
}

impl fmt::Display for Parameter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.key())
    }
}

impl FromStr for Parameter {
    type Err = UnknownWord;

    fn from_str(word: &str) -> Result<Self, UnknownWord> {
        Self::ALL
            .into_iter()
            .find(|parameter| parameter.key() == word)
            .ok_or_else(|| UnknownWord::new("parameter", word, Self::ALL.map(Self::key)))
    }
}

/// What one address tells.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tags {
    /// The value of each of [`Parameter::ALL`], decoded, placeholders as they are; an empty value is none.
    pub values: [Option<String>; Parameter::ALL.len()],
    /// Further, different values of a parameter that stands there more than once.
    pub repeated: Vec<(Parameter, String)>,
    /// Names that are nearly a parameter's, each with the one that was meant.
    pub misnamed: Vec<(String, Parameter)>,
    /// Parameters that stand only behind `#`, where servers and most analytics do not look.
    pub behind_hash: Vec<Parameter>,
    /// The name of a parameter by which the platform itself recognises the click.
    pub click_id: Option<String>,
}

impl Tags {
    /// A parameter's value.
    pub fn get(&self, parameter: Parameter) -> Option<&str> {
        self.values[parameter as usize].as_deref()
    }

    /// Whether it tells none of the parameters.
    pub fn are_none(&self) -> bool {
        self.values.iter().all(Option::is_none)
    }

    fn see(&mut self, name: &str, value: &str) {
        let value = value.trim();
        let parameter = Parameter::ALL.into_iter().find(|parameter| parameter.key() == name);
        if let Some(parameter) = parameter {
            let place = &mut self.values[parameter as usize];
            match place {
                _ if value.is_empty() => {}
                None => *place = Some(value.to_owned()),
                Some(first) if first == value => {}
                Some(_) => self.repeated.push((parameter, value.to_owned())),
            }
        } else if CLICK_IDS.contains(&name.to_ascii_lowercase().as_str()) {
            self.click_id.get_or_insert_with(|| name.to_owned());
        } else if let Some(meant) = meant(name).filter(|_| !value.is_empty()) {
            self.misnamed.push((name.to_owned(), meant));
        }
    }

    fn see_all(&mut self, query: &str) {
        for (name, value) in form_urlencoded::parse(query.as_bytes()) {
            self.see(&name, &value);
        }
    }
}

/// The parameter that a name nearly is: `utm_campain`, `UTM_Source`, `amp;utm_medium` of an address that was escaped twice.
fn meant(name: &str) -> Option<Parameter> {
    let name = name.strip_prefix("amp;").unwrap_or(name).to_lowercase();
    if !name.contains("ut") || name.len() > 20 {
        return None;
    }
    let letters = |name: &str| name.replace('-', "_").chars().collect::<Vec<char>>();
    let near =
        |parameter: &Parameter| crate::spelling::distance(&letters(&name), &letters(parameter.key())) <= 2;
    Parameter::ALL.into_iter().find(|parameter| parameter.key() == name).or_else(|| {
        let mut near = Parameter::ALL.into_iter().filter(near);
        near.next().filter(|_| near.next().is_none())
    })
}

/// The addresses of a cell: one, several between spaces, commas or line breaks, or a list as JSON has it. Nothing, if it holds none.
pub fn addresses(cell: &str) -> Vec<&str> {
    let is_between =
        |byte: u8| byte.is_ascii_whitespace() || matches!(byte, b',' | b';' | b'|' | b'"' | b'\'' | b'[');
    let bytes = cell.as_bytes();
    let begins = |at: &usize| at.checked_sub(1).is_none_or(|before| is_between(bytes[before]));
    let mut starts: Vec<usize> = ["http://", "https://", "HTTP://", "HTTPS://"]
        .into_iter()
        .flat_map(|scheme| cell.match_indices(scheme).map(|(at, _)| at))
        .filter(begins)
        .collect();
    starts.sort_unstable();
    let trimmed = |text: &'_ str| -> usize {
        let end = |c: char| c.is_whitespace() || matches!(c, ',' | ';' | '|' | '"' | '\'' | ']');
        text.trim_end_matches(end).len()
    };
    if starts.is_empty() {
        // Written without a scheme, as people do: a host with a dot, and no spaces.
        let cell = cell.trim();
        let host = cell.split(['/', '?', '#']).next().unwrap_or_default();
        let is_host = host.contains('.') && !host.starts_with('.') && !host.ends_with('.');
        return if is_host && !cell.contains(char::is_whitespace) { vec![cell] } else { Vec::new() };
    }
    let ends = starts.iter().skip(1).copied().chain([cell.len()]);
    let pieces = starts.iter().zip(ends).map(|(start, end)| &cell[*start..end]);
    pieces.map(|piece| &piece[..trimmed(piece)]).filter(|piece| piece.len() > 8).take(MOST_IN_CELL).collect()
}

/// What an address tells with what is appended to it and with the template that it is put into.
pub fn tags(address: Option<&str>, suffix: Option<&str>, template: Option<&str>) -> Tags {
    let mut tags = Tags::default();
    let (before, behind) =
        address.map_or(("", ""), |address| address.split_once('#').unwrap_or((address, "")));
    tags.see_all(before.split_once('?').map_or("", |(_, query)| query));
    tags.see_all(suffix.unwrap_or_default().trim().trim_start_matches(['?', '&']));
    if let Some(template) = template {
        see_template(&mut tags, template.trim());
    }
    // In single-page applications the address goes on behind '#'.
    let mut hidden = Tags::default();
    hidden.see_all(behind.rsplit_once('?').map_or(behind, |(_, query)| query));
    tags.behind_hash = Parameter::ALL
        .into_iter()
        .filter(|parameter| hidden.get(*parameter).is_some() && tags.get(*parameter).is_none())
        .collect();
    tags
}

/// What a template adds: behind the placeholder of the ad's own address; in a tracker's address, its own parameters and those within
/// the address that it is to lead on to.
fn see_template(tags: &mut Tags, template: &str) {
    let starts = |text: &str| {
        LANDING
            .iter()
            .any(|landing| text.get(..landing.len()).is_some_and(|start| start.eq_ignore_ascii_case(landing)))
    };
    let before = template.split('#').next().unwrap_or_default();
    if starts(before) {
        let added = before.split_once('}').map_or("", |(_, added)| added);
        tags.see_all(added.trim_start_matches(['?', '&']));
        return;
    }
    let Some((_, query)) = before.split_once('?') else { return };
    for (name, value) in form_urlencoded::parse(query.as_bytes()) {
        let leads_on = starts(&value) || value.starts_with("http://") || value.starts_with("https://");
        match leads_on {
            true => {
                let inner = value.split_once(['?', '}']).map_or("", |(_, inner)| inner);
                tags.see_all(inner.split('#').next().unwrap_or_default().trim_start_matches(['?', '&']));
            }
            false => tags.see(&name, &value),
        }
    }
}

/// What is known of the campaign that a value stands at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Named<'a> {
    /// Where it runs.
    pub platform: Option<Platform>,
    /// Its name.
    pub name: &'a str,
    /// Its id at the platform.
    pub id: Option<&'a str>,
}

/// A value with the placeholders filled in that stand for the campaign: `{campaignid}`, `{{campaign.name}}`, `__CAMPAIGN_NAME__`.
/// What stands for anything else stays.
pub fn filled(value: &str, campaign: Named<'_>) -> String {
    // What LinkedIn calls a campaign is an ad group here.
    if campaign.platform == Some(Platform::LinkedinAds) || !is_dynamic(value) {
        return value.to_owned();
    }
    let mut filled = String::with_capacity(value.len());
    let mut rest = value;
    while let Some((start, end, inside)) = next_placeholder(rest) {
        let word: String =
            inside.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect();
        let known = match word.as_str() {
            "campaignname" | "campaign" => Some(campaign.name),
            "campaignid" => campaign.id,
            _ => None,
        };
        filled += &rest[..start];
        filled += known.unwrap_or(&rest[start..end]);
        rest = &rest[end..];
    }
    filled + rest
}

/// Whether a value holds a placeholder, which the platform fills in for each click.
pub fn is_dynamic(value: &str) -> bool {
    next_placeholder(value).is_some()
}

/// Where the next placeholder starts and ends, and what stands in it.
fn next_placeholder(text: &str) -> Option<(usize, usize, &str)> {
    let between = |open: &str, close: &str| {
        let start = text.find(open)?;
        let inside = start + open.len();
        let length = text[inside..].find(close).filter(|length| (1..=60).contains(length))?;
        Some((start, inside + length + close.len(), &text[inside..inside + length]))
    };
    let found = [between("{{", "}}"), between("{", "}"), between("__", "__")];
    found.into_iter().flatten().min_by_key(|(start, end, _)| (*start, std::cmp::Reverse(*end)))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The five values, `-` for none.
    fn shown(tags: &Tags) -> String {
        tags.values.iter().map(|value| value.as_deref().unwrap_or("-")).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn parameters_are_read_wherever_they_stand() {
        for (address, suffix, template, expected) in [
            (
                Some("https://shop.example/?utm_source=google&utm_medium=cpc&utm_campaign=brand"),
                None,
                None,
                "google cpc brand - -",
            ),
            (Some("https://shop.example/tents"), None, None, "- - - - -"),
            (Some("shop.example/?utm_source=a"), None, None, "a - - - -"),
            (None, Some("utm_source=fb&utm_campaign={{campaign.name}}"), None, "fb - {{campaign.name}} - -"),
            (Some("https://shop.example/?x=1"), Some("&utm_source=a&utm_medium=b"), None, "a b - - -"),
            (Some("https://shop.example/"), Some("?utm_content=v%201"), None, "- - - v 1 -"),
            (
                Some("https://shop.example/"),
                None,
                Some("{lpurl}?utm_source=google&utm_campaign={campaignid}"),
                "google - {campaignid} - -",
            ),
            (
                Some("https://shop.example/?a=1"),
                None,
                Some("{lpurl}&utm_term={keyword}"),
                "- - - - {keyword}",
            ),
            (
                None,
                None,
                Some(
                    "https://t.example/c?u=https%3A%2F%2Fshop.example%2F%3Futm_source%3Dg%26utm_medium%3Dcpc&k=1",
                ),
                "g cpc - - -",
            ),
            (
                None,
                None,
                Some("https://t.example/c?url={escapedlpurl}%3Futm_source%3Dg&utm_medium=cpc"),
                "g cpc - - -",
            ),
            (
                Some("https://shop.example/?utm_campaign=Sommer+Sale%20%C3%BC"),
                None,
                None,
                "- - Sommer Sale ü - -",
            ),
            (Some("https://shop.example/?utm_source=&utm_medium=%20"), None, None, "- - - - -"),
            (Some("https://shop.example/#utm_source=a"), None, None, "- - - - -"),
            (Some("https://shop.example/?utm_source=a#top"), None, None, "a - - - -"),
            (Some("https://shop.example/?utm_source=%FF%zz"), None, None, "\u{fffd}%zz - - - -"),
        ] {
            assert_eq!(
                shown(&tags(address, suffix, template)),
                expected,
                "{address:?} {suffix:?} {template:?}"
            );
        }
    }

    #[test]
    fn what_is_wrong_with_an_address_is_told() {
        let of = |address: &str| tags(Some(address), None, None);
        let twice = of("https://a.example/?utm_source=a&utm_source=b&utm_source=a");
        assert_eq!(twice.repeated, [(Parameter::Source, "b".to_owned())]);
        assert_eq!(
            tags(Some("https://a.example/?utm_medium=x"), Some("utm_medium=y"), None).repeated.len(),
            1
        );
        for (query, name, expected) in [
            ("utm_campain=x", "utm_campain", Parameter::Campaign),
            ("UTM_Source=x", "UTM_Source", Parameter::Source),
            ("utm-medium=x", "utm-medium", Parameter::Medium),
            ("a=1&amp;utm_term=x", "amp;utm_term", Parameter::Term),
        ] {
            let found = of(&format!("https://a.example/?{query}"));
            assert_eq!(found.misnamed, [(name.to_owned(), expected)], "{query}");
            assert!(found.are_none());
        }
        assert!(
            of("https://a.example/?route=1&utm_id=4").misnamed.is_empty(),
            "other parameters are nobody's misspelling"
        );
        assert_eq!(of("https://a.example/#/x?utm_source=a").behind_hash, [Parameter::Source]);
        assert!(of("https://a.example/?utm_source=b#utm_source=a").behind_hash.is_empty());
        assert_eq!(of("https://a.example/?GCLID={gclid}").click_id.as_deref(), Some("GCLID"));
    }

    #[test]
    fn a_cell_may_hold_several_addresses() {
        for (cell, expected) in [
            ("https://a.example/", vec!["https://a.example/"]),
            (
                "https://a.example/?x=1, https://b.example/",
                vec!["https://a.example/?x=1", "https://b.example/"],
            ),
            ("https://a.example/\nhttp://b.example/", vec!["https://a.example/", "http://b.example/"]),
            (
                "[\"https://a.example/\",\"https://b.example/\"]",
                vec!["https://a.example/", "https://b.example/"],
            ),
            ("https://t.example/?u=https://a.example/", vec!["https://t.example/?u=https://a.example/"]),
            ("www.shop.example/tents?a=1", vec!["www.shop.example/tents?a=1"]),
            ("Not available", vec![]),
            ("https://", vec![]),
            ("...", vec![]),
            ("", vec![]),
        ] {
            assert_eq!(addresses(cell), expected, "{cell}");
        }
        assert_eq!(addresses(&"https://a.example/ ".repeat(100)).len(), MOST_IN_CELL);
    }

    #[test]
    fn placeholders_of_the_campaign_are_filled_in() {
        let campaign = Named { platform: Some(Platform::MetaAds), name: "Summer", id: Some("77") };
        for (value, expected) in [
            ("{{campaign.name}}", "Summer"),
            ("de_{campaignid}_x", "de_77_x"),
            ("__CAMPAIGN_NAME__", "Summer"),
            ("{Campaign}", "Summer"),
            ("{{adset.name}}", "{{adset.name}}"),
            ("{{campaign.id}}-{{ad.id}}", "77-{{ad.id}}"),
            ("brand", "brand"),
            ("{open", "{open"),
            ("{}", "{}"),
        ] {
            assert_eq!(filled(value, campaign), expected, "{value}");
        }
        assert_eq!(filled("{campaignid}", Named { id: None, ..campaign }), "{campaignid}");
        let linkedin = Named { platform: Some(Platform::LinkedinAds), ..campaign };
        assert_eq!(filled("{{CAMPAIGN_NAME}}", linkedin), "{{CAMPAIGN_NAME}}");
        assert!(is_dynamic("{{ad.name}}") && !is_dynamic("a_b__c"));
    }
}
