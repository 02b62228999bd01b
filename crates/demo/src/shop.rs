//! What the company's shops sold, by their own records: Shopify's report of sales by day, for each currency.

use domain::Platform;
use domain::period::days_between;
use jiff::civil::Date;

use crate::account::Account;
use crate::capture::Capture;
use crate::line::Line;
use crate::share::mix;
use crate::sheet::{Form, Sheet};

const HEADERS: [&str; 9] =
    ["Day", "Orders", "Gross sales", "Discounts", "Returns", "Net sales", "Shipping", "Taxes", "Total sales"];

/// The share of what is sold that comes back, in thousandths, and how many days that takes.
const RETURNED: u64 = 70;
const RETURN_DAYS: u64 = 30;
/// The share of a day that is sold by the time of the export on its morning, in thousandths.
const SOLD_BY_MORNING: u64 = 210;

/// The shops: one for each currency. They have no campaigns.
pub(crate) fn shops() -> [Account; 3] {
    let shop = |name: &str, currency, minute| Account {
        name: name.to_owned(),
        platform: Platform::Shopify,
        currency,
        campaigns: 0,
        minute,
    };
    [
        shop("Northwind Outdoor EU Shop", "EUR", 53),
        shop("Northwind Outdoor UK Shop", "GBP", 54),
        shop("Northwind Outdoor US Shop", "USD", 55),
    ]
}

/// Begins the report.
pub(crate) fn begin(capture: &Capture) -> anyhow::Result<Sheet> {
    let mut sheet = Sheet::create(capture.folder, &capture.file_name("sales"), Form::Csv)?;
    sheet.aside(|line| HEADERS.iter().for_each(|header| _ = line.text(header)))?;
    Ok(sheet)
}

/// A day on which platforms claim `value` and `conversions` in the end, in hundredths. Some of it would have been sold without
/// ads, some is claimed twice, and some sales nobody claims: what was sold is near what is claimed, but not the same.
pub(crate) fn row(
    sheet: &mut Sheet,
    capture: &Capture,
    day: Date,
    value: u64,
    conversions: u64,
) -> anyhow::Result<()> {
    let age = u64::from(days_between(day, capture.to).unsigned_abs());
    let luck = 1_060
        + mix(u64::from(day.day_of_year().unsigned_abs()) << 8
            | u64::from(capture.account.minute.unsigned_abs()))
            % 260;
    let by_now = if age == 0 { SOLD_BY_MORNING } else { 1_000 };
    let gross = value * luck / 1_000 * by_now / 1_000;
    let orders = conversions * luck / 1_000 * by_now / 1_000 / 100;
    let discounts = gross * 45 / 1_000;
    let returns = gross * RETURNED / 1_000 * age.min(RETURN_DAYS) / RETURN_DAYS;
    let net = gross - discounts - returns;
    let (shipping, taxes) = (orders * 290, net * 19 / 100);
    sheet.row(|line| {
        line.text(&day.to_string()).integer(orders).decimal(gross);
        negative(line, discounts);
        negative(line, returns);
        line.decimal(net).decimal(shipping).decimal(taxes).decimal(net + shipping + taxes);
    })
}

/// `-12.34` of 1234, and `0.00` of nothing.
fn negative(line: &mut Line, hundredths: u64) {
    let sign = if hundredths > 0 { "-" } else { "" };
    line.text(&format!("{sign}{}.{:02}", hundredths / 100, hundredths % 100));
}
