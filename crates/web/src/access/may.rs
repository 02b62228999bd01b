//! What a handler needs, as the type of its first argument.

use std::marker::PhantomData;
use std::ops::Deref;

use axum::extract::FromRequestParts;
use axum::http::StatusCode;
use axum::http::request::Parts;
use people::Permission;

use super::asked::forbidden;
use super::{Asked, Visitor, Who};
use crate::entrance::Origin;
use crate::{AppState, WebError};

/// The way to the server's state for a handler whose visitor must be allowed `P`.
pub(crate) struct May<P> {
    asked: Asked,
    needs: PhantomData<P>,
}

/// What a route needs of who asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Needed {
    /// Nothing.
    Nothing,
    /// That somebody signed in.
    SignIn,
    /// That they may do it.
    To(Permission),
}

/// A type that stands for what a route needs.
pub(crate) trait Needs: Send + Sync + 'static {
    const NEEDED: Needed;
}

macro_rules! permissions {
    ($($name:ident),+) => {
        $(
            #[doc = concat!("Stands for [`Permission::", stringify!($name), "`].")]
            #[derive(Debug, Clone, Copy)]
            pub(crate) struct $name;

            impl Needs for $name {
                const NEEDED: Needed = Needed::To(Permission::$name);
            }
        )+
    };
}

permissions!(SeeFigures, SeeWork, SaveViews, Decide, Import, SetAlerts, ShareViews, Administer, Operate);

/// Stands for nothing that is needed.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Anybody;

impl Needs for Anybody {
    const NEEDED: Needed = Needed::Nothing;
}

/// Stands for nothing but that somebody signed in.
#[derive(Debug, Clone, Copy)]
pub(crate) struct SignedIn;

impl Needs for SignedIn {
    const NEEDED: Needed = Needed::SignIn;
}

impl<P: Needs> May<P> {
    /// Lets a visitor in, or says why not.
    ///
    /// # Errors
    /// If nobody signed in, or they may not do this anywhere.
    pub(crate) fn of(app: AppState, by: Visitor, from: Origin) -> Result<Self, WebError> {
        let needs = match P::NEEDED {
            Needed::Nothing => Permission::SeeFigures,
            _ if by.who == Who::Nobody => return Err(not_signed_in()),
            _ if by.who == Who::Unknown => return Err(not_known_now()),
            Needed::SignIn => Permission::SeeFigures,
            Needed::To(permission) if by.sight.may_somewhere(permission) => permission,
            Needed::To(_) if by.lacks_factor => return Err(lacks_factor()),
            Needed::To(permission) => return Err(forbidden(permission)),
        };
        Ok(Self { asked: Asked { app, by, from, needs }, needs: PhantomData })
    }
}

impl<P: Needs> FromRequestParts<AppState> for May<P> {
    type Rejection = WebError;

    async fn from_request_parts(parts: &mut Parts, app: &AppState) -> Result<Self, WebError> {
        // Who was not identified is nobody.
        let by = parts.extensions.get::<Visitor>().cloned().unwrap_or_else(Visitor::nobody);
        let from = parts.extensions.get::<Origin>().copied().unwrap_or_default();
        Self::of(app.clone(), by, from)
    }
}

impl<P> Deref for May<P> {
    type Target = Asked;

    fn deref(&self) -> &Asked {
        &self.asked
    }
}

fn lacks_factor() -> WebError {
    let detail = "your organisation demands a second factor, and you have none yet";
    WebError::told(StatusCode::FORBIDDEN, "second-factor", "Set a second factor first", detail)
        .remedy("set one at /account/second-factor")
}

fn not_known_now() -> WebError {
    let detail = "who you are can't be found out at the moment";
    WebError::told(StatusCode::SERVICE_UNAVAILABLE, "catalog", "Not now", detail)
        .remedy("try again in a little while")
        .retry_after(5)
}

fn not_signed_in() -> WebError {
    let detail = "this is for people and programs that are known here";
    WebError::told(StatusCode::UNAUTHORIZED, "sign-in", "Sign in first", detail)
        .remedy("sign in, or send a token in the header 'Authorization: Bearer …'")
}
