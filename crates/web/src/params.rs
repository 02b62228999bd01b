//! The parameters of a request, read one by one, so that what nobody asked for is found and told; and the visitor's theme.

use std::convert::Infallible;
use std::fmt::Display;
use std::str::FromStr;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;

use crate::WebError;
use crate::theme::Theme;

/// The query string of a request. Read each parameter once, then call [`Params::done`].
///
/// An empty value counts as none, because forms send their empty fields.
#[derive(Debug, Clone, Default)]
pub(crate) struct Params {
    left: Vec<(String, String)>,
    known: Vec<&'static str>,
    theme: Theme,
}

impl Params {
    pub(crate) fn of(query: &str) -> Self {
        Self { left: form_urlencoded::parse(query.as_bytes()).into_owned().collect(), ..Self::default() }
    }

    /// The theme in which pages are to come.
    pub(crate) fn theme(&self) -> Theme {
        self.theme
    }

    /// A text.
    pub(crate) fn text(&mut self, name: &'static str) -> Result<Option<String>, WebError> {
        let values = self.take(name);
        match <[String; 1]>::try_from(values) {
            Ok([value]) => Ok(Some(value.trim().to_owned()).filter(|value| !value.is_empty())),
            Err(values) if values.is_empty() => Ok(None),
            Err(_) => Err(WebError::parameter(name, "it is given more than once", "give it once")),
        }
    }

    /// A text with all that is around it, as passwords have it.
    pub(crate) fn as_typed(&mut self, name: &'static str) -> Result<Option<String>, WebError> {
        let mut values = self.take(name);
        match values.len() {
            0 | 1 => Ok(values.pop().filter(|value| !value.is_empty())),
            _ => Err(WebError::parameter(name, "it is given more than once", "give it once")),
        }
    }

    /// A value of a kind that says itself what would be right.
    pub(crate) fn parsed<T>(&mut self, name: &'static str) -> Result<Option<T>, WebError>
    where
        T: FromStr<Err: Display>,
    {
        self.text(name)?.map(|text| parse(name, &text)).transpose()
    }

    /// A value whose kind does not say what would be right.
    pub(crate) fn parsed_as<T: FromStr>(
        &mut self,
        name: &'static str,
        remedy: &str,
    ) -> Result<Option<T>, WebError> {
        let text = self.text(name)?;
        text.map(|text| {
            text.parse().map_err(|_| WebError::parameter(name, &format!("'{text}' can't be read"), remedy))
        })
        .transpose()
    }

    /// Values separated by commas; a form's checkboxes repeat the parameter instead, which is the same.
    pub(crate) fn list<T>(&mut self, name: &'static str) -> Result<Vec<T>, WebError>
    where
        T: FromStr<Err: Display>,
    {
        let values = self.take(name);
        let words =
            values.iter().flat_map(|value| value.split(',')).map(str::trim).filter(|word| !word.is_empty());
        words.map(|word| parse(name, word)).collect()
    }

    /// Those of these parameters that are given, as they stand, without reading them.
    pub(crate) fn given(&self, names: &[&str]) -> Vec<(String, String)> {
        let is_asked =
            |(name, value): &&(String, String)| names.contains(&name.as_str()) && !value.trim().is_empty();
        self.left.iter().filter(is_asked).cloned().collect()
    }

    /// Whether a parameter is given and not empty.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.left.iter().any(|(given, value)| given == name && !value.trim().is_empty())
    }

    /// Complains about what was not read.
    pub(crate) fn done(self) -> Result<(), WebError> {
        match self.left.first() {
            None => Ok(()),
            Some((name, _)) => {
                let remedy = match self.known.as_slice() {
                    [] => "leave it out; nothing can be given here".to_owned(),
                    known => format!("leave it out or use one of: {}", known.join(", ")),
                };
                Err(WebError::parameter(name, "it is not known here", &remedy))
            }
        }
    }

    fn take(&mut self, name: &'static str) -> Vec<String> {
        self.known.push(name);
        self.left.extract_if(.., |(given, _)| given == name).map(|(_, value)| value).collect()
    }
}

fn parse<T>(name: &str, text: &str) -> Result<T, WebError>
where
    T: FromStr<Err: Display>,
{
    text.parse().map_err(|error: T::Err| {
        WebError::parameter(name, &format!("'{text}' can't be read"), &error.to_string())
    })
}

impl<S: Sync> FromRequestParts<S> for Params {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        let params = Self::of(parts.uri.query().unwrap_or_default());
        Ok(Self { theme: Theme::of(&parts.headers), ..params })
    }
}

#[cfg(test)]
mod tests {
    use domain::Metric;

    use super::*;

    #[test]
    fn each_parameter_is_read_once_and_leftovers_are_told() {
        let mut params = Params::of("sort=-spend&text=&text2=a%26b&fitler=x");
        assert_eq!(params.text("sort").unwrap().as_deref(), Some("-spend"));
        assert_eq!(params.text("text").unwrap(), None);
        assert_eq!(params.text("text2").unwrap().as_deref(), Some("a&b"));
        let told = params.done().unwrap_err().problem();
        assert_eq!(told.parameter.as_deref(), Some("fitler"));
        assert_eq!(told.remedy.as_deref(), Some("leave it out or use one of: sort, text, text2"));
    }

    #[test]
    fn a_repeated_parameter_is_told_unless_it_is_a_list() {
        let told = Params::of("from=1&from=2").text("from").unwrap_err().problem();
        assert_eq!((told.status, told.parameter.as_deref()), (400, Some("from")));
        let metrics: Vec<Metric> =
            Params::of("metrics=spend,clicks&metrics=roas&metrics=").list("metrics").unwrap();
        assert_eq!(metrics, [Metric::Spend, Metric::Clicks, Metric::Roas]);
    }

    #[test]
    fn a_bad_value_is_told_with_what_would_be_right() {
        let told = Params::of("metrics=spent").list::<Metric>("metrics").unwrap_err().problem();
        assert!(told.remedy.unwrap().contains("spend"));
        let told = Params::of("limit=ten").parsed_as::<u32>("limit", "use a number").unwrap_err().problem();
        assert_eq!(told.remedy.as_deref(), Some("use a number"));
    }
}
