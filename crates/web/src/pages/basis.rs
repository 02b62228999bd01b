//! On what a page's figures rest: what they leave out, which imports they come from, and what a reader must know.

use askama::Template;
use askama::filters::HtmlSafe;
use domain::Currency;
use insight::answer::LeftOut;
use insight::{Figures, Provenance};
use jiff::Timestamp;

use crate::format;
use crate::link::Link;
use crate::questions::VIEW_PARAMETERS;

/// On what a page's figures rest.
#[derive(Debug, Clone, Default, Template)]
#[template(path = "basis.html")]
pub(super) struct Basis {
    pub(super) caveats: Caveats,
    pub(super) notes: Vec<String>,
    /// The levels and the number of imports.
    pub(super) basis: String,
    pub(super) imports: Vec<ImportLink>,
}

impl HtmlSafe for Basis {}

/// What a reader must know before the figures: that they are of the past, or not the whole.
#[derive(Debug, Clone, Default, Template)]
#[template(path = "caveats.html")]
pub(super) struct Caveats {
    /// As of when, if not now.
    pub(super) as_of: Option<String>,
    pub(super) left_out: Vec<String>,
    /// The same page with all money in the leading currency, or back.
    pub(super) convert: Option<ConvertLink>,
}

/// The same page with its money converted, or with each currency by itself.
#[derive(Debug, Clone)]
pub(super) struct ConvertLink {
    /// Whether it is converted now.
    pub(super) is_converted: bool,
    /// The other way, if it can be chosen.
    pub(super) href: Option<String>,
    pub(super) words: String,
    /// The rates, where it is converted and there is a way to them.
    pub(super) rates_href: Option<String>,
}

impl HtmlSafe for Caveats {}

impl Caveats {
    fn is_converted(&self) -> bool {
        self.convert.as_ref().is_some_and(|of| of.is_converted)
    }
}

/// An import the figures come from.
#[derive(Debug, Clone)]
pub(super) struct ImportLink {
    pub(super) id: u32,
    pub(super) href: String,
}

impl Basis {
    /// The same for somebody who sees the imports themselves, or only what came of them.
    pub(super) fn for_who(self, sees_work: bool) -> Self {
        let imports = if sees_work { self.imports } else { Vec::new() };
        Self { imports, ..self }
    }

    pub(super) fn of(
        as_of: Option<Timestamp>,
        totals: &Figures,
        provenance: &Provenance,
        notes: &[String],
        link: &Link,
    ) -> Self {
        let import = |id: &u32| ImportLink {
            id: *id,
            href: link.at(format!("/imports/{id}")).only(&["workspace"]).to_string(),
        };
        let mut notes = notes.to_vec();
        let unknown = |figures: &Figures| {
            figures.currency == Some(Currency::UNKNOWN)
                || figures.left_out.iter().any(|left_out| left_out.currency == Currency::UNKNOWN)
        };
        if unknown(totals) {
            notes.push(
                "¤ stands for a currency that the imported file did not name. Import it again and say which."
                    .to_owned(),
            );
        }
        Self {
            caveats: Caveats {
                as_of: as_of.map(|at| format!("{} UTC", format::moment(at, 0))),
                left_out: totals.left_out.iter().map(left_out).collect(),
                convert: convert(totals, link),
            },
            notes,
            basis: basis(provenance),
            imports: provenance.imports.iter().take(5).map(import).collect(),
        }
    }
}

fn convert(totals: &Figures, link: &Link) -> Option<ConvertLink> {
    let link = link.clone();
    if link.has("convert") {
        let words = "Show each currency by itself".to_owned();
        let rates_href = link.at("/rates").only(&VIEW_PARAMETERS).leads();
        let href = (!link.is_shared()).then(|| link.without(&["convert"]).to_string());
        return Some(ConvertLink { is_converted: true, href, words, rates_href });
    }
    // Those with whom a page is shared see money as whoever shared it chose.
    if link.is_shared() {
        return None;
    }
    let currency = totals.currency.filter(|of| *of != Currency::UNKNOWN && !totals.left_out.is_empty())?;
    let href = Some(link.with("convert", currency.code()).to_string());
    let words = format!("Convert all to {currency}");
    Some(ConvertLink { is_converted: false, href, words, rates_href: None })
}

fn left_out(left_out: &LeftOut) -> String {
    let amount = |micros: Option<i64>, what: &str| {
        micros.map(|micros| {
            let currency = left_out.currency;
            format!("{} {} {what}", format::money(micros, Some(currency)), format::currency(currency))
        })
    };
    let amounts = [
        amount(left_out.spend_micros, "spend"),
        amount(left_out.revenue_micros, "revenue"),
        amount(left_out.record_revenue_micros, "recorded revenue"),
    ];
    amounts.into_iter().flatten().collect::<Vec<_>>().join(", ")
}

fn basis(provenance: &Provenance) -> String {
    let levels: Vec<&str> = provenance.levels.iter().map(|level| level.label()).collect();
    match (provenance.import_count, levels.as_slice()) {
        (0, _) => String::new(),
        (1, levels) => format!("From 1 import, as reported by {}", levels.join(", ")),
        (count, levels) => {
            format!("From {} imports, as reported by {}", format::count(u64::from(count)), levels.join(", "))
        }
    }
}
