//! The stand-in, and the bot on it, held against GitHub's own descriptions. `.ci/contract` starts a
//! proxy that checks requests and answers, runs these tests and reads the proxy's log; by
//! themselves they only make the calls and write the webhooks down.

mod bot;
mod calls;
mod deliveries;

use labhand::sim::Sim;
use octocrab::jsonwebtoken as jwt;
use reqwest::Method;
use serde_json::{Value, json};

/// Where the proxy listens, such as `http://127.0.0.1:4010`.
const PROXY: &str = "LABHAND_CONTRACT_PROXY";
/// Where the proxy expects GitHub, such as `127.0.0.1:4011`.
const UPSTREAM: &str = "LABHAND_CONTRACT_UPSTREAM";

fn needed(name: &str) -> String {
    std::env::var(name)
        .unwrap_or_else(|_| panic!("{name} is not set: this test is run by .ci/contract"))
}

/// Somebody who calls, by way of the proxy.
struct Caller {
    client: reqwest::Client,
    base: String,
    token: String,
}

impl Caller {
    fn new(base: &str, token: &str) -> Self {
        Self {
            client: reqwest::Client::new(),
            base: base.to_owned(),
            token: token.to_owned(),
        }
    }

    async fn call(&self, method: Method, path: &str, body: Option<Value>, expected: u16) -> Value {
        let mut request = self
            .client
            .request(method.clone(), format!("{}{path}", self.base))
            .header("user-agent", "labhand")
            .header("accept", "application/vnd.github+json")
            .bearer_auth(&self.token);
        if let Some(body) = body {
            request = request.json(&body);
        }
        let answer = request.send().await.unwrap();
        let status = answer.status().as_u16();
        let text = answer.text().await.unwrap();
        assert_eq!(status, expected, "{method} {path}: {text}");
        serde_json::from_str(&text).unwrap_or(Value::Null)
    }

    /// Sends a file.
    async fn upload(&self, path: &str, content: &str, expected: u16) {
        let answer = self
            .client
            .post(format!("{}{path}", self.base))
            .header("user-agent", "labhand")
            .header("accept", "application/vnd.github+json")
            .header("content-type", "application/octet-stream")
            .bearer_auth(&self.token)
            .body(content.to_owned())
            .send()
            .await
            .unwrap();
        let status = answer.status().as_u16();
        let text = answer.text().await.unwrap();
        assert_eq!(status, expected, "POST {path}: {text}");
    }

    async fn get(&self, path: &str) -> Value {
        self.call(Method::GET, path, None, 200).await
    }

    async fn post(&self, path: &str, body: Value) -> Value {
        self.call(Method::POST, path, Some(body), 201).await
    }

    async fn patch(&self, path: &str, body: Value) -> Value {
        self.call(Method::PATCH, path, Some(body), 200).await
    }
}

fn app_token(gh: &Sim) -> String {
    let key = jwt::EncodingKey::from_rsa_pem(gh.private_key_pem().as_bytes()).unwrap();
    let now = jiff::Timestamp::now().as_second();
    let claims = json!({ "iat": now - 60, "exp": now + 540, "iss": gh.app_id().to_string() });
    jwt::encode(&jwt::Header::new(jwt::Algorithm::RS256), &claims, &key).unwrap()
}

/// A token of the App's first installation, by way of all that leads to it.
async fn installation(app: &Caller) -> String {
    app.get("/app").await;
    app.get("/app/installations").await;
    let found = app.get("/repos/acme/fraud/installation").await;
    let id = found["id"].as_u64().unwrap();
    app.get(&format!("/app/installations/{id}")).await;
    let path = format!("/app/installations/{id}/access_tokens");
    let token = app.post(&path, json!({})).await;
    token["token"].as_str().unwrap().to_owned()
}
