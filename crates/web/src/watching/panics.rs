//! Panics: where they happened, which what they leave behind does not say.

use std::any::Any;
use std::cell::RefCell;
use std::panic::{PanicHookInfo, set_hook};

use axum::response::{IntoResponse, Response};

use super::About;
use crate::WebError;

thread_local! {
    /// Where this thread panicked last.
    static PLACE: RefCell<Option<String>> = const { RefCell::new(None) };
}

/// A panic while a request was answered.
#[derive(Debug, thiserror::Error)]
#[error("panic: {text}")]
pub(crate) struct Panicked {
    text: String,
    /// The line of the source.
    pub(crate) place: String,
}

/// Remembers where panics happen, and logs those that no request has: call it once, in a server.
pub fn remember_panics() {
    set_hook(Box::new(|panic: &PanicHookInfo<'_>| {
        let place = panic.location().map(|place| format!("{}:{}", place.file(), place.line()));
        if About::now().is_none() {
            let text = words(panic.payload());
            tracing::error!(place, text = watch::redacted(text), "something panicked");
        }
        PLACE.set(place);
    }));
}

/// An answer to a panic.
pub(crate) fn caught(panic: Box<dyn Any + Send>) -> Response {
    let text = words(panic.as_ref()).to_owned();
    let place = PLACE.take().unwrap_or_else(|| "server".to_owned());
    WebError::internal(Panicked { text, place }).into_response()
}

fn words(panic: &(dyn Any + Send)) -> &str {
    let text = panic.downcast_ref::<String>().map(String::as_str);
    text.or(panic.downcast_ref::<&str>().copied()).unwrap_or("without words")
}
