//! What the crate promises, tried from outside.

#![expect(clippy::unwrap_used, reason = "a test that cannot read its file has failed")]

mod addresses;
mod contents;
mod endless;
mod fixtures;
mod guesses;
mod mutations;
mod packed;
mod refusals;
mod rows;
mod shown;
mod variants;
mod wishes;
