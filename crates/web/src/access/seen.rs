//! A workspace as whoever asks may see it: the only way from a request to what is asked of the figures.

use std::ops::Deref;

use insight::{Accounts, Asker, Bound};
use store::catalog::Workspace;

/// A workspace, and which of its accounts may be seen.
#[derive(Debug, Clone)]
pub(crate) struct Seen {
    workspace: Workspace,
    accounts: Accounts,
}

impl Seen {
    /// Only [`super::Asked`] says what may be seen.
    pub(super) fn new(workspace: Workspace, accounts: Accounts) -> Self {
        Self { workspace, accounts }
    }

    /// What may be asked about.
    pub(crate) fn bound(&self) -> Bound {
        Bound::of(self.workspace.id, self.accounts.clone())
    }

    /// Whose data is asked about, with money in its own currencies.
    pub(crate) fn asker(&self) -> Asker {
        Asker { bound: self.bound(), lead_currency: self.workspace.currency, convert: None }
    }

    /// Whether nothing may be seen, as no account was chosen yet.
    pub(crate) fn is_nothing(&self) -> bool {
        self.accounts.are_none()
    }

    /// Whether only some accounts may be seen.
    pub(crate) fn is_part(&self) -> bool {
        self.accounts != Accounts::All
    }

    /// The workspace itself.
    pub(crate) fn into_workspace(self) -> Workspace {
        self.workspace
    }
}

impl Deref for Seen {
    type Target = Workspace;

    fn deref(&self) -> &Workspace {
        &self.workspace
    }
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::{Path, PathBuf};

    /// The files below a folder.
    fn files(folder: &Path) -> Vec<PathBuf> {
        let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
        entries.flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] }).collect()
    }

    #[test]
    fn nothing_else_says_what_may_be_seen() {
        let sources = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
        let made = ["Bound::whole(", "Bound::of(", "Accounts::All", "Asker {"];
        // What is known of all is held in memory, and given out bounded.
        let here = ["access/seen.rs", "access/visitor.rs", "known_now.rs"];
        let mut read = 0;
        for path in files(&sources) {
            let text = fs::read_to_string(&path).unwrap();
            let is_meant = text.contains("insight::") && !here.iter().any(|own| path.ends_with(own));
            read += usize::from(is_meant);
            for word in made.iter().filter(|word| is_meant && text.contains(**word)) {
                // A question's own currency is no matter of sight.
                let is_kept = text.contains("..self.workspace.asker()") || text.contains("..view.asker()");
                assert!(*word == "Asker {" && is_kept, "{}: {word}", path.display());
            }
        }
        assert!(read > 20, "{read}");
    }
}
