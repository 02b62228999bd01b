//! `adroit demo` fills a folder with an invented company, the same for the same seed.

use std::thread;

use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};
use serde_json::Value;

use crate::program::Folder;
use crate::server::Server;

fn filled(seed: &str) -> (Folder, Value) {
    let folder = Folder::new();
    let reports = folder.json(["demo", "--no-serve", "--json", "--seed", seed]);
    (folder, reports)
}

/// The last day that the demo shows: today from seven in the morning on.
fn last_day() -> String {
    (Timestamp::now().to_zoned(TimeZone::UTC) - 7.hours()).date().to_string()
}

#[test]
fn equal_seeds_show_equal_companies() {
    let ((one, reports), (other, same_reports)) = loop {
        let began = last_day();
        let both = thread::scope(|scope| {
            let other = scope.spawn(|| filled("7"));
            (filled("7"), other.join().unwrap())
        });
        // On the boundary of days the two would rightly differ.
        if began == last_day() {
            break both;
        }
    };
    let reports = reports.as_array().unwrap();
    assert!(reports.len() >= 12, "one report for each file: {}", reports.len());
    assert_eq!(Some(reports), same_reports.as_array());
    for report in reports {
        let skipped = report["skipped"].as_array().unwrap();
        let notes =
            skipped.iter().filter(|skip| skip["reason"].to_string().contains("taken for a note")).count();
        let totals = report["file_totals"].as_array().unwrap().len();
        assert_eq!(report["rows"]["skipped"], totals + notes, "{report}");
    }

    let (server, same) = (Server::start(&one), Server::start(&other));
    let overview = server.get("/api/v1/overview");
    assert_eq!(overview, same.get("/api/v1/overview"));
    assert!(overview["totals"]["spend_micros"].as_i64().unwrap() > 0, "{overview}");
    shows_what_it_should(&server, &overview);

    // A filled folder is used as it is.
    server.stop().succeeded();
    let again = one.run(["demo", "--no-serve", "--seed", "8"]).succeeded();
    assert!(again.stderr.contains("filled already"), "{again:?}");
    let server = Server::start(&one);
    assert_eq!(server.get("/api/v1/overview"), overview);
}

fn shows_what_it_should(server: &Server, overview: &Value) {
    let last = last_day();
    assert_eq!(overview["period"]["to"], *last);
    for fresh in overview["freshness"].as_array().unwrap() {
        assert_eq!(fresh["provisional"], serde_json::json!([last]), "{fresh}");
    }
    let workspaces = server.get("/api/v1/workspaces");
    assert!(workspaces.to_string().contains("Northwind Outdoor"), "{workspaces}");
    assert!(!workspaces.to_string().contains("default"), "no empty one beside it: {workspaces}");

    let campaigns = server.get("/api/v1/campaigns?range=all&limit=200");
    assert!(campaigns["row_count"].as_u64().unwrap() >= 152, "{}", campaigns["row_count"]);
    let rows = campaigns["rows"].as_array().unwrap();
    let named = |name: &str| {
        rows.iter()
            .find(|row| row["campaign"] == name)
            .unwrap_or_else(|| panic!("there is no campaign '{name}'"))
    };
    // Meta's exports carry no ids: the renamed campaign is seen under both names.
    for name in ["DE_Retargeting_Warenkrob_14d", "DE_Retargeting_Warenkorb_14d"] {
        assert!(named(name)["spend_micros"].as_i64().unwrap() > 0);
    }
    let paused = named("DE | Search | Generic | Wanderschuhe | Exact");
    assert_eq!(paused["status"], "paused", "{paused}");

    let plans = server.get("/api/v1/plans");
    let plans = plans["plans"].as_array().unwrap();
    for about in ["campaign", "label", "planned"] {
        assert!(plans.iter().any(|plan| !plan[about].is_null()), "no plan about a {about}: {plans:?}");
    }
    assert!(plans.iter().all(|plan| plan["notes"].as_str().unwrap().contains("Sample data")), "{plans:?}");
    assert!(plans.iter().any(|plan| plan["pacing"]["pace"].is_string()), "{plans:?}");

    let currencies = server.get("/api/v1/analytics?by=currency&metrics=spend&range=all");
    let mut codes: Vec<&str> =
        currencies["rows"].as_array().unwrap().iter().filter_map(|row| row["currency"].as_str()).collect();
    codes.sort_unstable();
    assert_eq!(codes, ["EUR", "GBP", "USD"]);
}

#[test]
fn another_seed_makes_other_figures() {
    let sums = ["9", "9", "10"].map(|seed| {
        let folder = Folder::new();
        folder.run(["demo", "--no-serve", "--rows", "3000", "--seed", seed]).succeeded();
        folder.sums(&[])
    });
    assert!(sums[0][1].as_i64().is_some_and(|impressions| impressions > 0), "{sums:?}");
    assert_eq!(sums[0], sums[1]);
    assert_ne!(sums[0], sums[2]);
}
