//! What a page takes over of its workspace's look.

use store::catalog::Workspace;

use crate::brand;

/// What the program calls itself.
const PROGRAM: &str = "Adroit";

/// What a page takes over of its workspace's look.
#[derive(Debug, Clone)]
pub(crate) struct Look {
    /// What stands at the top and in the title.
    pub(super) name: String,
    /// The address of the icon; empty for the program's own.
    pub(super) icon: String,
    /// The address of the style sheet with its colours; empty for the program's own.
    pub(super) sheet: String,
}

impl Default for Look {
    fn default() -> Self {
        Self { name: PROGRAM.to_owned(), icon: String::new(), sheet: String::new() }
    }
}

impl Look {
    pub(super) fn of(workspace: &Workspace) -> Self {
        let icon = workspace.brand.icon.as_ref();
        Self {
            icon: icon
                .map(|icon| format!("/workspaces/{}/icon/{icon}.png", workspace.id))
                .unwrap_or_default(),
            ..Self::outside(workspace)
        }
    }

    /// For who is not signed in: the icon is for who sees the workspace only.
    pub(crate) fn outside(workspace: &Workspace) -> Self {
        Self {
            name: workspace.brand.name.clone().unwrap_or_else(|| PROGRAM.to_owned()),
            icon: String::new(),
            sheet: brand::sheet(&workspace.brand),
        }
    }
}
