//! Words on stdout and stderr: names in them can't steer the terminal, and a reader may leave before the last line, as
//! `head` does.

use std::fmt;
use std::io::{ErrorKind, Write};

/// Like `println!`, but harmless to terminals; and a reader who left is no failure, any other is told and ends the program.
macro_rules! say {
    ($($words:tt)*) => { $crate::say::line(format_args!($($words)*)) };
}

pub(crate) fn line(words: fmt::Arguments<'_>) {
    bytes(format!("{}\n", harmless(&words.to_string())).as_bytes());
}

/// For stdout, as they are.
pub(crate) fn bytes(bytes: &[u8]) {
    let mut out = std::io::stdout().lock();
    match out.write_all(bytes).and_then(|()| out.flush()) {
        Ok(()) => {}
        Err(error) if error.kind() == ErrorKind::BrokenPipe => {}
        Err(error) => {
            eprintln!("adroit: what was found can't be written out: {error}");
            std::process::exit(1);
        }
    }
}

/// Words beside what is written out, on stderr.
pub(crate) fn aside(words: &str) {
    eprint!("{}", harmless(words));
}

/// What went wrong, on stderr.
pub(crate) fn complaint(error: &anyhow::Error) {
    eprintln!("adroit: {}", harmless(&format!("{error:#}")));
}

/// Control characters become spaces, but for the ends of lines.
fn harmless(words: &str) -> String {
    words.chars().map(|c| if c.is_control() && c != '\n' { ' ' } else { c }).collect()
}
