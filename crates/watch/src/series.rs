//! What one row of figures is about: a metric and its labels, in one text.

use std::fmt;
use std::sync::Arc;

/// A metric with its labels, as `http_requests{class="2xx",route="/"}`: labels in order of their names, no label twice.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Series(Arc<str>);

impl Series {
    /// Of a metric and its labels.
    pub fn of(name: &str, labels: &[(&str, &str)]) -> Self {
        if labels.is_empty() {
            return Self(name.into());
        }
        let mut labels = labels.to_vec();
        labels.sort_unstable();
        let written: Vec<String> = labels
            .iter()
            .map(|(label, value)| format!("{label}=\"{}\"", value.replace('\\', "\\\\").replace('"', "\\\"")))
            .collect();
        Self(format!("{name}{{{}}}", written.join(",")).into())
    }

    /// As it was written.
    pub(crate) fn read(text: &str) -> Self {
        Self(text.into())
    }

    /// The metric's name.
    pub fn name(&self) -> &str {
        self.0.split_once('{').map_or(&self.0, |(name, _)| name)
    }

    /// The value of a label.
    pub fn label(&self, name: &str) -> Option<String> {
        self.labels().into_iter().find(|(label, _)| label == name).map(|(_, value)| value)
    }

    /// Its labels.
    pub fn labels(&self) -> Vec<(String, String)> {
        let Some((_, mut rest)) = self.0.split_once('{') else { return Vec::new() };
        let mut labels = Vec::new();
        while let Some((label, after)) = rest.split_once("=\"") {
            let mut value = String::new();
            let mut letters = after.char_indices();
            let mut end = after.len();
            while let Some((at, letter)) = letters.next() {
                match letter {
                    '\\' => value.extend(letters.next().map(|(_, letter)| letter)),
                    '"' => {
                        end = at + 1;
                        break;
                    }
                    letter => value.push(letter),
                }
            }
            labels.push((label.trim_start_matches(',').to_owned(), value));
            rest = after.get(end..).unwrap_or_default();
        }
        labels
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Series {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_come_back_as_they_were() {
        let hostile = "a\"b\\c,d={x}";
        let series = Series::of("http_requests", &[("route", hostile), ("class", "2xx")]);
        assert_eq!(series.name(), "http_requests");
        assert_eq!(series.label("route").as_deref(), Some(hostile));
        assert_eq!(series.label("class").as_deref(), Some("2xx"));
        assert_eq!(series.label("rout"), None);
        assert_eq!(series, Series::of("http_requests", &[("class", "2xx"), ("route", hostile)]));
        assert_eq!(Series::of("up", &[]).labels(), []);
    }
}
