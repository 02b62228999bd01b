//! What an identity provider is set up with.

use std::fmt;

use notify::Address;

/// What an identity provider is set up with. Its secret is in here: it is never shown.
#[derive(Clone, PartialEq, Eq)]
pub struct ProviderSettings {
    /// The provider, exactly as it calls itself, such as `https://id.example.org`.
    pub issuer: String,
    /// How it calls us.
    pub client_id: String,
    /// What it knows us by; without it we are a public client, known by PKCE only.
    pub client_secret: Option<String>,
    /// What people call it.
    pub name: String,
    /// At which domains people must have their address; any, if there is none.
    pub domains: Vec<String>,
    /// Whether who comes by it is not asked for their second factor here too.
    pub is_second_factor: bool,
    /// Whether it may stand on this machine or among its neighbours, and speak plain HTTP.
    pub is_private_allowed: bool,
}

/// Why the settings of a provider can't be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum UnusableProvider {
    /// Its address.
    #[error(
        "--oidc-issuer '{0}' can't be used; name the provider as it calls itself, such as https://id.example.org, without \
         '?' and '#'"
    )]
    Issuer(String),
    /// How it calls us.
    #[error("--oidc-client-id is empty; use the one that the provider shows for this server")]
    Client,
    /// A domain.
    #[error("--oidc-allow-domain '{0}' is no domain; use one such as example.org")]
    Domain(String),
}

impl fmt::Debug for ProviderSettings {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "ProviderSettings({})", self.issuer)
    }
}

impl ProviderSettings {
    pub(super) fn check(&self) -> Result<(), UnusableProvider> {
        let address = Address::read(&self.issuer, self.is_private_allowed);
        if address.is_err() || self.issuer.contains(['?', '#']) {
            return Err(UnusableProvider::Issuer(self.issuer.clone()));
        }
        if self.client_id.trim().is_empty() {
            return Err(UnusableProvider::Client);
        }
        let is_domain = |domain: &&String| {
            domain.contains('.') && !domain.contains(['@', '/', ' ', '*']) && !domain.starts_with('.')
        };
        match self.domains.iter().find(|domain| !is_domain(domain)) {
            Some(wrong) => Err(UnusableProvider::Domain(wrong.clone())),
            None => Ok(()),
        }
    }

    /// Whether somebody with an address at this domain may come in.
    pub(super) fn allows(&self, domain: &str) -> bool {
        self.domains.is_empty() || self.domains.iter().any(|own| own.eq_ignore_ascii_case(domain))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings(issuer: &str, domains: &[&str]) -> ProviderSettings {
        ProviderSettings {
            issuer: issuer.to_owned(),
            client_id: "adroit".to_owned(),
            client_secret: Some("hidden".to_owned()),
            name: "Id".to_owned(),
            domains: domains.iter().map(|domain| (*domain).to_owned()).collect(),
            is_second_factor: false,
            is_private_allowed: false,
        }
    }

    #[test]
    fn what_can_not_be_used_is_named() {
        assert_eq!(settings("https://id.example/realms/a", &["example.org"]).check(), Ok(()));
        for issuer in
            ["http://id.example", "id.example", "https://id.example?x", "https://u:p@id.example", ""]
        {
            let wrong = settings(issuer, &[]).check();
            assert_eq!(wrong, Err(UnusableProvider::Issuer(issuer.to_owned())), "{issuer}");
        }
        for domain in ["org", "@example.org", "*.example.org", ".example.org", "a b.org"] {
            let wrong = settings("https://id.example", &[domain]).check();
            assert_eq!(wrong, Err(UnusableProvider::Domain(domain.to_owned())), "{domain}");
        }
        assert!(!format!("{:?}", settings("https://id.example", &[])).contains("hidden"));
    }

    #[test]
    fn a_domain_is_that_domain_and_no_other() {
        let only = settings("https://id.example", &["Example.org"]);
        assert!(only.allows("example.org"));
        assert!(!only.allows("evil-example.org") && !only.allows("sub.example.org") && !only.allows(""));
        assert!(settings("https://id.example", &[]).allows("anywhere.example"));
    }
}
