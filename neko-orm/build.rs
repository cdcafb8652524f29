//! Refuses a build without a database: the compiler would find a hundred mistakes instead of this one.

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    let databases = ["SQLITE", "POSTGRES", "MYSQL"];
    if databases.iter().all(|database| std::env::var_os(format!("CARGO_FEATURE_{database}")).is_none()) {
        println!("cargo::error=neko-orm needs a database: enable its feature `sqlite`, `postgres` or `mysql`");
    }
}
