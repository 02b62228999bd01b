//! Which pages can be shared, and what readers may choose on them.

use axum::http::Uri;
use domain::Metric;
use insight::Dimension;
use insight::overview::TILES;

use crate::WebError;
use crate::link::Link;
use crate::pages::campaigns::USUAL;
use crate::params::Params;
use crate::questions::Figures;

/// Longest address, in bytes.
const LONGEST: usize = 2_000;

/// The figures that a page shows, if it can be shared.
pub(crate) fn figures(path: &str) -> Option<Figures> {
    match path {
        "/" => Some(Figures::Overview),
        "/campaigns" => Some(Figures::Campaigns),
        "/analytics" => Some(Figures::Analytics),
        other => {
            let id = other.strip_prefix("/campaigns/")?;
            let is_number = id.bytes().all(|byte| byte.is_ascii_digit()) && id.parse::<u32>().is_ok();
            is_number.then_some(Figures::Campaign)
        }
    }
}

/// Whether a page can be shared.
pub(crate) fn can_be_shared(path: &str) -> bool {
    figures(path).is_some()
}

/// What readers may choose on a page.
pub(crate) fn readers_choose(of: Figures) -> &'static [&'static str] {
    match of {
        Figures::Overview => &[],
        Figures::Campaigns | Figures::Analytics => &["sort", "after"],
        Figures::Campaign => &["tab"],
    }
}

/// The one form of an address that can be shared: one of ours, with its choices in order, without the workspace, which the link
/// belongs to, and the place in a list.
pub(crate) fn address(text: &str) -> Result<Link, WebError> {
    let remedy = "share a page on the page itself: the overview, campaigns, a campaign or analytics";
    let wrong = |detail: &str| WebError::parameter("address", detail, remedy);
    let uri: Uri = text.parse().map_err(|_| wrong("it is no address"))?;
    // An address with a host of its own leads elsewhere.
    if uri.authority().is_some() || text.starts_with("//") || !can_be_shared(uri.path()) {
        return Err(wrong("it is no page that can be shared"));
    }
    let link = Link::of(&uri).without(&["workspace", "after"]).canonical();
    match link.to_string().len() > LONGEST {
        true => Err(wrong("it is too long")),
        false => Ok(link),
    }
}

/// What a reader asks: the page of a link with what they chose on it.
pub(super) fn asked(kept: &str, of: Figures, workspace: &str, query: &str) -> Result<Uri, WebError> {
    let kept: Uri = kept.parse().map_err(WebError::internal)?;
    let (mut given, mut page) = (Params::of(query), Link::of(&kept));
    for name in readers_choose(of) {
        let Some(value) = given.text(name)? else { continue };
        if *name == "sort" {
            is_shown(&value, of, &kept)?;
        }
        page = page.with(name, value);
    }
    given.done()?;
    page.with("workspace", workspace).to_string().parse().map_err(WebError::internal)
}

/// Refuses to sort by what is not shown: the order would tell of it.
fn is_shown(sort: &str, of: Figures, page: &Uri) -> Result<(), WebError> {
    let mut chosen = Params::of(page.query().unwrap_or_default());
    let kept = chosen.text("sort")?;
    let metrics: Vec<Metric> = match of {
        Figures::Campaigns => [chosen.list("columns")?, chosen.list("column")?].concat(),
        _ => chosen.list("metrics")?,
    };
    let usual = if of == Figures::Campaigns { &USUAL[..] } else { &TILES[..] };
    let metrics = if metrics.is_empty() { usual } else { &metrics };
    let by: Vec<Dimension> = match of {
        Figures::Campaigns => vec![Dimension::Campaign],
        _ => chosen.list("by")?,
    };
    let plain = |text: &str| text.trim_start_matches('-').to_owned();
    let wanted = plain(sort);
    let is_shown = metrics.iter().any(|metric| metric.key() == wanted)
        || by.iter().any(|dimension| dimension.key() == wanted)
        || kept.is_some_and(|kept| plain(&kept) == wanted);
    match is_shown {
        true => Ok(()),
        false => {
            let detail = format!("'{wanted}' is not shown here");
            Err(WebError::parameter("sort", &detail, "sort by one of the columns"))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_have_one_form_and_lead_nowhere_else() {
        for (text, kept) in [
            ("/?range=last_30_days&workspace=b", "/"),
            ("/campaigns?sort=-spend&filter=roas+%3C+1&after=x", "/campaigns?filter=roas+%3C+1&sort=-spend"),
            ("/campaigns/7?range=last_7_days", "/campaigns/7?range=last_7_days"),
            ("/analytics?by=week&by=platform", "/analytics?by=week&by=platform"),
        ] {
            assert_eq!(address(text).unwrap().to_string(), kept);
        }
        for wrong in [
            "https://evil.example/campaigns",
            "//evil.example/",
            "/imports",
            "/campaigns/7/edit",
            "/campaigns/+7",
            "/campaigns/",
            "/s/adh_x",
            "/api/v1/overview",
            "javascript:alert(1)",
            "",
        ] {
            assert!(address(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn readers_sort_and_page_and_nothing_else() {
        let of = |kept: &str, query: &str| {
            let page: Uri = kept.parse().unwrap();
            asked(kept, figures(page.path()).unwrap(), "north", query).map(|uri| uri.to_string())
        };
        let campaigns = "/campaigns?columns=spend%2Cclicks&range=last_7_days&sort=-roas";
        assert_eq!(
            of(campaigns, "sort=clicks&after=x").unwrap(),
            "/campaigns?columns=spend%2Cclicks&range=last_7_days&sort=clicks&after=x&workspace=north"
        );
        assert!(of(campaigns, "sort=roas").is_ok() && of(campaigns, "sort=campaign").is_ok());
        assert_eq!(of("/campaigns/7", "tab=ad").unwrap(), "/campaigns/7?tab=ad&workspace=north");
        assert!(of("/analytics?by=platform&metrics=spend", "sort=platform").is_ok());
        for (kept, query, parameter) in [
            (campaigns, "sort=-revenue", "sort"),
            (campaigns, "workspace=south", "workspace"),
            (campaigns, "range=all", "range"),
            (campaigns, "filter=", "filter"),
            (campaigns, "sort=spend&sort=clicks", "sort"),
            ("/", "sort=-spend", "sort"),
            ("/campaigns/7", "after=x", "after"),
            ("/analytics?by=platform&metrics=spend", "sort=-roas", "sort"),
        ] {
            let refused = of(kept, query).unwrap_err().problem();
            assert_eq!(refused.parameter.as_deref(), Some(parameter), "{kept} {query}");
        }
    }
}
