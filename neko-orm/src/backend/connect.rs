//! What connecting to a server has in common.

use crate::error::Error;

/// That a connection cannot be made, without the password that the URL may hold.
pub(super) fn failed(server: &str, url: &str, problem: sqlx::Error) -> Error {
    let shown = match url.split_once("://").zip(url.rfind('@')) {
        Some(((scheme, _), at)) => format!("{scheme}://..{}", &url[at..]),
        None => url.to_owned(),
    };
    let context = format!("cannot connect to {server} at `{shown}`: {problem}");
    Error::Driver(match problem {
        sqlx::Error::Io(error) => sqlx::Error::Io(std::io::Error::new(error.kind(), context)),
        _ => sqlx::Error::Configuration(context.into()),
    })
}
