//! Who may do what. Nothing is answered by a route that does not say what it needs: handlers are registered by [`get`],
//! [`post`] and the like, which take only those whose first argument is a [`May`], and only a [`May`] leads to the server's
//! state. What stands where, and what it needs, is a table ([`Doors::places`]) that tests walk.

mod asked;
mod doors;
mod may;
mod seen;
mod visitor;

pub use doors::Place;
pub use may::Needed;
pub use visitor::{Held, Sight, Visitor, Who};

pub(crate) use asked::Asked;
pub(crate) use doors::{Door, Doors, delete, get, patch, post, put};
pub(crate) use may::{
    Administer, Anybody, Decide, Import, May, Operate, SaveViews, SeeFigures, SeeWork, SetAlerts, ShareViews,
    SignedIn,
};
pub(crate) use seen::Seen;
pub(crate) use visitor::HOST;
