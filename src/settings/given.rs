//! What was given, by file and environment: every key is one that there is.

use std::path::Path;

use config::{Config, File, FileFormat, Map, Source, Value, ValueKind};

use super::error::{PREFIX, SEPARATOR, variable};
use super::{DEFAULTS, SettingsError, key};

/// What was given, by `section.key`, not validated.
pub(super) struct Given(pub(super) Map<String, Value>);

impl Given {
    pub(super) fn collect(
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

    /// A setting that has a default.
    pub(super) fn required(
        &self,
        setting: &'static str,
        example: &'static str,
    ) -> Result<String, SettingsError> {
        self.text(setting, example)?
            .ok_or_else(|| wrong(setting, "it is empty", example))
    }

    /// A setting's text; `None` if it is not given or empty, as a variable in a compose file may be.
    pub(super) fn text(
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

pub(super) fn wrong(setting: &'static str, problem: &str, example: &'static str) -> SettingsError {
    SettingsError::Wrong {
        setting,
        problem: problem.to_owned(),
        example,
    }
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
