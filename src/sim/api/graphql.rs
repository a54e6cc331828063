//! x
use super::super::refusal::{Did, Refusal};
use super::super::state::World;
use super::{Ask, Reply};
pub(super) fn ask(_: &mut World, _: &Ask) -> Did<Reply> {
    Err(Refusal::not_found())
}
