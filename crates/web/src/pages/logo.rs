//! The picture beside a workspace's name. Its size is given, so that nothing moves when it comes.

use askama::Template;
use askama::filters::HtmlSafe;
use store::catalog::Workspace;

use crate::api::LogoOut;

/// The picture beside a workspace's name.
#[derive(Debug, Clone, Template)]
#[template(path = "logo.html")]
pub(super) struct LogoImage {
    logo: LogoOut,
}

impl HtmlSafe for LogoImage {}

impl LogoImage {
    pub(super) fn of(workspace: &Workspace) -> Option<Self> {
        Some(Self { logo: LogoOut::of(workspace.id, workspace.logo.as_ref()?) })
    }

    /// The images for screens with several pixels on one of the page.
    fn srcset(&self) -> String {
        let larger = (2..).zip(self.logo.images.iter().skip(1));
        larger.map(|(scale, image)| format!("{image} {scale}x")).collect::<Vec<_>>().join(", ")
    }
}
