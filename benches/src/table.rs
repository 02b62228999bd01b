//! The one table that is printed.

use crate::timing::Times;

const HEADERS: [&str; 11] = [
    "what",
    "ours ms",
    "p95",
    "8 clients ms",
    "p95",
    "bare engine",
    "ratio",
    "by hand",
    "ratio",
    "worst",
    "target",
];

/// Everything that is printed.
pub(crate) struct Table {
    /// Sentences above it.
    pub head: Vec<String>,
    pub lines: Vec<Line>,
}

/// What was measured of one thing, in milliseconds.
#[derive(Debug, Default)]
pub(crate) struct Line {
    pub what: String,
    /// Stands in place of ours where something else than time was measured.
    pub fact: Option<String>,
    pub ours: Times,
    /// Ours, while eight clients ask.
    pub crowd: Times,
    pub engine: Times,
    pub by_hand: Times,
    /// Whether the longest time of ours matters.
    pub shows_worst: bool,
    pub target: &'static str,
}

impl Line {
    /// A line about something else than time.
    pub fn fact(what: &str, value: String, target: &'static str) -> Self {
        Self { what: what.to_owned(), fact: Some(value), target, ..Self::default() }
    }

    /// A line about one thing that was done several times.
    pub fn of(what: impl Into<String>, ours: Times) -> Self {
        Self { what: what.into(), ours, ..Self::default() }
    }

    fn cells(&self) -> [String; 11] {
        let text = |milliseconds: f64| match milliseconds {
            none if none.is_nan() => String::new(),
            long if long >= 100.0 => format!("{long:.0}"),
            short => format!("{short:.1}"),
        };
        let small = |milliseconds: f64| match milliseconds {
            tiny if tiny < 10.0 => format!("{tiny:.2}"),
            other => text(other),
        };
        let ratio = |to: &Times| match self.ours.median() / to.median() {
            none if none.is_nan() => String::new(),
            ratio => format!("{ratio:.1}x"),
        };
        [
            self.what.clone(),
            self.fact.clone().unwrap_or_else(|| text(self.ours.median())),
            text(self.ours.p95()),
            text(self.crowd.median()),
            text(self.crowd.p95()),
            text(self.engine.median()),
            ratio(&self.engine),
            small(self.by_hand.median()),
            ratio(&self.by_hand),
            if self.shows_worst { text(self.ours.worst()) } else { String::new() },
            self.target.to_owned(),
        ]
    }
}

impl Table {
    /// For a terminal.
    pub fn plain(&self) -> String {
        let rows = self.rows();
        let widths: Vec<usize> = (0..HEADERS.len())
            .map(|n| rows.iter().map(|row| row[n].chars().count()).max().unwrap_or(0))
            .collect();
        let mut text = self.head.join("\n") + "\n\n";
        for row in rows {
            let cell = |(n, cell): (usize, &String)| match n {
                0 => format!("{cell:<width$}", width = widths[0]),
                _ => format!("{cell:>width$}", width = widths[n]),
            };
            let line = row.iter().enumerate().map(cell).collect::<Vec<_>>().join("  ");
            text.push_str(line.trim_end());
            text.push('\n');
        }
        text
    }

    /// For a document.
    pub fn markdown(&self) -> String {
        let mut rows = self.rows().into_iter();
        let line = |row: [String; 11]| format!("| {} |\n", row.join(" | "));
        let mut text = self.head.join("\n") + "\n\n";
        text.extend(rows.next().map(line));
        text.push_str(&format!("|---|{}\n", "---:|".repeat(HEADERS.len() - 1)));
        text.extend(rows.map(line));
        text
    }

    fn rows(&self) -> Vec<[String; 11]> {
        let headers = HEADERS.map(str::to_owned);
        [headers].into_iter().chain(self.lines.iter().map(Line::cells)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_stand_under_their_headers() {
        let fact = Line::fact("rows", "12".to_owned(), "");
        let table = Table { head: vec!["Head.".to_owned()], lines: vec![fact] };
        let plain = table.plain();
        let lines: Vec<&str> = plain.lines().skip(2).collect();
        assert_eq!(lines[0].find("ours ms").map(|at| at + 7), Some(lines[1].len()));
        assert_eq!(
            table.markdown().lines().nth(3),
            Some("|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|")
        );
    }
}
