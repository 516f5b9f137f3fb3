//! Decides whether the page becomes a part of the program: with the feature `embed`, when `STUDY_ZOOM_PAGE` says where the
//! page is. `cargo xtask dist` sets both.

fn main() {
    println!("cargo::rerun-if-env-changed=STUDY_ZOOM_PAGE");
    println!("cargo::rustc-check-cfg=cfg(embedded_page)");
    if std::env::var_os("CARGO_FEATURE_EMBED").is_none() {
        return;
    }
    if std::env::var_os("STUDY_ZOOM_PAGE").is_some() {
        println!("cargo::rustc-cfg=embedded_page");
    } else {
        println!(
            "cargo::warning=embed: STUDY_ZOOM_PAGE is not set, so the page stays in its folder; cargo xtask dist sets it"
        );
    }
}
