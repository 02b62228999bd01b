//! The JSON API: what crosses the wire, and who answers. Every type reads back what it writes.

pub(crate) mod accounts;
pub(crate) mod activity;
pub(crate) mod alert_channels;
pub(crate) mod alert_rules;
pub(crate) mod alerts;
pub(crate) mod analytics;
pub(crate) mod audit;
mod basis;
pub(crate) mod campaigns;
pub(crate) mod demanded;
mod document;
pub(crate) mod duplicates;
pub(crate) mod health;
pub(crate) mod imports;
pub(crate) mod invitations;
pub(crate) mod logo;
pub(crate) mod mappings;
pub(crate) mod me;
pub(crate) mod metrics;
pub(crate) mod notes;
pub(crate) mod overview;
mod parameters;
pub(crate) mod people;
pub(crate) mod plans;
pub(crate) mod plans_bulk;
mod plans_wire;
pub(crate) mod progress;
pub(crate) mod rates;
pub(crate) mod renames;
pub(crate) mod retention;
mod row;
pub(crate) mod search;
pub(crate) mod server_alert_channels;
pub(crate) mod server_alert_rules;
pub(crate) mod server_alerts;
pub(crate) mod shared_links;
pub(crate) mod sources;
pub(crate) mod status;
pub(crate) mod tokens;
pub(crate) mod utm;
pub(crate) mod views;
pub(crate) mod workspaces;

pub use self::people::{MembershipOut, PeopleOut, PersonOut, RoleIn};
pub use accounts::{AccountOut, AccountsOut};
pub use activity::{ActivityOut, HappenedOut};
pub use alert_channels::{AlertChannelOut, AlertChannelsOut, AlertTestOut};
pub use alert_rules::{AlertRuleOut, AlertRulesOut, EpisodeOut, PreviewOut};
pub use alerts::{AlertOut, AlertsOut, NoticeOut};
pub use analytics::AnalyticsOut;
pub use audit::{AuditEntryOut, AuditOut};
pub use basis::{ComparedOut, FreshnessOut, PeriodOut, ProvenanceOut};
pub use campaigns::{CampaignOut, CampaignRowOut, CampaignsOut, ChildrenOut};
pub use demanded::DemandedFactor;
pub(crate) use document::document;
pub use duplicates::{DecidedDuplicateOut, DuplicateIn, DuplicateProposalOut, DuplicatesOut, TwinOut};
pub use health::{CheckOut, HealthOut};
pub use imports::{
    DayRangeOut, FileTotalOut, ImportEntryOut, ImportReportOut, ImportRowsOut, ImportSumsOut, ImportsOut,
    SkippedOut, UndoneOut,
};
pub use invitations::{InvitationIn, InvitationOut, InvitationsOut};
pub use logo::LogoOut;
pub use mappings::{GuessOut, GuessedColumnOut, MappingOut, MappingsOut};
pub use me::{MeKind, MeOut, MyWorkspaceOut};
pub use notes::{NoteIn, NoteOut, NoteTextIn, NotesOut};
pub use overview::{OverviewOut, SoldOut};
pub use plans_bulk::BulkOut;
pub use plans_wire::{DecidedOut, PacingOut, PlanChangeOut, PlanChangesOut, PlanOut, PlannedOut, PlansOut};
pub use progress::ProgressOut;
pub use rates::{
    RateChangeOut, RateIn, RateOut, RateSourceOut, RateSourcesOut, RatesFileOut, RatesForgottenOut, RatesOut,
};
pub use renames::{DecidedRenameOut, NamedOut, ProposalOut, RenameIn, RenamesOut};
pub use retention::RetentionInOut;
pub use row::{CellOut, ColumnKind, ColumnOut, LeftOutOut, RowOut};
pub use search::{FoundKind, FoundOut, SearchOut};
pub use shared_links::{SharedLinkIn, SharedLinkOut, SharedLinksOut};
pub use sources::{BelievedOut, DifferenceOut, RestatedOut, SourceLevelOut, SourceOut, SourcesOut};
pub(crate) use status::MOST_GROUPS;
pub use status::{ErrorGroupOut, LiveOut, PieceOut, RouteOut, StandingOut, StatusOut, TimeOut};
pub use tokens::{TokenIn, TokenOut, TokensOut};
pub use utm::{UtmFoundOut, UtmOut, UtmProblemOut, UtmRowOut, UtmSumOut};
pub use views::{ViewOut, ViewsOut};
pub use workspaces::{WorkspaceOut, WorkspacesOut};
