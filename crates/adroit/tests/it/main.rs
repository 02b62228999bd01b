//! Tests of the program as a whole: the real binary, on folders of its own, seen from outside.

#![expect(clippy::unwrap_used, reason = "a test ends where what it takes for granted fails")]

mod beside_a_server;
mod connectors;
mod contents;
mod crash;
mod demo;
mod doctor;
mod exports;
mod imports;
mod program;
mod query;
mod records;
mod refusals;
mod server;
mod sources;
mod tidy;
mod warehouse;
mod watch;
