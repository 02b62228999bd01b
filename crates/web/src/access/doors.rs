//! Routes that say what they need: a handler without a [`May`] as its first argument can't be registered.

use axum::Router;
use axum::handler::Handler;
use axum::http::Method;
use axum::routing::{MethodFilter, MethodRouter};

use super::may::{May, Needed, Needs};
use crate::AppState;

/// A method at a path, and what it needs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// The method; `GET` answers `HEAD` too.
    pub method: Method,
    /// The pattern of the path.
    pub path: String,
    /// What it needs.
    pub needed: Needed,
}

/// The handlers of a path.
pub(crate) struct Door {
    methods: MethodRouter<AppState>,
    needs: Vec<(Method, Needed)>,
}

/// All paths.
#[derive(Default)]
pub(crate) struct Doors {
    router: Router<AppState>,
    places: Vec<Place>,
}

/// Arguments of a handler that begin with what it needs.
pub(crate) trait Guarded {
    const NEEDED: Needed;
}

macro_rules! guarded {
    ($($rest:ident)*) => {
        impl<M, P: Needs, $($rest),*> Guarded for (M, May<P>, $($rest,)*) {
            const NEEDED: Needed = P::NEEDED;
        }
    };
}

guarded!();
guarded!(A);
guarded!(A B);
guarded!(A B C);
guarded!(A B C D);
guarded!(A B C D E);

macro_rules! methods {
    ($($(#[$doc:meta])* $word:ident $method:ident;)+) => {
        $(
            $(#[$doc])*
            pub(crate) fn $word<H, T>(handler: H) -> Door
            where
                H: Handler<T, AppState>,
                T: Guarded + 'static,
            {
                Door { methods: MethodRouter::new(), needs: Vec::new() }.$word(handler)
            }
        )+

        impl Door {
            $(
                /// The same, and this method.
                pub(crate) fn $word<H, T>(self, handler: H) -> Self
                where
                    H: Handler<T, AppState>,
                    T: Guarded + 'static,
                {
                    self.on(Method::$method, MethodFilter::$method, handler)
                }
            )+
        }
    };
}

methods! {
    /// Reading.
    get GET;
    /// Doing something.
    post POST;
    /// Setting something as a whole.
    put PUT;
    /// Changing parts of something.
    patch PATCH;
    /// Taking something away.
    delete DELETE;
}

impl Door {
    fn on<H, T>(mut self, method: Method, filter: MethodFilter, handler: H) -> Self
    where
        H: Handler<T, AppState>,
        T: Guarded + 'static,
    {
        self.needs.push((method, T::NEEDED));
        self.methods = self.methods.on(filter, handler);
        self
    }

    /// The same behind layers.
    pub(crate) fn behind(
        mut self,
        layers: impl FnOnce(MethodRouter<AppState>) -> MethodRouter<AppState>,
    ) -> Self {
        self.methods = layers(self.methods);
        self
    }
}

impl Doors {
    /// The same with a path.
    pub(crate) fn route(mut self, path: &str, door: Door) -> Self {
        let Door { methods, needs } = door;
        self.router = self.router.route(path, methods);
        let place = |(method, needed)| Place { method, path: path.to_owned(), needed };
        self.places.extend(needs.into_iter().map(place));
        self
    }

    /// The same with other paths.
    pub(crate) fn merge(mut self, other: Self) -> Self {
        self.router = self.router.merge(other.router);
        self.places.extend(other.places);
        self
    }

    /// The same behind layers.
    pub(crate) fn behind(mut self, layers: impl FnOnce(Router<AppState>) -> Router<AppState>) -> Self {
        self.router = layers(self.router);
        self
    }

    /// What stands where, and what it needs.
    pub(crate) fn places(self) -> Vec<Place> {
        self.places
    }

    /// All of it, to be served.
    pub(crate) fn router(self) -> Router<AppState> {
        self.router
    }
}
