//! What the commands take that say by which identity provider people may come in.

use std::path::PathBuf;

/// By which identity provider people may come in (OpenID Connect).
#[derive(Debug, Default, Clone, clap::Args)]
pub(crate) struct ProviderArgs {
    /// An identity provider by which people come in too, as it calls itself, for example https://id.example.org. It leads people
    /// back to /sign-in/provider/back under --public-url: name that address there
    #[arg(long, value_name = "URL", env = "ADROIT_OIDC_ISSUER", requires = "oidc_client_id")]
    pub oidc_issuer: Option<String>,
    /// How the identity provider calls this server
    #[arg(long, value_name = "ID", env = "ADROIT_OIDC_CLIENT_ID", requires = "oidc_issuer")]
    pub oidc_client_id: Option<String>,
    /// A file with the secret that the identity provider gave out for this server. Better set as ADROIT_OIDC_CLIENT_SECRET, the
    /// secret itself. Without one this server is a public client, known by PKCE only
    #[arg(long, value_name = "FILE", env = "ADROIT_OIDC_CLIENT_SECRET_FILE", requires = "oidc_issuer")]
    pub oidc_client_secret_file: Option<PathBuf>,
    /// What people call the identity provider [default: its host]
    #[arg(long, value_name = "NAME", env = "ADROIT_OIDC_NAME", requires = "oidc_issuer")]
    pub oidc_name: Option<String>,
    /// Let only people with an address at this domain come in by the identity provider; can be given several times
    #[arg(
        long = "oidc-allow-domain",
        value_name = "DOMAIN",
        env = "ADROIT_OIDC_ALLOW_DOMAIN",
        value_delimiter = ',',
        requires = "oidc_issuer"
    )]
    pub oidc_domains: Vec<String>,
    /// Do not ask who comes by the identity provider for the second factor that they set here: the provider sees to it
    #[arg(long, env = "ADROIT_OIDC_IS_SECOND_FACTOR", requires = "oidc_issuer")]
    pub oidc_is_second_factor: bool,
    /// Let the identity provider stand on this machine or in its private network, and be asked without TLS
    #[arg(long, env = "ADROIT_OIDC_ALLOW_PRIVATE", requires = "oidc_issuer")]
    pub oidc_allow_private: bool,
}
