//! Models and the issues that are their homes: who is whose, and what is tied to a model.

use super::intake::Source;
use super::items::state;
use super::{StepError, Worker};
use crate::domain::ids::ItemNumber;
use crate::domain::item::Item;
use crate::domain::version::ModelName;
use crate::forge::Forge;
use crate::store::Key;

impl<F: Forge> Worker<F> {
    /// The home of a model, if it has one in this repository.
    pub(super) async fn home_of(
        &self,
        source: &Source<'_>,
        model: &ModelName,
    ) -> Result<Option<ItemNumber>, StepError> {
        let key = Key::repo(source.repo.installation, source.repo.id);
        let is_home = |item: &Item| item.home.as_ref().is_some_and(|home| home.model == *model);
        let mut homes = self.items_about(key, model).await?;
        homes.retain(|item| is_home(item) && !item.gone);
        Ok(homes.iter().map(|item| item.number).min())
    }

    /// The items in whose state the model's name stands anywhere, as they are kept.
    async fn items_about(&self, key: Key, model: &ModelName) -> Result<Vec<Item>, StepError> {
        let store = &self.shared.store;
        let rows = store
            .items_mentioning(key.installation, key.repo, model.as_str())
            .await?;
        Ok(rows.iter().filter_map(|row| state(&row.doc)).collect())
    }
}
