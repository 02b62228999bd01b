//! A running `adroit serve` on a free port of the loopback address.

use std::ffi::OsStr;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::os::unix::net::UnixStream;

use serde_json::Value;

use crate::program::{Done, Folder, PATIENCE, Running, until};

pub struct Server {
    running: Running,
    pub address: SocketAddr,
}

impl Server {
    /// Starts a server and waits until it says where it listens.
    pub fn start(folder: &Folder) -> Self {
        Self::start_with(folder, &[], &[])
    }

    /// The same with further flags and variables.
    pub fn start_with(folder: &Folder, flags: &[&str], variables: &[(&str, &OsStr)]) -> Self {
        let arguments = [&["serve", "--open", "--bind", "127.0.0.1:0"], flags].concat();
        let mut running = Running::start_with(&folder.data(), &arguments, variables);
        let address = until("the server says where it listens", || {
            let said = running.stdout();
            let address = said.split_once("://").and_then(|(_, rest)| rest.split_once('/'));
            let ended = running.ended();
            assert!(ended.is_none(), "the server ended with {ended:?}: {said}");
            address.map(|(address, _)| address.parse().unwrap())
        });
        Self { running, address }
    }

    /// Asks for JSON.
    pub fn get(&self, path: &str) -> Value {
        let mut stream = TcpStream::connect(self.address).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        // HTTP/1.0: the answer comes in one piece and ends with the connection.
        write!(stream, "GET {path} HTTP/1.0\r\nHost: localhost\r\n\r\n").unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        let (head, body) = answer.split_once("\r\n\r\n").unwrap_or_else(|| panic!("{path}: {answer:?}"));
        assert!(head.starts_with("HTTP/1.0 200"), "{path}: {answer}");
        serde_json::from_str(body).unwrap_or_else(|error| panic!("{path}: {error}: {body}"))
    }

    pub fn id(&self) -> u32 {
        self.running.id()
    }

    /// What it has logged so far.
    pub fn stderr(&self) -> String {
        self.running.stderr()
    }

    /// Sends SIGHUP.
    pub fn hang_up(&self) {
        self.running.signal("HUP");
    }

    /// Kills it at once.
    pub fn cut_off(self) {
        assert!(self.running.cut_off(), "the server ended on its own");
    }

    /// Asks it to stop and waits until it has.
    pub fn stop(self) -> Done {
        self.running.ask_to_stop();
        self.running.done()
    }
}

/// Whether a server lets commands into the folder.
pub fn lets_commands_in(folder: &Folder) -> bool {
    UnixStream::connect(folder.data().join("adroit.sock")).is_ok()
}
