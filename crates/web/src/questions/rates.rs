//! The exchange rates of a view: what each day's money is converted at.

use domain::Currency;
use insight::{Asker, UsedRate};

use super::View;
use crate::WebError;
use crate::access::Asked;
use crate::admission::Load;
use crate::params::Params;

/// The rates of a view.
pub(crate) struct Rates {
    pub(crate) view: View,
    /// What is converted into: what was asked, else the leading currency. `None` before anything was imported.
    pub(crate) to: Option<Currency>,
    pub(crate) rates: Vec<UsedRate>,
}

/// Reads which rates are asked about, and gives them.
pub(crate) async fn rates(state: &Asked, mut params: Params) -> Result<Rates, WebError> {
    let view = View::read(state, &mut params, None).await?;
    params.done()?;
    let to = view.convert.or(view.workspace.currency).filter(|currency| *currency != Currency::UNKNOWN);
    let asker = Asker { convert: to, ..view.asker() };
    let period = view.period;
    let rates = state.ask(Load::Light, asker.workspace, move |insight| insight.rates(asker, period)).await?;
    Ok(Rates { view, to, rates })
}
