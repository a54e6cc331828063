//! The file in which the set-up page keeps an App: its id, its key and its secrets.

use std::fs::OpenOptions;
use std::io::{self, Write as _};
use std::path::Path;

use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};

use super::credentials::is_open_to_all;
use super::given::wrong;
use super::web::Client;
use super::{SettingsError, key};

/// An App that was made on the set-up page.
#[derive(Debug, Clone)]
pub struct KeptApp {
    /// Its id.
    pub id: u64,
    /// Its name in addresses.
    pub slug: String,
    /// Its page, on which it is installed.
    pub html_url: String,
    /// Its client id, for people who sign in.
    pub client_id: String,
    /// The secret that goes with it.
    pub client_secret: SecretString,
    /// With what its webhooks are signed.
    pub webhook_secret: SecretString,
    /// Its private key, PEM.
    pub pem: SecretString,
}

/// The same, as it stands in the file.
#[derive(Serialize, Deserialize)]
struct InFile {
    id: u64,
    slug: String,
    html_url: String,
    client_id: String,
    client_secret: String,
    webhook_secret: String,
    pem: String,
}

impl KeptApp {
    /// Reads the file; `None` where there is none.
    ///
    /// # Errors
    /// Where it cannot be read, is open to others, or is not what [`Self::write`] writes.
    pub fn read(path: &Path) -> Result<Option<Self>, SettingsError> {
        const EXAMPLE: &str = "labhand-app.json, where the set-up page writes it";
        let shown = path.display();
        let refused = |problem: String| wrong(key::APP_FILE, &problem, EXAMPLE);
        let text = match std::fs::read_to_string(path) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(refused(format!("{shown} cannot be read ({error})"))),
        };
        if is_open_to_all(path) {
            return Err(refused(format!(
                "{shown} is open to everybody on this machine; `chmod 600 {shown}` ends that"
            )));
        }
        let file: InFile = serde_json::from_str(&text).map_err(|error| {
            // Without what it quotes, which may be a secret.
            let (line, column) = (error.line(), error.column());
            refused(format!(
                "{shown} is not what the set-up page writes (line {line}, column {column}); move it \
                 away to set up anew"
            ))
        })?;
        Ok(Some(Self {
            id: file.id,
            slug: file.slug,
            html_url: file.html_url,
            client_id: file.client_id,
            client_secret: file.client_secret.into(),
            webhook_secret: file.webhook_secret.into(),
            pem: file.pem.into(),
        }))
    }

    /// Writes the file, which must not be there yet, for its owner's eyes only.
    ///
    /// # Errors
    /// Whatever hinders that; then there is no file.
    pub fn write(&self, path: &Path) -> io::Result<()> {
        let file = InFile {
            id: self.id,
            slug: self.slug.clone(),
            html_url: self.html_url.clone(),
            client_id: self.client_id.clone(),
            client_secret: self.client_secret.expose_secret().to_owned(),
            webhook_secret: self.webhook_secret.expose_secret().to_owned(),
            pem: self.pem.expose_secret().to_owned(),
        };
        let mut text = serde_json::to_string_pretty(&file)?;
        text.push('\n');
        let mut options = OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let mut open = options.open(path)?;
        let written = open
            .write_all(text.as_bytes())
            .and_then(|()| open.sync_all());
        if written.is_err() {
            // Half a file would keep the next start from setting up anew.
            let _ = std::fs::remove_file(path);
        }
        written
    }

    /// Whether a file can be written there; what keeps it from being, if not. GitHub gives an App's
    /// key away once, so this is asked before.
    pub fn may_write(path: &Path) -> io::Result<()> {
        let mut beside = path.as_os_str().to_owned();
        beside.push(".try");
        let beside = Path::new(&beside);
        OpenOptions::new()
            .write(true)
            .create(true)
            .truncate(true)
            .open(beside)?;
        std::fs::remove_file(beside)
    }

    pub(super) fn client(&self) -> Client {
        Client {
            id: self.client_id.clone(),
            secret: self.client_secret.clone(),
        }
    }
}
