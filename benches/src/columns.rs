//! The campaigns' days as plain arrays sorted by day: what a program written for one question would keep.

use std::collections::HashMap;
use std::ops::Range;

use anyhow::Context;
use domain::{Additive, Currency, Period};
use duckdb::arrow::array::{Array, AsArray, RecordBatch};
use duckdb::arrow::datatypes::{Int64Type, UInt16Type, UInt32Type};
use jiff::civil::{Date, date};
use store::facts::currency_number;

use crate::server::Server;

/// One entry of each array per campaign and day.
#[derive(Debug, Default)]
pub(crate) struct Columns {
    /// Days since 1970-01-01.
    pub day: Vec<u16>,
    pub platform: Vec<u8>,
    pub currency: Vec<u16>,
    pub campaign: Vec<u32>,
    /// In the order of [`Additive::STORED`]; 0 where nothing was stated.
    pub figures: [Vec<i64>; Additive::STORED.len()],
    /// A bit for each figure that was stated.
    pub stated: Vec<u8>,
    /// Places that dense arrays by campaign need.
    pub campaigns: usize,
    /// The currencies, each at its slot.
    pub currencies: Vec<u16>,
    /// The slot of each currency.
    pub slots: Vec<u8>,
}

impl Columns {
    /// Reads the whole workspace.
    pub fn load(server: &Server) -> anyhow::Result<Self> {
        let figures = Additive::STORED.map(Additive::column).join(", ");
        let sql = format!(
            "SELECT (day - DATE '1970-01-01')::USMALLINT, account, campaign, {figures}
             FROM campaign_day WHERE workspace = {} ORDER BY day",
            server.workspace.id
        );
        let mut columns = Self { slots: vec![u8::MAX; 1 << 16], ..Self::default() };
        server.ledger.facts().read(|connection| {
            // An account's platform and currency never change.
            let mut accounts = HashMap::new();
            let mut statement = connection.prepare("SELECT account, platform, currency FROM account")?;
            let mut rows = statement.query([])?;
            while let Some(row) = rows.next()? {
                let currency: Currency = row.get::<_, String>(2)?.parse()?;
                accounts.insert(row.get::<_, u32>(0)?, (row.get::<_, u8>(1)?, currency_number(currency)));
            }
            let mut statement = connection.prepare(&sql)?;
            for batch in statement.query_arrow([])? {
                columns.take(&batch, &accounts).context("the engine gave other than was asked for")?;
            }
            Ok::<_, anyhow::Error>(())
        })?;
        Ok(columns)
    }

    fn take(&mut self, batch: &RecordBatch, accounts: &HashMap<u32, (u8, u16)>) -> Option<()> {
        self.day.extend(batch.column(0).as_primitive_opt::<UInt16Type>()?.values());
        for account in batch.column(1).as_primitive_opt::<UInt32Type>()?.values() {
            let (platform, currency) = *accounts.get(account)?;
            self.platform.push(platform);
            self.currency.push(currency);
            let slot = &mut self.slots[usize::from(currency)];
            if *slot == u8::MAX {
                *slot = u8::try_from(self.currencies.len()).ok()?;
                self.currencies.push(currency);
            }
        }
        let campaigns = batch.column(2).as_primitive_opt::<UInt32Type>()?.values();
        self.campaign.extend(campaigns);
        let most = campaigns.iter().max().map_or(0, |most| *most as usize + 1);
        self.campaigns = self.campaigns.max(most);
        let first = self.stated.len();
        self.stated.resize(self.day.len(), 0);
        for (n, figure) in self.figures.iter_mut().enumerate() {
            let values = batch.column(3 + n).as_primitive_opt::<Int64Type>()?;
            for row in 0..values.len() {
                let is_stated = values.is_valid(row);
                figure.push(if is_stated { values.value(row) } else { 0 });
                self.stated[first + row] |= u8::from(is_stated) << n;
            }
        }
        Some(())
    }

    /// The entries of a period.
    pub fn rows(&self, period: Period) -> Range<usize> {
        let before = |day: u16| self.day.partition_point(|of| *of < day);
        before(number(period.from()))..before(number(period.to()) + 1)
    }
}

/// A day as days since 1970-01-01.
pub(crate) fn number(day: Date) -> u16 {
    u16::try_from(domain::period::days_between(date(1970, 1, 1), day)).unwrap_or(0)
}
