//! Where ads lead: the columns of addresses, and cells that say nothing or too much.

use std::convert::Infallible;
use std::io::Cursor;

use ingest::{Wishes, recognise};

/// The three addresses of each row, `-` for a column that is not there; and the warnings.
fn read(file: &str) -> (Vec<[String; 3]>, Vec<String>) {
    let export = recognise(Cursor::new(file.as_bytes()), "file.csv", &Wishes::default()).unwrap();
    let mut rows = Vec::new();
    let each = |row: &ingest::Row<'_>| {
        let of = row.addresses;
        rows.push([of.final_url, of.suffix, of.template].map(|text| text.unwrap_or("-").to_owned()));
        Ok::<(), Infallible>(())
    };
    let warnings = export.read(each, |_| {}).unwrap().warnings;
    (rows, warnings)
}

#[test]
fn addresses_are_read_with_the_figures_of_their_ads() {
    let google = "Campaign,Ad group,Ad ID,Final URL,Final URL suffix,Tracking template,Day,Currency code,Cost,Clicks,Impr.\n\
        Tents,Small,9,\"https://a.example/?x=1,2\",utm_source=g, --,2026-11-01,EUR,1.00,1,10\n\
        Tents,Small,8,,,{lpurl}?a=1,2026-11-01,EUR,1.00,1,10\n";
    let (rows, warnings) = read(google);
    assert_eq!(rows, [["https://a.example/?x=1,2", "utm_source=g", ""], ["", "", "{lpurl}?a=1"]]);
    assert!(warnings.is_empty(), "{warnings:?}");
    let meta = "Campaign name,Ad set name,Ad name,Website URL,URL parameters,Day,Amount spent (EUR),Impressions,Link clicks\n\
        Tents,Small,One,https://a.example/,utm_source=fb&utm_campaign={{campaign.name}},2026-11-01,1.00,10,1\n";
    assert_eq!(read(meta).0, [["https://a.example/", "utm_source=fb&utm_campaign={{campaign.name}}", "-"]]);
}

#[test]
fn what_is_too_long_to_be_an_address_is_left_out_and_told() {
    let file = format!(
        "Campaign,Final URL,Day,Currency code,Cost,Clicks,Impr.\nTents,https://a.example/?x={},2026-11-01,EUR,1.00,1,10\n",
        "y".repeat(9000)
    );
    let (rows, warnings) = read(&file);
    assert_eq!(rows, [["-", "-", "-"]]);
    let said = "Cells with addresses of more than 8,192 bytes";
    assert!(warnings.iter().any(|warning| warning.starts_with(said)), "{warnings:?}");
}
