//! `adroit login-link` and `adroit token`: ways in for people and programs, given by who may open the data folder.

use std::process::ExitCode;

use axum::http::Method;
use web::{LocalTokenIn, LocalTokenOut, LoginLinkIn, LoginLinkOut};

use crate::args::{LoginLinkArgs, TokenArgs, TokenCommand};
use crate::data::DataFolder;
use crate::door::Door;

/// Where a server listens that was told nothing else.
const USUAL: &str = "http://127.0.0.1:8642";

pub(crate) async fn login_link(args: LoginLinkArgs) -> anyhow::Result<ExitCode> {
    let door = Door::open(&DataFolder::of(&args.place, "data")?).await?;
    let made = link(&door, &LoginLinkIn { user: args.user, ..LoginLinkIn::default() }).await?;
    door.close().await;
    if args.json {
        say!("{}", serde_json::to_string_pretty(&made)?);
        return Ok(ExitCode::SUCCESS);
    }
    let home = made.home.as_deref().unwrap_or_else(|| {
        eprintln!("adroit: no server runs on this folder; start one, and put its address into the link");
        USUAL
    });
    say!("{home}{}", made.path);
    eprintln!("adroit: it lets {} in, once, within 15 minutes", made.user);
    Ok(ExitCode::SUCCESS)
}

/// Makes a link.
pub(crate) async fn link(door: &Door, wanted: &LoginLinkIn) -> anyhow::Result<LoginLinkOut> {
    door.ask(Method::POST, "/local/login-link", Some(serde_json::to_vec(wanted)?)).await
}

pub(crate) async fn token(args: TokenArgs) -> anyhow::Result<ExitCode> {
    let TokenCommand::Create { role, accounts, name, days, place, json } = args.command;
    let door = Door::open(&DataFolder::of(&place, "data")?).await?;
    let wanted = LocalTokenIn { name, role, accounts, workspace: place.workspace, days };
    let made: LocalTokenOut =
        door.ask(Method::POST, "/local/tokens", Some(serde_json::to_vec(&wanted)?)).await?;
    door.close().await;
    if json {
        say!("{}", serde_json::to_string_pretty(&made)?);
    } else {
        say!("{}", made.token);
        eprintln!(
            "adroit: this is token {}; it is not shown again. Send it as 'Authorization: Bearer …'",
            made.id
        );
    }
    Ok(ExitCode::SUCCESS)
}
