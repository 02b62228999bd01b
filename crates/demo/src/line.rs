//! One line of a table, written cell by cell without going through the formatting machinery.

use jiff::civil::Date;

/// Cells, each followed by the delimiter.
#[derive(Debug, Clone)]
pub(crate) struct Line {
    bytes: Vec<u8>,
    delimiter: u8,
}

impl Line {
    pub fn new(delimiter: u8) -> Self {
        Self { bytes: Vec::with_capacity(256), delimiter }
    }

    pub fn clear(&mut self) {
        self.bytes.clear();
    }

    /// The line as it goes to the file, ended.
    pub fn ended(&mut self) -> &[u8] {
        self.bytes.pop();
        self.bytes.push(b'\n');
        &self.bytes
    }

    /// Cells that were prepared before, with the same delimiter.
    pub fn cells(&mut self, prepared: &Self) -> &mut Self {
        self.bytes.extend_from_slice(&prepared.bytes);
        self
    }

    /// A text, quoted where it must be.
    pub fn text(&mut self, text: &str) -> &mut Self {
        let delimiter = char::from(self.delimiter);
        if text.contains([delimiter, '"', '\n', '\r']) {
            self.bytes.push(b'"');
            self.bytes.extend_from_slice(text.replace('"', "\"\"").as_bytes());
            self.bytes.push(b'"');
        } else {
            self.bytes.extend_from_slice(text.as_bytes());
        }
        self.end_cell()
    }

    pub fn empty(&mut self) -> &mut Self {
        self.end_cell()
    }

    /// What Google writes where there is no figure.
    pub fn dashes(&mut self) -> &mut Self {
        self.bytes.extend_from_slice(b" --");
        self.end_cell()
    }

    /// Cells that were formatted before and need no quotes.
    pub fn plain(&mut self, bytes: &[u8]) -> &mut Self {
        self.bytes.extend_from_slice(bytes);
        self.end_cell()
    }

    /// `1234`
    pub fn integer(&mut self, number: u64) -> &mut Self {
        self.digits(number);
        self.end_cell()
    }

    /// `12.34` of 1234
    pub fn decimal(&mut self, hundredths: u64) -> &mut Self {
        self.digits(hundredths / 100);
        self.fraction(hundredths);
        self.end_cell()
    }

    /// `12.34%` of 1234
    pub fn percent(&mut self, hundredths: u64) -> &mut Self {
        self.digits(hundredths / 100);
        self.fraction(hundredths);
        self.bytes.push(b'%');
        self.end_cell()
    }

    /// `"1,234"`, and `234` without quotes
    pub fn grouped_integer(&mut self, number: u64) -> &mut Self {
        let quoted = self.open_group(number);
        self.groups(number);
        self.close_group(quoted)
    }

    /// `"1,234.56"` of 123456, and `34.56` without quotes
    pub fn grouped_decimal(&mut self, hundredths: u64) -> &mut Self {
        let whole = hundredths / 100;
        let quoted = self.open_group(whole);
        self.groups(whole);
        self.fraction(hundredths);
        self.close_group(quoted)
    }

    fn open_group(&mut self, whole: u64) -> bool {
        let quoted = whole >= 1000 && self.delimiter == b',';
        if quoted {
            self.bytes.push(b'"');
        }
        quoted
    }

    fn close_group(&mut self, quoted: bool) -> &mut Self {
        if quoted {
            self.bytes.push(b'"');
        }
        self.end_cell()
    }

    fn end_cell(&mut self) -> &mut Self {
        self.bytes.push(self.delimiter);
        self
    }

    fn groups(&mut self, number: u64) {
        if number < 1000 {
            return self.digits(number);
        }
        self.groups(number / 1000);
        let rest = (number % 1000) as u16;
        let digit = |value: u16| b'0' + (value % 10) as u8;
        self.bytes.extend_from_slice(&[b',', digit(rest / 100), digit(rest / 10), digit(rest)]);
    }

    fn digits(&mut self, mut number: u64) {
        let mut buffer = [0; 20];
        let mut start = buffer.len();
        loop {
            start -= 1;
            buffer[start] = b'0' + (number % 10) as u8;
            number /= 10;
            if number == 0 {
                break;
            }
        }
        self.bytes.extend_from_slice(&buffer[start..]);
    }

    fn fraction(&mut self, hundredths: u64) {
        let rest = (hundredths % 100) as u8;
        self.bytes.extend_from_slice(&[b'.', b'0' + rest / 10, b'0' + rest % 10]);
    }
}

/// A day as exports write it: `2026-11-22`.
pub(crate) fn iso(day: Date) -> Vec<u8> {
    day.to_string().into_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_written_as_the_platforms_write_them() {
        let mut line = Line::new(b',');
        line.text("a").text("b, \"c\"").integer(0).integer(1205).decimal(7).decimal(123_456).percent(116);
        line.grouped_integer(999).grouped_integer(1_002_030).grouped_decimal(99_999).grouped_decimal(100_005);
        line.empty().dashes();
        let expected =
            "a,\"b, \"\"c\"\"\",0,1205,0.07,1234.56,1.16%,999,\"1,002,030\",999.99,\"1,000.05\",, --\n";
        assert_eq!(String::from_utf8_lossy(line.ended()), expected);

        let mut tabbed = Line::new(b'\t');
        tabbed.text("a, b").grouped_integer(12_345);
        assert_eq!(String::from_utf8_lossy(tabbed.ended()), "a, b\t12,345\n");
    }
}
