use std::io::Write;
use std::os::unix::fs::PermissionsExt;

use secrecy::ExposeSecret;

use super::*;

const PEM: &str = "-----BEGIN RSA PRIVATE KEY-----\\nMIIE\\n-----END RSA PRIVATE KEY-----";

const MINIMAL: [(&str, &str); 2] = [
    ("LABHAND_GITHUB__WEBHOOK_SECRETS", "one"),
    ("LABHAND_GITHUB__TOKEN", "ghp_token"),
];

fn load(variables: &[(&str, &str)]) -> Result<Settings, SettingsError> {
    let owned = |&(name, value): &(&str, &str)| (name.to_owned(), value.to_owned());
    Settings::load(None, variables.iter().map(owned))
}

/// The message for the minimal settings with these besides.
fn refused(besides: &[(&str, &str)]) -> String {
    load(&[&MINIMAL, besides].concat()).unwrap_err().to_string()
}

fn from_file(text: &str) -> Result<Settings, SettingsError> {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(text.as_bytes()).unwrap();
    let minimal = MINIMAL.map(|(name, value)| (name.to_owned(), value.to_owned()));
    Settings::load(Some(file.path()), minimal.into_iter())
}

#[test]
fn two_variables_are_enough() {
    let settings = load(&MINIMAL).unwrap();
    assert_eq!(settings.bind.to_string(), "127.0.0.1:8080");
    assert_eq!(settings.store_url.expose_secret(), "sqlite://labhand.db");
    assert_eq!(settings.log_format, LogFormat::Text);
    assert_eq!(settings.api_url, "https://api.github.com");
    assert_eq!(
        settings.github.as_ref().unwrap().write_spacing,
        Duration::from_secs(1)
    );
    assert!(matches!(
        settings.github.as_ref().unwrap().credentials,
        Credentials::Token(_)
    ));
    assert!(matches!(settings.web_access, WebAccess::Local));
}

#[test]
fn the_environment_outranks_the_file_and_the_file_the_defaults() {
    let text = "[server]\nbind = \"127.0.0.1:1\"\n[github]\nwebhook_secrets = [\"a\", \"b\", \"c\"]\nwrite_spacing = \"250ms\"";
    let settings = from_file(text).unwrap();
    assert_eq!(settings.bind.port(), 1);
    assert_eq!(
        settings.github.as_ref().unwrap().webhook_secrets.len(),
        1,
        "those of the environment"
    );
    assert_eq!(
        settings.github.as_ref().unwrap().write_spacing,
        Duration::from_millis(250)
    );
}

#[test]
fn secrets_may_be_a_list_or_separated_by_commas() {
    let rotating = [("LABHAND_GITHUB__WEBHOOK_SECRETS", "new, old"), MINIMAL[1]];
    assert_eq!(
        load(&rotating)
            .unwrap()
            .github
            .unwrap()
            .webhook_secrets
            .len(),
        2
    );
    insta::assert_snapshot!(refused(&[("LABHAND_GITHUB__WEBHOOK_SECRETS", "new,")]), @"github.webhook_secrets (LABHAND_GITHUB__WEBHOOK_SECRETS): a secret is empty; for example correct-horse-battery-staple");
}

#[test]
fn an_app_has_an_id_and_a_key() {
    let secret = MINIMAL[0];
    let id = ("LABHAND_GITHUB__APP_ID", "12345");
    let key = ("LABHAND_GITHUB__PRIVATE_KEY", PEM);
    let settings = load(&[secret, id, key]).unwrap();
    assert!(matches!(
        settings.github.as_ref().unwrap().credentials,
        Credentials::App { id: 12345, .. }
    ));

    let refused = |given: &[(&str, &str)]| load(given).unwrap_err().to_string();
    insta::assert_snapshot!(refused(&[secret, id]), @"github.private_key_path (LABHAND_GITHUB__PRIVATE_KEY_PATH): there is an App's id, but no private key; for example /etc/labhand/app.pem");
    insta::assert_snapshot!(refused(&[secret, key]), @"github.app_id (LABHAND_GITHUB__APP_ID): there is a private key, but no App's id; for example 12345");
    insta::assert_snapshot!(refused(&[secret]), @"github.app_id (LABHAND_GITHUB__APP_ID): there is neither an App nor a token; for example 12345, together with github.private_key_path; or a github.token");
    insta::assert_snapshot!(refused(&[secret, id, key, MINIMAL[1]]), @"github.token (LABHAND_GITHUB__TOKEN): there is an App and a token, and only one can be used; for example the App's id and key without a token");
    insta::assert_snapshot!(refused(&[secret, ("LABHAND_GITHUB__APP_ID", "my-app"), key]), @"github.app_id (LABHAND_GITHUB__APP_ID): it has to be the App's number; for example 12345");
    insta::assert_snapshot!(refused(&[secret, id, ("LABHAND_GITHUB__PRIVATE_KEY", "MIIE")]), @"github.private_key (LABHAND_GITHUB__PRIVATE_KEY): it is no private key in PEM form; for example -----BEGIN RSA PRIVATE KEY----- and so on");
    insta::assert_snapshot!(refused(&[MINIMAL[1]]), @"github.webhook_secrets (LABHAND_GITHUB__WEBHOOK_SECRETS): the webhook's secret is missing; for example correct-horse-battery-staple");
}

#[test]
fn a_key_may_be_in_a_file() {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(PEM.replace("\\n", "\n").as_bytes()).unwrap();
    let path = file.path().to_str().unwrap();
    let app = [
        MINIMAL[0],
        ("LABHAND_GITHUB__APP_ID", "1"),
        ("LABHAND_GITHUB__PRIVATE_KEY_PATH", path),
    ];
    assert!(load(&app).is_ok());
    for (mode, accepted) in [(0o400, true), (0o440, true), (0o644, false), (0o602, false)] {
        let rights = std::fs::Permissions::from_mode(mode);
        std::fs::set_permissions(path, rights).unwrap();
        assert_eq!(load(&app).is_ok(), accepted, "{mode:o}");
    }
    let said = load(&app)
        .unwrap_err()
        .to_string()
        .replace(path, "/app.pem");
    insta::assert_snapshot!(said, @"github.private_key_path (LABHAND_GITHUB__PRIVATE_KEY_PATH): /app.pem is open to everybody on this machine; `chmod o= /app.pem` ends that (in Kubernetes: defaultMode: 0440); for example /etc/labhand/app.pem, the file that GitHub made for the App");
    let missing = [
        app[0],
        app[1],
        ("LABHAND_GITHUB__PRIVATE_KEY_PATH", "/nowhere.pem"),
    ];
    insta::assert_snapshot!(load(&missing).unwrap_err(), @"github.private_key_path (LABHAND_GITHUB__PRIVATE_KEY_PATH): /nowhere.pem cannot be read (No such file or directory (os error 2)); for example /etc/labhand/app.pem, the file that GitHub made for the App");
}

#[test]
fn what_is_malformed_is_named_with_an_example() {
    insta::assert_snapshot!(refused(&[("LABHAND_SERVER__BIND", "8080")]), @"server.bind (LABHAND_SERVER__BIND): it has to be an IP address and a port; for example 127.0.0.1:8080, or 0.0.0.0:8080 for all interfaces");
    for volatile in [
        "sqlite:",
        "sqlite://",
        "sqlite::memory:",
        "sqlite://:memory:",
    ] {
        let said = refused(&[("LABHAND_STORE__URL", volatile)]);
        assert!(said.contains("has to name a file"), "{volatile}: {said}");
    }
    insta::assert_snapshot!(refused(&[("LABHAND_STORE__URL", "mysql://db/labhand")]), @"store.url (LABHAND_STORE__URL): it has to be a sqlite or a postgres URL; for example sqlite://labhand.db, or postgres://labhand:PASSWORD@db.example.com/labhand");
    insta::assert_snapshot!(refused(&[("LABHAND_STORE__URL", "labhand.db")]), @"store.url (LABHAND_STORE__URL): it has to be a sqlite or a postgres URL; for example sqlite://labhand.db, or postgres://labhand:PASSWORD@db.example.com/labhand");
    insta::assert_snapshot!(refused(&[("LABHAND_LOG__FORMAT", "xml")]), @"log.format (LABHAND_LOG__FORMAT): there is no such format; for example text, or json");
    insta::assert_snapshot!(refused(&[("LABHAND_GITHUB__API_URL", "api.github.com")]), @"github.api_url (LABHAND_GITHUB__API_URL): it has to be a URL with http or https; for example https://api.github.com, or https://HOST/api/v3");
    for days in ["0", "-1", "a month", "100000"] {
        let said = refused(&[("LABHAND_STORE__KEEP_DELIVERIES_DAYS", days)]);
        assert_eq!(
            said,
            "store.keep_deliveries_days (LABHAND_STORE__KEEP_DELIVERIES_DAYS): it has to be a number of days from 1 on; for example 30"
        );
    }
    for spacing in ["1", "-1s", "soon"] {
        let message = refused(&[("LABHAND_GITHUB__WRITE_SPACING", spacing)]);
        assert_eq!(
            message,
            "github.write_spacing (LABHAND_GITHUB__WRITE_SPACING): it has to be a duration; for example 1s, or 250ms"
        );
    }
}

#[test]
fn traces_go_to_a_collector_beside_labhand_or_nowhere() {
    assert_eq!(load(&MINIMAL).unwrap().traces_url, None);
    let to = |url| load(&[MINIMAL[0], MINIMAL[1], ("LABHAND_TRACES__OTLP_URL", url)]);
    assert_eq!(to("").unwrap().traces_url, None);
    let url = "http://127.0.0.1:4318";
    assert_eq!(to(url).unwrap().traces_url.as_deref(), Some(url));
    insta::assert_snapshot!(to("https://collector.example.com").unwrap_err(), @"traces.otlp_url (LABHAND_TRACES__OTLP_URL): it has to be the http URL of a collector beside labhand; for example http://127.0.0.1:4318");
    assert!(to("collector:4318").is_err());
}

#[test]
fn who_may_read_is_said_in_full_or_not_at_all() {
    const ACCESS: &str = "LABHAND_WEB__ACCESS";
    const TOKEN: (&str, &str) = ("LABHAND_WEB__TOKEN", "0123456789abcdef");
    let access = |besides: &[(&str, &str)]| load(&[&MINIMAL, besides].concat()).unwrap().web_access;
    assert!(matches!(access(&[(ACCESS, "local")]), WebAccess::Local));
    assert!(matches!(access(&[(ACCESS, "public")]), WebAccess::Public));
    let empty = [(ACCESS, "public"), ("LABHAND_WEB__TOKEN", "")];
    assert!(matches!(access(&empty), WebAccess::Public));
    assert!(matches!(
        access(&[(ACCESS, "token"), TOKEN]),
        WebAccess::Token(_)
    ));

    let client = [
        (ACCESS, "github"),
        ("LABHAND_GITHUB__CLIENT_ID", " Iv23li "),
        ("LABHAND_GITHUB__CLIENT_SECRET", "hush"),
    ];
    let WebAccess::GitHub(client) = access(&client) else {
        panic!("github");
    };
    assert_eq!(
        (client.id.as_str(), client.secret.expose_secret()),
        ("Iv23li", "hush")
    );
    insta::assert_snapshot!(refused(&[(ACCESS, "github")]), @"github.client_id (LABHAND_GITHUB__CLIENT_ID): web.access is github, and people sign in by way of the App; for example Iv23liAbCdEfGhIjKlMn, as the App's settings on GitHub show it");
    insta::assert_snapshot!(refused(&[(ACCESS, "github"), ("LABHAND_GITHUB__CLIENT_ID", "Iv23li")]), @"github.client_secret (LABHAND_GITHUB__CLIENT_SECRET): there is a client id without its secret; for example a client secret, which the App's settings on GitHub make");
    insta::assert_snapshot!(refused(&[(ACCESS, "everyone")]), @"web.access (LABHAND_WEB__ACCESS): there is no such access; for example local, token, github, or public");
    insta::assert_snapshot!(refused(&[(ACCESS, "")]), @"web.access (LABHAND_WEB__ACCESS): it is empty; for example local, token, github, or public");
    insta::assert_snapshot!(refused(&[(ACCESS, "token")]), @"web.token (LABHAND_WEB__TOKEN): web.access is token, but there is none; for example a1b2c3d4e5f60718293a4b5c6d7e8f90, of your own: openssl rand -hex 32");
    insta::assert_snapshot!(refused(&[(ACCESS, "token"), (TOKEN.0, "0123456789abcde")]), @"web.token (LABHAND_WEB__TOKEN): it has to have at least 16 characters; for example a1b2c3d4e5f60718293a4b5c6d7e8f90, of your own: openssl rand -hex 32");
    insta::assert_snapshot!(refused(&[(ACCESS, "token"), (TOKEN.0, "correct horse battery")]), @"web.token (LABHAND_WEB__TOKEN): it may only have letters, digits and signs of ASCII, and no spaces; for example a1b2c3d4e5f60718293a4b5c6d7e8f90, of your own: openssl rand -hex 32");
    let besides = r#"web.token (LABHAND_WEB__TOKEN): there is a token, which only counts where web.access is token; for example no token; or web.access = "token""#;
    assert_eq!(refused(&[TOKEN]), besides);
    assert_eq!(refused(&[(ACCESS, "public"), TOKEN]), besides);
}

#[test]
fn what_there_is_not_is_refused_with_what_was_meant() {
    insta::assert_snapshot!(refused(&[("LABHAND_GITHUB__WEBHOOK_SECRET", "x")]), @"there is no setting `LABHAND_GITHUB__WEBHOOK_SECRET`; did you mean `LABHAND_GITHUB__WEBHOOK_SECRETS`?");
    insta::assert_snapshot!(refused(&[("LABHAND_BIND", "x")]), @"there is no setting `LABHAND_BIND`; did you mean `LABHAND_SERVER__BIND`?");
    insta::assert_snapshot!(from_file("[serer]\nbind = \"127.0.0.1:1\"").unwrap_err(), @"there is no setting `serer.bind`; did you mean `server.bind`?");
    insta::assert_snapshot!(from_file("colour = 1").unwrap_err(), @"there is no setting `colour`");
    assert!(matches!(
        from_file("[server\n"),
        Err(SettingsError::File { .. })
    ));
    let missing = Settings::load(Some(Path::new("/nowhere.toml")), std::iter::empty());
    assert!(matches!(missing, Err(SettingsError::File { .. })));
}

#[test]
fn secrets_are_never_shown() {
    let given = [
        ("LABHAND_GITHUB__WEBHOOK_SECRETS", "hush-webhook"),
        ("LABHAND_GITHUB__TOKEN", "hush-token"),
        ("LABHAND_WEB__ACCESS", "token"),
        ("LABHAND_WEB__TOKEN", "hush-hush-hush-hush"),
    ];
    let shown = format!("{:?}", load(&given).unwrap());
    assert!(!shown.contains("hush"), "{shown}");
    let short = refused(&[
        ("LABHAND_WEB__ACCESS", "token"),
        ("LABHAND_WEB__TOKEN", "hush"),
    ]);
    assert!(!short.contains("hush"), "{short}");
    let message = load(&[given[0], given[1], ("LABHAND_GITHUB__PRIVATE_KEY", "hush")]);
    assert!(!message.unwrap_err().to_string().contains("hush"));
    let broken = from_file("[github]\ntoken = \"hush")
        .unwrap_err()
        .to_string();
    assert!(
        broken.contains("line 2") && !broken.contains("hush"),
        "{broken}"
    );
}

#[test]
fn each_setting_is_explained_in_the_defaults() {
    for setting in key::ALL {
        let key = setting.split_once('.').unwrap().1;
        assert!(DEFAULTS.contains(&format!("{key} = ")), "{setting}");
    }
}

#[test]
fn without_credentials_the_app_in_the_file_counts_or_one_is_to_be_made() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("app.json");
    let file = path.to_str().unwrap();
    let alone = [
        ("LABHAND_GITHUB__APP_FILE", file),
        ("LABHAND_WEB__ACCESS", "github"),
    ];
    let fresh = load(&alone).unwrap();
    assert!(fresh.github.is_none());
    assert!(matches!(fresh.web_access, WebAccess::Local));
    // An empty variable in a compose file says nothing.
    let empty = [
        alone[0],
        ("LABHAND_GITHUB__TOKEN", ""),
        ("LABHAND_GITHUB__WEBHOOK_SECRETS", " "),
    ];
    assert!(load(&empty).unwrap().github.is_none());
    // Half of what is needed is not nothing.
    let half = [alone[0], ("LABHAND_GITHUB__WEBHOOK_SECRETS", "one")];
    assert!(load(&half).is_err());

    let app = app_file::KeptApp {
        id: 12,
        slug: "labhand-acme".to_owned(),
        html_url: "https://github.com/apps/labhand-acme".to_owned(),
        client_id: "Iv23li".to_owned(),
        client_secret: "hush-client".into(),
        webhook_secret: "hush-webhook".into(),
        pem: PEM.replace("\\n", "\n").into(),
    };
    app.write(&path).unwrap();
    assert_eq!(
        std::fs::metadata(&path).unwrap().permissions().mode() & 0o777,
        0o600
    );
    assert!(app.write(&path).is_err(), "nothing is written over");
    let set_up = load(&alone).unwrap();
    let github = set_up.github.as_ref().unwrap();
    assert!(matches!(
        github.credentials,
        Credentials::App { id: 12, .. }
    ));
    assert_eq!(github.webhook_secrets[0].expose_secret(), "hush-webhook");
    assert!(matches!(&set_up.web_access, WebAccess::GitHub(client) if client.id == "Iv23li"));
    assert!(!format!("{set_up:?} {app:?}").contains("hush"));
    // What is set outranks the file.
    let token = load(&[&alone[..1], &MINIMAL].concat()).unwrap();
    assert!(matches!(
        token.github.unwrap().credentials,
        Credentials::Token(_)
    ));

    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o644)).unwrap();
    let open = load(&alone).unwrap_err().to_string();
    assert!(
        open.contains("open to everybody") && open.contains("chmod 600"),
        "{open}"
    );
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600)).unwrap();
    std::fs::write(&path, "{\"pem\": hush}").unwrap();
    let garbled = load(&alone).unwrap_err().to_string();
    assert!(
        garbled.contains("is not what the set-up page writes (line 1, column 9)"),
        "{garbled}"
    );
    assert!(!garbled.contains("hush"));
}
