//! How much the network may ask of the server before it has asked for anything: connections, bytes and time.

use std::time::Duration;

/// Bounds on connections, and on how slowly they may be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bounds {
    /// Most connections at once. For the next one the idlest is closed.
    pub connections: usize,
    /// Most connections at once from one address, or one network of IPv6 (/64). Proxies that are trusted have no such bound.
    pub of_one_address: usize,
    /// Most TLS handshakes under way at once. For the next one the oldest is given up.
    pub handshakes: usize,
    /// Longest time that a TLS handshake may take.
    pub handshake: Duration,
    /// Longest time from the first to the last byte of a request's head, and longest pause between requests over HTTP/1.
    pub head: Duration,
    /// Longest time that a connection may stay open without a request.
    pub idle: Duration,
    /// Longest time in which a reader takes nothing of an answer that is there for it.
    pub stall: Duration,
    /// Over how much time of waiting a body's bytes are counted.
    pub body_window: Duration,
    /// Fewest bytes that must come in that time.
    pub body_bytes: u64,
}

impl Default for Bounds {
    fn default() -> Self {
        Self {
            connections: 10_000,
            of_one_address: 512,
            handshakes: 512,
            handshake: Duration::from_secs(10),
            head: Duration::from_secs(30),
            idle: Duration::from_secs(120),
            stall: Duration::from_secs(120),
            body_window: Duration::from_secs(30),
            // 500 bytes a second: slower than any telephone.
            body_bytes: 15_000,
        }
    }
}

impl Bounds {
    /// The same, with no more connections than leave half of so many file handles to everything else.
    #[must_use]
    pub fn within_handles(self, handles: u64) -> Self {
        let half = usize::try_from(handles / 2).unwrap_or(usize::MAX).max(16);
        let connections = self.connections.min(half);
        Self { connections, of_one_address: self.of_one_address.min(connections.div_ceil(2)), ..self }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn few_handles_mean_few_connections() {
        for (handles, connections, of_one) in [(1_000_000, 10_000, 512), (1024, 512, 256), (0, 16, 8)] {
            let bounds = Bounds::default().within_handles(handles);
            assert_eq!((bounds.connections, bounds.of_one_address), (connections, of_one), "{handles}");
        }
    }
}
