//! Tests of the program as a whole: the real binary, on folders of its own, seen from outside.

#![expect(clippy::unwrap_used, reason = "a test ends where what it takes for granted fails")]

mod addresses;
mod backup;
mod beside_a_server;
mod connectors;
mod contents;
mod crash;
mod cut_off;
mod demo;
mod doctor;
mod duplicates;
mod exports;
mod files;
mod imports;
mod leave;
mod program;
mod query;
mod rates;
mod records;
mod refusals;
mod renames;
mod security;
mod server;
mod service;
mod sold;
mod sources;
mod tidy;
mod utm;
mod warehouse;
mod watch;
