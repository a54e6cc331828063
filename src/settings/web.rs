//! Who may read what labhand knows. The default lets nobody in from elsewhere: what teams decided
//! in private repositories must not be one forgotten setting away from the public.

use secrecy::{ExposeSecret, SecretString};

use super::app_file::KeptApp;
use super::given::{Given, wrong};
use super::{SettingsError, key};

/// A shorter token could be guessed.
const SHORTEST_TOKEN: usize = 16;

const EXAMPLE_TOKEN: &str = "a1b2c3d4e5f60718293a4b5c6d7e8f90, of your own: openssl rand -hex 32";

/// Who may see the web board and read the JSON under `/api`.
#[derive(Debug, Clone)]
pub enum WebAccess {
    /// Programs on this machine.
    Local,
    /// Who sends this token.
    Token(SecretString),
    /// Who signs in with GitHub, by way of the App.
    GitHub(Client),
    /// Anyone, of public repositories.
    Public,
}

/// The App, as people meet it who sign in.
#[derive(Debug, Clone)]
pub struct Client {
    /// Its client id.
    pub id: String,
    /// One of its client secrets.
    pub secret: SecretString,
}

impl Given {
    pub(super) fn web_access(&self, app: Option<&KeptApp>) -> Result<WebAccess, SettingsError> {
        const EXAMPLE: &str = "local, token, github, or public";
        let access = self.required(key::WEB_ACCESS, EXAMPLE)?;
        let token = self.web_token()?;
        let access = match (access.trim(), token) {
            ("token", Some(token)) => WebAccess::Token(token),
            ("token", None) => {
                let problem = "web.access is token, but there is none";
                return Err(wrong(key::WEB_TOKEN, problem, EXAMPLE_TOKEN));
            }
            ("local" | "github" | "public", Some(_)) => {
                let problem = "there is a token, which only counts where web.access is token";
                return Err(wrong(
                    key::WEB_TOKEN,
                    problem,
                    "no token; or web.access = \"token\"",
                ));
            }
            ("local", None) => WebAccess::Local,
            ("public", None) => WebAccess::Public,
            ("github", None) => WebAccess::GitHub(self.client(app)?),
            (_, _) => {
                let problem = "there is no such access";
                return Err(wrong(key::WEB_ACCESS, problem, EXAMPLE));
            }
        };
        Ok(access)
    }

    fn client(&self, app: Option<&KeptApp>) -> Result<Client, SettingsError> {
        const ID: &str = "Iv23liAbCdEfGhIjKlMn, as the App's settings on GitHub show it";
        const SECRET: &str = "a client secret, which the App's settings on GitHub make";
        let id = self.text(key::CLIENT_ID, ID)?;
        let secret = self.text(key::CLIENT_SECRET, SECRET)?;
        match (id, secret, app) {
            (Some(id), Some(secret), _) => Ok(Client {
                id: id.trim().to_owned(),
                secret: secret.trim().into(),
            }),
            (None, None, Some(app)) => Ok(app.client()),
            (None, None | Some(_), _) => {
                let problem = "web.access is github, and people sign in by way of the App";
                Err(wrong(key::CLIENT_ID, problem, ID))
            }
            (Some(_), None, _) => {
                let problem = "there is a client id without its secret";
                Err(wrong(key::CLIENT_SECRET, problem, SECRET))
            }
        }
    }

    fn web_token(&self) -> Result<Option<SecretString>, SettingsError> {
        let Some(text) = self.text(key::WEB_TOKEN, EXAMPLE_TOKEN)? else {
            return Ok(None);
        };
        let token = SecretString::from(text.trim());
        let length = token.expose_secret().chars().count();
        if length < SHORTEST_TOKEN {
            let problem = "it has to have at least 16 characters";
            return Err(wrong(key::WEB_TOKEN, problem, EXAMPLE_TOKEN));
        }
        // It travels in a header, after a space.
        if !token.expose_secret().bytes().all(|b| b.is_ascii_graphic()) {
            let problem = "it may only have letters, digits and signs of ASCII, and no spaces";
            return Err(wrong(key::WEB_TOKEN, problem, EXAMPLE_TOKEN));
        }
        Ok(Some(token))
    }
}
