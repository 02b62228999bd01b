//! Where one HTTP/1 request ends and the next begins, read strictly beside the parser: what two programs might read in two
//! ways (both lengths, a length twice, folded lines, lines that end without a carriage return) is refused.
//!
//! The byte that ends what is wrong becomes a NUL, which the parser refuses with 400 and ends the connection.

/// From so many bytes of a head on the parser has refused it by itself.
const LONGEST_HEAD: usize = 128 << 10;
/// Longest line with the size of a chunk; the parser takes less.
const LONGEST_SIZE: usize = 32 << 10;
/// What HTTP/2 begins with where a client knows that it is spoken.
const PREFACE: &[u8] = b"PRI * HTTP/2.0";

/// How far a connection's bytes are.
#[derive(Debug, Default)]
pub(super) struct Framing {
    at: At,
    is_later: bool,
    line: Vec<u8>,
    head: Head,
}

#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
enum At {
    /// In a head; the line of the request has not come.
    #[default]
    Request,
    /// In a head, after that.
    Header,
    /// So many bytes of a body are to come.
    Sized(u64),
    /// The line with the size of a chunk.
    Size,
    /// So many bytes of a chunk are to come.
    Chunk(u64),
    /// The end of a chunk's line, of which this many bytes have come.
    ChunkEnd(u8),
    /// Lines after the last chunk.
    Trailer,
    /// Nothing is looked at any more: it is HTTP/2, or was refused.
    Through,
}

/// What a head said so far.
#[derive(Debug, Default)]
struct Head {
    bytes: usize,
    is_1_0: bool,
    hosts: u32,
    length: Option<u64>,
    is_chunked: bool,
}

/// It can be read in two ways.
struct Ambiguous;

impl Framing {
    /// Looks at bytes that have come, and spoils what may not go on.
    pub(super) fn look(&mut self, bytes: &mut [u8]) {
        let mut from = 0;
        while from < bytes.len() {
            let rest = bytes.len() - from;
            match self.at {
                At::Through => return,
                At::Sized(left) | At::Chunk(left) => {
                    let skipped = usize::try_from(left).unwrap_or(usize::MAX).min(rest);
                    let left = left - skipped as u64;
                    from += skipped;
                    self.at = match (self.at, left) {
                        (At::Sized(_), 0) => self.next(),
                        (At::Sized(_), left) => At::Sized(left),
                        (_, 0) => At::ChunkEnd(0),
                        (_, left) => At::Chunk(left),
                    };
                }
                At::ChunkEnd(seen) => {
                    if bytes[from] != b"\r\n"[usize::from(seen)] {
                        return self.spoil(&mut bytes[from]);
                    }
                    self.at = if seen == 0 { At::ChunkEnd(1) } else { At::Size };
                    from += 1;
                }
                At::Request | At::Header | At::Size | At::Trailer => {
                    let end = bytes[from..].iter().position(|byte| *byte == b'\n').map(|at| from + at);
                    self.line.extend_from_slice(&bytes[from..end.unwrap_or(bytes.len())]);
                    let Some(end) = end else { return self.hold() };
                    let line = std::mem::take(&mut self.line);
                    if self.line_ended(&line).is_err() {
                        return self.spoil(&mut bytes[end]);
                    }
                    self.line = line;
                    self.line.clear();
                    from = end + 1;
                }
            }
        }
    }

    /// Keeps a line's beginning until its end comes; what is too long, the parser refuses.
    fn hold(&mut self) {
        let most = if self.at == At::Size { LONGEST_SIZE } else { LONGEST_HEAD };
        if self.head.bytes + self.line.len() > most {
            self.at = At::Through;
            self.line = Vec::new();
        }
    }

    fn spoil(&mut self, byte: &mut u8) {
        *byte = 0;
        self.at = At::Through;
    }

    fn next(&mut self) -> At {
        self.is_later = true;
        self.head = Head::default();
        At::Request
    }

    fn line_ended(&mut self, line: &[u8]) -> Result<(), Ambiguous> {
        let line = line.strip_suffix(b"\r").filter(|line| !line.contains(&b'\r')).ok_or(Ambiguous)?;
        self.head.bytes += line.len();
        if self.head.bytes > LONGEST_HEAD {
            self.at = At::Through;
            return Ok(());
        }
        self.at = match self.at {
            // An empty line before a request means nothing.
            At::Request if line.is_empty() => At::Request,
            At::Request if line == PREFACE && !self.is_later => At::Through,
            At::Request => {
                self.head.is_1_0 = line.ends_with(b" HTTP/1.0");
                At::Header
            }
            At::Header if line.is_empty() => self.head_ended()?,
            At::Header => {
                self.header(line)?;
                At::Header
            }
            At::Size => {
                self.head.bytes = 0;
                match size(line)? {
                    0 => At::Trailer,
                    size => At::Chunk(size),
                }
            }
            At::Trailer if line.is_empty() => self.next(),
            At::Trailer => {
                name_and_value(line)?;
                At::Trailer
            }
            elsewhere => elsewhere,
        };
        Ok(())
    }

    fn header(&mut self, line: &[u8]) -> Result<(), Ambiguous> {
        let (name, value) = name_and_value(line)?;
        if name.eq_ignore_ascii_case(b"host") {
            self.head.hosts += 1;
        } else if name.eq_ignore_ascii_case(b"content-length") {
            let length = number(value, 10).ok_or(Ambiguous)?;
            if self.head.length.replace(length).is_some() {
                return Err(Ambiguous);
            }
        } else if name.eq_ignore_ascii_case(b"transfer-encoding") {
            if self.head.is_chunked || !value.eq_ignore_ascii_case(b"chunked") {
                return Err(Ambiguous);
            }
            self.head.is_chunked = true;
        }
        Ok(())
    }

    /// What follows a head.
    fn head_ended(&mut self) -> Result<At, Ambiguous> {
        let Head { is_1_0, hosts, length, is_chunked, .. } = self.head;
        let is_host_clear = hosts == 1 || hosts == 0 && is_1_0;
        if !is_host_clear || is_chunked && (length.is_some() || is_1_0) {
            return Err(Ambiguous);
        }
        // Of the head no more is to be known: what is counted from here on are the lines of chunks.
        self.head = Head::default();
        Ok(match (is_chunked, length) {
            (true, _) => At::Size,
            (false, Some(length)) if length > 0 => At::Sized(length),
            (false, _) => self.next(),
        })
    }
}

/// A header's name and its value without the space around it. Folded lines and space before the colon are no headers.
fn name_and_value(line: &[u8]) -> Result<(&[u8], &[u8]), Ambiguous> {
    let colon = line.iter().position(|byte| *byte == b':').ok_or(Ambiguous)?;
    let (name, value) = (&line[..colon], &line[colon + 1..]);
    match name.is_empty() || name.iter().any(|byte| matches!(byte, b' ' | b'\t')) {
        true => Err(Ambiguous),
        false => Ok((name, value.trim_ascii())),
    }
}

/// The size of a chunk, without what may stand after a semicolon.
fn size(line: &[u8]) -> Result<u64, Ambiguous> {
    let end = line.iter().position(|byte| *byte == b';').unwrap_or(line.len());
    number(line[..end].trim_ascii_end(), 16).ok_or(Ambiguous)
}

/// A number of digits only.
fn number(text: &[u8], radix: u32) -> Option<u64> {
    let is_plain = !text.is_empty() && text.iter().all(|byte| char::from(*byte).is_digit(radix));
    let text = std::str::from_utf8(text).ok().filter(|_| is_plain)?;
    u64::from_str_radix(text, radix).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Whether all of it goes on untouched, in whatever pieces it comes.
    #[track_caller]
    fn goes(text: &str) -> bool {
        let outcomes: Vec<bool> = [1, 7, usize::MAX]
            .into_iter()
            .map(|piece| {
                let (mut framing, mut bytes) = (Framing::default(), text.as_bytes().to_vec());
                let piece = piece.min(bytes.len().max(1));
                bytes.chunks_mut(piece).for_each(|bytes| framing.look(bytes));
                bytes == text.as_bytes()
            })
            .collect();
        assert!(outcomes.iter().all(|outcome| *outcome == outcomes[0]), "{text:?}: {outcomes:?}");
        outcomes[0]
    }

    #[test]
    fn what_is_clear_goes_on() {
        for text in [
            "GET / HTTP/1.1\r\nHost: a\r\n\r\n",
            "GET / HTTP/1.0\r\n\r\n",
            "\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n",
            "POST / HTTP/1.1\r\nHost: a\r\ncontent-length: 3\r\n\r\n\n\n\nGET / HTTP/1.1\r\nHost: a\r\n\r\n",
            "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: Chunked\r\n\r\n3;x=y\r\n\n\n\n\r\n0\r\nX-T: 1\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n",
            "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\n\n\n",
        ] {
            assert!(goes(text), "{text:?}");
        }
    }

    #[test]
    fn what_could_be_read_in_two_ways_does_not() {
        let post = |rest: &str| format!("POST / HTTP/1.1\r\nHost: a\r\n{rest}");
        for text in [
            "GET / HTTP/1.1\nHost: a\n\n".to_owned(),
            "GET / HTTP/1.1\r\nHost: a\nX: b\r\n\r\n".to_owned(),
            "GET / HTTP/1.1\r\nHost: a\r\n\n".to_owned(),
            "GET / HTTP/1.1\r\nHost: a\rX: b\r\n\r\n".to_owned(),
            "GET / HTTP/1.1\r\n\r\n".to_owned(),
            "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n".to_owned(),
            "GET / HTTP/1.1\r\nHost: a\r\nX: b\r\n c\r\n\r\n".to_owned(),
            "GET / HTTP/1.1\r\nHost : a\r\n\r\n".to_owned(),
            post("Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n"),
            post("Transfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\n"),
            post("Content-Length: 3\r\nContent-Length: 3\r\n\r\n"),
            post("Content-Length: 3, 3\r\n\r\n"),
            post("Content-Length: +3\r\n\r\n"),
            post("Content-Length: 99999999999999999999\r\n\r\n"),
            post("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n"),
            post("Transfer-Encoding: gzip, chunked\r\n\r\n"),
            post("Transfer-Encoding: xchunked\r\n\r\n"),
            post("Transfer-Encoding: chunked\r\n\r\n0x3\r\nabc\r\n0\r\n\r\n"),
            post("Transfer-Encoding: chunked\r\n\r\n3\nabc\r\n0\r\n\r\n"),
            post("Transfer-Encoding: chunked\r\n\r\n3\r\nabcd\r\n0\r\n\r\n"),
            "POST / HTTP/1.0\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n".to_owned(),
            post("Content-Length: 1\r\n\r\nxGET / HTTP/1.1\nHost: a\r\n\r\n"),
            "GET / HTTP/1.1\r\nHost: a\r\n\r\nPRI * HTTP/2.0\r\n\r\n".to_owned(),
        ] {
            assert!(!goes(&text), "{text:?}");
        }
    }

    #[test]
    fn what_never_ends_is_not_gathered() {
        let mut framing = Framing::default();
        framing.look(&mut vec![b'a'; LONGEST_HEAD + 1]);
        assert_eq!((framing.at, framing.line.capacity()), (At::Through, 0));
    }
}
