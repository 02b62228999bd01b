//! Numbers as exports write them, exactly: straight from text to millionths in integers, never through a float.

use domain::Micros;

use crate::wishes::DecimalMark;
use crate::words::words;

/// How a file writes decimals.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Style {
    /// `1,188.50`
    Point,
    /// `1.188,50`
    Comma,
}

impl Style {
    /// An example, for messages.
    pub(crate) fn example(self) -> &'static str {
        match self {
            Self::Point => "1,188.50",
            Self::Comma => "1.188,50",
        }
    }
}

impl From<DecimalMark> for Style {
    fn from(mark: DecimalMark) -> Self {
        match mark {
            DecimalMark::Point => Self::Point,
            DecimalMark::Comma => Self::Comma,
        }
    }
}

/// A number, exact to the millionth (half rounded away from zero).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Number {
    negative: bool,
    whole: u64,
    millionths: u32,
}

/// Why a cell is no number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum NotANumber {
    /// It is written differently.
    Unreadable,
    /// It does not fit into 64 bits.
    TooLarge,
}

impl Number {
    /// In millionths.
    pub(crate) fn micros(self) -> Result<Micros, NotANumber> {
        let micros = self
            .whole
            .checked_mul(1_000_000)
            .and_then(|micros| micros.checked_add(u64::from(self.millionths)))
            .and_then(|micros| i64::try_from(micros).ok())
            .ok_or(NotANumber::TooLarge)?;
        Ok(if self.negative { -micros } else { micros })
    }

    /// As a whole number.
    pub(crate) fn count(self) -> Result<i64, NotANumber> {
        if self.millionths != 0 {
            return Err(NotANumber::Unreadable);
        }
        let count = i64::try_from(self.whole).map_err(|_| NotANumber::TooLarge)?;
        Ok(if self.negative { -count } else { count })
    }
}

/// Whether a cell states nothing: empty, dashes, an empty list, a spreadsheet's error.
pub(crate) fn is_null(cell: &str) -> bool {
    let Some(first) = cell.bytes().next() else { return true };
    if first.is_ascii_digit() {
        return false;
    }
    matches!(
        cell.trim(),
        "" | "--" | "-" | "—" | "–" | "[]" | "N/A" | "n/a" | "#DIV/0!" | "#N/A" | "#VALUE!" | "null" | "NULL"
    )
}

/// Reads a cell; nothing if it states nothing.
#[inline(always)]
pub(crate) fn parse(cell: &str, style: Style) -> Result<Option<Number>, NotANumber> {
    if let Some(number) = plain(cell.as_bytes(), style) {
        return Ok(Some(number));
    }
    null_or_decorated(cell, style)
}

#[cold]
fn null_or_decorated(cell: &str, style: Style) -> Result<Option<Number>, NotANumber> {
    if is_null(cell) { Ok(None) } else { decorated(cell, style).map(Some) }
}

/// The common case: digits, perhaps in groups of three, perhaps a decimal mark and up to six more digits.
#[inline]
fn plain(cell: &[u8], style: Style) -> Option<Number> {
    if cell.is_empty() || cell.len() > 18 {
        return None;
    }
    let (mark, group_mark) = if style == Style::Point { (b'.', b',') } else { (b',', b'.') };
    let mut whole = 0u64;
    let mut group = 0;
    let mut grouped = false;
    for (at, &byte) in cell.iter().enumerate() {
        if byte.is_ascii_digit() {
            whole = whole * 10 + u64::from(byte - b'0');
            group += 1;
        } else if byte == mark && (group == 3 || !grouped) {
            return Some(Number { negative: false, whole, millionths: short_fraction(&cell[at + 1..])? });
        } else if byte == group_mark && (group == 3 || !grouped && matches!(group, 1 | 2)) {
            grouped = true;
            group = 0;
        } else {
            return None;
        }
    }
    (group == 3 || !grouped).then_some(Number { negative: false, whole, millionths: 0 })
}

fn short_fraction(digits: &[u8]) -> Option<u32> {
    const SCALE: [u32; 7] = [1_000_000, 100_000, 10_000, 1_000, 100, 10, 1];
    let scale = SCALE.get(digits.len()).filter(|_| !digits.is_empty())?;
    let mut fraction = 0;
    for &byte in digits {
        if !byte.is_ascii_digit() {
            return None;
        }
        fraction = fraction * 10 + u32::from(byte - b'0');
    }
    Some(fraction * scale)
}

/// Signs, currencies, per cent, brackets and groups around the digits.
fn decorated(cell: &str, style: Style) -> Result<Number, NotANumber> {
    let mut negative = false;
    let mut text = bare(cell);
    if let Some(inside) = text.strip_prefix('(').and_then(|rest| rest.strip_suffix(')')) {
        negative = true;
        text = bare(inside);
    }
    if let Some(inside) = text.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
        text = bare(inside);
    }
    let minus = ['-', '\u{2212}', '\u{2013}'];
    if let Some(rest) = text.strip_prefix(minus).or_else(|| text.strip_suffix(minus)) {
        if negative {
            return Err(NotANumber::Unreadable);
        }
        negative = true;
        text = bare(rest);
    } else if let Some(rest) = text.strip_prefix('+') {
        text = bare(rest);
    }
    digits(text.strip_suffix('%').map_or(text, str::trim_end), style)
        .map(|number| Number { negative, ..number })
}

/// Without outer whitespace, currency sign or code.
fn bare(text: &str) -> &str {
    let (sign, rest) = split_sign(text);
    if sign.is_empty() { text.trim() } else { rest }
}

/// The currency sign or code before or after a number, and what is left.
pub(crate) fn split_sign(text: &str) -> (&str, &str) {
    let text = text.trim();
    let belongs = |c: char| c.is_alphabetic() || is_symbol(c);
    let number = text.trim_start_matches(belongs);
    let sign = &text[..text.len() - number.len()];
    if is_sign(sign) {
        // `kr. 1.188,50`, but not `$.22`
        let number =
            if sign.contains(is_symbol) { number } else { number.strip_prefix(". ").unwrap_or(number) };
        return (sign, number.trim_start());
    }
    let number = text.trim_end_matches(belongs);
    let sign = &text[number.len()..];
    if is_sign(sign) { (sign, number.trim_end()) } else { ("", text) }
}

/// `€`, `A$`, `EUR`, `kr`; but not the `k` of `1.5k`.
fn is_sign(text: &str) -> bool {
    let is_code = || text.len() == 3 && text.bytes().all(|byte| byte.is_ascii_uppercase());
    !text.is_empty() && (is_code() || words().is_currency_sign(text) || text.chars().all(is_symbol))
}

fn is_symbol(c: char) -> bool {
    matches!(c, '$' | '¢' | '£' | '¤' | '¥' | '฿' | '₠'..='₿')
}

/// Digits in groups, and decimals.
fn digits(text: &str, style: Style) -> Result<Number, NotANumber> {
    let (mark, grouping) = if style == Style::Point { ('.', ',') } else { (',', '.') };
    let (whole, fraction) = text.split_once(mark).unwrap_or((text, ""));
    if whole.is_empty() && fraction.is_empty() {
        return Err(NotANumber::Unreadable);
    }
    Ok(Number { negative: false, whole: grouped(whole, grouping)?, millionths: 0 }).and_then(|number| {
        let (millionths, carry) = rounded_fraction(fraction)?;
        let whole = number.whole.checked_add(carry).ok_or(NotANumber::TooLarge)?;
        Ok(Number { whole, millionths, ..number })
    })
}

/// Groups hold three digits, in India two but for the last; the first may be shorter.
fn grouped(text: &str, grouping: char) -> Result<u64, NotANumber> {
    let is_group_mark =
        |c: char| c == grouping || matches!(c, ' ' | '\u{a0}' | '\u{202f}' | '\u{2009}' | '\'' | '’');
    let mut whole = 0u64;
    let mut groups = 0;
    let mut last_len = 0;
    let mut marks = text.chars().filter(|c| is_group_mark(*c));
    let mark = marks.next();
    if marks.any(|other| Some(other) != mark) {
        return Err(NotANumber::Unreadable);
    }
    for group in text.split(is_group_mark) {
        let well_formed = group.bytes().all(|byte| byte.is_ascii_digit())
            && match groups {
                0 => !group.is_empty() || mark.is_none(),
                _ => matches!(group.len(), 2 | 3),
            };
        if !well_formed {
            return Err(NotANumber::Unreadable);
        }
        for byte in group.bytes() {
            whole = whole
                .checked_mul(10)
                .and_then(|whole| whole.checked_add(u64::from(byte - b'0')))
                .ok_or(NotANumber::TooLarge)?;
        }
        groups += 1;
        last_len = group.len();
    }
    let first_len = text.find(is_group_mark).unwrap_or(0);
    if groups > 1 && (last_len != 3 || first_len > 3) { Err(NotANumber::Unreadable) } else { Ok(whole) }
}

/// Millionths, and one to carry over where rounding reaches the next whole.
fn rounded_fraction(text: &str) -> Result<(u32, u64), NotANumber> {
    let digits = text.as_bytes();
    if !digits.iter().all(u8::is_ascii_digit) {
        return Err(NotANumber::Unreadable);
    }
    let mut millionths = 0;
    for place in 0..6 {
        millionths = millionths * 10 + digits.get(place).map_or(0, |byte| u32::from(byte - b'0'));
    }
    if digits.get(6).is_some_and(|&byte| byte >= b'5') {
        millionths += 1;
    }
    Ok(if millionths == 1_000_000 { (0, 1) } else { (millionths, 0) })
}

/// What the cells of a file tell about how it writes decimals.
#[derive(Debug, Default)]
pub(crate) struct StyleEvidence {
    point: u32,
    comma: u32,
    /// A number whose one mark may be either, such as 1,234.
    open: Option<String>,
}

impl StyleEvidence {
    /// Looks at a cell; `whole` says that its column holds whole numbers only.
    pub(crate) fn see(&mut self, cell: &str, whole: bool) {
        let text = cell.trim().trim_end_matches('%').trim_end();
        let (_, text) = split_sign(text.trim_matches(['-', '\u{2212}', '(', ')', '[', ']']));
        let points = text.bytes().filter(|&byte| byte == b'.').count();
        let commas = text.bytes().filter(|&byte| byte == b',').count();
        if points + commas == 0 || !text.bytes().any(|byte| byte.is_ascii_digit()) {
            return;
        }
        let (last_point, last_comma) = (text.rfind('.'), text.rfind(','));
        let looks_grouped = |at: Option<usize>| {
            at.is_some_and(|at| text.len() - at == 4 && at > 0 && !text.starts_with('0') && at <= 3)
        };
        match (points, commas) {
            (1.., 1..) if last_point > last_comma => self.point += 1,
            (1.., 1..) => self.comma += 1,
            (2.., 0) => self.comma += 1,
            (0, 2..) => self.point += 1,
            // One mark with three digits behind it is open, unless only a group mark makes sense.
            (1, 0) if looks_grouped(last_point) && whole => self.comma += 1,
            (0, 1) if looks_grouped(last_comma) && whole => self.point += 1,
            (1, 0) | (0, 1) if looks_grouped(last_point.or(last_comma)) => {
                self.open.get_or_insert_with(|| text.to_owned());
            }
            (1, 0) => self.point += 1,
            _ => self.comma += 1,
        }
    }

    /// A number that may be read in two ways, where nothing tells which, or as much tells one as the other.
    pub(crate) fn open(&self) -> Option<&str> {
        self.open.as_deref().filter(|_| self.comma == self.point)
    }

    /// English where the file does not tell.
    pub(crate) fn verdict(&self) -> Style {
        if self.comma > self.point { Style::Comma } else { Style::Point }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use NotANumber::{TooLarge, Unreadable};

    #[test]
    fn numbers_are_exact() {
        for (cell, style, micros) in [
            ("0", Style::Point, Ok(Some(0))),
            ("1188.5", Style::Point, Ok(Some(1_188_500_000))),
            ("1,188.50", Style::Point, Ok(Some(1_188_500_000))),
            ("1.188,50", Style::Comma, Ok(Some(1_188_500_000))),
            ("1 188,50", Style::Comma, Ok(Some(1_188_500_000))),
            ("1\u{a0}188,50", Style::Comma, Ok(Some(1_188_500_000))),
            ("1\u{202f}188,50 €", Style::Comma, Ok(Some(1_188_500_000))),
            ("1'188.50", Style::Point, Ok(Some(1_188_500_000))),
            ("1’188’000", Style::Point, Ok(Some(1_188_000_000_000))),
            ("1,23,456.00", Style::Point, Ok(Some(123_456_000_000))),
            ("€1,622.60", Style::Point, Ok(Some(1_622_600_000))),
            ("$1,188", Style::Point, Ok(Some(1_188_000_000))),
            ("-$5.00", Style::Point, Ok(Some(-5_000_000))),
            ("$-5.00", Style::Point, Ok(Some(-5_000_000))),
            ("\u{2212}5.00", Style::Point, Ok(Some(-5_000_000))),
            ("(5.00)", Style::Point, Ok(Some(-5_000_000))),
            ("($5.00)", Style::Point, Ok(Some(-5_000_000))),
            ("5,00-", Style::Comma, Ok(Some(-5_000_000))),
            ("+5", Style::Point, Ok(Some(5_000_000))),
            ("EUR 12.50", Style::Point, Ok(Some(12_500_000))),
            ("12,50 EUR", Style::Comma, Ok(Some(12_500_000))),
            ("A$12.50", Style::Point, Ok(Some(12_500_000))),
            ("kr. 1.188,50", Style::Comma, Ok(Some(1_188_500_000))),
            ("$.22", Style::Point, Ok(Some(220_000))),
            (".22", Style::Point, Ok(Some(220_000))),
            ("0.72", Style::Point, Ok(Some(720_000))),
            ("1.16%", Style::Point, Ok(Some(1_160_000))),
            ("[17]", Style::Point, Ok(Some(17_000_000))),
            ("0.0000005", Style::Point, Ok(Some(1))),
            ("0.00000049", Style::Point, Ok(Some(0))),
            ("-0.0000005", Style::Point, Ok(Some(-1))),
            ("1.9999996", Style::Point, Ok(Some(2_000_000))),
            ("3.", Style::Point, Ok(Some(3_000_000))),
            ("9223372036854.775807", Style::Point, Ok(Some(i64::MAX))),
            ("", Style::Point, Ok(None)),
            (" --", Style::Point, Ok(None)),
            ("--", Style::Point, Ok(None)),
            ("-", Style::Point, Ok(None)),
            ("[]", Style::Point, Ok(None)),
            ("N/A", Style::Point, Ok(None)),
            ("#DIV/0!", Style::Point, Ok(None)),
            ("9223372036854.775808", Style::Point, Err(TooLarge)),
            ("99999999999999999999999", Style::Point, Err(TooLarge)),
            ("12,50", Style::Point, Err(Unreadable)),
            ("12.50", Style::Comma, Err(Unreadable)),
            ("1,2345", Style::Point, Err(Unreadable)),
            ("1234,567", Style::Point, Err(Unreadable)),
            (",5", Style::Point, Err(Unreadable)),
            ("1.2.3", Style::Point, Err(Unreadable)),
            ("1,234 567", Style::Point, Err(Unreadable)),
            ("> 90%", Style::Point, Err(Unreadable)),
            ("1e5", Style::Point, Err(Unreadable)),
            ("(-5)", Style::Point, Err(Unreadable)),
            ("--5", Style::Point, Err(Unreadable)),
            ("twelve", Style::Point, Err(Unreadable)),
            ("$", Style::Point, Err(Unreadable)),
            (".", Style::Point, Err(Unreadable)),
            ("-", Style::Comma, Ok(None)),
        ] {
            let read = parse(cell, style).and_then(|number| number.map(Number::micros).transpose());
            assert_eq!(read, micros, "{cell:?} {style:?}");
        }
    }

    #[test]
    fn counts_are_whole() {
        let count = |cell| parse(cell, Style::Point).unwrap().unwrap().count();
        assert_eq!(count("1,234.00"), Ok(1234));
        assert_eq!(count("-3"), Ok(-3));
        assert_eq!(count("9223372036854775807"), Ok(i64::MAX));
        assert_eq!(count("1.5"), Err(Unreadable));
        assert_eq!(count("9223372036854775808"), Err(TooLarge));
    }

    #[test]
    fn styles_are_told_by_evidence() {
        for (cells, whole, style) in [
            (&["12.5"][..], false, Style::Point),
            (&["12,5"], false, Style::Comma),
            (&["1.188,50", "3"], false, Style::Comma),
            (&["1,188"], false, Style::Point),
            (&["1.188"], false, Style::Point),
            (&["1.188"], true, Style::Comma),
            (&["1,188"], true, Style::Point),
            (&["1.188.500"], false, Style::Comma),
            (&["0,123"], false, Style::Comma),
            (&["0.123"], true, Style::Point),
            (&["€ 1.188,5"], false, Style::Comma),
            (&["1 188,50 €"], false, Style::Comma),
            (&["kr. 12"], false, Style::Point),
            (&["5", "--"], false, Style::Point),
            (&["12,5%"], false, Style::Comma),
        ] {
            let mut evidence = StyleEvidence::default();
            cells.iter().for_each(|cell| evidence.see(cell, whole));
            assert_eq!(evidence.verdict(), style, "{cells:?} {whole}");
        }
    }
}
