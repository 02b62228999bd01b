//! The data folder: where it is, and which process has it.

use std::fs::{self, File, OpenOptions};
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use fs4::FileExt;

use crate::args::Place;

/// A data folder.
#[derive(Debug, Clone)]
pub(crate) struct DataFolder {
    path: PathBuf,
}

/// Longest path of a socket that every system takes.
#[cfg(target_os = "linux")]
const LONGEST_SOCKET: usize = 100;

/// A way to the folder's socket, through the opened folder where the path itself is too long.
#[cfg(unix)]
pub(crate) struct WayToSocket {
    pub path: PathBuf,
    _folder: Option<File>,
}

/// Held as long as this process has the folder to itself.
#[derive(Debug)]
pub(crate) struct Held(#[expect(dead_code, reason = "dropping the file gives the lock back")] File);

/// Makes a folder that others on the machine can't look into, unless it is there: then its owner has decided that.
fn made(path: &Path) -> std::io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::DirBuilderExt;
        builder.mode(0o700);
    }
    builder.create(path)
}

impl DataFolder {
    /// The folder that was named, else `fallback` inside the user's data folder.
    pub fn of(place: &Place, fallback: &str) -> anyhow::Result<Self> {
        if let Some(path) = &place.data {
            return Ok(Self { path: std::path::absolute(path)? });
        }
        let Some(folders) = directories::ProjectDirs::from("", "", "adroit") else {
            bail!("there is no home folder to keep data in; name one with --data DIR");
        };
        Ok(Self { path: folders.data_dir().join(fallback) })
    }

    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The socket through which a server lets the command line in.
    pub fn socket(&self) -> PathBuf {
        self.path.join("adroit.sock")
    }

    /// The memory of what was measured.
    pub fn measured(&self) -> PathBuf {
        self.path.join("watch.sqlite3")
    }

    /// A path that leads to the socket and is short enough to be bound or connected to, as long as this value lives.
    #[cfg(unix)]
    pub fn way_to_socket(&self) -> WayToSocket {
        let path = self.socket();
        #[cfg(target_os = "linux")]
        if path.as_os_str().len() > LONGEST_SOCKET
            && let Ok(folder) = File::open(&self.path)
        {
            use std::os::fd::AsRawFd;
            let path = format!("/proc/self/fd/{}/adroit.sock", folder.as_raw_fd()).into();
            return WayToSocket { path, _folder: Some(folder) };
        }
        WayToSocket { path, _folder: None }
    }

    /// The key that seals secrets, where the operator names no other.
    pub fn key(&self) -> PathBuf {
        self.path.join("secret.key")
    }

    /// Where uploads wait until they are read.
    pub fn spool(&self) -> PathBuf {
        self.path.join("spool")
    }

    /// Makes the folder, for nobody else to look into, and says whether it did: what is there already stays as it is, whoever
    /// it belongs to. What it is to be in must be there.
    #[cfg(all(unix, not(target_vendor = "apple")))]
    pub fn make_anew(&self) -> std::io::Result<bool> {
        use std::os::unix::fs::DirBuilderExt;

        // A path that ends with two dots names what is there.
        if self.path.file_name().is_none() {
            return Ok(false);
        }
        match fs::DirBuilder::new().mode(0o700).create(&self.path) {
            Ok(()) => Ok(true),
            Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// Takes the folder for this process; `None` if another process has it.
    pub fn hold(&self) -> anyhow::Result<Option<Held>> {
        let shown = self.path.display();
        made(&self.path).with_context(|| {
            format!("the data folder {shown} can't be made; choose another with --data DIR")
        })?;
        let lock = self.path.join("adroit.lock");
        let file = OpenOptions::new()
            .create(true)
            .truncate(false)
            .write(true)
            .open(&lock)
            .with_context(|| format!("the data folder {shown} is not writable; change its rights or choose another with --data DIR"))?;
        match FileExt::try_lock(&file) {
            Ok(()) => Ok(Some(Held(file))),
            Err(fs4::TryLockError::WouldBlock) => Ok(None),
            Err(fs4::TryLockError::Error(error)) => Err(error).with_context(|| {
                format!("{} can't be locked; is the folder on a network drive?", lock.display())
            }),
        }
    }
}
