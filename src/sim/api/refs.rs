//! Tags as git sees them.

use super::super::refusal::{Did, Refusal};
use super::super::world::World;
use super::lists::page;
use super::releases::must_write;
use super::{Ask, Reply};

/// Of all references only tags can be made here.
pub(super) fn create(world: &mut World, ask: &Ask) -> Did<Reply> {
    let (repo, actor) = (must_write(world, ask)?, ask.actor(world)?);
    let (reference, sha) = (ask.needed("ref")?, ask.needed("sha")?);
    let name = reference.strip_prefix("refs/tags/").ok_or_else(|| {
        Refusal::new(
            422,
            "Reference name must start with 'refs/' and be a tag here",
        )
    })?;
    world.create_tag(repo, actor, name, sha, None)?;
    let tag = world[repo].tags.get(name).ok_or_else(Refusal::not_found)?;
    Ok(Reply::created(world.tag_json(repo, name, tag)))
}

/// All tags whose names begin so, and an empty list if there are none.
pub(super) fn matching(world: &mut World, ask: &Ask) -> Did<Reply> {
    let repo = ask.repo(world)?;
    let prefix = ask.param("ref")?.strip_prefix("tags/").unwrap_or_default();
    let tags = world[repo].tags.iter();
    let all = tags
        .filter(|(name, _)| name.starts_with(prefix))
        .map(|(name, tag)| world.tag_json(repo, name, tag))
        .collect();
    Ok(page(world, ask, all))
}

pub(super) fn tag_object(world: &mut World, ask: &Ask) -> Did<Reply> {
    let repo = ask.repo(world)?;
    let object = ask.param("tag_sha")?;
    let mut tags = world[repo].tags.iter();
    let (name, tag) = tags
        .find(|(_, tag)| tag.object.as_deref() == Some(object))
        .ok_or_else(Refusal::not_found)?;
    Ok(Reply::ok(world.tag_object_json(repo, name, tag, object)))
}
