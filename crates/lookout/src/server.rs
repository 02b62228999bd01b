//! What the server's own rules are about, one by one, each judged by what was measured until now.

use std::collections::HashMap;
use std::sync::Arc;

use alert::{Condition, Rule};
use jiff::{SignedDuration, Timestamp};
use store::catalog::HOST;
use watch::{Measured, WatchError};

use crate::objectives::{before, is_counted};
use crate::subjects::{Seen, Sight, disk, stale, today};
use crate::window::{Slice, Window, is_needed, judge, minutes};
use crate::{LookError, Lookout};

/// What was measured, read once for all rules of a look.
pub(crate) struct Measuring<'l> {
    lookout: &'l Lookout,
    now: Timestamp,
    /// What objectives are counted from, by how many minutes back.
    requests: HashMap<u32, Arc<Measured>>,
}

impl<'l> Measuring<'l> {
    pub(crate) fn at(lookout: &'l Lookout, now: Timestamp) -> Self {
        Self { lookout, now, requests: HashMap::new() }
    }

    /// What a condition needs of the last minutes.
    async fn over(&mut self, condition: &Condition, minutes: u32) -> Result<Window, WatchError> {
        let is_of_requests = matches!(condition, Condition::ErrorRate { .. } | Condition::Burn { .. });
        let known = self.requests.get(&minutes).filter(|_| is_of_requests).cloned();
        let measured = match known {
            Some(known) => known,
            None => {
                let from = before(self.now, SignedDuration::from_mins(i64::from(minutes)));
                let watch = &self.lookout.watch;
                match is_of_requests {
                    true => {
                        let read = Arc::new(watch.sum(from, self.now, is_counted).await?);
                        self.requests.insert(minutes, read.clone());
                        read
                    }
                    false => {
                        Arc::new(watch.sum(from, self.now, |series| is_needed(condition, series)).await?)
                    }
                }
            }
        };
        let mut window = Window::default();
        window.add(&Slice::of(condition, &measured));
        Ok(window)
    }

    /// Judges a rule of the server on everything that it is about.
    pub(crate) async fn see(&mut self, rule: &Rule) -> Result<Sight, LookError> {
        let condition = &rule.condition;
        if let Some((long, short)) = minutes(condition) {
            let long = self.over(condition, long).await?;
            let short = match short {
                Some(short) => self.over(condition, short).await?,
                None => Window::default(),
            };
            if let Some(sight) = judge(condition, &long, &short) {
                return Ok(sight);
            }
        }
        Ok(match condition {
            Condition::Disk { free_below } => Sight::Seen(vec![disk(&self.lookout.folder, *free_below)]),
            Condition::StaleSource { days } => Sight::Seen(self.stale(*days).await?),
            // Rules on figures are kept by workspaces alone.
            _ => Sight::Nothing("It is not about the server.".to_owned()),
        })
    }

    /// The platforms of the workspaces of those who run the server.
    async fn stale(&self, days: u32) -> Result<Vec<Seen>, LookError> {
        let mut seen = Vec::new();
        let workspaces = self.lookout.catalog.workspaces().await?;
        for workspace in workspaces.iter().filter(|workspace| workspace.organisation == HOST) {
            for platform in stale(self.lookout, workspace, None, days, today(self.now)).await? {
                seen.push(Seen {
                    key: format!("{} of {}", platform.key, workspace.id),
                    name: format!("{} in {}", platform.name, workspace.name),
                    ..platform
                });
            }
        }
        Ok(seen)
    }
}
