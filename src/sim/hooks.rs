//! Webhooks: what happens is queued as GitHub would send it, in order, and goes out when told, so
//! that a test never has to wait. The payload is made at the moment of the event.

use hmac::{Hmac, KeyInit, Mac};
use serde_json::{Map, Value, json};
use sha2::Sha256;

use super::delivery::{Attempt, Delivery};
use super::state::{Actor, RepoIx};
use super::world::World;

/// What the App listens to, by its settings. What it does not listen to is not sent to it.
pub(super) const EVENTS: [&str; 16] = [
    "check_run",
    "check_suite",
    "deployment_status",
    "issue_comment",
    "issues",
    "label",
    "member",
    "membership",
    "merge_group",
    "milestone",
    "pull_request",
    "push",
    "release",
    "repository",
    "status",
    "team",
];

/// Sent to every App, whatever it listens to.
const ALWAYS: [&str; 2] = ["installation", "installation_repositories"];

/// `sha256=…` over the bytes of the body.
pub(super) fn signature(secret: &str, body: &[u8]) -> String {
    // A key of any length is good for HMAC, so there is no error to tell.
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(secret.as_bytes()) else {
        return String::new();
    };
    mac.update(body);
    format!("sha256={}", hex::encode(mac.finalize().into_bytes()))
}

/// A GUID that is the same in every run: tests print them.
fn guid(number: u64) -> String {
    format!(
        "{:08x}-5f5e-11f1-8b1a-{:012x}",
        number & 0xffff_ffff,
        number
    )
}

impl World {
    /// Queues an event of a repository, if anybody listens: the App that is installed on it, or
    /// the repository's own webhook.
    pub fn announce(
        &mut self,
        repo: RepoIx,
        actor: Actor,
        event: &str,
        action: Option<&str>,
        more: Value,
    ) {
        let mut payload = Map::new();
        if let Some(action) = action {
            payload.insert("action".to_owned(), json!(action));
        }
        if let Value::Object(more) = more {
            payload.extend(more);
        }
        payload.insert("repository".to_owned(), self.repo_json(repo));
        if let Some(organization) = self.organization_json(self[repo].owner) {
            payload.insert("organization".to_owned(), organization);
        }
        payload.insert("sender".to_owned(), self.user_json(actor.account));
        let repository = self[repo].id;
        if let Some(installation) = self.installation_of(repo).map(|i| i.id) {
            self.queue(event, action, payload, Some(installation), Some(repository));
        } else if self[repo].hooked {
            self.queue(event, action, payload, None, Some(repository));
        }
    }

    /// Queues an event of an installation itself or of its organisation.
    pub fn announce_to_installation(
        &mut self,
        installation: u64,
        actor: Actor,
        event: &str,
        action: &str,
        more: Value,
    ) {
        let mut payload = Map::new();
        payload.insert("action".to_owned(), json!(action));
        if let Value::Object(more) = more {
            payload.extend(more);
        }
        payload.insert("sender".to_owned(), self.user_json(actor.account));
        self.queue(event, Some(action), payload, Some(installation), None);
    }

    /// Knocks at the App's webhook, as GitHub does when it is made.
    pub fn ping(&mut self) {
        let payload = json!({
            "zen": "Half measures are as bad as nothing at all.",
            "hook_id": self.hook_id,
            "hook": {
                "type": "App", "id": self.hook_id, "name": "web", "active": true,
                "app_id": self.app_id,
                "config": { "content_type": "json", "url": self.hook_url, "insecure_ssl": "0" }
            }
        });
        let payload = payload.as_object().cloned().unwrap_or_default();
        self.queue("ping", None, payload, None, None);
    }

    fn queue(
        &mut self,
        event: &str,
        action: Option<&str>,
        mut payload: Map<String, Value>,
        installation: Option<u64>,
        repository: Option<u64>,
    ) {
        if installation.is_some() && !EVENTS.contains(&event) && !ALWAYS.contains(&event) {
            return;
        }
        if let Some(id) = installation {
            payload.entry("installation").or_insert_with(
                || json!({ "id": id, "node_id": super::json::node_id("MDIz", id) }),
            );
        }
        let number = self.id();
        let body = Value::Object(payload).to_string();
        let mut delivery = Delivery {
            event: event.to_owned(),
            action: action.map(str::to_owned),
            guid: guid(number),
            headers: Vec::new(),
            body,
            redelivery: false,
            installation,
            repository,
        };
        delivery.headers = self.headers_of(&delivery);
        self.outbox.push_back(delivery);
        self.waiting.notify_one();
    }

    fn headers_of(&self, delivery: &Delivery) -> Vec<(String, String)> {
        let (target, target_id) = match (delivery.installation, delivery.repository) {
            (None, Some(repository)) => ("repository", repository),
            (Some(_), Some(_) | None) | (None, None) => ("integration", self.app_id),
        };
        [
            ("Accept", "*/*".to_owned()),
            ("Content-Type", "application/json".to_owned()),
            ("User-Agent", "GitHub-Hookshot/044aadd".to_owned()),
            ("X-GitHub-Delivery", delivery.guid.clone()),
            ("X-GitHub-Event", delivery.event.clone()),
            ("X-GitHub-Hook-ID", self.hook_id.to_string()),
            (
                "X-GitHub-Hook-Installation-Target-ID",
                target_id.to_string(),
            ),
            ("X-GitHub-Hook-Installation-Target-Type", target.to_owned()),
            (
                "X-Hub-Signature-256",
                signature(&self.secret, delivery.body.as_bytes()),
            ),
        ]
        .into_iter()
        .map(|(name, value)| (name.to_owned(), value))
        .collect()
    }

    /// The same content under another GUID, as somebody would send it who has captured a delivery.
    pub fn under_new_guid(&mut self, delivery: &Delivery) -> Delivery {
        let number = self.id();
        let mut replayed = delivery.clone();
        replayed.guid = guid(number);
        replayed.headers = self.headers_of(&replayed);
        replayed
    }

    /// Notes that a delivery was sent and what came back.
    pub fn note_attempt(&mut self, delivery: Delivery, status: u16) {
        let id = self.id();
        let at = self.now();
        self.attempts.push(Attempt {
            id,
            at,
            status,
            delivery,
        });
    }
}

/// Sends one; what cannot be reached is 502, as GitHub notes it.
pub(super) async fn send(client: &reqwest::Client, url: &str, delivery: &Delivery) -> u16 {
    let mut request = client.post(url).body(delivery.body.clone());
    for (name, value) in &delivery.headers {
        request = request.header(name, value);
    }
    match request.send().await {
        Ok(answer) => answer.status().as_u16(),
        Err(_) => 502,
    }
}
