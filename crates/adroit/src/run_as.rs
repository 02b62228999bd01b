//! `--user`: what needs root is done, and the rest is done as somebody who may do less.

use crate::data::DataFolder;

/// From here on the process is this user: their groups, and no way back to root. A data folder that is not there yet is made, theirs.
#[cfg(all(unix, not(target_vendor = "apple")))]
pub(crate) fn run_as(name: &str, folder: &DataFolder) -> anyhow::Result<()> {
    use std::ffi::CString;

    use anyhow::{Context, bail};
    use nix::unistd::{Uid, User, geteuid, getuid, initgroups, setgid, setuid};

    let Some(user) = User::from_name(name).with_context(|| format!("who {name} is can't be looked up"))?
    else {
        bail!("there is no user {name} on this machine; make one: useradd --system {name}");
    };
    if user.uid.is_root() {
        bail!("--user {name} is root; name a user who may do less");
    }
    if geteuid() == user.uid && getuid() == user.uid {
        return Ok(());
    }
    if !geteuid().is_root() {
        bail!(
            "--user {name} needs the server to be started as root, or as {name}; leave it out to run as yourself"
        );
    }
    if folder
        .make_anew()
        .with_context(|| format!("the data folder {} can't be made for {name}", folder.path().display()))?
    {
        let (uid, gid) = (user.uid.as_raw(), user.gid.as_raw());
        std::os::unix::fs::chown(folder.path(), Some(uid), Some(gid))
            .with_context(|| format!("{} can't be given to {name}", folder.path().display()))?;
    }
    let refused = || format!("the server can't become {name}");
    // Groups first: without root they can't be changed any more.
    initgroups(&CString::new(name)?, user.gid).with_context(refused)?;
    setgid(user.gid).with_context(refused)?;
    setuid(user.uid).with_context(refused)?;
    if setuid(Uid::from_raw(0)).is_ok() || geteuid() != user.uid || getuid() != user.uid {
        bail!("the server could become root again after it had become {name}; it does not start");
    }
    Ok(())
}

/// Where groups can't be dropped safely, nobody is promised that they are.
#[cfg(not(all(unix, not(target_vendor = "apple"))))]
pub(crate) fn run_as(_: &str, _: &DataFolder) -> anyhow::Result<()> {
    anyhow::bail!(
        "--user is for Linux and the BSDs; on this system let the service manager start the server as a user of its own"
    )
}

/// The number of the user that this process runs as.
#[cfg(unix)]
pub(crate) fn user_number() -> Option<u32> {
    Some(nix::unistd::geteuid().as_raw())
}

/// Unknown here.
#[cfg(not(unix))]
pub(crate) fn user_number() -> Option<u32> {
    None
}
