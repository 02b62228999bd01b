//! Plans: every change is kept, nothing is overwritten unseen, and undo takes back what one change did.

use domain::{Currency, Decision, PlanAbout, PlannedCampaign, Platform};
use store::Catalog;
use store::catalog::{Plan, PlanError, PlanState, PlanWrite};

const ME: &str = "local";

struct Kept {
    catalog: Catalog,
    workspace: u32,
    _folder: tempfile::TempDir,
}

async fn kept() -> Kept {
    let folder = tempfile::tempdir().unwrap();
    let catalog = Catalog::open(&folder.path().join("catalog.sqlite")).await.unwrap();
    let workspace = catalog.ensure_workspace("one").await.unwrap().id;
    Kept { catalog, workspace, _folder: folder }
}

fn decision(budget: i64, owner: &str) -> Decision {
    Decision {
        monthly_budget_micros: Some(budget * 1_000_000),
        currency: "EUR".parse::<Currency>().ok(),
        owner: Some(owner.to_owned()),
        ..Decision::default()
    }
}

fn state(campaign: u32, budget: i64, owner: &str) -> PlanState {
    PlanState { about: PlanAbout::Campaign(campaign), decision: decision(budget, owner) }
}

impl Kept {
    async fn write(&self, write: PlanWrite) -> Result<Option<Plan>, PlanError> {
        Ok(self.catalog.write_plan(self.workspace, ME, write).await?.1)
    }

    async fn made(&self, state: PlanState) -> Plan {
        self.write(PlanWrite::Make(state)).await.unwrap().unwrap()
    }

    async fn set(&self, plan: &Plan, state: PlanState) -> Plan {
        let write = PlanWrite::Set { plan: plan.id, version: plan.version, state };
        self.write(write).await.unwrap().unwrap()
    }

    async fn version(&self) -> u64 {
        self.catalog.workspace("one").await.unwrap().unwrap().data_version
    }
}

#[tokio::test]
async fn every_change_is_kept_with_what_was_before_and_after_it() {
    let kept = kept().await;
    let made = kept.made(state(7, 100, "Ada")).await;
    let changed = kept.set(&made, state(7, 200, "Ada")).await;
    let gone = kept.write(PlanWrite::Delete { plan: made.id, version: changed.version }).await.unwrap();
    assert_eq!((made.version, changed.version, gone), (1, 2, None));
    let changes = kept.catalog.plan_changes(kept.workspace, made.id).await.unwrap();
    let told: Vec<_> = changes
        .iter()
        .map(|change| {
            (change.version, change.changed_by.as_str(), change.before.clone(), change.after.clone())
        })
        .collect();
    assert_eq!(
        told,
        [
            (3, ME, Some(state(7, 200, "Ada")), None),
            (2, ME, Some(state(7, 100, "Ada")), Some(state(7, 200, "Ada"))),
            (1, ME, None, Some(state(7, 100, "Ada"))),
        ]
    );
    let back =
        kept.write(PlanWrite::Undo { plan: made.id, version: None, change: 3 }).await.unwrap().unwrap();
    assert_eq!((back.version, &back.state), (4, &state(7, 200, "Ada")));
}

#[tokio::test]
async fn who_read_an_older_version_changes_nothing() {
    let kept = kept().await;
    let read = kept.made(state(7, 100, "Ada")).await;
    let theirs = kept.set(&read, state(7, 200, "Ada")).await;
    let before = kept.version().await;
    for write in [
        PlanWrite::Set { plan: read.id, version: read.version, state: state(7, 300, "Ada") },
        PlanWrite::Delete { plan: read.id, version: read.version },
        PlanWrite::Undo { plan: read.id, version: Some(read.version), change: 1 },
    ] {
        match kept.write(write).await {
            Err(PlanError::Stale(Some(now))) => assert_eq!(*now, theirs),
            other => panic!("{other:?}"),
        }
    }
    assert_eq!(kept.version().await, before, "what is refused leaves what is kept as it is");
    kept.write(PlanWrite::Delete { plan: read.id, version: theirs.version }).await.unwrap();
    let late = PlanWrite::Set { plan: read.id, version: 3, state: state(7, 300, "Ada") };
    assert!(matches!(kept.write(late).await, Err(PlanError::Stale(None))));
}

#[tokio::test]
async fn of_two_at_once_one_wins() {
    let kept = kept().await;
    let read = kept.made(state(7, 1, "Ada")).await;
    let set =
        |budget| kept.write(PlanWrite::Set { plan: read.id, version: 1, state: state(7, budget, "Ada") });
    let (one, other) = tokio::join!(set(2), set(3));
    assert_eq!(usize::from(one.is_ok()) + usize::from(other.is_ok()), 1);
    assert_eq!(kept.catalog.plan_changes(kept.workspace, read.id).await.unwrap().len(), 2);
}

#[tokio::test]
async fn undo_takes_back_one_change_and_leaves_later_ones() {
    let kept = kept().await;
    let made = kept.made(state(7, 100, "Ada")).await;
    let budget = kept.set(&made, state(7, 200, "Ada")).await;
    let owner = kept.set(&budget, state(7, 200, "Grace")).await;
    let undo = |change| PlanWrite::Undo { plan: made.id, version: None, change };
    let undone = kept.write(undo(budget.version)).await.unwrap().unwrap();
    assert_eq!(undone.state, state(7, 100, "Grace"), "the owner that was set later stays");
    // The budget is not what that change made it any more.
    match kept.write(undo(budget.version)).await {
        Err(PlanError::ChangedSince(fields)) => assert_eq!(fields, ["monthly_budget_micros"]),
        other => panic!("{other:?}"),
    }
    let again = kept.write(undo(undone.version)).await.unwrap().unwrap();
    assert_eq!(again.state, owner.state, "an undo can be undone");
    let changes = kept.catalog.plan_changes(kept.workspace, made.id).await.unwrap();
    assert_eq!(changes[0].undid, Some(undone.version));
    assert!(matches!(kept.write(undo(1)).await, Err(PlanError::ChangedSince(_))), "it is not as it was made");
    assert!(matches!(kept.write(undo(99)).await, Err(PlanError::NotFound)));
}

#[tokio::test]
async fn there_is_one_plan_for_each_thing() {
    let kept = kept().await;
    let first = kept.made(state(7, 100, "Ada")).await;
    match kept.write(PlanWrite::Make(state(7, 1, "Eve"))).await {
        Err(PlanError::Taken(there)) => assert_eq!(*there, first),
        other => panic!("{other:?}"),
    }
    let planned = PlanState {
        about: PlanAbout::Planned(PlannedCampaign {
            platform: Platform::GoogleAds,
            account: None,
            name: "Spring".to_owned(),
        }),
        decision: Decision::default(),
    };
    let spring = kept.made(planned.clone()).await;
    let matched = PlanState { about: PlanAbout::Campaign(7), ..planned.clone() };
    let onto = PlanWrite::Set { plan: spring.id, version: 1, state: matched.clone() };
    assert!(matches!(kept.write(onto.clone()).await, Err(PlanError::Taken(_))));
    kept.write(PlanWrite::Delete { plan: first.id, version: 1 }).await.unwrap();
    assert_eq!(kept.write(onto).await.unwrap().unwrap().state, matched);
    let back = PlanWrite::Undo { plan: first.id, version: None, change: 2 };
    assert!(matches!(kept.write(back).await, Err(PlanError::Taken(_))), "another has its place");
}

#[tokio::test]
async fn several_change_together_or_not_at_all() {
    let kept = kept().await;
    let one = kept.made(state(1, 100, "Ada")).await;
    let set = |plan: &Plan, campaign| PlanWrite::Set {
        plan: plan.id,
        version: plan.version,
        state: state(campaign, 500, "Ada"),
    };
    let writes = vec![set(&one, 1), PlanWrite::Make(state(2, 500, "Ada"))];
    let write = |writes: Vec<PlanWrite>, dry| kept.catalog.write_plans(kept.workspace, ME, writes, dry);

    let before = kept.version().await;
    let tried = write(writes.clone(), true).await.unwrap();
    assert_eq!((tried.bulk, tried.changes.len()), (None, 2));
    assert_eq!(kept.catalog.plans(kept.workspace).await.unwrap(), std::slice::from_ref(&one));
    assert_eq!(kept.version().await, before, "a dry run changes nothing");

    let wrong = vec![PlanWrite::Make(state(3, 500, "Ada")), PlanWrite::Delete { plan: one.id, version: 9 }];
    assert!(matches!(write(wrong, false).await, Err(PlanError::Stale(_))));
    assert_eq!(kept.catalog.plans(kept.workspace).await.unwrap().len(), 1);

    let done = write(writes, false).await.unwrap();
    assert_eq!(kept.version().await, before + 1);
    let undone = kept.catalog.undo_bulk(kept.workspace, ME, done.bulk.unwrap()).await.unwrap();
    assert_eq!(undone.changes.len(), 2);
    let left = kept.catalog.plans(kept.workspace).await.unwrap();
    assert_eq!(left.iter().map(|plan| &plan.state).collect::<Vec<_>>(), [&one.state]);
    let again = kept.catalog.undo_bulk(kept.workspace, ME, undone.bulk.unwrap()).await.unwrap();
    assert_eq!(again.changes.len(), 2);
}

#[tokio::test]
async fn a_workspace_knows_nothing_of_anothers_plans() {
    let kept = kept().await;
    let mine = kept.made(state(7, 100, "Ada")).await;
    let other = kept.catalog.ensure_workspace("two").await.unwrap().id;
    let catalog = &kept.catalog;
    assert_eq!(catalog.plan(other, mine.id).await.unwrap(), None);
    assert!(catalog.plans(other).await.unwrap().is_empty());
    assert!(catalog.plans_about(other, &[PlanAbout::Campaign(7)]).await.unwrap().is_empty());
    assert!(catalog.plan_changes(other, mine.id).await.unwrap().is_empty());
    for write in [
        PlanWrite::Delete { plan: mine.id, version: 1 },
        PlanWrite::Undo { plan: mine.id, version: None, change: 1 },
    ] {
        assert!(matches!(catalog.write_plan(other, ME, write).await, Err(PlanError::NotFound)));
    }
    assert_eq!(catalog.plans_about(kept.workspace, &[PlanAbout::Campaign(7)]).await.unwrap(), [mine]);
}

#[tokio::test]
async fn what_can_not_be_decided_is_not_kept() {
    let kept = kept().await;
    let wrong = PlanState { about: PlanAbout::Campaign(7), decision: decision(-1, "Ada") };
    match kept.write(PlanWrite::Make(wrong)).await {
        Err(PlanError::NotADecision(error)) => assert_eq!(error.field, "monthly_budget_micros"),
        other => panic!("{other:?}"),
    }
    assert!(kept.catalog.plans(kept.workspace).await.unwrap().is_empty());
}
