//! As what labhand speaks to GitHub, and by what it knows that GitHub speaks to it.

use std::path::{Path, PathBuf};

use config::ValueKind;
use secrecy::SecretString;

use super::given::{Given, wrong};
use super::{SettingsError, key};

/// As what labhand speaks to GitHub.
#[derive(Debug, Clone)]
pub enum Credentials {
    /// As an App.
    App {
        /// Its id.
        id: u64,
        /// Its private key, PEM.
        private_key: SecretString,
    },
    /// As the machine account whose token this is.
    Token(SecretString),
}

impl Given {
    /// Nothing says as whom labhand is to meet GitHub.
    pub(super) fn names_nobody(&self) -> bool {
        const CREDENTIALS: [&str; 5] = [
            key::WEBHOOK_SECRETS,
            key::APP_ID,
            key::PRIVATE_KEY,
            key::PRIVATE_KEY_PATH,
            key::TOKEN,
        ];
        CREDENTIALS.iter().all(|key| match self.0.get(*key) {
            None => true,
            // An empty variable in a compose file says nothing either.
            Some(value) => matches!(&value.kind, ValueKind::String(text) if text.trim().is_empty()),
        })
    }

    pub(super) fn webhook_secrets(&self) -> Result<Vec<SecretString>, SettingsError> {
        let wrong = |problem: &str| {
            wrong(
                key::WEBHOOK_SECRETS,
                problem,
                "correct-horse-battery-staple",
            )
        };
        let texts: Vec<String> = match self.0.get(key::WEBHOOK_SECRETS).map(|value| &value.kind) {
            None => return Err(wrong("the webhook's secret is missing")),
            Some(ValueKind::Array(list)) => list
                .iter()
                .map(|one| one.clone().into_string())
                .collect::<Result<_, _>>()
                .map_err(|_| wrong("each secret has to be a text"))?,
            Some(ValueKind::String(text)) => text.split(',').map(str::to_owned).collect(),
            Some(_) => return Err(wrong("it has to be a text, or a list of texts")),
        };
        // Anybody could sign with an empty secret.
        if texts.is_empty() || texts.iter().any(|text| text.trim().is_empty()) {
            return Err(wrong("a secret is empty"));
        }
        Ok(texts.iter().map(|text| text.trim().into()).collect())
    }

    pub(super) fn credentials(&self) -> Result<Credentials, SettingsError> {
        let id = self.text(key::APP_ID, "12345")?;
        let token = self.text(key::TOKEN, "ghp_…, the token of a machine account")?;
        let private_key = self.private_key()?;
        match (id, private_key, token) {
            (Some(id), Some(private_key), None) => match id.parse() {
                Ok(id) if id > 0 => Ok(Credentials::App { id, private_key }),
                Ok(_) | Err(_) => Err(wrong(key::APP_ID, "it has to be the App's number", "12345")),
            },
            (None, None, Some(token)) => Ok(Credentials::Token(token.into())),
            (Some(_), None, None) => Err(wrong(
                key::PRIVATE_KEY_PATH,
                "there is an App's id, but no private key",
                "/etc/labhand/app.pem",
            )),
            (None, Some(_), None) => Err(wrong(
                key::APP_ID,
                "there is a private key, but no App's id",
                "12345",
            )),
            (Some(_), _, Some(_)) | (None, Some(_), Some(_)) => Err(wrong(
                key::TOKEN,
                "there is an App and a token, and only one can be used",
                "the App's id and key without a token",
            )),
            (None, None, None) => Err(wrong(
                key::APP_ID,
                "there is neither an App nor a token",
                "12345, together with github.private_key_path; or a github.token",
            )),
        }
    }

    fn private_key(&self) -> Result<Option<SecretString>, SettingsError> {
        const EXAMPLE: &str = "/etc/labhand/app.pem, the file that GitHub made for the App";
        let text = self.text(
            key::PRIVATE_KEY,
            "the PEM text that GitHub made for the App",
        )?;
        let path = self.text(key::PRIVATE_KEY_PATH, EXAMPLE)?;
        let (setting, pem) = match (text, path) {
            (None, None) => return Ok(None),
            (Some(_), Some(_)) => {
                let problem = "there is also github.private_key, and only one can be used";
                return Err(wrong(key::PRIVATE_KEY_PATH, problem, EXAMPLE));
            }
            // Many ways to set a variable know no line breaks.
            (Some(text), None) => (key::PRIVATE_KEY, text.replace("\\n", "\n")),
            (None, Some(path)) => {
                let refused = |problem: &str| wrong(key::PRIVATE_KEY_PATH, problem, EXAMPLE);
                let file = PathBuf::from(&path);
                let read = std::fs::read_to_string(&file)
                    .map_err(|error| refused(&format!("{path} cannot be read ({error})")))?;
                if is_open_to_all(&file) {
                    let problem = format!(
                        "{path} is open to everybody on this machine; `chmod o= {path}` ends \
                         that (in Kubernetes: defaultMode: 0440)"
                    );
                    return Err(refused(&problem));
                }
                (key::PRIVATE_KEY_PATH, read)
            }
        };
        let whole = pem.contains("-----BEGIN")
            && pem.contains("-----END")
            && pem.contains("PRIVATE KEY-----");
        if !whole {
            let problem = "it is no private key in PEM form";
            return Err(wrong(
                setting,
                problem,
                "-----BEGIN RSA PRIVATE KEY----- and so on",
            ));
        }
        Ok(Some(pem.into()))
    }
}

/// Whether users other than the owner and the group have any right to a file.
#[cfg(unix)]
pub(super) fn is_open_to_all(file: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    std::fs::metadata(file).is_ok_and(|about| about.permissions().mode() & 0o007 != 0)
}

/// Elsewhere, rights are no bits of a file.
#[cfg(not(unix))]
pub(super) fn is_open_to_all(_file: &Path) -> bool {
    false
}
