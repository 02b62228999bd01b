//! `/audit`: who did what, when and from where.

use askama::Template;
use axum::extract::OriginalUri;
use axum::response::Html;

use super::plan::left_out;
use super::shell::{Section, Shell};
use super::written;
use crate::WebError;
use crate::access::{Administer, May};
use crate::format;
use crate::link::Link;
use crate::params::Params;
use crate::questions::audit::{Told, chain, entries, few_words, of, words};
use crate::questions::chosen;
use crate::questions::people::{Names, Reach, organisation};

/// Entries on a page.
const SHOWN: u32 = 50;

#[derive(Template)]
#[template(path = "audit.html")]
struct AuditPage {
    shell: Shell,
    /// Of what it is: the organisation or the workspace.
    about: String,
    /// Whether the chain is whole; empty if it is not said.
    chain: String,
    is_broken: bool,
    /// Where it begins; empty if all of it is there.
    begins: String,
    lines: Vec<Line>,
    newest: Option<String>,
    older: Option<String>,
    file: String,
}
in_shell!(AuditPage: FIELDS, LISTS, FACTS, FORMS);

/// An entry.
struct Line {
    id: u32,
    at: String,
    at_exactly: String,
    /// Their name, or how the log writes them.
    who: String,
    /// How the log writes them, if they have a name.
    who_is: String,
    what: String,
    object: String,
    object_name: String,
    workspace: String,
    before: String,
    after: String,
    from: String,
}

impl Line {
    fn of(Told { entry, object_name, workspace }: Told) -> Self {
        let (who, who_is) = match entry.who_name.filter(|name| !name.is_empty()) {
            Some(name) => (name, entry.who),
            None => (entry.who, String::new()),
        };
        Self {
            id: entry.id,
            at: format::moment(entry.at, 0),
            at_exactly: entry.at.to_string(),
            who,
            who_is,
            what: words(&entry.action),
            object: entry.object,
            object_name: object_name.unwrap_or_default(),
            workspace: workspace.unwrap_or_default(),
            before: few_words(entry.before.as_ref()),
            after: few_words(entry.after.as_ref()),
            from: entry.address.unwrap_or_default(),
        }
    }
}

/// The page.
pub(crate) async fn list(
    state: May<Administer>,
    OriginalUri(uri): OriginalUri,
    mut params: Params,
) -> Result<Html<String>, WebError> {
    let theme = params.theme();
    let workspace = chosen(&state, &mut params).await?;
    left_out(&mut params)?;
    let before: Option<u32> = params.parsed_as("before", "use the link to older entries")?;
    params.done()?;
    let organisation = organisation(&state, &workspace).await?;
    let mut names = Names::of(&state, workspace.organisation).await?;
    let (entries, next) = entries(&state, of(&state, &workspace), &mut names, before, SHOWN).await?;
    let (chain, is_broken) = match chain(&state, &organisation).await {
        None => (String::new(), false),
        Some(checked) => {
            let at = format::moment(checked.at, 0);
            match checked.found {
                Ok(count) => {
                    let count = format::count(count);
                    (
                        format!(
                            "The chain of all {count} entries on this server is whole (checked {at} UTC)."
                        ),
                        false,
                    )
                }
                Err(id) => {
                    let what = "was changed or removed behind the server's back; compare it with a backup";
                    (format!("Entry {id} {what} (checked {at} UTC)."), true)
                }
            }
        }
    };
    let begins = state.catalog().audit_start().await?.map_or_else(String::new, |start| {
        let at = format::moment(start.at, 0);
        format!("Entries up to no. {} ({at} UTC) were removed by their age.", start.id)
    });
    let link = Link::of(&uri);
    let own = |path: &str| Link::to(path).with("workspace", &workspace.name);
    let is_over_all = Reach::of(&state, &workspace).is_over_all();
    written(&AuditPage {
        shell: Shell::of(&state, theme, "Audit log", Some(Section::Settings), &link, &workspace).await?,
        about: if is_over_all { format!("all of {}", organisation.name) } else { workspace.name.clone() },
        chain,
        is_broken,
        begins,
        lines: entries.into_iter().map(Line::of).collect(),
        newest: before.map(|_| own("/audit").to_string()),
        older: next.map(|next| own("/audit").with("before", next.to_string()).to_string()),
        file: own("/api/v1/audit").with("format", "csv").to_string(),
    })
}
