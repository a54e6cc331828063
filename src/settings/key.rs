//! The names of all settings, as `section.key`.

pub(super) const WEBHOOK_SECRETS: &str = "github.webhook_secrets";
pub(super) const APP_ID: &str = "github.app_id";
pub(super) const PRIVATE_KEY: &str = "github.private_key";
pub(super) const PRIVATE_KEY_PATH: &str = "github.private_key_path";
pub(super) const CLIENT_ID: &str = "github.client_id";
pub(super) const CLIENT_SECRET: &str = "github.client_secret";
pub(super) const APP_FILE: &str = "github.app_file";
pub(super) const TOKEN: &str = "github.token";
pub(super) const API_URL: &str = "github.api_url";
pub(super) const KEEP_DELIVERIES: &str = "store.keep_deliveries_days";
pub(super) const WRITE_SPACING: &str = "github.write_spacing";
pub(super) const BIND: &str = "server.bind";
pub(super) const STORE_URL: &str = "store.url";
pub(super) const WEB_ACCESS: &str = "web.access";
pub(super) const WEB_TOKEN: &str = "web.token";
pub(super) const LOG_FORMAT: &str = "log.format";
pub(super) const TRACES_URL: &str = "traces.otlp_url";

pub(super) const ALL: [&str; 17] = [
    WEBHOOK_SECRETS,
    APP_ID,
    PRIVATE_KEY,
    PRIVATE_KEY_PATH,
    TOKEN,
    CLIENT_ID,
    CLIENT_SECRET,
    APP_FILE,
    API_URL,
    KEEP_DELIVERIES,
    WRITE_SPACING,
    BIND,
    STORE_URL,
    WEB_ACCESS,
    WEB_TOKEN,
    LOG_FORMAT,
    TRACES_URL,
];
