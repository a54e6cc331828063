//! The server's settings: built-in defaults, then a file, then the environment; validated at the
//! start, once, so that what is wrong is said in one message before anything runs.

pub mod app_file;
mod error;
mod key;
mod web;

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use axum::http::Uri;
use config::{Config, File, FileFormat, Map, Source, Value, ValueKind};
use jiff::SignedDuration;
use secrecy::SecretString;

pub use error::SettingsError;
use error::{PREFIX, SEPARATOR, variable};
pub use web::{Client, WebAccess};

use app_file::KeptApp;

/// The commented defaults, which are also the documentation of the file.
pub const DEFAULTS: &str = include_str!("../config/default.toml");

/// All there is to set.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Where GitHub's API is, without a slash at the end.
    pub api_url: String,
    /// As whom labhand meets GitHub; `None` before anybody has set that up.
    pub github: Option<GithubSettings>,
    /// Where an App is kept that the set-up page makes.
    pub app_file: PathBuf,
    /// Where to listen.
    pub bind: SocketAddr,
    /// The store's URL, which may hold a password.
    pub store_url: SecretString,
    /// How long the payloads of handled deliveries are kept.
    pub keep_deliveries: SignedDuration,
    /// Who may read the JSON under `/api`.
    pub web_access: WebAccess,
    /// How log lines look.
    pub log_format: LogFormat,
    /// Where a collector takes traces over OTLP, if any.
    pub traces_url: Option<String>,
}

/// What is needed to be heard by GitHub, and to hear it.
#[derive(Debug, Clone)]
pub struct GithubSettings {
    /// At least one.
    pub webhook_secrets: Vec<SecretString>,
    /// As what labhand speaks.
    pub credentials: Credentials,
    /// Between two writes of one installation.
    pub write_spacing: Duration,
}

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

/// How log lines look.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogFormat {
    /// For people.
    Text,
    /// One JSON object a line.
    Json,
}

impl Settings {
    /// Reads the settings: the defaults, then the file, then the variables that begin with
    /// `LABHAND_`.
    pub fn load(
        file: Option<&Path>,
        environment: impl Iterator<Item = (String, String)>,
    ) -> Result<Self, SettingsError> {
        Given::collect(file, environment)?.validate()
    }

    /// Reads where the store is, for what needs nothing else.
    pub fn load_store_url(
        file: Option<&Path>,
        environment: impl Iterator<Item = (String, String)>,
    ) -> Result<SecretString, SettingsError> {
        Given::collect(file, environment)?.store_url()
    }
}

/// What was given, by `section.key`, not validated.
struct Given(Map<String, Value>);

impl Given {
    fn collect(
        file: Option<&Path>,
        environment: impl Iterator<Item = (String, String)>,
    ) -> Result<Self, SettingsError> {
        let named = file.map_or_else(
            || "config/default.toml".into(),
            |path| path.display().to_string(),
        );
        let wrong_file = |error: config::ConfigError| SettingsError::File {
            path: named.clone(),
            problem: without_source(&error.to_string()),
        };
        let mut builder = Config::builder().add_source(File::from_str(DEFAULTS, FileFormat::Toml));
        if let Some(path) = file {
            builder = builder.add_source(File::from(path).format(FileFormat::Toml));
        }
        let tables = builder.build().and_then(|config| config.collect());
        let mut given = Map::new();
        flatten("", tables.map_err(wrong_file)?, &mut given);
        for (variable, value) in environment {
            if let Some(rest) = variable.strip_prefix(PREFIX) {
                let key = rest.to_ascii_lowercase().replacen(SEPARATOR, ".", 1);
                if !key::ALL.contains(&key.as_str()) {
                    let meant = nearest(&key).map(self::variable);
                    return Err(SettingsError::Unknown {
                        given: variable,
                        meant,
                    });
                }
                given.insert(key, Value::new(None, value));
            }
        }
        for key in given.keys() {
            if !key::ALL.contains(&key.as_str()) {
                let meant = nearest(key).map(str::to_owned);
                return Err(SettingsError::Unknown {
                    given: key.clone(),
                    meant,
                });
            }
        }
        Ok(Self(given))
    }

    fn validate(self) -> Result<Settings, SettingsError> {
        let bind = self.required(key::BIND, "127.0.0.1:8080")?;
        let log_format = self.required(key::LOG_FORMAT, "text, or json")?;
        let app_file = PathBuf::from(self.required(key::APP_FILE, "labhand-app.json")?);
        let kept = if self.names_nobody() {
            KeptApp::read(&app_file)?
        } else {
            None
        };
        let github = match &kept {
            Some(app) => Some(GithubSettings {
                webhook_secrets: vec![app.webhook_secret.clone()],
                credentials: Credentials::App {
                    id: app.id,
                    private_key: app.pem.clone(),
                },
                write_spacing: self.write_spacing()?,
            }),
            None if self.names_nobody() => None,
            None => Some(GithubSettings {
                webhook_secrets: self.webhook_secrets()?,
                credentials: self.credentials()?,
                write_spacing: self.write_spacing()?,
            }),
        };
        // Before there is an App, nobody can sign in by way of it, and nobody has to.
        let web_access = match &github {
            Some(_) => self.web_access(kept.as_ref())?,
            None => WebAccess::Local,
        };
        Ok(Settings {
            api_url: self.api_url()?,
            github,
            app_file,
            bind: bind.parse().map_err(|_| SettingsError::Wrong {
                setting: key::BIND,
                problem: "it has to be an IP address and a port".to_owned(),
                example: "127.0.0.1:8080, or 0.0.0.0:8080 for all interfaces",
            })?,
            store_url: self.store_url()?,
            keep_deliveries: self.keep_deliveries()?,
            web_access,
            traces_url: self.traces_url()?,
            log_format: match log_format.as_str() {
                "text" => LogFormat::Text,
                "json" => LogFormat::Json,
                _ => {
                    return Err(wrong(
                        key::LOG_FORMAT,
                        "there is no such format",
                        "text, or json",
                    ));
                }
            },
        })
    }

    /// Nothing says as whom labhand is to meet GitHub.
    fn names_nobody(&self) -> bool {
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

    fn traces_url(&self) -> Result<Option<String>, SettingsError> {
        const EXAMPLE: &str = "http://127.0.0.1:4318";
        let Some(url) = self.text(key::TRACES_URL, EXAMPLE)? else {
            return Ok(None);
        };
        let is_http = |uri: &Uri| uri.scheme_str() == Some("http") && uri.query().is_none();
        if !url.parse::<Uri>().is_ok_and(|uri| is_http(&uri)) {
            let problem = "it has to be the http URL of a collector beside labhand";
            return Err(wrong(key::TRACES_URL, problem, EXAMPLE));
        }
        Ok(Some(url))
    }

    fn webhook_secrets(&self) -> Result<Vec<SecretString>, SettingsError> {
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

    fn credentials(&self) -> Result<Credentials, SettingsError> {
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

    fn api_url(&self) -> Result<String, SettingsError> {
        const EXAMPLE: &str = "https://api.github.com, or https://HOST/api/v3";
        let text = self.required(key::API_URL, EXAMPLE)?;
        let url = text.parse::<Uri>().ok().filter(|url| {
            matches!(url.scheme_str(), Some("http" | "https"))
                && url
                    .authority()
                    .is_some_and(|host| !host.as_str().contains('@'))
                && url.query().is_none()
        });
        match url {
            Some(_) => Ok(text.trim_end_matches('/').to_owned()),
            None => Err(wrong(
                key::API_URL,
                "it has to be a URL with http or https",
                EXAMPLE,
            )),
        }
    }

    fn write_spacing(&self) -> Result<Duration, SettingsError> {
        const EXAMPLE: &str = "1s, or 250ms";
        let text = self.required(key::WRITE_SPACING, EXAMPLE)?;
        text.parse::<SignedDuration>()
            .ok()
            .and_then(|duration| Duration::try_from(duration).ok())
            .ok_or_else(|| wrong(key::WRITE_SPACING, "it has to be a duration", EXAMPLE))
    }

    fn keep_deliveries(&self) -> Result<SignedDuration, SettingsError> {
        const EXAMPLE: &str = "30";
        let text = self.required(key::KEEP_DELIVERIES, EXAMPLE)?;
        let days = text.parse::<u16>().ok().filter(|days| *days > 0);
        let days = days.ok_or_else(|| {
            let problem = "it has to be a number of days from 1 on";
            wrong(key::KEEP_DELIVERIES, problem, EXAMPLE)
        })?;
        Ok(SignedDuration::from_hours(24 * i64::from(days)))
    }

    fn store_url(&self) -> Result<SecretString, SettingsError> {
        const EXAMPLE: &str =
            "sqlite://labhand.db, or postgres://labhand:PASSWORD@db.example.com/labhand";
        let url = self.required(key::STORE_URL, EXAMPLE)?;
        if url.starts_with("postgres://") || url.starts_with("postgresql://") {
            return Ok(url.into());
        }
        if !url.starts_with("sqlite:") {
            let problem = "it has to be a sqlite or a postgres URL";
            return Err(wrong(key::STORE_URL, problem, EXAMPLE));
        }
        let file = url.trim_start_matches("sqlite:").trim_start_matches("//");
        if file.is_empty() || file.starts_with('?') || file.contains(":memory:") {
            let problem = "it has to name a file: what was accepted must survive a restart";
            return Err(wrong(key::STORE_URL, problem, EXAMPLE));
        }
        Ok(url.into())
    }

    /// A setting that has a default.
    fn required(
        &self,
        setting: &'static str,
        example: &'static str,
    ) -> Result<String, SettingsError> {
        self.text(setting, example)?
            .ok_or_else(|| wrong(setting, "it is empty", example))
    }

    /// A setting's text; `None` if it is not given or empty, as a variable in a compose file may be.
    fn text(
        &self,
        setting: &'static str,
        example: &'static str,
    ) -> Result<Option<String>, SettingsError> {
        self.0
            .get(setting)
            .map(|value| value.clone().into_string())
            .transpose()
            .map_err(|_| wrong(setting, "it has to be a text", example))
            .map(|text| text.filter(|text| !text.trim().is_empty()))
    }
}

fn wrong(setting: &'static str, problem: &str, example: &'static str) -> SettingsError {
    SettingsError::Wrong {
        setting,
        problem: problem.to_owned(),
        example,
    }
}

/// Whether users other than the owner and the group have any right to a file.
#[cfg(unix)]
fn is_open_to_all(file: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    std::fs::metadata(file).is_ok_and(|about| about.permissions().mode() & 0o007 != 0)
}

/// Elsewhere, rights are no bits of a file.
#[cfg(not(unix))]
fn is_open_to_all(_file: &Path) -> bool {
    false
}

/// An error's text without the lines of the file that it quotes, which may hold a secret.
fn without_source(message: &str) -> String {
    let lines = message.lines().filter(|line| !line.contains('|'));
    lines.collect::<Vec<_>>().join(": ")
}

/// Tables as `section.key`.
fn flatten(section: &str, table: Map<String, Value>, flat: &mut Map<String, Value>) {
    for (key, value) in table {
        let key = match section {
            "" => key,
            section => format!("{section}.{key}"),
        };
        match value.kind {
            ValueKind::Table(inner) => flatten(&key, inner, flat),
            _ => {
                flat.insert(key, value);
            }
        }
    }
}

/// The setting that is spelled most alike, if one is at all.
fn nearest(given: &str) -> Option<&'static str> {
    const ALIKE: f64 = 0.8;
    // Somebody may know the key and not the section.
    let likeness = |known: &str| {
        let key = known.split_once('.').map_or(known, |(_, key)| key);
        strsim::jaro_winkler(known, given).max(strsim::jaro_winkler(key, given))
    };
    key::ALL
        .into_iter()
        .map(|known| (likeness(known), known))
        .filter(|(likeness, _)| *likeness >= ALIKE)
        .max_by(|(one, _), (other, _)| one.total_cmp(other))
        .map(|(_, known)| known)
}

#[cfg(test)]
mod tests;
