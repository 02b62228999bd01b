//! nginx with one worker that sends a file: what a server that does nothing else takes.

use std::fs;
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, bail};
use tempfile::TempDir;

/// An nginx that ends when this is dropped.
pub(super) struct Nginx {
    process: Child,
    pub address: SocketAddr,
    _folder: TempDir,
}

pub(super) fn is_there() -> bool {
    Command::new("nginx").arg("-v").output().is_ok()
}

impl Nginx {
    /// Serves these bytes at `/`.
    pub fn start(body: &[u8]) -> anyhow::Result<Self> {
        let address = TcpListener::bind("127.0.0.1:0")?.local_addr()?;
        let folder = tempfile::tempdir()?;
        let at = folder.path().display();
        fs::write(folder.path().join("index.html"), body)?;
        let spaces: String = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
            .map(|name| format!("{name}_temp_path {at}/{name};\n"))
            .concat();
        let configuration = format!(
            "user root; worker_processes 1; daemon off; pid {at}/pid; error_log stderr crit;\n\
             events {{ worker_connections 1024; }}\n\
             http {{ access_log off; sendfile on; tcp_nodelay on; keepalive_requests 1000000000; default_type text/html;\n\
             open_file_cache max=10 inactive=1h; open_file_cache_valid 1h;\n{spaces}\
             server {{ listen {address}; root {at}; }} }}\n"
        );
        let file = folder.path().join("nginx.conf");
        fs::write(&file, configuration)?;
        let process = Command::new("nginx")
            .arg("-p")
            .arg(folder.path())
            .arg("-c")
            .arg(&file)
            .stderr(Stdio::null())
            .spawn()
            .context("nginx can't be started")?;
        let nginx = Self { process, address, _folder: folder };
        let begun = Instant::now();
        while TcpStream::connect(address).is_err() {
            if begun.elapsed() > Duration::from_secs(10) {
                bail!("nginx does not answer");
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        Ok(nginx)
    }
}

impl Drop for Nginx {
    fn drop(&mut self) {
        // Its worker ends when the master is asked to; killed, the master would leave it behind.
        drop(Command::new("kill").arg(self.process.id().to_string()).status());
        drop(self.process.wait());
    }
}
