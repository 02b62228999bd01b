//! The questions about figures, read without answering them: two requests that ask the same read as the same text.

use domain::Comparison;

use super::{View, analytics, campaigns, overview};
use crate::WebError;
use crate::access::Asked;
use crate::params::Params;

/// The questions about figures.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Figures {
    Overview,
    Campaigns,
    Campaign,
    Analytics,
}

impl Figures {
    /// The name under which an edge knows them.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Overview => "overview",
            Self::Campaigns => "campaigns",
            Self::Campaign => "campaign",
            Self::Analytics => "analytics",
        }
    }
}

/// Reads a question: what it is about, and the rest of it with everything that went without saying.
pub(crate) async fn read(
    state: &Asked,
    figures: Figures,
    path: &str,
    mut params: Params,
) -> Result<(View, String), WebError> {
    match figures {
        Figures::Overview => Ok((overview::read(state, params).await?, String::new())),
        Figures::Campaigns => {
            let (view, question) = campaigns::read(state, params).await?;
            Ok((view, format!("{:?}", question.query)))
        }
        Figures::Campaign => {
            let id = campaigns::number(path.rsplit('/').next().unwrap_or_default())?;
            let view = View::read(state, &mut params, Some(Comparison::Previous)).await?;
            params.done()?;
            Ok((view, id.to_string()))
        }
        Figures::Analytics => {
            let (view, query) = analytics::read(state, params).await?;
            Ok((view, format!("{query:?}")))
        }
    }
}
