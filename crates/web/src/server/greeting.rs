//! The handshake of TLS, in bounded time; who speaks plain HTTP where TLS is spoken is told so.

use std::io;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio_rustls::server::TlsStream;

use crate::tls::Tls;

/// What every connection that speaks TLS begins with: a record of a handshake.
const HANDSHAKE: u8 = 0x16;

/// Answer to plain HTTP. It leads nowhere: what was asked, with its secrets, was readable on the way.
const PLAIN: &[u8] = b"HTTP/1.1 400 Bad Request\r\ncontent-type: text/plain; charset=utf-8\r\n\
    content-length: 63\r\nconnection: close\r\n\r\nThis address speaks TLS only: begin the address with https://.\n";

/// Most bytes of plain HTTP that are read, so that the answer arrives before the connection ends.
const MOST_PLAIN: u64 = 64 << 10;

/// How long we read them.
const SHORT: Duration = Duration::from_secs(2);

/// What became of a handshake.
pub(super) enum Greeted {
    /// TLS is spoken.
    ByTls(Box<TlsStream<TcpStream>>),
    /// It is not, and why.
    Not(&'static str),
}

/// Comes to speak TLS.
pub(super) async fn greet(stream: TcpStream, tls: &Tls, most: Duration) -> Greeted {
    tokio::time::timeout(most, handshake(stream, tls)).await.unwrap_or(Greeted::Not("it took too long"))
}

async fn handshake(stream: TcpStream, tls: &Tls) -> Greeted {
    let mut first = [0];
    match stream.peek(&mut first).await {
        Ok(0) | Err(_) => return Greeted::Not("it ended before it began"),
        Ok(_) if first[0] == HANDSHAKE => {}
        Ok(_) if first[0].is_ascii_uppercase() => {
            drop(tell(stream).await);
            return Greeted::Not("it was plain HTTP");
        }
        Ok(_) => return Greeted::Not("it was something else"),
    }
    match tls.acceptor().accept(stream).await {
        Ok(stream) => Greeted::ByTls(Box::new(stream)),
        Err(error) => {
            tracing::debug!(%error, "a handshake failed");
            Greeted::Not("the handshake failed")
        }
    }
}

/// Says that TLS is spoken here.
async fn tell(mut stream: TcpStream) -> io::Result<()> {
    stream.write_all(PLAIN).await?;
    stream.shutdown().await?;
    // What was sent and is not read would make the system take the answer back.
    let (mut rest, mut nowhere) = (stream.take(MOST_PLAIN), tokio::io::sink());
    drop(tokio::time::timeout(SHORT, tokio::io::copy(&mut rest, &mut nowhere)).await);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_answer_is_as_long_as_it_says() {
        let text = String::from_utf8(PLAIN.to_vec()).unwrap();
        let (head, body) = text.split_once("\r\n\r\n").unwrap();
        assert!(head.contains(&format!("content-length: {}\r\n", body.len())), "{}", body.len());
    }
}
