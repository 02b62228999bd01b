//! How a page gets what stands around it: the shell is a template of its own, compiled once, and prints the page.

use askama::{FastWritable, Template};

use super::shell::Shell;

/// A page that stands in the shell. `in_shell!` makes one of a template.
pub(super) trait Page: Template {
    /// The style sheets that it needs besides the one of every page.
    const SHEETS: &'static [&'static str];

    fn shell(&self) -> &Shell;
}

/// Puts the page of a template into the `shell` that it has, and names the style sheets of `ui/src/sheets` that it needs
/// besides the one of every page: `in_shell!(PlanPage: PLANS)`. A test fails where one is missing.
macro_rules! in_shell {
    ($page:ident $(: $($sheet:ident),+)?) => {
        impl $crate::pages::frame::Page for $page {
            const SHEETS: &'static [&'static str] = &[$($($crate::assets::$sheet),+)?];

            fn shell(&self) -> &$crate::pages::shell::Shell {
                &self.shell
            }
        }
    };
}

/// The whole document.
#[derive(Template)]
#[template(path = "shell.html")]
pub(super) struct Framed<'a> {
    shell: &'a Shell,
    sheets: &'static [&'static str],
    /// What stands in `main`, written where it stands.
    page: &'a dyn FastWritable,
}

impl<'a> Framed<'a> {
    pub(super) fn of<P: Page>(page: &'a P) -> Self {
        Self { shell: page.shell(), sheets: P::SHEETS, page }
    }
}
