//! Checks on who may come in: people, tokens, passwords, and where alerts are sent.

use super::check::Check;
use super::seen::Seen;
use super::settings::Settings;

/// So many names are shown of a list.
const SHOWN: usize = 3;

pub(super) fn all(seen: &Seen, settings: &Settings) -> Vec<Check> {
    vec![
        second_factors(seen),
        silent(seen),
        never_expire(seen),
        unused(seen),
        breached(settings),
        webhooks(seen, settings),
    ]
}

fn second_factors(seen: &Seen) -> Check {
    const CHECK: &str = "second factors";
    if seen.owners.is_empty() {
        return Check::unknown(CHECK, "there are no owners yet", "");
    }
    match seen.without_second_factor.as_slice() {
        [] => Check::pass(CHECK, format!("all {} owners have one", seen.owners.len())),
        without => Check::fail(
            CHECK,
            format!("of {} owners {} have none: {}", seen.owners.len(), without.len(), some(without)),
            "let each set one up, on the page Account",
        ),
    }
}

fn silent(seen: &Seen) -> Check {
    const CHECK: &str = "people";
    match seen.silent.as_slice() {
        [] => Check::pass(CHECK, format!("all {} were heard of in the last 90 days", seen.people)),
        silent => Check::warn(
            CHECK,
            format!(
                "of {} people {} were not heard of for 90 days: {}",
                seen.people,
                silent.len(),
                some(silent)
            ),
            "keep out who has left, on the page People",
        ),
    }
}

fn never_expire(seen: &Seen) -> Check {
    const CHECK: &str = "tokens that never expire";
    match seen.never_expire.as_slice() {
        [] => Check::pass(CHECK, "none"),
        tokens => Check::warn(
            CHECK,
            format!("{} of {}: {}", tokens.len(), seen.tokens, some(tokens)),
            "make them anew with --days, and revoke these on the page Tokens",
        ),
    }
}

fn unused(seen: &Seen) -> Check {
    const CHECK: &str = "unused tokens";
    match seen.unused.as_slice() {
        [] => Check::pass(CHECK, "none"),
        tokens => Check::warn(
            CHECK,
            format!("{} of {} were not used for 90 days: {}", tokens.len(), seen.tokens, some(tokens)),
            "revoke them on the page Tokens",
        ),
    }
}

fn breached(settings: &Settings) -> Check {
    const CHECK: &str = "leaked passwords";
    let mend = "fetch the list of 'Have I Been Pwned' and name its folder with --breached";
    let Some(folder) = &settings.breached else {
        return Check::warn(CHECK, "only the most common ones are refused", mend);
    };
    let is_empty = std::fs::read_dir(folder).map(|mut files| files.next().is_none());
    match is_empty {
        Ok(false) => Check::pass(CHECK, format!("those in {} are refused", folder.display())),
        Ok(true) => Check::fail(
            CHECK,
            format!("{} is empty, so that no password can be chosen", folder.display()),
            mend,
        ),
        Err(error) => Check::fail(CHECK, format!("{} can't be read: {error}", folder.display()), mend),
    }
}

fn webhooks(seen: &Seen, settings: &Settings) -> Check {
    const CHECK: &str = "webhooks";
    if !seen.plain_webhooks.is_empty() {
        let says =
            format!("{} lead over plain HTTP: {}", seen.plain_webhooks.len(), some(&seen.plain_webhooks));
        return Check::fail(CHECK, says, "give them an address with https, on the page Alert channels");
    }
    if settings.private_webhooks {
        let says = "--allow-private-webhooks: admins may let them lead to this machine and its network, and without TLS";
        return Check::warn(CHECK, says, "leave it out, unless one needs it");
    }
    match (seen.webhooks, seen.sealed_webhooks) {
        (0, _) => Check::pass(CHECK, "none"),
        (all, 0) => Check::pass(CHECK, format!("all {all} go by TLS to public addresses")),
        (all, sealed) => {
            let says = format!("where {sealed} of {all} lead is sealed");
            Check::unknown(CHECK, says, "ask again while the server runs")
        }
    }
}

fn some(names: &[String]) -> String {
    let shown = names[..names.len().min(SHOWN)].join(", ");
    match names.len().saturating_sub(SHOWN) {
        0 => shown,
        more => format!("{shown} and {more} more"),
    }
}
