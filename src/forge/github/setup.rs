//! What is settled before anything is sent: addresses, and octocrab's clients for them.

use std::sync::Arc;
use std::time::Duration;

use http::Uri;
use http::uri::Authority;
use octocrab::{
    DefaultOctocrabBuilderConfig, NoAuth, NoSvc, NotLayerReady, Octocrab, OctocrabBuilder,
};

use super::answer::harmless;

/// How long connecting may take: shorter than the whole, since then it is certain that nothing
/// was sent.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);

/// Why no connection can be set up with these settings.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SetupError {
    /// The address is none.
    #[error(
        "the API address `{0}` is not of the form `https://api.github.com` or `https://HOST/api/v3`"
    )]
    ApiUrl(String),
    /// The key is none.
    #[error(
        "the App's private key is not an RSA key in PEM form (`-----BEGIN RSA PRIVATE KEY-----`)"
    )]
    PrivateKey,
    /// The token is none.
    #[error("the token contains spaces, line breaks or other characters that no token has")]
    Token,
    /// TLS or the like.
    #[error("no connection can be set up: {0}")]
    Client(String),
}

/// An address, taken apart.
pub(super) struct Addresses {
    pub(super) rest: Uri,
    pub(super) graphql: Uri,
    /// Where files of releases are sent to.
    pub(super) uploads: Uri,
    pub(super) authority: Authority,
    pub(super) html_url: String,
}

impl Addresses {
    pub(super) fn new(api_url: &str) -> Result<Self, SetupError> {
        let wrong = || SetupError::ApiUrl(api_url.to_owned());
        let rest: Uri = api_url
            .trim()
            .trim_end_matches('/')
            .parse()
            .map_err(|_| wrong())?;
        let scheme = rest.scheme_str().ok_or_else(wrong)?;
        let authority = rest.authority().cloned().ok_or_else(wrong)?;
        if !matches!(scheme, "http" | "https") || rest.query().is_some() || api_url.contains('@') {
            return Err(wrong());
        }
        let origin = format!("{scheme}://{authority}");
        let path = rest.path().trim_end_matches('/');
        let graphql = match path.strip_suffix("/v3") {
            Some(api) => format!("{origin}{api}"),
            None => format!("{origin}{path}"),
        };
        let html_url = match authority.as_str().strip_prefix("api.") {
            Some(host) if path.is_empty() => format!("{scheme}://{host}"),
            Some(_) | None => origin.clone(),
        };
        let uploads = match (
            authority.as_str().strip_prefix("api."),
            path.strip_suffix("/api/v3"),
        ) {
            (Some(host), _) if path.is_empty() => format!("{scheme}://uploads.{host}"),
            (_, Some(before)) => format!("{origin}{before}/api/uploads"),
            (_, None) => format!("{origin}{path}"),
        };
        Ok(Self {
            graphql: graphql.parse().map_err(|_| wrong())?,
            uploads: uploads.parse().map_err(|_| wrong())?,
            rest,
            authority,
            html_url,
        })
    }
}

/// octocrab's builder as it stands before anything is layered around its client.
pub(super) type Builder =
    OctocrabBuilder<NoSvc, DefaultOctocrabBuilderConfig, NoAuth, NotLayerReady>;

/// octocrab with its base set and its retries off: it is built without them, see `Cargo.toml`.
pub(super) fn client(
    base: &Uri,
    with_access: impl FnOnce(Builder) -> Result<Builder, SetupError>,
) -> Result<Arc<Octocrab>, SetupError> {
    let failed = |error: octocrab::Error| SetupError::Client(harmless(&error.to_string()));
    let builder = Octocrab::builder().set_connect_timeout(Some(CONNECT_TIMEOUT));
    let builder = builder.base_uri(base.clone()).map_err(failed)?;
    let client = with_access(builder)?.build().map_err(failed)?;
    Ok(Arc::new(client))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_of_releases_have_a_host_of_their_own_on_github_com() {
        for (api_url, uploads) in [
            ("https://api.github.com", "https://uploads.github.com/"),
            ("https://api.acme.ghe.com", "https://uploads.acme.ghe.com/"),
            (
                "https://git.acme.example/api/v3",
                "https://git.acme.example/api/uploads",
            ),
            ("http://127.0.0.1:8081", "http://127.0.0.1:8081/"),
        ] {
            let addresses = Addresses::new(api_url).expect("an address");
            assert_eq!(addresses.uploads.to_string(), uploads);
        }
    }

    #[test]
    fn enterprise_has_graphql_beside_rest() {
        let addresses = |api_url| {
            let addresses = Addresses::new(api_url).expect("an address");
            (addresses.graphql.to_string(), addresses.html_url)
        };
        let pair = |graphql: &str, html: &str| (graphql.to_owned(), html.to_owned());
        assert_eq!(
            addresses("https://api.github.com"),
            pair("https://api.github.com/", "https://github.com")
        );
        assert_eq!(
            addresses("https://git.acme.example/api/v3/"),
            pair("https://git.acme.example/api", "https://git.acme.example")
        );
        assert_eq!(
            addresses("http://127.0.0.1:8081"),
            pair("http://127.0.0.1:8081/", "http://127.0.0.1:8081")
        );
        for wrong in [
            "api.github.com",
            "ftp://x",
            "",
            "https://user@x",
            "https://x?y",
        ] {
            assert!(Addresses::new(wrong).is_err(), "{wrong}");
        }
    }
}
