//! What a workspace looks like to those who work in it: read from a form, checked, and written as a style sheet.

mod colour;
mod host;

use axum::extract::Path;
use axum::http::{HeaderName, HeaderValue, header};
use store::catalog::{Brand, Workspace};

use crate::access::{Anybody, Asked, May};
use crate::params::Params;
use crate::{AppState, WebError};
use colour::Accent;

/// Longest name, in characters.
pub(crate) const LONGEST_NAME: usize = 40;

/// The address of a sheet has its colours.
const FOR_EVER: HeaderValue = HeaderValue::from_static("public, max-age=31536000, immutable");

/// What was typed.
#[derive(Debug, Clone, Default)]
pub(crate) struct Typed {
    pub(crate) name: String,
    pub(crate) accent_light: String,
    pub(crate) accent_dark: String,
    pub(crate) mail_name: String,
    pub(crate) host: String,
}

impl Typed {
    /// What stands in a form that was sent.
    ///
    /// # Errors
    /// If something is given twice.
    pub(crate) fn read(form: &mut Params) -> Result<Self, WebError> {
        let mut text = |name| Ok::<_, WebError>(form.text(name)?.unwrap_or_default());
        Ok(Self {
            name: text("brand_name")?,
            accent_light: text("accent_light")?,
            accent_dark: text("accent_dark")?,
            mail_name: text("mail_name")?,
            host: text("host")?,
        })
    }

    /// What is set of a workspace.
    pub(crate) fn of(brand: &Brand) -> Self {
        let (light, dark) = brand.accent.clone().unzip();
        let colour = |digits: Option<String>| digits.map(|digits| format!("#{digits}")).unwrap_or_default();
        Self {
            name: brand.name.clone().unwrap_or_default(),
            accent_light: colour(light),
            accent_dark: colour(dark),
            mail_name: brand.mail_name.clone().unwrap_or_default(),
            host: brand.host.clone().unwrap_or_default(),
        }
    }
}

/// Sets what a workspace looks like, but for its pictures.
///
/// # Errors
/// If something of it can't be, with what would be right.
pub(crate) async fn set(asked: &Asked, workspace: &Workspace, typed: &Typed) -> Result<(), WebError> {
    let brand = Brand {
        name: name("brand_name", &typed.name)?,
        accent: Accent::read(&typed.accent_light, &typed.accent_dark)?.map(Accent::digits),
        mail_name: name("mail_name", &typed.mail_name)?,
        host: own_host(asked, &typed.host)?,
        icon: None,
    };
    match asked.catalog().set_brand(workspace.id, &brand).await? {
        true => Ok(()),
        false => {
            let remedy = "use another one, or let the other workspace give it up first";
            Err(WebError::parameter("host", "another workspace has it", remedy))
        }
    }
}

fn name(parameter: &'static str, text: &str) -> Result<Option<String>, WebError> {
    let name = text.split_whitespace().collect::<Vec<_>>().join(" ");
    // In the sender of a letter these would begin an address, or another field.
    let is_plain = !name.contains(|letter: char| letter.is_control() || "<>\"\\".contains(letter));
    match is_plain && name.chars().count() <= LONGEST_NAME {
        true => Ok(Some(name).filter(|name| !name.is_empty())),
        false => {
            let remedy = format!("use at most {LONGEST_NAME} letters, without < > \" and \\");
            Err(WebError::parameter(parameter, "it can't be a name", &remedy))
        }
    }
}

fn own_host(app: &AppState, text: &str) -> Result<Option<String>, WebError> {
    let Some(host) = host::read(text)? else { return Ok(None) };
    let is_ours = |own: &String| crate::guard::without_port(own).eq_ignore_ascii_case(&host);
    let home = app.telling.home.as_deref().and_then(|home| home.split_once("://"));
    let is_home = home.is_some_and(|(_, home)| is_ours(&home.to_owned()));
    // Under it nothing else would be there any more.
    if is_home || app.allowed_hosts.as_ref().is_some_and(|own| own.iter().any(is_ours)) {
        let detail = "it is the server's own, under which all workspaces are";
        return Err(WebError::parameter("host", detail, "use a name that is for this workspace alone"));
    }
    Ok(Some(host))
}

/// Where the style sheet of a workspace's colours is; empty for the program's own.
pub(crate) fn sheet(brand: &Brand) -> String {
    brand.accent.as_ref().map(|(light, dark)| format!("/brand/{light}-{dark}.css")).unwrap_or_default()
}

/// `GET /brand/{name}`: the style sheet of two colours. It says nothing of any workspace.
pub(crate) async fn style(
    _: May<Anybody>,
    Path(name): Path<String>,
) -> Result<([(HeaderName, HeaderValue); 2], String), WebError> {
    let colours = name.strip_suffix(".css").and_then(|name| name.split_once('-'));
    let accent = colours.and_then(|(light, dark)| Accent::read(light, dark).ok().flatten());
    let accent = accent.ok_or_else(|| {
        WebError::not_found(format!("there is no style sheet {name}")).remedy("load the page again")
    })?;
    let kind = HeaderValue::from_static("text/css; charset=utf-8");
    Ok(([(header::CONTENT_TYPE, kind), (header::CACHE_CONTROL, FOR_EVER)], accent.sheet()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_begin_no_address_and_no_line() {
        assert_eq!(name("mail_name", "  Northwind  Media ").unwrap().as_deref(), Some("Northwind Media"));
        assert_eq!(name("mail_name", " ").unwrap(), None);
        for wrong in ["A <evil@example.org>", "a\"b", "a\u{7}b", &"é".repeat(41)] {
            assert!(name("mail_name", wrong).is_err(), "{wrong}");
        }
    }
}
