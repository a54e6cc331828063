//! Who may read what labhand knows. The default lets nobody in from elsewhere: what teams decided
//! in private repositories must not be one forgotten setting away from the public.

use secrecy::{ExposeSecret, SecretString};

use super::{Given, SettingsError, key, wrong};

/// A shorter token could be guessed.
const SHORTEST_TOKEN: usize = 16;

const EXAMPLE_TOKEN: &str = "a1b2c3d4e5f60718293a4b5c6d7e8f90, of your own: openssl rand -hex 32";

/// Who may read the JSON under `/api`.
#[derive(Debug, Clone)]
pub enum WebAccess {
    /// Programs on this machine.
    Local,
    /// Who sends this token.
    Token(SecretString),
    /// Anyone, of public repositories.
    Public,
}

impl Given {
    pub(super) fn web_access(&self) -> Result<WebAccess, SettingsError> {
        const EXAMPLE: &str = "local, token, or public";
        let access = self.required(key::WEB_ACCESS, EXAMPLE)?;
        let token = self.web_token()?;
        let access = match (access.trim(), token) {
            ("token", Some(token)) => WebAccess::Token(token),
            ("token", None) => {
                let problem = "web.access is token, but there is none";
                return Err(wrong(key::WEB_TOKEN, problem, EXAMPLE_TOKEN));
            }
            ("local" | "public", Some(_)) => {
                let problem = "there is a token, which only counts where web.access is token";
                return Err(wrong(
                    key::WEB_TOKEN,
                    problem,
                    "no token; or web.access = \"token\"",
                ));
            }
            ("local", None) => WebAccess::Local,
            ("public", None) => WebAccess::Public,
            ("github", _) => {
                let problem =
                    "`github` comes with the web board; there are local, token and public now";
                return Err(wrong(
                    key::WEB_ACCESS,
                    problem,
                    "token, together with web.token",
                ));
            }
            (_, _) => {
                let problem = "there is no such access";
                return Err(wrong(key::WEB_ACCESS, problem, EXAMPLE));
            }
        };
        Ok(access)
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
