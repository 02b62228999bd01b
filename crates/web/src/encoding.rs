//! How a body is packed for the wire: what the client takes, and what that makes of the bytes.

use std::io::{self, Write};

use axum::extract::Request;
use axum::http::{HeaderMap, HeaderValue, header};
use bytes::Bytes;

/// A way to pack a body, from the one preferred most.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Encoding {
    Brotli,
    Zstd,
    Gzip,
    Identity,
}

impl Encoding {
    const PACKED: [Self; 3] = [Self::Brotli, Self::Zstd, Self::Gzip];

    /// How many ways to pack there are.
    pub const COUNT: usize = Self::PACKED.len();

    /// The name on the wire.
    pub fn name(self) -> &'static str {
        match self {
            Self::Brotli => "br",
            Self::Zstd => "zstd",
            Self::Gzip => "gzip",
            Self::Identity => "identity",
        }
    }

    /// The header that says so; none for bytes as they are.
    pub fn header(self) -> Option<HeaderValue> {
        (self != Self::Identity).then(|| HeaderValue::from_static(self.name()))
    }

    /// Its place among the packed ones.
    pub fn place(self) -> Option<usize> {
        Self::PACKED.iter().position(|packed| *packed == self)
    }

    /// The packed one at a place.
    pub fn at(place: usize) -> Self {
        Self::PACKED.get(place).copied().unwrap_or(Self::Identity)
    }

    /// What the client likes best; of what it likes equally, what packs tightest. Without a wish: as it is.
    pub fn accepted(headers: &HeaderMap) -> Self {
        let wish = Wish::of(headers);
        let best = Self::PACKED.into_iter().rev().max_by_key(|of| wish.weight(*of)).unwrap_or(Self::Identity);
        match wish.weight(best) > 0 && wish.weight(best) >= wish.said[Self::Identity as usize].unwrap_or(0) {
            true => best,
            false => Self::Identity,
        }
    }

    /// Whether the client refuses every way there is, bytes as they are among them.
    pub fn is_none_accepted(headers: &HeaderMap) -> bool {
        let wish = Wish::of(headers);
        wish.refuses_identity() && Self::PACKED.into_iter().all(|packed| wish.weight(packed) == 0)
    }

    fn is_called(self, name: &str) -> bool {
        name.eq_ignore_ascii_case(self.name()) || (self == Self::Gzip && name.eq_ignore_ascii_case("x-gzip"))
    }

    /// Packs a body. Takes milliseconds: call it where waiting is allowed.
    ///
    /// # Errors
    /// If the packer fails, which writing to memory never makes it do.
    pub fn pack(self, body: &[u8]) -> io::Result<Bytes> {
        let mut packed = Vec::with_capacity(body.len() / 4);
        match self {
            Self::Brotli => return brotli(body, 5),
            Self::Zstd => packed = zstd::encode_all(body, 6)?,
            Self::Gzip => {
                let mut packer = flate2::write::GzEncoder::new(&mut packed, flate2::Compression::new(6));
                packer.write_all(body)?;
                packer.finish()?;
            }
            Self::Identity => packed.extend_from_slice(body),
        }
        packed.shrink_to_fit();
        Ok(packed.into())
    }
}

/// What a client says of each way to pack, in thousandths.
struct Wish {
    said: [Option<u16>; 4],
    others: Option<u16>,
}

impl Wish {
    fn of(headers: &HeaderMap) -> Self {
        use Encoding::{Brotli, Gzip, Identity, Zstd};
        let mut wish = Self { said: [None; 4], others: None };
        let texts =
            headers.get_all(header::ACCEPT_ENCODING).into_iter().filter_map(|value| value.to_str().ok());
        for item in texts.flat_map(|text| text.split(',')) {
            let (name, weight) = weighted(item);
            match [Brotli, Zstd, Gzip, Identity].into_iter().find(|of| of.is_called(name)) {
                Some(of) => wish.said[of as usize] = Some(weight),
                None if name == "*" => wish.others = Some(weight),
                None => {}
            }
        }
        wish
    }

    fn weight(&self, of: Encoding) -> u16 {
        self.said[of as usize].or(self.others).unwrap_or(0)
    }

    /// Bytes as they are may always be sent but to who says that they may not.
    fn refuses_identity(&self) -> bool {
        self.said[Encoding::Identity as usize].or(self.others) == Some(0)
    }
}

/// The request as the layer that packs is to see it. That layer knows no zstd, by which only kept answers are packed, and would
/// say 406 of an answer to who takes nothing else.
pub(crate) fn known_to_packer(mut request: Request) -> Request {
    let wish = Wish::of(request.headers());
    let is_only = |of: Encoding| {
        wish.weight(of) > 0
            && Encoding::PACKED.into_iter().all(|other| other == of || wish.weight(other) == 0)
    };
    if wish.refuses_identity() && is_only(Encoding::Zstd) {
        request.headers_mut().insert(header::ACCEPT_ENCODING, HeaderValue::from_static("zstd"));
    }
    request
}

/// Packs a body by brotli as tightly as that can. Takes a hundred times as long as the usual way.
///
/// # Errors
/// If the packer fails, which writing to memory never makes it do.
pub(crate) fn tightest(body: &[u8]) -> io::Result<Bytes> {
    brotli(body, 11)
}

fn brotli(body: &[u8], quality: i32) -> io::Result<Bytes> {
    let mut packed = Vec::with_capacity(body.len() / 4);
    let params = brotli::enc::BrotliEncoderParams { quality, size_hint: body.len(), ..Default::default() };
    brotli::BrotliCompress(&mut &body[..], &mut packed, &params)?;
    packed.shrink_to_fit();
    Ok(packed.into())
}

/// A name and its weight in thousandths.
fn weighted(item: &str) -> (&str, u16) {
    let (name, parameters) = item.split_once(';').unwrap_or((item, ""));
    let q = parameters.split(';').find_map(|parameter| {
        let (key, value) = parameter.split_once('=')?;
        key.trim().eq_ignore_ascii_case("q").then(|| value.trim().parse::<f32>().unwrap_or(0.0))
    });
    (name.trim(), (q.unwrap_or(1.0).clamp(0.0, 1.0) * 1000.0) as u16)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_client_chooses() {
        for (said, chosen) in [
            ("", Encoding::Identity),
            ("gzip, deflate, br, zstd", Encoding::Brotli),
            ("gzip, deflate", Encoding::Gzip),
            ("zstd, gzip", Encoding::Zstd),
            ("br;q=0.1, gzip;q=0.9", Encoding::Gzip),
            ("br;q=0, gzip;q=0", Encoding::Identity),
            ("*", Encoding::Brotli),
            ("*;q=0", Encoding::Identity),
            ("br;q=0, *;q=0.5", Encoding::Zstd),
            ("identity, br;q=0.5", Encoding::Identity),
            ("identity;q=0.2, X-GZIP;q=0.3", Encoding::Gzip),
            ("deflate", Encoding::Identity),
            ("br;q=nonsense", Encoding::Identity),
        ] {
            let headers = HeaderMap::from_iter([(header::ACCEPT_ENCODING, said.parse().unwrap())]);
            assert_eq!(Encoding::accepted(&headers), chosen, "{said}");
        }
        assert_eq!(Encoding::accepted(&HeaderMap::new()), Encoding::Identity);
    }

    #[test]
    fn a_client_may_refuse_everything() {
        for (said, refused) in [
            ("", false),
            ("*", false),
            ("gzip;q=0", false),
            ("deflate", false),
            ("identity;q=0", true),
            ("*;q=0", true),
            ("deflate, *;q=0", true),
            ("br;q=0, gzip;q=0, zstd;q=0, identity;q=0", true),
            ("zstd, *;q=0", false),
            ("identity, *;q=0", false),
            ("*, identity;q=0", false),
        ] {
            let headers = HeaderMap::from_iter([(header::ACCEPT_ENCODING, said.parse().unwrap())]);
            assert_eq!(Encoding::is_none_accepted(&headers), refused, "{said}");
        }
        assert!(!Encoding::is_none_accepted(&HeaderMap::new()));
    }
}
