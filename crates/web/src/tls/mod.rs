//! The server's certificate and key: read at the start, and again whenever the files change. What can't be used leaves the one
//! before in force, and is told loudly.

mod certificate;

use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use jiff::Timestamp;
use rustls::crypto::CryptoProvider;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::{ClientHello, ResolvesServerCert, ServerSessionMemoryCache};
use rustls::sign::CertifiedKey;
use rustls::version::{TLS12, TLS13};
use sha2::{Digest, Sha256};
use tokio_rustls::TlsAcceptor;

pub use certificate::Certificate;

/// Most readers whose keys are remembered, so that they come back without a whole handshake.
const REMEMBERED: usize = 4096;

/// Why a certificate can't be used.
#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    /// A file can't be read.
    #[error("{} can't be read ({source}); give the server the right to read it, or name another", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// A file has no certificate.
    #[error("{} has no certificate; it needs the server's own first, then those that signed it, as PEM (-----BEGIN CERTIFICATE-----)", path.display())]
    NoCertificate {
        /// The file.
        path: PathBuf,
    },
    /// A file has no key.
    #[error("{} has no private key without a password; it needs one as PEM (-----BEGIN PRIVATE KEY-----)", path.display())]
    NoKey {
        /// The file.
        path: PathBuf,
    },
    /// Certificate and key can't be used together.
    #[error("{} and {} can't be used together ({source}); name a certificate and the key that it was made for", certificate.display(), key.display())]
    NoPair {
        /// The certificate's file.
        certificate: PathBuf,
        /// The key's file.
        key: PathBuf,
        /// Why.
        source: rustls::Error,
    },
    /// A new certificate does not count now, and the one before does.
    #[error("the certificate in {} counts from {from} to {until}, which is not now; fetch a new one", path.display())]
    NotNow {
        /// The file.
        path: PathBuf,
        /// From when it counts.
        from: Timestamp,
        /// Until when.
        until: Timestamp,
    },
}

/// The server's certificate and key. Cheap to clone.
#[derive(Clone)]
pub struct Tls(Arc<Kept>);

struct Kept {
    certificate: PathBuf,
    key: PathBuf,
    chosen: Arc<Chosen>,
    acceptor: TlsAcceptor,
    trouble: Mutex<Option<String>>,
}

/// What is in force.
#[derive(Debug)]
struct Chosen(RwLock<Arc<Loaded>>);

#[derive(Debug)]
struct Loaded {
    pair: Arc<CertifiedKey>,
    certificate: Certificate,
    /// Of both files.
    digest: [u8; 32],
}

/// What became of looking at the files again.
#[derive(Debug)]
pub enum Reloaded {
    /// They are as they were.
    Same,
    /// They changed, and what is in them is in force.
    Anew(Certificate),
    /// What is in them can't be used; the one before is still in force.
    Refused(TlsError),
}

impl ResolvesServerCert for Chosen {
    fn resolve(&self, _: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        Some(self.loaded().pair.clone())
    }
}

impl Chosen {
    fn loaded(&self) -> Arc<Loaded> {
        self.0.read().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl Tls {
    /// Reads a certificate, with those that signed it, and its key, both PEM.
    ///
    /// # Errors
    /// If they can't be used together.
    pub fn open(certificate: &Path, key: &Path) -> Result<Self, TlsError> {
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let loaded = load(certificate, key, &provider)?;
        let chosen = Arc::new(Chosen(RwLock::new(Arc::new(loaded))));
        let unusable =
            |source| TlsError::NoPair { certificate: certificate.to_owned(), key: key.to_owned(), source };
        let mut config = rustls::ServerConfig::builder_with_provider(provider)
            .with_protocol_versions(&[&TLS13, &TLS12])
            .map_err(unusable)?
            .with_no_client_auth()
            .with_cert_resolver(chosen.clone());
        config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
        config.session_storage = ServerSessionMemoryCache::new(REMEMBERED);
        // Ours goes before the client's: the strongest first.
        config.ignore_client_order = true;
        Ok(Self(Arc::new(Kept {
            certificate: certificate.to_owned(),
            key: key.to_owned(),
            chosen,
            acceptor: TlsAcceptor::from(Arc::new(config)),
            trouble: Mutex::default(),
        })))
    }

    /// The certificate in force.
    pub fn certificate(&self) -> Certificate {
        self.0.chosen.loaded().certificate.clone()
    }

    /// Looks at the files again. Reads them, so call it where it may wait.
    pub fn reload(&self) -> Reloaded {
        let Kept { certificate, key, chosen, trouble, .. } = &*self.0;
        let now = Timestamp::now();
        let before = chosen.loaded();
        let outcome = load(certificate, key, &Arc::new(rustls::crypto::ring::default_provider()));
        let outcome = outcome.and_then(|loaded| {
            let Certificate { from, until, .. } = loaded.certificate;
            match loaded.certificate.counts(now) || !before.certificate.counts(now) {
                true => Ok(loaded),
                false => Err(TlsError::NotNow { path: certificate.clone(), from, until }),
            }
        });
        let mut trouble = trouble.lock().unwrap_or_else(PoisonError::into_inner);
        match outcome {
            Ok(loaded) => {
                *trouble = None;
                if loaded.digest == before.digest {
                    return Reloaded::Same;
                }
                let anew = loaded.certificate.clone();
                *chosen.0.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(loaded);
                tracing::info!(until = %anew.until, names = anew.names.join(", "), "another certificate is in force");
                Reloaded::Anew(anew)
            }
            Err(error) => {
                let told = error.to_string();
                // Once for each trouble, not at each look.
                if trouble.as_deref() != Some(&told) {
                    tracing::error!(
                        error = told,
                        until = %before.certificate.until,
                        "the certificate's files can't be used; the one before stays in force"
                    );
                    *trouble = Some(told);
                }
                Reloaded::Refused(error)
            }
        }
    }

    /// What is wrong with the files as they are now, while another certificate is in force.
    pub(crate) fn trouble(&self) -> Option<String> {
        self.0.trouble.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub(crate) fn acceptor(&self) -> &TlsAcceptor {
        &self.0.acceptor
    }
}

fn load(certificate: &Path, key: &Path, provider: &CryptoProvider) -> Result<Loaded, TlsError> {
    let read = |path: &Path| {
        std::fs::read(path).map_err(|source| TlsError::Unreadable { path: path.to_owned(), source })
    };
    let (chain_text, key_text) = (read(certificate)?, read(key)?);
    let none = || TlsError::NoCertificate { path: certificate.to_owned() };
    let chain: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(&chain_text).collect();
    let chain = chain.ok().filter(|chain| !chain.is_empty()).ok_or_else(none)?;
    let told = Certificate::of(chain[0].clone()).ok_or_else(none)?;
    let private =
        PrivateKeyDer::from_pem_slice(&key_text).map_err(|_| TlsError::NoKey { path: key.to_owned() })?;
    let pair = CertifiedKey::from_der(chain, private, provider).map_err(|source| TlsError::NoPair {
        certificate: certificate.to_owned(),
        key: key.to_owned(),
        source,
    })?;
    let mut digest = Sha256::new();
    for text in [&chain_text, &key_text] {
        digest.update((text.len() as u64).to_be_bytes());
        digest.update(text);
    }
    Ok(Loaded { pair: Arc::new(pair), certificate: told, digest: digest.finalize().into() })
}

#[cfg(test)]
mod tests {
    use rcgen::{CertificateParams, KeyPair, date_time_ymd};

    use super::*;

    struct Files {
        folder: tempfile::TempDir,
    }

    impl Files {
        fn paths(&self) -> (PathBuf, PathBuf) {
            (self.folder.path().join("cert.pem"), self.folder.path().join("key.pem"))
        }

        fn write(&self, name: &str, until: i32) {
            let mut params = CertificateParams::new(vec![name.to_owned()]).unwrap();
            params.not_before = date_time_ymd(2001, 1, 1);
            params.not_after = date_time_ymd(until, 1, 1);
            let key = KeyPair::generate().unwrap();
            let (certificate_path, key_path) = self.paths();
            std::fs::write(certificate_path, params.self_signed(&key).unwrap().pem()).unwrap();
            std::fs::write(key_path, key.serialize_pem()).unwrap();
        }

        fn open(&self) -> Result<Tls, TlsError> {
            let (certificate, key) = self.paths();
            Tls::open(&certificate, &key)
        }
    }

    fn files() -> Files {
        let files = Files { folder: tempfile::tempdir().unwrap() };
        files.write("one.example", 2100);
        files
    }

    #[test]
    fn what_is_new_comes_into_force_and_what_is_broken_does_not() {
        let files = files();
        let (certificate, key) = files.paths();
        let tls = files.open().unwrap();
        assert!(matches!(tls.reload(), Reloaded::Same));
        files.write("two.example", 2100);
        assert!(matches!(tls.reload(), Reloaded::Anew(anew) if anew.names == ["two.example"]));
        let other = KeyPair::generate().unwrap().serialize_pem();
        for (text, words) in [
            (&b"rubbish"[..], "no private key"),
            (other.as_bytes(), "can't be used together"),
            (b"", "no private key"),
        ] {
            std::fs::write(&key, text).unwrap();
            let Reloaded::Refused(error) = tls.reload() else { panic!("{words}") };
            assert!(error.to_string().contains(words), "{error}");
            assert_eq!(tls.certificate().names, ["two.example"]);
            assert_eq!(tls.trouble(), Some(error.to_string()));
        }
        std::fs::remove_file(&certificate).unwrap();
        assert!(matches!(tls.reload(), Reloaded::Refused(TlsError::Unreadable { .. })));
        files.write("three.example", 2002);
        assert!(matches!(tls.reload(), Reloaded::Refused(TlsError::NotNow { .. })));
        files.write("three.example", 2100);
        assert!(matches!(tls.reload(), Reloaded::Anew(_)));
        assert_eq!((tls.trouble(), tls.certificate().names), (None, vec!["three.example".to_owned()]));
    }

    #[test]
    fn what_cannot_be_used_is_told_by_its_file() {
        let files = files();
        let (certificate, key) = files.paths();
        std::fs::write(&certificate, std::fs::read(&key).unwrap()).unwrap();
        let error = files.open().err().unwrap().to_string();
        assert!(error.contains("cert.pem has no certificate"), "{error}");
        std::fs::remove_file(&key).unwrap();
        let error = files.open().err().unwrap().to_string();
        assert!(error.contains("key.pem can't be read"), "{error}");
    }
}
