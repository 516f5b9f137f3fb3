//! Nothing. What this package is for stands in its Cargo.toml.
