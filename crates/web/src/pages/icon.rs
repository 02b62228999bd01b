//! The drawings of icons, each a path on a square of 24. They stand where they are shown, as each is shown once on a page.

pub(super) const OVERVIEW: &str = "M4 4h7v9H4zM13 4h7v5h-7zM13 11h7v9h-7zM4 15h7v5H4z";
pub(super) const CAMPAIGNS: &str = "m4 11 15-6v14L4 13zM8 14.5V19h4v-3";
pub(super) const ANALYTICS: &str = "M4 4v16h16M8 16l4-5 3 3 5-7";
pub(super) const ALERTS: &str = "M6 17V11a6 6 0 0 1 12 0v6l2 2H4zM10 21h4";
pub(super) const IMPORTS: &str = "M12 4v11m-4-4 4 4 4-4M4 16v4h16v-4";
pub(super) const SOURCES: &str = "M4 6c0-2 16-2 16 0v12c0 2-16 2-16 0zM4 6c0 2 16 2 16 0M4 12c0 2 16 2 16 0";
pub(super) const STATUS: &str = "M3 12h4l3-7 4 14 3-7h4";
pub(super) const SETTINGS: &str = "M4 7h9M19 7h1M16 4v6M4 17h1M11 17h9M8 14v6";
pub(super) const MORE: &str = "M5 12h1M11.5 12h1M18 12h1";
pub(super) const ACCOUNT: &str = "M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8zM4 20c1-4 4.5-5 8-5s7 1 8 5";
pub(super) const VIEWS: &str = "M7 4h10v16l-5-4-5 4z";
pub(super) const SHARE: &str = "M12 15V4m-4 4 4-4 4 4M5 12v8h14v-8";
