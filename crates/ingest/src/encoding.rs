//! Character encodings: which one a file is in, and the file as a stream of UTF-8.

use std::io::{self, Read};

use encoding_rs::{CoderResult, Decoder, UTF_16BE, UTF_16LE, WINDOWS_1252};

/// How much is asked of the reader at a time.
const CHUNK: u64 = 64 * 1024;

/// How the characters of a file are encoded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Encoding {
    Utf8,
    Utf16Le,
    Utf16Be,
    Windows1252,
}

impl Encoding {
    /// Judges by the first bytes of a file. `whole` says that they are all of it.
    pub(crate) fn of(sample: &[u8], whole: bool) -> Self {
        match sample {
            [0xEF, 0xBB, 0xBF, ..] => return Self::Utf8,
            [0xFF, 0xFE, ..] => return Self::Utf16Le,
            [0xFE, 0xFF, ..] => return Self::Utf16Be,
            _ => {}
        }
        if let Some(utf16) = utf16_without_mark(sample) {
            return utf16;
        }
        match std::str::from_utf8(sample) {
            Ok(_) => Self::Utf8,
            // The sample may end in the middle of a character.
            Err(error) if error.error_len().is_none() && !whole => Self::Utf8,
            Err(_) => Self::Windows1252,
        }
    }

    /// The name a person knows it by.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Utf8 => "UTF-8",
            Self::Utf16Le => "UTF-16LE",
            Self::Utf16Be => "UTF-16BE",
            Self::Windows1252 => "windows-1252",
        }
    }

    fn decoder(self) -> Option<Decoder> {
        match self {
            Self::Utf8 => None,
            Self::Utf16Le => Some(UTF_16LE.new_decoder_without_bom_handling()),
            Self::Utf16Be => Some(UTF_16BE.new_decoder_without_bom_handling()),
            Self::Windows1252 => Some(WINDOWS_1252.new_decoder_without_bom_handling()),
        }
    }
}

/// Separators, digits and line ends are ASCII whatever the language, so in UTF-16 many bytes in one place of two are
/// zero, and none in the other.
fn utf16_without_mark(sample: &[u8]) -> Option<Encoding> {
    let beginning = &sample[..sample.len().min(512)];
    let (pairs, rest) = beginning.as_chunks::<2>();
    if pairs.len() < 8 || (sample.len() <= 512 && !rest.is_empty()) {
        return None;
    }
    let zeros = |place: usize| pairs.iter().filter(|pair| pair[place] == 0).count();
    let (first, second) = (zeros(0), zeros(1));
    let most = pairs.len() / 10;
    match () {
        () if second > most && first == 0 => Some(Encoding::Utf16Le),
        () if first > most && second == 0 => Some(Encoding::Utf16Be),
        () => None,
    }
}

/// A reader's bytes as UTF-8. In a file that is UTF-8 already, invalid bytes pass through: whoever reads the text
/// sees to them.
pub(crate) struct Decoded<R> {
    reader: R,
    decoder: Option<Decoder>,
    raw: Vec<u8>,
    bytes_read: u64,
    ended: bool,
}

impl<R: Read> Decoded<R> {
    pub(crate) fn new(reader: R, encoding: Encoding) -> Self {
        Self { reader, decoder: encoding.decoder(), raw: Vec::new(), bytes_read: 0, ended: false }
    }

    /// How many bytes of the file were read so far.
    pub(crate) fn bytes_read(&self) -> u64 {
        self.bytes_read
    }

    /// Appends more text to `text`. Returns false at the end of the file.
    pub(crate) fn fill(&mut self, text: &mut Vec<u8>) -> io::Result<bool> {
        while !self.ended {
            let before = text.len();
            match &mut self.decoder {
                None => {
                    let read = read_some(&mut self.reader, text)?;
                    self.bytes_read += read as u64;
                    self.ended = read == 0;
                }
                Some(decoder) => {
                    self.raw.clear();
                    let read = read_some(&mut self.reader, &mut self.raw)?;
                    self.bytes_read += read as u64;
                    self.ended = read == 0;
                    decode(decoder, &self.raw, text, self.ended);
                }
            }
            if text.len() > before {
                return Ok(true);
            }
        }
        Ok(false)
    }
}

/// Reads up to a chunk to the end of `bytes`.
fn read_some(reader: &mut impl Read, bytes: &mut Vec<u8>) -> io::Result<usize> {
    reader.take(CHUNK).read_to_end(bytes)
}

fn decode(decoder: &mut Decoder, mut raw: &[u8], text: &mut Vec<u8>, last: bool) {
    loop {
        let before = text.len();
        let room = decoder.max_utf8_buffer_length(raw.len()).unwrap_or(raw.len() * 4 + 16);
        text.resize(before + room, 0);
        let (result, read, written, _) = decoder.decode_to_utf8(raw, &mut text[before..], last);
        text.truncate(before + written);
        raw = &raw[read..];
        if result == CoderResult::InputEmpty {
            return;
        }
    }
}

/// The text of `bytes` that are no UTF-8 in a file that otherwise is.
pub(crate) fn windows_1252(bytes: &[u8]) -> std::borrow::Cow<'_, str> {
    WINDOWS_1252.decode_without_bom_handling(bytes).0
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decoded(bytes: &[u8], encoding: Encoding) -> String {
        let mut source = Decoded::new(bytes, encoding);
        let mut text = Vec::new();
        while source.fill(&mut text).unwrap() {}
        assert_eq!(source.bytes_read(), bytes.len() as u64);
        String::from_utf8(text).unwrap()
    }

    fn utf16(text: &str, little: bool) -> Vec<u8> {
        text.encode_utf16()
            .flat_map(|unit| if little { unit.to_le_bytes() } else { unit.to_be_bytes() })
            .collect()
    }

    #[test]
    fn encodings_are_told_by_their_first_bytes() {
        for (sample, whole, encoding) in [
            (b"Campaign,Cost".to_vec(), true, Encoding::Utf8),
            ("Campaign,Coût".as_bytes().to_vec(), true, Encoding::Utf8),
            (b"Campaign,Co\xFBt".to_vec(), true, Encoding::Windows1252),
            (b"Campaign,Co\xC3".to_vec(), false, Encoding::Utf8),
            (b"Campaign,Co\xC3".to_vec(), true, Encoding::Windows1252),
            (b"\xEF\xBB\xBFDay".to_vec(), true, Encoding::Utf8),
            (b"\xFF\xFED\0".to_vec(), true, Encoding::Utf16Le),
            (b"\xFE\xFF\0D".to_vec(), true, Encoding::Utf16Be),
            (utf16("Campaign\tCost", true), true, Encoding::Utf16Le),
            (utf16("Campaign\tCost", false), true, Encoding::Utf16Be),
        ] {
            assert_eq!(Encoding::of(&sample, whole), encoding, "{sample:?}");
        }
    }

    #[test]
    fn text_is_decoded_across_chunks() {
        let text = "Größe €5 😀 한국 ".repeat(20_000);
        assert_eq!(decoded(&utf16(&text, true), Encoding::Utf16Le), text);
        assert_eq!(decoded(&utf16(&text, false), Encoding::Utf16Be), text);
        assert_eq!(decoded(text.as_bytes(), Encoding::Utf8), text);
        assert_eq!(decoded(b"\x80 5,00", Encoding::Windows1252), "€ 5,00");
    }
}
