//! The files as `build.rs` wrote them down.

/// A file.
pub(super) struct Embedded {
    /// Its name under `/assets/`.
    pub(super) name: &'static str,
    /// Its media type.
    pub(super) kind: &'static str,
    pub(super) raw: &'static [u8],
    /// Compressed, where that pays.
    pub(super) brotli: Option<&'static [u8]>,
    pub(super) gzip: Option<&'static [u8]>,
}

include!(concat!(env!("OUT_DIR"), "/embedded.rs"));
