//! What the user says decides where the file does not.

use ingest::{DateOrder, Refusal, Wishes};

use crate::{fixtures, shown};

const OPEN: &str = "Campaign,Day,Cost,Impr.\nPools,03/04/2026,1.00,10\n";

#[test]
fn the_order_of_dates() {
    let read = |order| {
        let wishes = Wishes { date_order: Some(order), ..Wishes::default() };
        shown::read(OPEN.as_bytes(), &wishes).unwrap().reading.days.unwrap().to_string()
    };
    assert_eq!(read("dmy".parse().unwrap()), "2026-04-03..2026-04-03");
    assert_eq!(read(DateOrder::MonthFirst), "2026-03-04..2026-03-04");
    assert!(matches!(shown::read(OPEN.as_bytes(), &Wishes::default()), Err(Refusal::OpenDateOrder(_))));
    assert!("ymd".parse::<DateOrder>().is_err());
}

#[test]
fn an_order_that_only_the_days_tell_is_said() {
    let warnings = |dates: [&str; 2], order: Option<DateOrder>| {
        let file = format!(
            "Campaign,Day,Cost (EUR),Impr.\nPools,{},1.00,10\nPools,{},1.00,10\n",
            dates[0], dates[1]
        );
        shown::read(file.as_bytes(), &Wishes { date_order: order, ..Wishes::default() })
            .unwrap()
            .reading
            .warnings
    };
    let [said] = warnings(["03/04/2026", "05/04/2026"], None).try_into().unwrap();
    assert!(said.contains("03/04/2026 were read with the day first"), "{said}");
    assert!(said.contains("--date-order mdy"), "{said}");
    let [said] = warnings(["04/03/2026", "04/05/2026"], None).try_into().unwrap();
    assert!(said.contains("month first") && said.contains("--date-order dmy"), "{said}");
    for (dates, order) in [
        (["03/04/2026", "05/04/2026"], Some(DateOrder::DayFirst)),
        (["03/04/2026", "16/04/2026"], None),
        (["2026-04-03", "2026-04-05"], None),
    ] {
        assert_eq!(warnings(dates, order), Vec::<String>::new(), "{dates:?}");
    }
}

#[test]
fn an_order_that_is_told_late_is_found() {
    let mut file = String::from("Campaign,Day,Cost,Impr.\n");
    for _ in 0..20_000 {
        file += "Pools,03/04/2026,1.00,10\n";
    }
    file += "Pools,16/04/2026,1.00,10\n";
    let read = shown::read(file.as_bytes(), &Wishes::default()).unwrap();
    assert_eq!(read.reading.days.unwrap().to_string(), "2026-04-03..2026-04-16");
}

#[test]
fn the_currency() {
    let read = |file: &str, wish: &str| {
        let read = shown::read(file.as_bytes(), &Wishes { currency: wish.parse().ok(), ..Wishes::default() })
            .unwrap();
        let currencies: Vec<String> = read.reading.sums.keys().map(ToString::to_string).collect();
        (currencies.join(" "), read.reading.warnings.len())
    };
    for (header, cell, wish, currency, warnings) in [
        ("Cost", "1.00", "", "XXX", 1),
        ("Cost", "1.00", "EUR", "EUR", 0),
        ("Cost (AUD)", "1.00", "", "AUD", 0),
        ("Cost (AUD)", "1.00", "EUR", "AUD", 1),
        ("Cost ($)", "1.00", "", "USD", 1),
        ("Cost ($)", "1.00", "CAD", "CAD", 0),
        ("Cost", "$1.00", "", "USD", 1),
        ("Cost", "€1.00", "", "EUR", 0),
        ("Cost", "1.00 £", "", "GBP", 0),
        ("Cost", "¥100", "", "JPY", 0),
        ("Cost", "₹100", "", "INR", 0),
        ("Cost", "A$1.00", "", "AUD", 0),
        ("Cost", "€1.00", "USD", "USD", 1),
        ("Cost,Currency code", "1.00,NZD", "EUR", "NZD", 0),
        ("Cost,Currency code", "1.00, --", "EUR", "EUR", 0),
    ] {
        let file = format!("Campaign,Day,{header}\nPools,2026-04-03,{cell}\n");
        assert_eq!(read(&file, wish), (currency.to_owned(), warnings), "{header} {cell} {wish}");
    }
    let two = "Campaign,Day,Cost\nPools,2026-04-03,€1.00\nSauna,2026-04-03,£2.00\n";
    assert_eq!(read(two, "").0, "EUR GBP");
}

#[test]
fn whoever_takes_rows_may_stop() {
    let bytes = fixtures::report("google_campaign_by_day");
    let export = ingest::recognise(std::io::Cursor::new(&bytes), "file.csv", &Wishes::default()).unwrap();
    let mut taken = 0;
    let stopped = export.read(
        |_| {
            taken += 1;
            if taken == 2 { Err("enough") } else { Ok(()) }
        },
        |_| {},
    );
    assert!(matches!(stopped, Err(ingest::ReadError::Stopped("enough"))));
    assert_eq!(taken, 2);
}
