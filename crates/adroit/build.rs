//! Lets the program find the prebuilt DuckDB library that `DUCKDB_LIB_DIR` names: beside itself, or where it was built.

use std::env;

fn main() {
    println!("cargo:rerun-if-env-changed=DUCKDB_LIB_DIR");
    let compiled_in = env::var_os("CARGO_FEATURE_BUNDLED").is_some();
    let unix = env::var_os("CARGO_CFG_UNIX").is_some();
    if let Ok(folder) = env::var("DUCKDB_LIB_DIR")
        && unix
        && !compiled_in
    {
        let beside = match env::var("CARGO_CFG_TARGET_VENDOR").as_deref() {
            Ok("apple") => "@loader_path",
            _ => "$ORIGIN",
        };
        println!("cargo:rustc-link-arg=-Wl,-rpath,{beside}");
        println!("cargo:rustc-link-arg=-Wl,-rpath,{folder}");
    }
}
