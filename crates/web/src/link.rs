//! Addresses of this site: a path and its parameters, which are everything that a view depends on.

use std::fmt;

use axum::http::Uri;

use crate::range::Preset;

/// An address within this site.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Link {
    path: String,
    pairs: Vec<(String, String)>,
    reach: Reach,
}

/// Where an address may lead.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Reach {
    /// Anywhere on this site.
    Site,
    /// To the page that is shared, of which readers choose these parameters; the page itself stands for the rest.
    Shared(&'static [&'static str]),
    /// Out of what is shared: nowhere.
    Nowhere,
}

impl Link {
    /// A path without parameters.
    pub(crate) fn to(path: impl Into<String>) -> Self {
        Self { path: path.into(), pairs: Vec::new(), reach: Reach::Site }
    }

    /// The address that was asked, without empty parameters.
    pub(crate) fn of(uri: &Uri) -> Self {
        let pairs = form_urlencoded::parse(uri.query().unwrap_or_default().as_bytes()).into_owned();
        Self {
            path: uri.path().to_owned(),
            pairs: pairs.filter(|(_, value)| !value.trim().is_empty()).collect(),
            reach: Reach::Site,
        }
    }

    /// The one address that stands for all that show the same: parameters in order, without the range that is shown unasked.
    #[must_use]
    pub(crate) fn canonical(mut self) -> Self {
        self.pairs.retain_mut(|(name, value)| {
            *value = value.trim().to_owned();
            (name.as_str(), value.as_str()) != ("range", Preset::UNASKED.key())
        });
        // Repeated parameters stay in their order, which may mean something.
        self.pairs.sort_by(|(one, _), (other, _)| one.cmp(other));
        self
    }

    /// The same address as those see it with whom its page is shared, and who choose these parameters: the rest of the site is not
    /// there for them.
    #[must_use]
    pub(crate) fn shared(self, readers_choose: &'static [&'static str]) -> Self {
        Self { reach: Reach::Shared(readers_choose), ..self }
    }

    /// Whether it is for those with whom a page is shared.
    pub(crate) fn is_shared(&self) -> bool {
        self.reach != Reach::Site
    }

    /// The address, if there is a way there for who sees it.
    pub(crate) fn leads(&self) -> Option<String> {
        (self.reach != Reach::Nowhere).then(|| self.to_string())
    }

    /// The same parameters at another path.
    pub(crate) fn at(&self, path: impl Into<String>) -> Self {
        let reach = if self.is_shared() { Reach::Nowhere } else { Reach::Site };
        Self { path: path.into(), pairs: self.pairs.clone(), reach }
    }

    /// The same address with `name` set to `value`.
    #[must_use]
    pub(crate) fn with(self, name: &str, value: impl Into<String>) -> Self {
        let mut link = self.without(&[name]);
        link.pairs.push((name.to_owned(), value.into()));
        link
    }

    /// The same address without these parameters.
    #[must_use]
    pub(crate) fn without(mut self, names: &[&str]) -> Self {
        self.pairs.retain(|(name, _)| !names.contains(&name.as_str()));
        self
    }

    /// The same address with these parameters only.
    #[must_use]
    pub(crate) fn only(mut self, names: &[&str]) -> Self {
        self.pairs.retain(|(name, _)| names.contains(&name.as_str()));
        self
    }

    /// The path.
    pub(crate) fn path(&self) -> &str {
        &self.path
    }

    /// The parameters, for a form's hidden fields.
    pub(crate) fn pairs(&self) -> &[(String, String)] {
        &self.pairs
    }

    /// Whether a parameter is given.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.pairs.iter().any(|(given, _)| given == name)
    }
}

impl fmt::Display for Link {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut query = form_urlencoded::Serializer::new(String::new());
        match self.reach {
            Reach::Site => {
                query.extend_pairs(&self.pairs);
                f.write_str(&self.path)?;
                if self.pairs.is_empty() {
                    return Ok(());
                }
            }
            // Seen from the page itself, whose address only those have who were given it.
            Reach::Shared(chosen) => {
                query.extend_pairs(self.pairs.iter().filter(|(name, _)| chosen.contains(&name.as_str())));
            }
            Reach::Nowhere => return f.write_str("#"),
        }
        write!(f, "?{}", query.finish())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_changes_one_thing_and_keeps_the_rest() {
        let link =
            Link::of(&"/campaigns?range=last_7_days&text=&filter=roas+%3C+1&after=abc".parse().unwrap());
        assert_eq!(
            link.clone().with("sort", "-spend").without(&["after"]).to_string(),
            "/campaigns?range=last_7_days&filter=roas+%3C+1&sort=-spend"
        );
        assert_eq!(link.at("/").only(&["range"]).to_string(), "/?range=last_7_days");
        assert_eq!(Link::to("/a").to_string(), "/a");
    }

    #[test]
    fn what_is_shared_leads_nowhere_but_to_itself() {
        let link = Link::of(&"/campaigns?filter=roas+%3C+1&sort=-spend&workspace=north".parse().unwrap());
        let link = link.shared(&["sort", "after"]);
        assert_eq!(link.clone().with("sort", "clicks").leads().as_deref(), Some("?sort=clicks"));
        assert_eq!(link.clone().without(&["sort"]).to_string(), "?");
        assert_eq!(link.at("/campaigns/7").leads(), None);
        assert_eq!(link.at("/campaigns/7").only(&["workspace"]).with("a", "b").to_string(), "#");
        assert_eq!(Link::to("/a").leads().as_deref(), Some("/a"));
    }

    #[test]
    fn addresses_that_show_the_same_have_one_form() {
        for (asked, form) in [
            ("/?range=last_30_days", "/"),
            ("/?to=2026-11-03&from=+2026-11-01", "/?from=2026-11-01&to=2026-11-03"),
            ("/analytics?by=week&metrics=roas&by=platform", "/analytics?by=week&by=platform&metrics=roas"),
            ("/?workspace=&range=all", "/?range=all"),
        ] {
            assert_eq!(Link::of(&asked.parse().unwrap()).canonical().to_string(), form);
        }
    }
}
