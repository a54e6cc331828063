//! Files at a commit.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::json;

use super::super::acts::sha1_like;
use super::super::paths::encode_path;
use super::super::refusal::Did;
use super::super::world::World;
use super::{Ask, Body, Reply};

/// Characters of base64 in one line, as GitHub breaks it.
const LINE: usize = 60;

pub(super) fn get(world: &mut World, ask: &Ask) -> Did<Reply> {
    let repo = ask.repo(world)?;
    let path = ask.param("path")?;
    let reference = ask.query.get("ref").map(String::as_str);
    let (commit, text) = world.file(repo, path, reference)?;
    if ask.accept.contains("raw") {
        return Ok(Reply {
            status: 200,
            headers: Vec::new(),
            body: Body::Text(text.to_owned()),
        });
    }
    let encoded = STANDARD.encode(text);
    let mut content = String::new();
    for (at, character) in encoded.chars().enumerate() {
        if at > 0 && at % LINE == 0 {
            content.push('\n');
        }
        content.push(character);
    }
    content.push('\n');
    let sha = sha1_like(&["blob", text]);
    let reference = reference.unwrap_or(&commit.sha);
    let encoded_path = encode_path(path);
    let api = format!(
        "{}/contents/{encoded_path}?ref={reference}",
        world.repo_url(repo)
    );
    let git = format!("{}/git/blobs/{sha}", world.repo_url(repo));
    let page = format!("{}/blob/{reference}/{encoded_path}", world.repo_page(repo));
    Ok(Reply::ok(json!({
        "name": path.rsplit('/').next().unwrap_or(path),
        "path": path,
        "sha": sha,
        "size": text.len(),
        "url": api,
        "html_url": page,
        "git_url": git,
        "download_url": format!("{}/raw/{reference}/{encoded_path}", world.repo_page(repo)),
        "type": "file",
        "content": content,
        "encoding": "base64",
        "_links": { "self": api, "git": git, "html": page }
    })))
}
