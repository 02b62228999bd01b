//! Columns of tables that no platform's words tell, guessed by name and by value.

use std::io::Cursor;

use ingest::{Mapping, Wishes, guess};

use crate::shown;

/// A table's name, and its columns: as headed, the form of its values, what it is.
type Table = (&'static str, &'static [(&'static str, &'static str, &'static str)]);

/// Headers as real exports have them, in other words, and what each is; nothing for those of no use.
const TABLES: &[Table] = &[
    (
        "google campaign by day",
        &[
            ("Channel", "channel", "campaign_type"),
            ("Cmpgn Name", "name", "campaign"),
            ("Report date", "iso", "date"),
            ("Currency", "code", "currency"),
            ("Total Spend", "money", "spend"),
            ("Link clicks", "count", "clicks"),
            ("Imps", "big", "impressions"),
            ("Click rate", "percent", ""),
            ("Avg cost", "money", ""),
            ("Orders", "decimal", "conversions"),
            ("Conversion %", "percent", ""),
            ("Sales amount", "money", "revenue"),
            ("Cost per order", "money", ""),
        ],
    ),
    (
        "google campaign",
        &[
            ("campaign_state", "status", "campaign_status"),
            ("campaign_title", "name", "campaign"),
            ("daily_budget", "money", "budget"),
            ("budget_label", "name", ""),
            ("budget_kind", "word", ""),
            ("state_reasons", "word", ""),
            ("campaign_kind", "channel", "campaign_type"),
            ("impressions_total", "big", "impressions"),
            ("interactions", "count", ""),
            ("interaction_rate", "percent", ""),
            ("ccy", "code", "currency"),
            ("avg_cost", "money", ""),
            ("cost_eur", "money", "spend"),
            ("clicks_total", "count", "clicks"),
            ("conv_rate", "percent", ""),
            ("conversions_total", "decimal", "conversions"),
            ("cost_per_conv", "money", ""),
        ],
    ),
    (
        "google search terms, german",
        &[
            ("Suchanfrage", "term", "search_term"),
            ("Keyword Option", "word", "match_type"),
            ("Hinzugefügt", "word", ""),
            ("Kampagnenname", "name", "campaign"),
            ("Anzeigengruppe", "name", "ad_group"),
            ("Suchkeyword", "term", "keyword"),
            ("Einblendungen", "big", "impressions"),
            ("Interaktionen", "count", ""),
            ("Klicks", "count", "clicks"),
            ("Währung", "code", "currency"),
            ("Ausgaben", "comma", "spend"),
            ("Käufe", "decimal", "conversions"),
            ("Kampagnentyp", "channel", "campaign_type"),
        ],
    ),
    (
        "meta ad by day",
        &[
            ("campaignName", "name", "campaign"),
            ("adsetName", "name", "ad_group"),
            ("creativeName", "name", "ad"),
            ("reportDate", "iso", "date"),
            ("runningState", "status", "status"),
            ("rowLevel", "word", ""),
            ("resultKind", "word", ""),
            ("costPerResult", "money", ""),
            ("mediaSpend", "money", "spend"),
            ("impressionCount", "big", "impressions"),
            ("uniqueReach", "big", ""),
            ("attributionWindow", "word", "attribution"),
            ("purchaseCount", "count", "conversions"),
            ("purchaseValue", "money", "revenue"),
            ("outboundClicks", "count", "link_clicks"),
            ("periodStart", "iso", "start"),
            ("periodEnd", "iso", "end"),
        ],
    ),
    (
        "meta short, french",
        &[
            ("Jour", "dmy", "date"),
            ("Campagne", "name", "campaign"),
            ("Dépenses", "euro", "spend"),
            ("Impressions", "big", "impressions"),
            ("Couverture", "big", ""),
            ("Clics", "count", "clicks"),
            ("Commandes", "count", "conversions"),
            ("Chiffre d'affaires", "euro", "revenue"),
        ],
    ),
    (
        "pinterest",
        &[
            ("Date (day)", "iso", "date"),
            ("Campaign title", "name", "campaign"),
            ("Group of ads", "name", "ad_group"),
            ("Creative", "name", "ad"),
            ("Ad state", "status", "ad_status"),
            ("Creative ID", "id", "ad_id"),
            ("Net cost", "money", "spend"),
            ("Times shown", "big", "impressions"),
            ("Reach", "big", ""),
            ("Clicks", "count", "clicks"),
            ("Exit clicks", "count", "link_clicks"),
            ("Checkouts", "count", "conversions"),
            ("Order value", "money", "revenue"),
            ("Cmp ID", "id", "campaign_id"),
        ],
    ),
    (
        "spotify",
        &[
            ("campaign_key", "id", "campaign_id"),
            ("campaign", "name", "campaign"),
            ("line_item_id", "id", "ad_group_id"),
            ("line_item", "name", "ad_group"),
            ("creative_id", "id", "ad_id"),
            ("creative", "name", "ad"),
            ("format", "word", ""),
            ("dt", "iso", "date"),
            ("served_impressions", "big", "impressions"),
            ("reach", "big", ""),
            ("frequency", "decimal", ""),
            ("clicks", "count", "clicks"),
            ("ctr", "percent", ""),
            ("cost", "money", "spend"),
            ("cpc", "money", ""),
            ("cpm", "money", ""),
            ("transactions", "count", "conversions"),
            ("attributed_revenue_usd", "money", "revenue"),
        ],
    ),
    (
        "shopify",
        &[
            ("Datum", "iso", "date"),
            ("Artikel", "name", ""),
            ("SKU", "id", ""),
            ("Monat", "iso", "month"),
            ("Stück", "count", ""),
            ("Rabatte", "money", ""),
            ("Retouren", "money", ""),
            ("Steuern", "money", ""),
            ("Umsatz", "money", "revenue"),
            ("Bestellungen", "count", "conversions"),
        ],
    ),
    (
        "microsoft",
        &[
            ("Timestamp", "iso", "date"),
            ("Client name", "name", "account"),
            ("Camp. name", "name", "campaign"),
            ("Media cost", "money", "spend"),
            ("Impression count", "big", "impressions"),
            ("Click count", "count", "clicks"),
        ],
    ),
    (
        "spanish",
        &[
            ("Fecha", "dmy", "date"),
            ("Nombre de campaña", "name", "campaign"),
            ("Inversión", "comma", "spend"),
            ("Impresiones", "big", "impressions"),
            ("Clics totales", "count", "clicks"),
            ("Pedidos", "count", "conversions"),
            ("Ingresos", "comma", "revenue"),
            ("Tasa de clics", "percent", ""),
        ],
    ),
];

/// A value of a kind, another in every row.
fn value(kind: &str, row: usize) -> String {
    let n = row * 37 + 11;
    match kind {
        "iso" => format!("2026-10-{:02}", row + 1),
        "dmy" => format!("{:02}/10/2026", row + 13),
        "code" => "EUR".to_owned(),
        "money" => format!("{}.{:02}", n, n % 100),
        "comma" => format!("1.{:03},{:02}", n % 1000, n % 100),
        "euro" => format!("{},{:02} €", n, n % 100),
        "decimal" => format!("{}.5", n % 9),
        "count" => (n % 90).to_string(),
        "big" => (n * 531).to_string(),
        "percent" => format!("{}.{:02}%", n % 9, n % 100),
        "id" => format!("5018823{:04}", n),
        "status" => ["active", "paused"][row % 2].to_owned(),
        "channel" => ["Search", "Display", "Shopping"][row % 3].to_owned(),
        "word" => ["alpha", "beta"][row % 2].to_owned(),
        "term" => format!("light tent {row}"),
        _ => format!("Brand – Tents {row} | north"),
    }
}

fn table(columns: &[(&str, &str, &str)]) -> String {
    let line =
        |cells: Vec<String>| cells.iter().map(|cell| format!("\"{cell}\"")).collect::<Vec<_>>().join(",");
    let mut text = line(columns.iter().map(|(header, ..)| (*header).to_owned()).collect()) + "\n";
    for row in 0..12 {
        text += &(line(columns.iter().map(|(_, kind, _)| value(kind, row)).collect()) + "\n");
    }
    text
}

#[test]
fn most_columns_are_guessed_right() {
    let (mut right, mut all) = (0, 0);
    for (name, columns) in TABLES {
        let guess = guess(Cursor::new(table(columns)), "table.csv").unwrap();
        for ((header, _, expect), column) in columns.iter().zip(&guess.columns) {
            all += 1;
            let is_right = column.used_as.unwrap_or("") == *expect;
            right += u32::from(is_right);
            if !is_right {
                println!("{name}: '{header}' is {expect:?}, guessed {:?}", column.used_as);
            }
        }
    }
    println!("{right} of {all} columns guessed right, {:.1} %", f64::from(right) / f64::from(all) * 100.0);
    assert!(right * 100 >= all * 95, "{right} of {all}");
}

#[test]
fn a_guess_is_a_mapping_that_reads_the_table() {
    let columns = TABLES.iter().find(|(name, _)| *name == "spanish").unwrap().1;
    let text = table(columns);
    assert!(shown::read(text.as_bytes(), &Wishes::default()).is_err());
    let mapping = guess(Cursor::new(&text), "table.csv").unwrap().mapping.unwrap();
    let said: Mapping = mapping.to_string().parse().unwrap();
    assert_eq!(said, mapping);
    let wishes = Wishes { mapping: Some(mapping), currency: "EUR".parse().ok(), ..Wishes::default() };
    let read = shown::read(text.as_bytes(), &wishes).unwrap();
    insta::assert_snapshot!("mapped_table", shown::text(&read));
    // What was said once is known the next time, for just these headers.
    let known = Wishes { known_mappings: vec![read.about.mapping.unwrap()], ..Wishes::default() };
    assert_eq!(shown::read(text.as_bytes(), &known).unwrap().rows.len(), read.rows.len());
    let other = text.replacen("Pedidos", "Ventas", 1);
    assert!(shown::read(other.as_bytes(), &known).is_err());
}

#[test]
fn what_names_leave_open_values_tell() {
    let text = "A,B,C,D\n2026-10-01,Tents,€12.50,EUR\n2026-10-02,Boats,€1.00,EUR\n";
    let guess = guess(Cursor::new(text), "table.csv").unwrap();
    let used: Vec<_> = guess.columns.iter().map(|column| column.used_as.unwrap_or("-")).collect();
    assert_eq!(used, ["date", "campaign", "spend", "currency"]);
    assert!(guess.columns.iter().all(|column| column.by == "values" && column.confidence == 60));
}

#[test]
fn how_sure_a_guess_is_and_what_stays_open_is_told() {
    let text =
        "Day,Campaign,Money for ads,Hue\n03/04/2026,Tents,\"1,234\",red\n03/04/2026,Boats,\"2,345\",blue\n";
    let told = guess(Cursor::new(text), "table.csv").unwrap();
    let sure: Vec<_> = told.columns.iter().map(|column| (column.used_as, column.confidence)).collect();
    assert_eq!((sure[0].0, sure[1].0, sure[3]), (Some("date"), Some("campaign"), (None, 0)));
    assert_eq!(sure[0].1, 100, "a known name and values that fit");
    assert_eq!(told.open_date.as_deref(), Some("03/04/2026"));
    let clear = text.replacen("03/04/2026", "16/04/2026", 1).replacen("1,234", "1,234.50", 1);
    let clear = guess(Cursor::new(clear), "table.csv").unwrap();
    assert_eq!((clear.open_date, clear.open_number), (None, None));
    let cost = text.replace("Money for ads", "Cost");
    assert_eq!(guess(Cursor::new(cost), "table.csv").unwrap().open_number.as_deref(), Some("1,234"));
}

#[test]
fn columns_of_one_header_or_none_are_told_apart_and_marks_are_as_said() {
    let text =
        "Day,Cost,Cost,,Klicks\n03/04/2026,9,\"1.234\",Tents,\"1.000\"\n04/04/2026,9,\"2.000\",Boats,7\n";
    let said = "date=Day,spend=\"Cost\"#2,campaign=\"\"#1,clicks=Klicks,currency=EUR,dates=dmy,decimal=comma";
    let wishes = Wishes { mapping: said.parse().ok(), ..Wishes::default() };
    let read = shown::read(text.as_bytes(), &wishes).unwrap();
    for (row, told) in read.rows.iter().zip([
        ["2026-04-03", "\"Tents\"", "spend=1234.00", "clicks=1000"],
        ["2026-04-04", "\"Boats\"", "spend=2000.00", "clicks=7"],
    ]) {
        assert!(told.iter().all(|told| row.contains(told)), "{row} tells not {told:?}");
    }
    // All of it is known the next time, though nobody says it again.
    let known = Wishes { known_mappings: vec![read.about.mapping.clone().unwrap()], ..Wishes::default() };
    assert_eq!(shown::text(&shown::read(text.as_bytes(), &known).unwrap()), shown::text(&read));
    let missing = Wishes { mapping: "spend=\"Cost\"#3".parse().ok(), ..Wishes::default() };
    assert!(shown::read(text.as_bytes(), &missing).is_err());
}

#[test]
fn a_mapping_that_does_not_suit_is_refused() {
    let wishes = Wishes { mapping: "date=Day,spend=Kosten".parse().ok(), ..Wishes::default() };
    let Err(refusal) = shown::read(b"Day,Campaign,Cost\n2026-10-01,a,1\n", &wishes) else { panic!("read") };
    assert!(refusal.seems().contains("'Kosten'") && refusal.remedy().contains("'Cost'"), "{refusal}");
}
