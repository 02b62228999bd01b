//! What a certificate says of itself: for which names, and from when until when. Read from its DER (RFC 5280); whether it is
//! sound otherwise is rustls' business.

use std::net::IpAddr;
use std::path::Path;

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::server::ParsedCertificate;

use super::TlsError;

/// For so many days before its end a certificate is warned about.
const SOON_DAYS: i64 = 21;

const SEQUENCE: u8 = 0x30;
const UTC_TIME: u8 = 0x17;
const GENERALIZED_TIME: u8 = 0x18;
const VERSION: u8 = 0xa0;
const EXTENSIONS: u8 = 0xa3;
const DNS_NAME: u8 = 0x82;
const ADDRESS: u8 = 0x87;
/// 2.5.29.17, subjectAltName, as an object identifier.
const OTHER_NAMES: &[u8] = &[0x06, 0x03, 0x55, 0x1d, 0x11];

/// What a certificate says of itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Certificate {
    /// From when it counts.
    pub from: Timestamp,
    /// Until when it counts.
    pub until: Timestamp,
    /// For which names: of hosts, some with a star, and addresses.
    pub names: Vec<String>,
    der: CertificateDer<'static>,
}

impl Certificate {
    /// The first certificate of a PEM file, which is the server's own.
    ///
    /// # Errors
    /// If the file can't be read or has none.
    pub fn read(path: &Path) -> Result<Self, TlsError> {
        let text =
            std::fs::read(path).map_err(|source| TlsError::Unreadable { path: path.to_owned(), source })?;
        let der = CertificateDer::from_pem_slice(&text)
            .map_err(|_| TlsError::NoCertificate { path: path.to_owned() })?;
        Self::of(der).ok_or_else(|| TlsError::NoCertificate { path: path.to_owned() })
    }

    pub(super) fn of(der: CertificateDer<'static>) -> Option<Self> {
        let (from, until, names) = read(&der)?;
        Some(Self { from, until, names, der })
    }

    /// Whole days until it ends; negative once it has.
    pub fn days_left(&self, now: Timestamp) -> i64 {
        self.until.duration_since(now).as_secs().div_euclid(24 * 3600)
    }

    /// Whether its end is near enough to be warned about.
    pub fn ends_soon(&self, now: Timestamp) -> bool {
        self.days_left(now) < SOON_DAYS
    }

    /// Whether it counts now.
    pub fn counts(&self, now: Timestamp) -> bool {
        self.from <= now && now < self.until
    }

    /// Whether browsers that ask under this name or address accept it, as far as the name goes.
    pub fn is_for(&self, name: &str) -> bool {
        let name = name.trim_start_matches('[').trim_end_matches(']').to_owned();
        let (Ok(name), Ok(parsed)) = (ServerName::try_from(name), ParsedCertificate::try_from(&self.der))
        else {
            return false;
        };
        rustls::client::verify_server_name(&parsed, &name).is_ok()
    }
}

/// One element of DER: its tag, what is in it, and what follows.
fn element(bytes: &[u8]) -> Option<(u8, &[u8], &[u8])> {
    let (&tag, rest) = bytes.split_first()?;
    let (&first, rest) = rest.split_first()?;
    let (length, rest) = match first {
        0..=0x7f => (usize::from(first), rest),
        0x81..=0x84 => {
            let (digits, rest) = rest.split_at_checked(usize::from(first & 0x7f))?;
            (digits.iter().fold(0, |sum, digit| sum << 8 | usize::from(*digit)), rest)
        }
        _ => return None,
    };
    let (inside, after) = rest.split_at_checked(length)?;
    Some((tag, inside, after))
}

/// What is in the element that comes next, which must have this tag, and what follows.
fn inside(bytes: &[u8], wanted: u8) -> Option<(&[u8], &[u8])> {
    let (tag, inside, after) = element(bytes)?;
    (tag == wanted).then_some((inside, after))
}

fn read(der: &[u8]) -> Option<(Timestamp, Timestamp, Vec<String>)> {
    let (certificate, _) = inside(der, SEQUENCE)?;
    let (mut rest, _) = inside(certificate, SEQUENCE)?;
    if rest.first() == Some(&VERSION) {
        rest = element(rest)?.2;
    }
    // Serial number, algorithm and issuer.
    for _ in 0..3 {
        rest = element(rest)?.2;
    }
    let (validity, mut rest) = inside(rest, SEQUENCE)?;
    let (kind, from, validity) = element(validity)?;
    let from = time(kind, from)?;
    let (kind, until, _) = element(validity)?;
    let until = time(kind, until)?;
    let mut found = Vec::new();
    while !rest.is_empty() {
        let (tag, content, after) = element(rest)?;
        if tag == EXTENSIONS {
            found = names(content)?;
        }
        rest = after;
    }
    Some((from, until, found))
}

/// The names among the extensions.
fn names(extensions: &[u8]) -> Option<Vec<String>> {
    let (mut extensions, _) = inside(extensions, SEQUENCE)?;
    let mut found = Vec::new();
    while !extensions.is_empty() {
        let (extension, after) = inside(extensions, SEQUENCE)?;
        extensions = after;
        let Some(mut rest) = extension.strip_prefix(OTHER_NAMES) else { continue };
        // The value stands last, after whether it must be understood.
        let mut value = rest;
        while !rest.is_empty() {
            let (_, content, after) = element(rest)?;
            (value, rest) = (content, after);
        }
        let (mut names, _) = inside(value, SEQUENCE)?;
        while !names.is_empty() {
            let (tag, name, after) = element(names)?;
            names = after;
            match tag {
                DNS_NAME => found.extend(std::str::from_utf8(name).map(str::to_ascii_lowercase)),
                ADDRESS => found.extend(address(name)),
                _ => {}
            }
        }
    }
    Some(found)
}

fn address(bytes: &[u8]) -> Option<String> {
    let v4 = <[u8; 4]>::try_from(bytes).map(IpAddr::from).ok();
    let v6 = || <[u8; 16]>::try_from(bytes).map(IpAddr::from).ok();
    v4.or_else(v6).map(|address| address.to_string())
}

/// `YYMMDDHHMMSSZ` before 2050, `YYYYMMDDHHMMSSZ` from then on.
fn time(kind: u8, bytes: &[u8]) -> Option<Timestamp> {
    let text = std::str::from_utf8(bytes).ok()?.strip_suffix('Z')?;
    let text = match kind {
        UTC_TIME if text.len() == 12 => {
            format!("{}{text}", if text.as_bytes()[0] < b'5' { "20" } else { "19" })
        }
        GENERALIZED_TIME if text.len() == 14 => text.to_owned(),
        _ => return None,
    };
    DateTime::strptime("%Y%m%d%H%M%S", text).ok()?.to_zoned(TimeZone::UTC).ok().map(|zoned| zoned.timestamp())
}

#[cfg(test)]
mod tests {
    use std::net::Ipv6Addr;

    use rcgen::{CertificateParams, KeyPair, SanType, date_time_ymd};

    use super::*;

    fn certificate(names: &[&str], years: (i32, i32)) -> Certificate {
        let mut params =
            CertificateParams::new(names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>()).unwrap();
        params.subject_alt_names.push(SanType::IpAddress(Ipv6Addr::LOCALHOST.into()));
        params.not_before = date_time_ymd(years.0, 2, 3);
        params.not_after = date_time_ymd(years.1, 2, 3);
        let made = params.self_signed(&KeyPair::generate().unwrap()).unwrap();
        Certificate::of(made.der().clone()).unwrap()
    }

    #[test]
    fn names_and_times_are_read() {
        // The way times are written changes in 2050.
        for years in [(2026, 2027), (1999, 2049), (2049, 2051)] {
            let found = certificate(&["adroit.example", "*.adroit.example", "192.0.2.7"], years);
            assert_eq!(found.from.to_string(), format!("{}-02-03T00:00:00Z", years.0));
            assert_eq!(found.until.to_string(), format!("{}-02-03T00:00:00Z", years.1));
            assert_eq!(found.names, ["adroit.example", "*.adroit.example", "192.0.2.7", "::1"]);
        }
    }

    #[test]
    fn it_is_for_its_names_and_no_others() {
        let found = certificate(&["adroit.example", "*.adroit.example", "192.0.2.7"], (2026, 2027));
        for (name, is_for) in [
            ("adroit.example", true),
            ("www.adroit.example", true),
            ("a.b.adroit.example", false),
            ("evil.example", false),
            ("192.0.2.7", true),
            ("[::1]", true),
            ("", false),
        ] {
            assert_eq!(found.is_for(name), is_for, "{name}");
        }
    }

    #[test]
    fn its_end_is_counted_in_days() {
        let found = certificate(&["adroit.example"], (2026, 2027));
        for (now, days, is_soon, counts) in [
            ("2027-01-01T00:00:00Z", 33, false, true),
            ("2027-01-13T00:00:00Z", 21, false, true),
            ("2027-01-13T00:00:01Z", 20, true, true),
            ("2027-02-02T23:59:59Z", 0, true, true),
            ("2027-02-03T00:00:00Z", 0, true, false),
            ("2027-02-03T00:00:01Z", -1, true, false),
            ("2026-02-02T00:00:00Z", 366, false, false),
        ] {
            let now = now.parse().unwrap();
            assert_eq!(
                (found.days_left(now), found.ends_soon(now), found.counts(now)),
                (days, is_soon, counts),
                "{now}"
            );
        }
    }

    #[test]
    fn rubbish_is_no_certificate() {
        for bytes in [&b""[..], b"\x30", b"\x30\x84\xff\xff\xff\xff", b"\x30\x03\x30\x01\xa0", &[0x30; 300]] {
            assert_eq!(read(bytes), None);
        }
    }
}
