//! Who calls: the App by a token that it signed itself, an installation or the machine account by
//! a token that was given to them.
//!
//! Credentials live by the machine's clock, not by the stand-in's, since the bot's client signs
//! and renews them by the machine's clock too.

use std::sync::LazyLock;

use aws_lc_rs::encoding::AsDer;
use aws_lc_rs::rsa::{KeyPair, KeySize};
use aws_lc_rs::signature::KeyPair as _;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;
use jsonwebtoken::{Algorithm, DecodingKey, Validation};
use serde::Deserialize;

use super::super::refusal::{Did, Refusal};
use super::super::state::RepoIx;
use super::super::state::{Actor, Role};
use super::super::world::World;

/// The longest life of an App's own token, in seconds, by GitHub's documentation, "Generating a
/// JSON Web Token (JWT) for a GitHub App".
const LONGEST: i64 = 600;
/// How far the two clocks may differ, in seconds.
const SKEW: i64 = 30;

/// The machine account's token.
pub(in super::super) const MACHINE_TOKEN: &str = "ghp_standInStandInStandInStandInStandIn0000";

/// What is open to who has no credentials: browsers, and who is about to get some.
const OPEN: [&str; 3] = ["/login/oauth/", "/settings/apps/new", "/app-manifests/"];

/// The App's key. Making one takes a while, so all stand-ins of a process share it.
pub(in super::super) struct AppKey {
    /// The private key as the App's settings page gives it away, PEM.
    pub private_pem: String,
    public_der: Vec<u8>,
}

static KEY: LazyLock<Option<AppKey>> = LazyLock::new(|| {
    let pair = KeyPair::generate(KeySize::Rsa2048).ok()?;
    let der = pair.as_der().ok()?;
    let text = STANDARD.encode(der.as_ref());
    let mut pem = String::from("-----BEGIN PRIVATE KEY-----\n");
    let mut rest = text.as_str();
    while let Some((line, after)) = rest.split_at_checked(64) {
        pem.push_str(line);
        pem.push('\n');
        rest = after;
    }
    if !rest.is_empty() {
        pem.push_str(rest);
        pem.push('\n');
    }
    pem.push_str("-----END PRIVATE KEY-----\n");
    Some(AppKey {
        private_pem: pem,
        public_der: pair.public_key().as_ref().to_vec(),
    })
});

impl AppKey {
    /// The key, or nothing where the machine could not make one.
    pub fn shared() -> Option<&'static Self> {
        KEY.as_ref()
    }
}

/// Who calls.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in super::super) enum Caller {
    /// The App itself.
    App,
    /// An installation, by its id.
    Installation(u64),
    /// The machine account.
    Machine,
    /// Somebody who has signed in by way of the App.
    User(u64),
    /// A browser, or who has no credentials yet.
    Nobody,
}

#[derive(Deserialize)]
struct Claims {
    iat: i64,
    exp: i64,
    iss: serde_json::Value,
}

impl Caller {
    /// Reads the `Authorization` header.
    pub fn identify(world: &World, path: &str, authorization: &str) -> Did<Self> {
        if OPEN.iter().any(|open| path.contains(open)) {
            return Ok(Self::Nobody);
        }
        let Some((scheme, token)) = authorization.split_once(' ') else {
            return Err(Refusal::new(401, "Requires authentication"));
        };
        let known_scheme =
            scheme.eq_ignore_ascii_case("bearer") || scheme.eq_ignore_ascii_case("token");
        if !known_scheme {
            return Err(Refusal::new(401, "Requires authentication"));
        }
        if token == MACHINE_TOKEN {
            return Ok(Self::Machine);
        }
        if let Some(account) = world.registering.tokens.get(token) {
            return Ok(Self::User(*account));
        }
        if let Some(installation) = world.tokens.get(token) {
            return Ok(Self::Installation(*installation));
        }
        if token.matches('.').count() == 2 {
            return verify_app(world, token);
        }
        Err(Refusal::new(401, "Bad credentials"))
    }

    /// The account that acts.
    pub fn actor(self, world: &World) -> Did<Actor> {
        match self {
            Self::App => Err(Refusal::new(403, "Resource not accessible by integration")),
            Self::Installation(_) => Ok(Actor {
                account: world.bot,
                via_app: true,
            }),
            Self::Machine => Ok(Actor {
                account: world.machine,
                via_app: false,
            }),
            Self::User(account) => Ok(Actor {
                account,
                via_app: true,
            }),
            Self::Nobody => Err(Refusal::new(401, "Requires authentication")),
        }
    }

    /// 404 for what the caller does not see.
    pub fn must_see(self, world: &World, repo: RepoIx) -> Did<()> {
        let sees = match self {
            Self::App => return Err(Refusal::new(403, "Resource not accessible by integration")),
            Self::Installation(id) => world
                .installations
                .iter()
                .any(|installation| installation.id == id && world.covers(installation, repo)),
            Self::Machine => world.role(repo, world.machine) >= Role::Read,
            Self::User(account) => world.role(repo, account) >= Role::Read,
            Self::Nobody => false,
        };
        if sees {
            Ok(())
        } else {
            Err(Refusal::not_found())
        }
    }

    /// 403 for everybody but an installation of the App.
    pub fn must_be_installation(self) -> Did<()> {
        match self {
            Self::Installation(_) => Ok(()),
            Self::App | Self::Machine | Self::User(_) | Self::Nobody => Err(Refusal::new(
                403,
                "Resource not accessible by personal access token",
            )),
        }
    }

    /// 401 for everybody but the App itself.
    pub fn must_be_app(self) -> Did<()> {
        match self {
            Self::App => Ok(()),
            Self::Installation(_) | Self::Machine | Self::User(_) | Self::Nobody => {
                Err(Refusal::new(401, "A JSON web token could not be decoded"))
            }
        }
    }
}

fn verify_app(world: &World, token: &str) -> Did<Caller> {
    let refused = || Refusal::new(401, "A JSON web token could not be decoded");
    let key = AppKey::shared().ok_or_else(refused)?;
    let mut validation = Validation::new(Algorithm::RS256);
    // Times are checked below, with GitHub's words.
    validation.validate_exp = false;
    validation.required_spec_claims.clear();
    let decoded = jsonwebtoken::decode::<Claims>(
        token,
        &DecodingKey::from_rsa_der(&key.public_der),
        &validation,
    )
    .map_err(|_| refused())?;
    let claims = decoded.claims;
    let issuer = match &claims.iss {
        serde_json::Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    if issuer != world.app_id.to_string() && issuer != "Iv23liStandInForGitHub" {
        return Err(Refusal::new(
            401,
            "'Issuer' claim ('iss') must be an Integer or the client id",
        ));
    }
    let now = Timestamp::now().as_second();
    if claims.exp < now {
        return Err(Refusal::new(
            401,
            "'Expiration time' claim ('exp') must be a numeric value representing the future time at which the assertion expires",
        ));
    }
    if claims.exp > now + LONGEST + SKEW {
        return Err(Refusal::new(
            401,
            "'Expiration time' claim ('exp') is too far in the future",
        ));
    }
    if claims.iat > now + SKEW {
        return Err(Refusal::new(
            401,
            "'Issued at' claim ('iat') must be an Integer representing the time that the assertion was issued",
        ));
    }
    Ok(Caller::App)
}
