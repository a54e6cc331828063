//! The server's settings: built-in defaults, then a file, then the environment; validated at the
//! start, once, so that what is wrong is said in one message before anything runs.

pub mod app_file;
mod credentials;
mod error;
mod given;
mod key;
mod web;

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use axum::http::Uri;
use jiff::SignedDuration;
use secrecy::SecretString;

pub use credentials::Credentials;
pub use error::SettingsError;
pub use web::{Client, WebAccess};

use app_file::KeptApp;
use given::{Given, wrong};

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

impl Given {
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
}

#[cfg(test)]
mod tests;
