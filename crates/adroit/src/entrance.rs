//! Who may come in to a server that is being started, as its flags say.

use std::fs::OpenOptions;
use std::io::{ErrorKind, Write};
use std::net::IpAddr;
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use people::{Breached, Key, Seal};
use web::{Provider, ProviderSettings, Rules};

use crate::args::{Answering, ProviderArgs};
use crate::data::DataFolder;

/// The variable that holds the key itself.
pub(crate) const KEY: &str = "ADROIT_KEY";
/// The variable that holds keys that were used before: what they sealed is sealed anew at the start.
const OLD_KEYS: &str = "ADROIT_OLD_KEYS";
/// The variable that holds the secret by which an identity provider knows this server.
const CLIENT_SECRET: &str = "ADROIT_OIDC_CLIENT_SECRET";

/// The rules for a server that listens on an address, with the key that was read, else the folder's own.
pub(crate) fn rules(
    folder: &DataFolder,
    answering: &Answering,
    address: IpAddr,
    named: Option<Key>,
    provider: Option<Provider>,
    is_by_tls: bool,
) -> anyhow::Result<Rules> {
    if answering.open && !address.is_loopback() {
        bail!(
            "--open lets everybody in who reaches the server, so it goes with an address of this machine only, such as 127.0.0.1; \
             leave it out, and people sign in"
        );
    }
    let breached = answering.breached.as_ref().map_or_else(Breached::none, Breached::in_folder);
    Ok(Rules {
        is_open: answering.open,
        breached,
        seal: Seal::with_old(named.map_or_else(|| own_key(folder), Ok)?, old_keys()?),
        is_secure: is_by_tls
            || answering.public_url.as_deref().is_some_and(|url| url.starts_with("https://")),
        proxies: answering.proxies.clone(),
        provider,
        ..Rules::default()
    })
}

/// The key that seals secrets, from the environment or the file that is named; none where that is the folder's own.
pub(crate) fn named_key(answering: &Answering) -> anyhow::Result<Option<Key>> {
    if let Ok(text) = std::env::var(KEY) {
        return Key::from_text(&text).with_context(|| format!("{KEY} can't be used")).map(Some);
    }
    let Some(path) = &answering.key_file else { return Ok(None) };
    let text =
        std::fs::read_to_string(path).with_context(|| format!("the key {} can't be read", path.display()))?;
    Key::from_text(text.trim()).with_context(|| format!("{} can't be used", path.display())).map(Some)
}

/// The identity provider that is named, with the secret by which it knows this server.
pub(crate) fn named_provider(args: &ProviderArgs) -> anyhow::Result<Option<Provider>> {
    let (Some(issuer), Some(client_id)) = (&args.oidc_issuer, &args.oidc_client_id) else { return Ok(None) };
    let file = args.oidc_client_secret_file.as_ref();
    let read = |path: &PathBuf| {
        std::fs::read_to_string(path)
            .with_context(|| format!("the secret for the identity provider {} can't be read", path.display()))
    };
    let secret = match std::env::var(CLIENT_SECRET) {
        Ok(secret) => Some(secret),
        Err(_) => file.map(read).transpose()?,
    };
    let secret = secret.map(|secret| secret.trim().to_owned());
    if secret.as_ref().is_some_and(String::is_empty) {
        bail!(
            "the secret for the identity provider is empty; put there what the provider gave out, or leave it out"
        );
    }
    let host = issuer.split_once("://").map_or(issuer.as_str(), |(_, rest)| rest);
    let host = host.split('/').next().unwrap_or(host);
    let settings = ProviderSettings {
        issuer: issuer.clone(),
        client_id: client_id.clone(),
        client_secret: secret,
        name: args.oidc_name.clone().unwrap_or_else(|| host.to_owned()),
        domains: args.oidc_domains.clone(),
        is_second_factor: args.oidc_is_second_factor,
        is_private_allowed: args.oidc_allow_private,
    };
    Ok(Some(Provider::new(settings)?))
}

/// The folder's own key, made where there is none.
fn own_key(folder: &DataFolder) -> anyhow::Result<Key> {
    let path = folder.key();
    match std::fs::read_to_string(&path) {
        Ok(text) => Key::from_text(text.trim()).with_context(|| format!("{} can't be used", path.display())),
        Err(error) if error.kind() == ErrorKind::NotFound => make(&path),
        Err(error) => Err(error).with_context(|| format!("the key {} can't be read", path.display())),
    }
}

/// Keys that were used before, separated by commas.
fn old_keys() -> anyhow::Result<Vec<Key>> {
    let texts = std::env::var(OLD_KEYS).unwrap_or_default();
    let texts = texts.split(',').map(str::trim).filter(|text| !text.is_empty());
    texts.map(|text| Key::from_text(text).with_context(|| format!("{OLD_KEYS} can't be used"))).collect()
}

/// Makes the folder's own key, for nobody else to read.
fn make(path: &Path) -> anyhow::Result<Key> {
    let key = Key::new();
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        options.mode(0o600);
    }
    let written = options.open(path).and_then(|mut file| {
        writeln!(file, "{}", key.to_text())?;
        file.sync_all()
    });
    written.with_context(|| format!("the key {} can't be written", path.display()))?;
    Ok(key)
}
