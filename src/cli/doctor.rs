//! `labhand doctor`: what is wrong with a set-up, and where to click to mend it.

use std::collections::BTreeMap;
use std::time::Duration;

use anyhow::bail;
use jiff::{SignedDuration, Timestamp};
use secrecy::ExposeSecret;

use super::connection;
use super::healthcheck::reachable;
use crate::forge::github::GitHub;
use crate::forge::github::admin::{AppNow, InstallationNow};
use crate::forge::github::registering::{EVENTS, PERMISSIONS};
use crate::forge::{CallError, Forge, HookDelivery};
use crate::settings::{Credentials, Settings, WebAccess};
use crate::store::Store;

pub(super) const EXAMPLES: &str = "\
Examples:
  labhand doctor                        with the settings of the server
  labhand doctor --config labhand.toml

It changes nothing. It ends with 0 if labhand can work, else with 1.";

/// Deliveries of so long ago are looked at.
const RECENT: SignedDuration = SignedDuration::from_hours(24);

/// Time for the server beside this to answer.
const PATIENCE: Duration = Duration::from_secs(3);

/// What was found about one thing.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Found {
    Good(String),
    /// It works, and somebody may want to know.
    Note(String),
    /// It does not work; what is wrong, and the way out.
    Wrong(String, String),
}

impl Found {
    fn line(&self) -> String {
        match self {
            Self::Good(what) => format!("✓ {what}"),
            Self::Note(what) => format!("• {what}"),
            Self::Wrong(what, way_out) => format!("✗ {what}\n  → {way_out}"),
        }
    }
}

pub(super) async fn run(settings: &Settings) -> anyhow::Result<()> {
    let mut wrong = tell(&[web(settings)]);
    wrong += tell(&store(settings).await);
    wrong += tell(&server(settings).await);
    let github = connection::github(settings)?;
    let known = settings.github.as_ref().map(|github| &github.credentials);
    wrong += tell(&match known {
        Some(Credentials::App { .. }) => app(&github).await,
        Some(Credentials::Token(_)) | None => token(&github).await,
    });
    match wrong {
        0 => {
            println!("\nlabhand can work.");
            Ok(())
        }
        1 => bail!("one thing is wrong"),
        more => bail!("{more} things are wrong"),
    }
}

/// Prints what was found; how much of it is wrong.
fn tell(found: &[Found]) -> usize {
    for one in found {
        println!("{}", one.line());
    }
    let wrong = found.iter().filter(|it| matches!(it, Found::Wrong(..)));
    wrong.count()
}

fn web(settings: &Settings) -> Found {
    let who = match &settings.web_access {
        WebAccess::Local => "this machine alone",
        WebAccess::Token(_) => "who has the token",
        WebAccess::GitHub(_) => "who signs in with GitHub",
        WebAccess::Public => "everybody, of public repositories",
    };
    Found::Good(format!(
        "settings: they are complete; the web board is for {who}"
    ))
}

async fn store(settings: &Settings) -> Vec<Found> {
    let url = settings.store_url.expose_secret();
    let place = crate::store::place(url);
    let store = match Store::open_existing(url).await {
        Ok(store) => store,
        Err(error) => {
            let what = format!("store: {place} cannot be opened ({error})");
            let way_out = "`labhand serve` creates it where there is none; LABHAND_STORE__URL says \
                           where it is";
            return vec![Found::Wrong(what, way_out.to_owned())];
        }
    };
    let figures = store.figures().await;
    store.close().await;
    match figures {
        Ok(figures) => {
            let mut found = vec![Found::Good(format!(
                "store: {place} has {} items in {:.1} MB",
                figures.items,
                megabytes(figures.size)
            ))];
            if figures.dead > 0 {
                let what = format!("store: {} deliveries were put aside", figures.dead);
                let way_out = "`labhand inbox list` shows them, `labhand inbox retry` tries again";
                found.push(Found::Wrong(what, way_out.to_owned()));
            }
            found
        }
        Err(error) => {
            let what = format!("store: {place} cannot be read ({error})");
            let way_out = "docs/operations.md says what to do about a damaged or full disk";
            vec![Found::Wrong(what, way_out.to_owned())]
        }
    }
}

fn megabytes(bytes: u64) -> f64 {
    f64::from(u32::try_from(bytes / 1024).unwrap_or(u32::MAX)) / 1024.0
}

/// Whether the server runs beside this.
async fn server(settings: &Settings) -> Vec<Found> {
    let address = reachable(settings.bind);
    let url = format!("http://{address}/readyz");
    let client = reqwest::Client::builder()
        .timeout(PATIENCE)
        .no_proxy()
        .build();
    let answer = match client {
        Ok(client) => client.get(&url).send().await,
        Err(error) => Err(error),
    };
    vec![match answer {
        Ok(answer) if answer.status().is_success() => {
            Found::Good(format!("server: it is ready on {address}"))
        }
        Ok(answer) => {
            let status = answer.status();
            let why = answer.text().await.unwrap_or_default();
            Found::Wrong(
                format!("server: {url} answers {status}: {}", why.trim()),
                "docs/operations.md, “Not ready”, says what to do".to_owned(),
            )
        }
        Err(_) => Found::Note(format!(
            "server: none answers on {address}; `labhand serve` starts it"
        )),
    }]
}

async fn token(github: &GitHub) -> Vec<Found> {
    vec![match github.token_owner().await {
        Ok(login) => Found::Good(format!(
            "GitHub: the token is {login}'s; labhand does not read what {login} writes"
        )),
        Err(error) => unreachable_or_refused(
            &error,
            "the token is not taken",
            "make a new one for the machine account, and set LABHAND_GITHUB__TOKEN",
        ),
    }]
}

async fn app(github: &GitHub) -> Vec<Found> {
    let app = match github.app_now().await {
        Ok(app) => app,
        Err(error) => {
            return vec![unreachable_or_refused(
                &error,
                "the App's id and key are not taken",
                "on the App's page, “Private keys” makes a new key; LABHAND_GITHUB__APP_ID is the \
                 number at its top",
            )];
        }
    };
    let web_url = github.web_url();
    let mut found = vec![Found::Good(format!(
        "GitHub: it knows the App {}",
        app.slug
    ))];
    found.extend(permissions(&app, web_url));
    found.extend(events(&app, web_url));
    found.extend(webhook(github, &app).await);
    found.extend(installations(github, &app).await);
    found
}

fn unreachable_or_refused(error: &CallError, refused: &str, way_out: &str) -> Found {
    match error {
        CallError::LockedOut { .. } | CallError::Missing(_) | CallError::Refused { .. } => {
            Found::Wrong(format!("GitHub: {refused} ({error})"), way_out.to_owned())
        }
        CallError::Limited { .. }
        | CallError::Unavailable(_)
        | CallError::Lost(_)
        | CallError::Unreadable(_) => Found::Wrong(
            format!("GitHub: {error}"),
            "is this machine allowed to reach it? LABHAND_GITHUB__API_URL says where it is"
                .to_owned(),
        ),
    }
}

/// `read` is less than `write`.
fn suffices(given: Option<&String>, wanted: &str) -> bool {
    match given.map(String::as_str) {
        Some("write" | "admin") => true,
        Some("read") => wanted == "read",
        Some(_) | None => false,
    }
}

fn missing(given: &BTreeMap<String, String>) -> Vec<(&'static str, &'static str, &'static str)> {
    let lacks = |(name, level, _): &&(&str, &str, &str)| !suffices(given.get(*name), level);
    PERMISSIONS.iter().filter(lacks).copied().collect()
}

fn permissions(app: &AppNow, web_url: &str) -> Vec<Found> {
    let missing = missing(&app.permissions);
    if missing.is_empty() {
        return vec![Found::Good(
            "permissions: the App asks for all of them".to_owned(),
        )];
    }
    let page = app.settings(web_url, "permissions");
    let wrong = |(name, level, what): &(&str, &str, &str)| {
        Found::Wrong(
            format!("permission {name} ({level}) is missing: {what} will not work"),
            format!("set it on {page}, then accept it for each installation"),
        )
    };
    missing.iter().map(wrong).collect()
}

fn events(app: &AppNow, web_url: &str) -> Vec<Found> {
    let heard = |event: &str| app.events.iter().any(|it| it == event);
    let missing: Vec<_> = EVENTS.iter().filter(|(event, _)| !heard(event)).collect();
    if missing.is_empty() {
        return vec![Found::Good(
            "events: the App listens to all of them".to_owned(),
        )];
    }
    let page = app.settings(web_url, "permissions");
    let wrong = |(event, what): &&(&str, &str)| {
        Found::Wrong(
            format!("event {event} is not heard: {what} are noticed once a day only"),
            format!("tick it on {page}, under “Subscribe to events”"),
        )
    };
    missing.iter().map(wrong).collect()
}

async fn webhook(github: &GitHub, app: &AppNow) -> Vec<Found> {
    let page = app.settings(github.web_url(), "");
    let url = match github.webhook_url().await {
        Ok(Some(url)) => url,
        Ok(None) => {
            let what = "webhook: the App has none".to_owned();
            let way_out = format!("on {page}, set it to https://HOST/webhooks/github and active");
            return vec![Found::Wrong(what, way_out)];
        }
        Err(error) => {
            return vec![Found::Wrong(
                format!("webhook: {error}"),
                "try again".to_owned(),
            )];
        }
    };
    let mut found = Vec::new();
    if !url.trim_end_matches('/').ends_with("/webhooks/github") {
        found.push(Found::Wrong(
            format!("webhook: {url} does not end with /webhooks/github"),
            format!("change it on {page}"),
        ));
    }
    found.push(
        match github.hook_deliveries(Timestamp::now() - RECENT).await {
            Ok(deliveries) => reached(&url, &deliveries, &page),
            Err(error) => Found::Wrong(format!("webhook: {error}"), "try again".to_owned()),
        },
    );
    found
}

/// Whether GitHub reaches labhand, by what it says itself.
fn reached(url: &str, deliveries: &[HookDelivery], page: &str) -> Found {
    let newest = deliveries
        .iter()
        .max_by_key(|delivery| (delivery.at, delivery.id));
    let failed = deliveries.iter().filter(|it| !it.arrived()).count();
    match newest {
        None => Found::Note(format!(
            "webhook: nothing was sent to {url} in the last 24 hours"
        )),
        Some(newest) if newest.arrived() => {
            let before = if failed > 0 {
                format!("; {failed} of {} had to be sent again", deliveries.len())
            } else {
                String::new()
            };
            Found::Good(format!("webhook: GitHub reaches {url}{before}"))
        }
        Some(HookDelivery { status: 0, .. }) => Found::Wrong(
            format!("webhook: GitHub cannot connect to {url}"),
            format!("does that lead to this server from outside? It is set on {page}"),
        ),
        Some(HookDelivery { status: 401, .. }) => Found::Wrong(
            "webhook: the signature is wrong (401)".to_owned(),
            format!("LABHAND_GITHUB__WEBHOOK_SECRETS has to be the secret on {page}"),
        ),
        Some(HookDelivery { status, .. }) => Found::Wrong(
            format!("webhook: {url} answers {status}"),
            "is something else there? The server's log and /readyz say more".to_owned(),
        ),
    }
}

async fn installations(github: &GitHub, app: &AppNow) -> Vec<Found> {
    let installations = match github.installations_now().await {
        Ok(installations) => installations,
        Err(error) => {
            return vec![Found::Wrong(
                format!("installations: {error}"),
                "try again".to_owned(),
            )];
        }
    };
    if installations.is_empty() {
        let way_out = format!("choose repositories on {}/installations/new", app.html_url);
        return vec![Found::Wrong(
            "the App is installed nowhere".to_owned(),
            way_out,
        )];
    }
    installations
        .iter()
        .map(|it| installation(it, app))
        .collect()
}

fn installation(installation: &InstallationNow, app: &AppNow) -> Found {
    let on = format!("installation on {}", installation.account());
    if installation.suspended_at.is_some() {
        let way_out = format!("end that on {}", installation.html_url);
        return Found::Wrong(format!("{on}: it is suspended"), way_out);
    }
    // What the App itself does not ask for was told already.
    let asked = |name: &str| app.permissions.contains_key(name);
    let not_accepted: Vec<&str> = missing(&installation.permissions)
        .into_iter()
        .map(|(name, ..)| name)
        .filter(|name| asked(name))
        .collect();
    if not_accepted.is_empty() {
        return Found::Good(format!("{on}: it has what the App asks for"));
    }
    Found::Wrong(
        format!("{on}: nobody has accepted {}", not_accepted.join(", ")),
        format!("accept it on {}", installation.html_url),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn delivery(minute: i64, status: u16) -> HookDelivery {
        HookDelivery {
            id: minute.unsigned_abs(),
            guid: minute.to_string(),
            event: "issues".to_owned(),
            at: Timestamp::UNIX_EPOCH + SignedDuration::from_mins(minute),
            status,
        }
    }

    fn said(deliveries: &[HookDelivery]) -> String {
        let url = "https://labhand.example/webhooks/github";
        reached(url, deliveries, "https://github.com/settings/apps/x").line()
    }

    #[test]
    fn the_newest_delivery_says_whether_github_reaches_labhand() {
        insta::assert_snapshot!(said(&[]), @"• webhook: nothing was sent to https://labhand.example/webhooks/github in the last 24 hours");
        insta::assert_snapshot!(said(&[delivery(2, 202), delivery(1, 0)]), @"✓ webhook: GitHub reaches https://labhand.example/webhooks/github; 1 of 2 had to be sent again");
        insta::assert_snapshot!(said(&[delivery(1, 202), delivery(2, 0)]), @r"
        ✗ webhook: GitHub cannot connect to https://labhand.example/webhooks/github
          → does that lead to this server from outside? It is set on https://github.com/settings/apps/x
        ");
        insta::assert_snapshot!(said(&[delivery(1, 401)]), @r"
        ✗ webhook: the signature is wrong (401)
          → LABHAND_GITHUB__WEBHOOK_SECRETS has to be the secret on https://github.com/settings/apps/x
        ");
    }

    #[test]
    fn writing_includes_reading() {
        let given = |level: &str| Some(level.to_owned());
        assert!(suffices(given("write").as_ref(), "read"));
        assert!(suffices(given("read").as_ref(), "read"));
        assert!(!suffices(given("read").as_ref(), "write"));
        assert!(!suffices(None, "read"));
    }
}
