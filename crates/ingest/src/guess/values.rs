//! What the values of a column say.

use std::collections::BTreeSet;

use domain::Currency;

use crate::dates::written;
use crate::number::{self, Style, split_sign};
use crate::plan::{currency_of, text};
use crate::role::Role;

/// Different values that are kept.
const KEPT: usize = 64;

/// What the values of a column are.
#[derive(Debug, Default)]
pub(super) struct Values {
    /// Values that are stated.
    stated: u32,
    days: u32,
    numbers: u32,
    whole: u32,
    percents: u32,
    codes: u32,
    /// Digits and letters without spaces, at least four of them, a digit among them.
    ids: u32,
    /// Texts with letters in them.
    texts: u32,
    different: BTreeSet<String>,
    /// The currency whose sign or code stands at the numbers.
    pub(super) currency: Option<Currency>,
    signs: u32,
}

impl Values {
    pub(super) fn of<'a>(cells: impl Iterator<Item = &'a str>) -> Self {
        let mut values = Self::default();
        for cell in cells.filter_map(text) {
            if number::is_null(cell) {
                continue;
            }
            values.see(cell);
        }
        values
    }

    fn see(&mut self, cell: &str) {
        self.stated += 1;
        if self.different.len() < KEPT {
            self.different.insert(cell.to_owned());
        }
        if written(cell).is_some() && cell.bytes().filter(u8::is_ascii_digit).count() >= 5 {
            self.days += 1;
        }
        self.percents += u32::from(cell.ends_with('%') || cell.starts_with('%'));
        let is_number = |style| number::parse(cell, style).ok().flatten();
        let numbers = [is_number(Style::Point), is_number(Style::Comma)];
        if numbers.iter().any(Option::is_some) {
            self.numbers += 1;
            self.whole += u32::from(numbers.iter().flatten().any(|number| number.count().is_ok()));
            let (sign, _) = split_sign(cell.trim_matches(['-', '(', ')']));
            if let Some(currency) = currency_of(sign) {
                self.signs += 1;
                self.currency.get_or_insert(currency);
            }
        }
        let is_code = cell.len() == 3 && cell.bytes().all(|byte| byte.is_ascii_uppercase());
        self.codes += u32::from(is_code);
        let has_digit = cell.bytes().any(|byte| byte.is_ascii_digit());
        let is_id = cell.chars().count() >= 4
            && has_digit
            && cell.chars().all(|c| c.is_alphanumeric() || matches!(c, '-' | '_' | ':' | '/'));
        self.ids += u32::from(is_id);
        self.texts += u32::from(cell.chars().any(char::is_alphabetic));
    }

    /// Whether nearly all values are counted by `count`.
    fn mostly(&self, count: u32) -> bool {
        self.stated > 0 && count * 10 >= self.stated * 9
    }

    pub(super) fn are_days(&self) -> bool {
        self.mostly(self.days)
    }

    pub(super) fn are_currencies(&self) -> bool {
        self.mostly(self.codes) && self.different.len() <= 12
    }

    /// Amounts: a sign at them, or decimals in some.
    pub(super) fn are_money(&self) -> bool {
        self.mostly(self.numbers) && self.percents == 0 && (self.signs > 0 || self.whole < self.numbers)
    }

    pub(super) fn are_names(&self) -> bool {
        self.mostly(self.texts) && !self.are_days() && !self.mostly(self.numbers) && !self.are_currencies()
    }

    /// How well the values suit a role; none if they can't play it. A column without values may be anything.
    pub(super) fn fits(&self, role: Role) -> Option<i32> {
        if self.stated == 0 {
            return Some(-10);
        }
        let numbers = self.mostly(self.numbers) && self.percents == 0;
        let names = self.mostly(self.texts) && !self.are_days();
        let fit = |fits: bool, score| fits.then_some(score);
        match role {
            Role::Day | Role::Start | Role::End => fit(self.are_days(), 20),
            Role::Week | Role::Month | Role::Quarter | Role::Year => {
                Some(if self.are_days() { 5 } else { 0 })
            }
            Role::Currency => fit(self.are_currencies(), 20),
            Role::Impressions | Role::Clicks | Role::LinkClicks | Role::VideoViews => {
                fit(numbers && self.mostly(self.whole) && self.signs == 0, 10)
            }
            Role::Spend | Role::Revenue | Role::Budget => {
                fit(numbers && !self.are_days(), if self.are_money() { 10 } else { 0 })
            }
            Role::Conversions => fit(numbers && self.signs == 0, 5),
            Role::AccountId | Role::CampaignId | Role::AdGroupId | Role::AdId => {
                fit(self.mostly(self.ids) || self.mostly(self.whole), 10)
            }
            Role::AccountName | Role::CampaignName | Role::AdGroupName | Role::AdName => {
                Some(if names { 5 } else { -15 })
            }
            Role::CampaignStatus
            | Role::AdGroupStatus
            | Role::AdStatus
            | Role::Status
            | Role::KeywordStatus
            | Role::MatchType
            | Role::CampaignType => fit(names && self.different.len() <= 16, 5),
            _ => fit(names || role == Role::Keyword || role == Role::SearchTerm, 0),
        }
    }
}
