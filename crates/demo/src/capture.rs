//! One export of one account: when it was made and which days it covers.

use std::path::Path;

use domain::Platform;
use jiff::civil::{Date, DateTime};

use crate::Written;
use crate::account::Account;
use crate::sheet::Sheet;

/// What all files of one export of one account share.
pub(crate) struct Capture<'a> {
    pub folder: &'a Path,
    pub account: &'a Account,
    pub from: Date,
    pub to: Date,
    pub at: DateTime,
}

impl<'a> Capture<'a> {
    /// The export made on the morning of `to`.
    pub fn new(folder: &'a Path, account: &'a Account, from: Date, to: Date) -> Self {
        Self { folder, account, from, to, at: account.captured_at(to) }
    }

    /// The name of this export's file of `what`.
    pub fn file_name(&self, what: &str) -> String {
        format!("{}-{what}-{}.csv", self.account.slug(), self.to)
    }

    /// Ends the file and says what was written.
    pub fn written(&self, sheet: Sheet) -> anyhow::Result<Written> {
        let (path, rows) = sheet.finish()?;
        let currency = (self.account.platform == Platform::Shopify).then_some(self.account.currency);
        Ok(Written { path, account: self.account.name.clone(), captured_at: self.at, currency, rows })
    }
}
