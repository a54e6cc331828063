//! Signing in with GitHub: who somebody is, and what they may read there.

use std::collections::{BTreeSet, HashMap};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use axum_extra::extract::cookie::Key;
use secrecy::{ExposeSecret, SecretString};

use super::session::Session;
use super::{Denied, digest};
use crate::domain::ids::RepoId;
use crate::forge::CallError;
use crate::forge::github::OAuth;

/// For so long it is believed what somebody may read.
const BELIEVED: Duration = Duration::from_mins(2);

/// Visitors of whom that is remembered.
const MOST: usize = 1_000;

type Readable = Arc<BTreeSet<RepoId>>;

/// How users of GitHub sign in.
pub struct SignIn {
    oauth: OAuth,
    key: Key,
    /// By the digests of their tokens.
    readable: Mutex<HashMap<[u8; 32], (Instant, Readable)>>,
}

impl SignIn {
    /// Through an App of this id and secret.
    pub fn new(oauth: OAuth, client_secret: &SecretString) -> Self {
        let key = Key::derive_from(&digest(client_secret.expose_secret()));
        let readable = Mutex::default();
        Self {
            oauth,
            key,
            readable,
        }
    }

    pub(in crate::web) fn key(&self) -> &Key {
        &self.key
    }

    /// Where somebody is sent to say who they are.
    pub(in crate::web) fn address(&self, state: &str) -> String {
        self.oauth.address(state)
    }

    /// The session of somebody who came back with this code.
    pub(in crate::web) async fn session(&self, code: &str) -> Result<Session, CallError> {
        let token = self.oauth.token(code).await?;
        let user = self.oauth.user(&token).await?;
        Ok(Session {
            login: Some(user.login.to_string()),
            token: Some(token),
        })
    }

    /// The repositories that somebody may read, of those on which the App is installed.
    pub(super) async fn readable_to(&self, session: &Session) -> Result<Readable, Denied> {
        let token = session.token.as_ref().ok_or(Denied::NotSignedIn)?;
        let who = digest(token.expose_secret());
        if let Some((since, readable)) = self.remembered().get(&who)
            && since.elapsed() < BELIEVED
        {
            return Ok(Arc::clone(readable));
        }
        match self.oauth.readable(token).await {
            Ok(readable) => {
                let readable = Arc::new(readable);
                let mut remembered = self.remembered();
                if remembered.len() >= MOST {
                    remembered.retain(|_, (since, _)| since.elapsed() < BELIEVED);
                }
                remembered.insert(who, (Instant::now(), Arc::clone(&readable)));
                Ok(readable)
            }
            // They took it back, or it has expired.
            Err(CallError::LockedOut { .. }) => Err(Denied::NotSignedIn),
            Err(error) => {
                tracing::warn!(%error, "GitHub does not say what a visitor may read");
                Err(Denied::Unknown)
            }
        }
    }

    fn remembered(&self) -> std::sync::MutexGuard<'_, HashMap<[u8; 32], (Instant, Readable)>> {
        self.readable.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
