//! What connecting to a server has in common.

use crate::error::Error;

/// That a connection cannot be made, without what of the URL may be a password.
pub(super) fn failed(server: &str, url: &str, problem: sqlx::Error) -> Error {
    let context =
        |problem: &dyn std::fmt::Display| format!("cannot connect to {server} at `{}`: {problem}", shown(url));
    Error::Driver(match problem {
        sqlx::Error::Io(error) => sqlx::Error::Io(std::io::Error::new(error.kind(), context(&error))),
        sqlx::Error::Configuration(error) => sqlx::Error::Configuration(context(&error).into()),
        error => sqlx::Error::Configuration(context(&error).into()),
    })
}

/// The scheme, the host and the database.
fn shown(url: &str) -> String {
    let (address, _) = url.split_once('?').unwrap_or((url, ""));
    match address.split_once("://") {
        Some((scheme, rest)) => format!("{scheme}://{}", rest.rsplit_once('@').map_or(rest, |(_, host)| host)),
        None => format!("{}:..", address.split(':').next().unwrap_or_default()),
    }
}

#[cfg(test)]
mod tests {
    use super::shown;

    #[test]
    fn no_password_is_shown() {
        for url in ["pg://a:secret@h/x", "pg://a:se@cret@h/x?password=secret", "pg:/a:secret@h/x", "pg:a:secret@h/x"] {
            assert!(!shown(url).contains("cret"), "{url}: {}", shown(url));
        }
        assert_eq!(shown("postgres://app:x@db:5432/shop?sslmode=require"), "postgres://db:5432/shop");
    }
}
