//! Alerts and the outbox: one message for each alert, event and channel, written with the alert or not at all.

use alert::{Event, Rule, State};
use jiff::{SignedDuration, Timestamp};
use store::Catalog;
use store::catalog::{
    Actor, AlertChange, AlertError, ChannelKind, ChannelSecret, Keeping, NewChannel, NoticeOutcome,
    Retention, SERVER, Told,
};

const MINUTE: SignedDuration = SignedDuration::from_mins(1);

fn at(minute: i64) -> Timestamp {
    Timestamp::from_second(minute * 60).unwrap()
}

fn change(alert: Option<u32>, state: State, event: Option<Event>) -> AlertChange {
    AlertChange {
        alert,
        subject_key: "disk".to_owned(),
        subject: "Disk".to_owned(),
        title: "Disk".to_owned(),
        is_urgent: true,
        state,
        event,
        words: "little room".to_owned(),
    }
}

fn told(channel: u32, event: Event) -> Told {
    Told { channel, due: at(0), message: "{}".to_owned(), of: vec![(0, event)] }
}

async fn open(folder: &std::path::Path) -> (Catalog, u32, u32, u32) {
    let catalog = Catalog::open(&folder.join("catalog.sqlite")).await.unwrap();
    let workspace = catalog.ensure_workspace("one").await.unwrap().id;
    let leads = ChannelSecret { address: "https://example.org/secret".to_owned(), secret: None };
    let channel = NewChannel {
        name: "Ops".to_owned(),
        kind: ChannelKind::Slack,
        place: "example.org".to_owned(),
        leads,
    };
    let channel = catalog.make_alert_channel(workspace, &channel).await.unwrap();
    let rule: Rule =
        serde_json::from_str(r#"{"name":"Disk","condition":{"kind":"disk","free_below":0.1}}"#).unwrap();
    let rule = catalog.make_alert_rule(workspace, "local", &rule).await.unwrap();
    (catalog, workspace, rule, channel)
}

#[tokio::test]
async fn an_alert_goes_its_way_and_is_told_once() {
    let folder = tempfile::tempdir().unwrap();
    let (catalog, workspace, rule, channel) = open(folder.path()).await;
    let write = async |change: AlertChange, told: Vec<Told>, minute| {
        catalog.write_alerts(workspace, (rule, 1), &[change], &told, Some("so"), at(minute)).await.unwrap()
    };
    assert!(write(change(None, State::Pending { since: at(1) }, None), vec![], 1).await);
    let open = catalog.open_alerts(rule, MINUTE).await.unwrap();
    let id = open["disk"].id;
    assert_eq!(open["disk"].state, State::Pending { since: at(1) });
    assert!(
        catalog.firing_alerts(workspace, 10).await.unwrap().is_empty(),
        "what is pending is shown nowhere"
    );

    let firing = State::Firing { since: at(3) };
    write(change(Some(id), firing, Some(Event::Fired)), vec![told(channel, Event::Fired)], 3).await;
    write(change(Some(id), firing, Some(Event::Fired)), vec![told(channel, Event::Fired)], 4).await;
    assert_eq!(catalog.open_alerts(rule, MINUTE).await.unwrap()["disk"].state, firing);
    let due = catalog.claim_notices(at(10), 10).await.unwrap();
    assert_eq!(due.len(), 1, "told once, whatever is asked");
    assert!(catalog.claim_notices(at(10), 10).await.unwrap().is_empty());
    catalog.mark_notice(due[0].id, &NoticeOutcome::Again(at(20), "busy".to_owned()), at(11)).await.unwrap();
    assert!(catalog.claim_notices(at(19), 10).await.unwrap().is_empty());
    let again = catalog.claim_notices(at(20), 10).await.unwrap();
    assert_eq!((again[0].key.as_str(), again[0].attempts), (due[0].key.as_str(), 1));
    assert_eq!(catalog.unclaim_notices().await.unwrap(), 1, "after a crash it waits again");
    let last = catalog.claim_notices(at(20), 10).await.unwrap();
    catalog.mark_notice(last[0].id, &NoticeOutcome::Sent, at(21)).await.unwrap();
    assert_eq!(catalog.unclaim_notices().await.unwrap(), 0);

    let calm = State::Calm { until: None };
    write(change(Some(id), calm, Some(Event::Resolved)), vec![told(channel, Event::Resolved)], 30).await;
    let past = catalog.past_alerts(workspace, None, 10).await.unwrap();
    assert_eq!((past[0].fired_at, past[0].resolved_at), (at(3), Some(at(30))));
    let state = catalog.open_alerts(rule, MINUTE * 5).await.unwrap()["disk"].state;
    assert_eq!(state, State::Calm { until: Some(at(35)) }, "its cooldown is known");
    let events: Vec<_> = catalog
        .notices_of(workspace, &[id])
        .await
        .unwrap()
        .into_iter()
        .map(|notice| (notice.event, notice.state))
        .collect();
    assert_eq!(
        events,
        [("fired".to_owned(), "sent".to_owned()), ("resolved".to_owned(), "waiting".to_owned())]
    );
}

#[tokio::test]
async fn a_look_by_a_rule_that_was_changed_since_writes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let (catalog, workspace, rule, channel) = open(folder.path()).await;
    let kept = catalog.alert_rule(workspace, rule).await.unwrap();
    catalog.set_alert_rule(workspace, "local", (rule, 1), &kept.rule).await.unwrap();
    let fired = change(None, State::Firing { since: at(1) }, Some(Event::Fired));
    let told = [told(channel, Event::Fired)];
    let written = catalog
        .write_alerts(workspace, (rule, 1), std::slice::from_ref(&fired), &told, Some("so"), at(1))
        .await;
    assert!(!written.unwrap());
    assert!(catalog.firing_alerts(workspace, 10).await.unwrap().is_empty());
    assert!(catalog.claim_notices(at(9), 10).await.unwrap().is_empty());
    // By the rule as it is now it is written; deleting the rule ends it.
    assert!(catalog.write_alerts(workspace, (rule, 2), &[fired], &told, Some("so"), at(2)).await.unwrap());
    assert!(matches!(catalog.delete_alert_rule(workspace, (rule, 1)).await, Err(AlertError::Stale(Some(_)))));
    catalog.delete_alert_rule(workspace, (rule, 2)).await.unwrap();
    assert!(catalog.firing_alerts(workspace, 10).await.unwrap().is_empty());
    assert_eq!(catalog.past_alerts(workspace, None, 10).await.unwrap().len(), 1);
}

#[tokio::test]
async fn where_a_channel_led_is_gone_with_it() {
    let folder = tempfile::tempdir().unwrap();
    let (catalog, workspace, _, channel) = open(folder.path()).await;
    catalog.delete_alert_channel(workspace, channel).await.unwrap();
    assert!(catalog.alert_channel(workspace, channel).await.is_err());
    assert!(catalog.alert_channels(workspace).await.unwrap().is_empty());
}

#[tokio::test]
async fn where_a_channel_leads_is_sealed_at_rest_and_sealed_anew_with_another_key() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("catalog.sqlite");
    let catalog = Catalog::open(&path).await.unwrap();
    let workspace = catalog.ensure_workspace("w").await.unwrap().id;
    let made = async |catalog: &Catalog, workspace: u32, secret: &str| {
        let leads = ChannelSecret { address: format!("https://example.org/{secret}"), secret: None };
        let new = NewChannel {
            name: secret.to_owned(),
            kind: ChannelKind::Slack,
            place: "example.org".to_owned(),
            leads,
        };
        catalog.make_alert_channel(workspace, &new).await.unwrap()
    };
    let before = made(&catalog, workspace, "xyzzy-one").await;
    let servers = made(&catalog, SERVER, "xyzzy-six").await;
    let (old, new) = (people::Key::new(), people::Key::new());
    assert_eq!(catalog.seal_with(&people::Seal::of(old.clone())).await.unwrap(), 2);
    let after = made(&catalog, workspace, "xyzzy-two").await;
    catalog.close().await;
    let kept = std::fs::read(&path).unwrap();
    assert!(!kept.windows(14).any(|bytes| bytes == b"example.org/xy"), "it is not to be read in the file");

    let catalog = Catalog::open(&path).await.unwrap();
    assert!(catalog.alert_channel(workspace, before).await.is_err(), "without the key it can't be read");
    assert!(catalog.seal_with(&people::Seal::of(new.clone())).await.is_err(), "nor with another one");
    let both = people::Seal::with_old(new.clone(), vec![old]);
    assert_eq!(catalog.seal_with(&both).await.unwrap(), 3);
    catalog.close().await;

    let catalog = Catalog::open(&path).await.unwrap();
    assert_eq!(catalog.seal_with(&people::Seal::of(new)).await.unwrap(), 0);
    for (whose, id, secret) in
        [(workspace, before, "xyzzy-one"), (workspace, after, "xyzzy-two"), (SERVER, servers, "xyzzy-six")]
    {
        let (_, leads) = catalog.alert_channel(whose, id).await.unwrap();
        assert_eq!(leads.address, format!("https://example.org/{secret}"));
    }
}

#[tokio::test]
async fn the_server_has_rules_from_the_start_and_they_stay_as_they_were_set() {
    let folder = tempfile::tempdir().unwrap();
    let (catalog, workspace, ..) = open(folder.path()).await;
    let built_in = alert::built_in();
    let make = async || catalog.make_built_in_rules(&built_in, at(1)).await.unwrap();
    make().await;
    let rules = catalog.alert_rules(SERVER).await.unwrap();
    assert_eq!(rules.len(), built_in.len());
    assert_eq!(catalog.alert_rules(workspace).await.unwrap().len(), 1, "they are no workspace's");
    let (first, second) = (&rules[0], &rules[1]);
    let off = Rule { is_on: false, ..first.rule.clone() };
    catalog.set_alert_rule(SERVER, "person 1", (first.id, 1), &off).await.unwrap();
    catalog.delete_alert_rule(SERVER, (second.id, 1)).await.unwrap();
    // Another start.
    make().await;
    let again = catalog.alert_rules(SERVER).await.unwrap();
    assert_eq!(again.len(), built_in.len() - 1, "what was deleted stays away");
    assert!(!again[0].rule.is_on && again[0].version == 2, "what was changed stays changed");
    assert!(matches!(catalog.alert_rule(workspace, first.id).await, Err(AlertError::NotFound("rule"))));
}

#[tokio::test]
async fn a_rule_is_the_servers_or_a_workspaces_and_tells_its_own_channels() {
    let folder = tempfile::tempdir().unwrap();
    let (catalog, workspace, _, channel) = open(folder.path()).await;
    let rule = |text: &str| -> Rule { serde_json::from_str(text).unwrap() };
    let check = rule(r#"{"name":"a","condition":{"kind":"check"}}"#);
    let tracking = rule(r#"{"name":"a","condition":{"kind":"tracking","days":3}}"#);
    assert!(catalog.make_alert_rule(SERVER, "local", &check).await.is_ok());
    assert!(matches!(
        catalog.make_alert_rule(workspace, "local", &check).await,
        Err(AlertError::NotARule(error)) if error.field == "condition"
    ));
    assert!(matches!(
        catalog.make_alert_rule(SERVER, "local", &tracking).await,
        Err(AlertError::NotARule(error)) if error.field == "condition"
    ));
    let telling = Rule { channels: [channel].into(), ..check };
    assert!(matches!(
        catalog.make_alert_rule(SERVER, "local", &telling).await,
        Err(AlertError::NotFound("channel"))
    ));
}

#[tokio::test]
async fn alerts_that_are_over_go_after_their_time_with_their_messages() {
    let folder = tempfile::tempdir().unwrap();
    let (catalog, workspace, rule, channel) = open(folder.path()).await;
    let write = async |change: AlertChange, told: Vec<Told>, minute| {
        catalog.write_alerts(workspace, (rule, 1), &[change], &told, Some("so"), at(minute)).await.unwrap()
    };
    let firing = State::Firing { since: at(3) };
    write(change(None, firing, Some(Event::Fired)), vec![told(channel, Event::Fired)], 3).await;
    let id = catalog.open_alerts(rule, MINUTE).await.unwrap()["disk"].id;
    let calm = State::Calm { until: None };
    write(change(Some(id), calm, Some(Event::Resolved)), vec![told(channel, Event::Resolved)], 30).await;
    loop {
        let due = catalog.claim_notices(at(40), 10).await.unwrap();
        for notice in &due {
            catalog.mark_notice(notice.id, &NoticeOutcome::Sent, at(41)).await.unwrap();
        }
        if due.is_empty() {
            break;
        }
    }
    write(change(None, State::Firing { since: at(50) }, Some(Event::Fired)), vec![], 50).await;
    let by = Actor::this_machine();
    let kept = |days| [Retention { kind: Keeping::Alerts, days: Some(days) }];
    catalog.set_retention(&by, 1, &kept(36_000)).await.unwrap();
    assert_eq!(catalog.carry_out_retention(Timestamp::now()).await.unwrap(), []);
    assert_eq!(catalog.notices_of(workspace, &[id]).await.unwrap().len(), 2);
    catalog.set_retention(&by, 1, &kept(30)).await.unwrap();
    assert_eq!(catalog.carry_out_retention(Timestamp::now()).await.unwrap(), [(Keeping::Alerts, 1)]);
    assert!(catalog.past_alerts(workspace, None, 10).await.unwrap().is_empty());
    assert!(catalog.notices_of(workspace, &[id]).await.unwrap().is_empty());
    let left = catalog.everything_of(workspace).await.unwrap();
    assert_eq!(left["notice"], serde_json::json!([]), "nor what was sent of it");
    assert_eq!(
        catalog.firing_alerts(workspace, 10).await.unwrap().len(),
        1,
        "what fires stays, however long"
    );
    assert_eq!(catalog.carry_out_retention(Timestamp::now()).await.unwrap(), []);
}
