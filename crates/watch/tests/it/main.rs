//! The memory of what was measured, in real files.

mod failures;
mod memory;
mod months;
