//! The JSON API: what crosses the wire, and who answers. Every type reads back what it writes.

pub(crate) mod analytics;
pub(crate) mod campaigns;
mod document;
pub(crate) mod health;
pub(crate) mod imports;
pub(crate) mod overview;
mod parameters;
pub(crate) mod plans;
pub(crate) mod plans_bulk;
mod plans_wire;
pub(crate) mod progress;
mod row;
pub(crate) mod search;
mod sources;
pub(crate) mod workspaces;

pub use analytics::AnalyticsOut;
pub use campaigns::{CampaignOut, CampaignRowOut, CampaignsOut, ChildrenOut};
pub(crate) use document::document;
pub use health::HealthOut;
pub use imports::{
    DayRangeOut, FileTotalOut, ImportEntryOut, ImportReportOut, ImportRowsOut, ImportSumsOut, ImportsOut,
    SkippedOut, UndoneOut,
};
pub use overview::OverviewOut;
pub use plans_bulk::BulkOut;
pub use plans_wire::{DecidedOut, PacingOut, PlanChangeOut, PlanChangesOut, PlanOut, PlannedOut, PlansOut};
pub use progress::ProgressOut;
pub use row::{CellOut, ColumnKind, ColumnOut, LeftOutOut, RowOut};
pub use search::{FoundKind, FoundOut, SearchOut};
pub use sources::{ComparedOut, FreshnessOut, PeriodOut, ProvenanceOut};
pub use workspaces::{WorkspaceOut, WorkspacesOut};
