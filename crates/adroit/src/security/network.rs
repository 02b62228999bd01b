//! Checks on how the server stands on the network and on the machine.

use std::net::IpAddr;

use jiff::Timestamp;
use web::Certificate;

use super::check::Check;
use super::settings::{Mail, Settings};

pub(super) fn all(settings: &Settings, is_served: bool, now: Timestamp) -> Vec<Check> {
    let mut checks = vec![open(settings), transport(settings), public_url(settings)];
    checks.extend(certificate(settings, now));
    checks.extend([proxies(settings), user(settings, is_served), mail(settings)]);
    checks
}

fn open(settings: &Settings) -> Check {
    const CHECK: &str = "sign-in";
    if !settings.is_open {
        return Check::pass(CHECK, "people sign in");
    }
    let mend = "leave out --open";
    if !settings.proxies.is_empty() || settings.public_url.is_some() {
        return Check::grave(
            CHECK,
            "--open, behind something that passes requests on: whoever reaches that may do everything",
            mend,
        );
    }
    Check::warn(CHECK, "--open: everybody on this machine may do everything", mend)
}

fn transport(settings: &Settings) -> Check {
    const CHECK: &str = "TLS";
    let mend = "give the server a certificate (--tls-cert, --tls-key), or put a proxy with TLS on the same machine and bind to 127.0.0.1";
    if settings.certificate.is_some() {
        return Check::pass(CHECK, "the server speaks TLS itself, 1.2 and 1.3");
    }
    match (settings.bind.ip().is_loopback(), settings.is_public_https()) {
        (true, true) => Check::pass(CHECK, "something on this machine speaks TLS for it"),
        (true, false) => Check::pass(CHECK, "it is heard on this machine only"),
        (false, true) => Check::warn(
            CHECK,
            format!("what speaks TLS for it reaches it over plain HTTP at {}", settings.bind),
            mend,
        ),
        (false, false) => {
            Check::grave(CHECK, format!("it speaks plain HTTP to the network at {}", settings.bind), mend)
        }
    }
}

fn public_url(settings: &Settings) -> Check {
    const CHECK: &str = "public address";
    let mend =
        "name the address that readers use with --public-url https://…: secure cookies and HSTS depend on it";
    match &settings.public_url {
        Some(url) if settings.is_public_https() => Check::pass(CHECK, url.clone()),
        Some(url) => Check::fail(CHECK, format!("{url} is not https"), mend),
        None if settings.certificate.is_some() => {
            Check::warn(CHECK, "none is known, so that links in mails lead nowhere", mend)
        }
        None if settings.bind.ip().is_loopback() => Check::pass(CHECK, "none; it is for this machine only"),
        None => Check::fail(CHECK, "none is known", mend),
    }
}

/// Nothing, where TLS is nobody's business.
fn certificate(settings: &Settings, now: Timestamp) -> Option<Check> {
    const CHECK: &str = "certificate";
    let Some(path) = &settings.certificate else {
        let is_elsewhere = settings.is_public_https();
        let says = "it is not this server's: whatever speaks TLS in front has it";
        return is_elsewhere.then(|| Check::unknown(CHECK, says, "watch its end there"));
    };
    let mend = "put a new one into its file; the server takes it within a minute";
    let certificate = match Certificate::read(path) {
        Ok(certificate) => certificate,
        Err(error) => return Some(Check::fail(CHECK, error.to_string(), mend)),
    };
    let Certificate { from, until, .. } = certificate;
    if !certificate.counts(now) {
        return Some(Check::grave(
            CHECK,
            format!("it counts from {from} to {until}, which is not now"),
            mend,
        ));
    }
    if let Some(host) = settings.public_host().filter(|host| !certificate.is_for(host)) {
        let says = format!("it is for {}, and readers come to {host}", certificate.names.join(", "));
        return Some(Check::fail(CHECK, says, "get one for the address in --public-url"));
    }
    let says = format!("it counts until {until}, {} more days", certificate.days_left(now));
    Some(match certificate.ends_soon(now) {
        true => {
            Check::warn(CHECK, says, "see why it is not renewed; the server takes a new one within a minute")
        }
        false => Check::pass(CHECK, says),
    })
}

fn proxies(settings: &Settings) -> Check {
    const CHECK: &str = "trusted proxies";
    let mend = "name the proxy's own address with --trusted-proxy, and no other";
    let shown = settings.proxies.iter().map(IpAddr::to_string).collect::<Vec<_>>().join(", ");
    if settings.proxies.iter().any(IpAddr::is_unspecified) {
        return Check::fail(CHECK, format!("{shown}: an address that nobody has"), mend);
    }
    if settings.proxies.iter().any(|address| !is_private(*address)) {
        let says = format!("{shown}: believed over the public network, where addresses change hands");
        return Check::warn(CHECK, says, mend);
    }
    let is_behind = settings.certificate.is_none() && settings.is_public_https();
    match (shown.is_empty(), is_behind) {
        (true, true) => Check::fail(
            CHECK,
            "none, though something in front speaks TLS: all readers look like one, and share limits on tries",
            mend,
        ),
        (true, false) => Check::pass(CHECK, "none, and none is needed"),
        (false, _) => Check::pass(CHECK, shown),
    }
}

fn is_private(address: IpAddr) -> bool {
    match address.to_canonical() {
        IpAddr::V4(address) => address.is_loopback() || address.is_private() || address.is_link_local(),
        IpAddr::V6(address) => {
            address.is_loopback() || address.is_unique_local() || address.is_unicast_link_local()
        }
    }
}

fn user(settings: &Settings, is_served: bool) -> Check {
    const CHECK: &str = "user";
    let mend = "run it as a user of its own: --user NAME, or User= in systemd";
    match settings.user {
        Some(0) if settings.changes_user && !is_served => {
            Check::pass(CHECK, "it becomes another user once it is started")
        }
        Some(0) if is_served => Check::fail(CHECK, "the server runs as root", mend),
        Some(0) => Check::warn(CHECK, "a server that is started as this is run from would run as root", mend),
        Some(user) => Check::pass(CHECK, format!("user {user}")),
        None => Check::unknown(CHECK, "as whom it runs can't be known on this system", ""),
    }
}

fn mail(settings: &Settings) -> Check {
    const CHECK: &str = "mail";
    match settings.mail {
        Mail::Safe => Check::pass(CHECK, "people can choose a new password by mail"),
        Mail::Clear => Check::fail(
            CHECK,
            "mail goes out in the clear, with links that let somebody choose a new password",
            "name the mail server as smtps://… or with ?tls=required, in ADROIT_SMTP",
        ),
        Mail::None => Check::warn(
            CHECK,
            "none is set up: who forgot their password needs somebody with a shell on this machine",
            "set ADROIT_SMTP and ADROIT_MAIL_FROM",
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::super::check::{Verdict, grade};
    use super::super::settings::KeyPlace;
    use super::*;

    fn settings(bind: &str, public_url: Option<&str>, proxies: &[&str]) -> Settings {
        Settings {
            bind: bind.parse().unwrap(),
            is_open: false,
            public_url: public_url.map(str::to_owned),
            certificate: None,
            proxies: proxies.iter().map(|address| address.parse().unwrap()).collect(),
            key: KeyPlace::Environment,
            breached: None,
            mail: Mail::Safe,
            private_webhooks: false,
            user: Some(1000),
            changes_user: false,
        }
    }

    fn verdict(settings: &Settings, name: &str) -> Verdict {
        let checks = all(settings, true, Timestamp::now());
        checks.iter().find(|check| check.check == name).unwrap().verdict
    }

    #[test]
    fn what_the_network_could_read_fails() {
        let public = Some("https://adroit.example");
        for (settings, tls, url, proxies, graded) in [
            (settings("127.0.0.1:8642", None, &[]), Verdict::Pass, Verdict::Pass, Verdict::Pass, 'A'),
            (
                settings("127.0.0.1:8642", public, &["127.0.0.1"]),
                Verdict::Pass,
                Verdict::Pass,
                Verdict::Pass,
                'A',
            ),
            (settings("127.0.0.1:8642", public, &[]), Verdict::Pass, Verdict::Pass, Verdict::Fail, 'C'),
            (
                settings("10.0.0.5:8642", public, &["10.0.0.1"]),
                Verdict::Warn,
                Verdict::Pass,
                Verdict::Pass,
                'A',
            ),
            (settings("0.0.0.0:80", None, &[]), Verdict::Fail, Verdict::Fail, Verdict::Pass, 'F'),
            (
                settings("0.0.0.0:80", Some("http://a.example"), &[]),
                Verdict::Fail,
                Verdict::Fail,
                Verdict::Pass,
                'F',
            ),
            (
                settings("127.0.0.1:1", public, &["198.51.100.7"]),
                Verdict::Pass,
                Verdict::Pass,
                Verdict::Warn,
                'A',
            ),
            (settings("127.0.0.1:1", public, &["0.0.0.0"]), Verdict::Pass, Verdict::Pass, Verdict::Fail, 'C'),
        ] {
            let found = ["TLS", "public address", "trusted proxies"].map(|name| verdict(&settings, name));
            assert_eq!(found, [tls, url, proxies], "{settings:?}");
            assert_eq!(grade(&all(&settings, true, Timestamp::now())), graded, "{settings:?}");
        }
    }

    #[test]
    fn open_behind_a_proxy_root_and_clear_mail_fail() {
        let safe = settings("127.0.0.1:8642", None, &[]);
        let open = Settings { is_open: true, ..safe.clone() };
        assert_eq!(verdict(&open, "sign-in"), Verdict::Warn);
        let behind = Settings { proxies: vec![IpAddr::from([127, 0, 0, 1])], ..open };
        assert_eq!(verdict(&behind, "sign-in"), Verdict::Fail);
        assert_eq!(grade(&all(&behind, true, Timestamp::now())), 'F');
        assert_eq!(verdict(&Settings { user: Some(0), ..safe.clone() }, "user"), Verdict::Fail);
        assert_eq!(verdict(&Settings { mail: Mail::Clear, ..safe.clone() }, "mail"), Verdict::Fail);
        assert_eq!(verdict(&Settings { mail: Mail::None, ..safe }, "mail"), Verdict::Warn);
    }
}
