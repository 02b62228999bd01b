//! Records on the shelf: words stand there once, addresses beside them, and files of an older format go on being read.

use domain::{Additive, Level, Platform, Sums};
use duckdb::Connection;
use jiff::Timestamp;
use jiff::civil::{Date, date};
use store::Shelf;
use store::facts::Limits;
use store::shelf::{AddressRow, EntityRow, FigureRow, Lead, ShelfError, SourceId, StreamId, Word, Words};

const LIMITS: Limits = Limits { memory_mib: 128, threads: 2 };

fn first() -> Date {
    date(2026, 5, 1)
}

fn figure<'a>(stream: StreamId, key: u128, day: Date, words: Words<'a>, spend: i64) -> FigureRow<'a> {
    let mut sums = Sums::NONE;
    *sums.get_mut(Additive::Spend) = Some(spend);
    FigureRow {
        stream,
        generation: 0,
        key,
        day_in_key: true,
        platform: Platform::SnapchatAds,
        level: Level::Ad,
        day,
        words,
        budget_micros: None,
        choice: None,
        sums,
    }
}

fn ad<'a>(id: &'a str, name: Option<&'a str>) -> Words<'a> {
    let mut words = Words::default();
    words[Word::AccountId as usize] = Some("7");
    words[Word::CampaignId as usize] = Some("1");
    words[Word::AdId as usize] = Some(id);
    words[Word::Ad as usize] = name;
    words
}

/// All that the shelf would hand over: day, ad, spend, and where the ad leads.
fn handed_over(shelf: &mut Shelf, source: SourceId) -> Vec<String> {
    let mut told = Vec::new();
    for scope in shelf.due(source, Timestamp::UNIX_EPOCH).unwrap() {
        for account in shelf.ready(source, scope).unwrap() {
            shelf
                .rows(source, scope, &account, |row| {
                    let word = |word: Option<&str>| word.unwrap_or("-").to_owned();
                    let leads = row.leads.map(word);
                    let (id, name) = row.path[2];
                    let spend = row.sums.get(Additive::Spend).unwrap_or(-1);
                    told.push(format!("{} {} {} {spend} {}", row.day, word(id), word(name), leads.join(" ")));
                    Ok::<_, ShelfError>(())
                })
                .unwrap();
        }
    }
    told
}

fn filled(shelf: &mut Shelf) -> (SourceId, StreamId) {
    let source = shelf.source(1, "tap").unwrap();
    let (stream, _) = shelf.stream(source, "ads_stats_daily").unwrap();
    for n in 0..4u8 {
        let day = first().checked_add(jiff::Span::new().days(i64::from(n / 2))).unwrap();
        let words = if n % 2 == 0 { ad("a", None) } else { ad("b", Some("Two")) };
        shelf.push_figure(&figure(stream, u128::from(n), day, words, i64::from(n) + 1)).unwrap();
    }
    shelf.keep(source, Timestamp::UNIX_EPOCH, &[], &[]).unwrap();
    (source, stream)
}

fn count(path: &std::path::Path, sql: &str) -> i64 {
    Connection::open(path).unwrap().query_row(sql, [], |row| row.get(0)).unwrap()
}

#[test]
fn words_stand_there_once_and_are_found_again_by_another_process() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("records.duckdb");
    let mut shelf = Shelf::open(&path, &LIMITS).unwrap();
    let (source, stream) = filled(&mut shelf);
    let expected = [
        "2026-05-01 a - 1 - - -",
        "2026-05-01 b Two 2 - - -",
        "2026-05-02 a - 3 - - -",
        "2026-05-02 b Two 4 - - -",
    ];
    assert_eq!(handed_over(&mut shelf, source), expected);
    drop(shelf);
    assert_eq!(count(&path, "SELECT count(*) FROM about"), 2);

    // The same words again, others, and a record that replaces one.
    let mut shelf = Shelf::open(&path, &LIMITS).unwrap();
    shelf.push_figure(&figure(stream, 1, first(), ad("b", Some("Two")), 20)).unwrap();
    shelf.push_figure(&figure(stream, 9, first(), ad("c", None), 5)).unwrap();
    shelf.keep(source, Timestamp::UNIX_EPOCH, &[], &[]).unwrap();
    let told = handed_over(&mut shelf, source);
    assert_eq!(
        told[..3],
        ["2026-05-01 a - 1 - - -", "2026-05-01 b Two 20 - - -", "2026-05-01 c - 5 - - -"],
        "{told:#?}"
    );
    drop(shelf);
    assert_eq!(count(&path, "SELECT count(*) FROM about"), 3);
    assert_eq!(count(&path, "SELECT count(*) FROM figure"), 5);
}

#[test]
fn a_reading_that_no_longer_counts_takes_its_words_with_it() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("records.duckdb");
    let mut shelf = Shelf::open(&path, &LIMITS).unwrap();
    let (source, stream) = filled(&mut shelf);
    let anew = FigureRow { generation: 1, ..figure(stream, 1, first(), ad("z", None), 7) };
    shelf.push_figure(&anew).unwrap();
    shelf.keep(source, Timestamp::UNIX_EPOCH, &[], &[]).unwrap();
    assert_eq!(
        handed_over(&mut shelf, source).len(),
        4,
        "the reading before counts until the new one has ended"
    );
    shelf.activate(source, stream, 1, Timestamp::UNIX_EPOCH).unwrap();
    assert_eq!(handed_over(&mut shelf, source), ["2026-05-01 z - 7 - - -"]);
    // What is seen after that is not taken for what is gone.
    let later = FigureRow { generation: 1, ..figure(stream, 2, first(), ad("a", None), 8) };
    shelf.push_figure(&later).unwrap();
    shelf.keep(source, Timestamp::UNIX_EPOCH, &[], &[]).unwrap();
    assert_eq!(handed_over(&mut shelf, source), ["2026-05-01 a - 8 - - -", "2026-05-01 z - 7 - - -"]);
    drop(shelf);
    assert_eq!(count(&path, "SELECT count(*) FROM about"), 2);
}

#[test]
fn an_ad_leads_where_it_says_else_where_its_creative_does() {
    let folder = tempfile::tempdir().unwrap();
    let mut shelf = Shelf::open(&folder.path().join("records.duckdb"), &LIMITS).unwrap();
    let (source, _) = filled(&mut shelf);
    let mut words = Words::default();
    words[Word::AdId as usize] = Some("a");
    words[Word::Ad as usize] = Some("One");
    shelf
        .push_entity(&EntityRow {
            source,
            platform: Platform::SnapchatAds,
            level: Level::Ad,
            id: "a",
            version: 5,
            words,
            budget_micros: None,
        })
        .unwrap();
    let mut tell = |level, id, what, part, version, text| {
        let row =
            AddressRow { source, platform: Platform::SnapchatAds, level, id, what, part, version, text };
        shelf.push_address(&row).unwrap();
    };
    tell(Some(Level::Ad), "a", Lead::Creative, "", 5, "cr");
    tell(None, "cr", Lead::FinalUrl, "", 5, "https://shop.example/");
    tell(None, "cr", Lead::Suffix, "utm_source", 5, "snap");
    tell(None, "cr", Lead::Suffix, "utm_medium", 5, "cpc");
    tell(None, "cr", Lead::Suffix, "utm_medium", 4, "an older one that comes late");
    tell(Some(Level::Ad), "b", Lead::FinalUrl, "", 1, "https://old.example/");
    tell(Some(Level::Ad), "b", Lead::FinalUrl, "", 2, "");
    shelf.keep(source, Timestamp::UNIX_EPOCH, &[], &[]).unwrap();
    let told = handed_over(&mut shelf, source);
    assert_eq!(told[0], "2026-05-01 a One 1 https://shop.example/ utm_medium=cpc&utm_source=snap -");
    assert_eq!(told[1], "2026-05-01 b Two 2  - -", "it says that it leads nowhere");
}

#[test]
fn a_file_of_format_1_is_brought_to_todays() {
    const FORMAT_1: &str = "
        CREATE TABLE figure_1 AS
            SELECT f.* EXCLUDE (about, family, rank, spend_micros, impressions, clicks, link_clicks, conversions_e6,
                                revenue_micros, video_views),
                   w.* EXCLUDE (about, stream, platform, level, hash_hi, hash_lo),
                   f.family, f.rank, f.spend_micros, f.impressions, f.clicks, f.link_clicks, f.conversions_e6,
                   f.revenue_micros, f.video_views
            FROM figure f JOIN about w ON w.about = f.about;
        DROP TABLE figure;
        DROP TABLE about;
        DROP TABLE address;
        ALTER TABLE figure_1 RENAME TO figure;
        CREATE VIEW described AS FROM figure;
        UPDATE format SET version = 1;";
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("records.duckdb");
    let mut shelf = Shelf::open(&path, &LIMITS).unwrap();
    let (source, stream) = filled(&mut shelf);
    let before = handed_over(&mut shelf, source);
    drop(shelf);
    Connection::open(&path).unwrap().execute_batch(FORMAT_1).unwrap();

    let mut shelf = Shelf::open(&path, &LIMITS).unwrap();
    assert_eq!(handed_over(&mut shelf, source), before);
    shelf.push_figure(&figure(stream, 0, first(), ad("a", None), 10)).unwrap();
    shelf.keep(source, Timestamp::UNIX_EPOCH, &[], &[]).unwrap();
    assert_eq!(handed_over(&mut shelf, source)[0], "2026-05-01 a - 10 - - -");
    drop(shelf);
    assert_eq!(count(&path, "SELECT max(version)::BIGINT FROM format"), 2);
    assert_eq!(count(&path, "SELECT count(*) FROM figure"), 4, "a record replaces the one of before");
    Connection::open(&path).unwrap().execute_batch("UPDATE format SET version = 99").unwrap();
    assert!(matches!(Shelf::open(&path, &LIMITS), Err(ShelfError::Newer { found: 99, .. })));
}
