//! What was found, beside what we promise.

/// A line of the table.
#[derive(Debug)]
pub(super) struct Fact {
    what: String,
    found: String,
    promised: &'static str,
}

impl Fact {
    pub fn new(what: impl Into<String>, found: impl Into<String>, promised: &'static str) -> Self {
        let fact = Self { what: what.into(), found: found.into(), promised };
        eprintln!("{}: {} {}", fact.what, fact.found, fact.promised);
        fact
    }
}

/// All lines, for reading or as Markdown.
pub(super) fn table(facts: &[Fact], markdown: bool) -> String {
    let rows = || facts.iter().map(|fact| [&fact.what, &fact.found, fact.promised]);
    if markdown {
        let head = "| what | found | promised |\n|---|---|---|\n".to_owned();
        return rows().fold(head, |text, [what, found, promised]| {
            text + &format!("| {what} | {found} | {promised} |\n")
        });
    }
    let width = |n: usize| rows().map(|row| row[n].chars().count()).max().unwrap_or(0);
    let (what_width, found_width) = (width(0), width(1));
    rows().fold(String::new(), |text, [what, found, promised]| {
        text + format!("{what:what_width$}  {found:found_width$}  {promised}").trim_end() + "\n"
    })
}

/// Milliseconds, as precisely as they matter.
pub(super) fn ms(milliseconds: f64) -> String {
    match milliseconds {
        tiny if tiny < 1.0 => format!("{tiny:.3} ms"),
        short if short < 100.0 => format!("{short:.1} ms"),
        long => format!("{long:.0} ms"),
    }
}

/// A number of things a second.
pub(super) fn a_second(times: f64) -> String {
    format!("{}/s", web::format::count(times as u64))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_stand_under_each_other() {
        let facts = [Fact::new("overview", "1 ms", "2 ms"), Fact::new("it", "10 ms", "")];
        assert_eq!(table(&facts, false), "overview  1 ms   2 ms\nit        10 ms\n");
        assert!(table(&facts, true).ends_with("| it | 10 ms |  |\n"));
    }
}
