//! The registry of models: commands are looked up in it when they are taken in, and what pull requests
//! and promotions say goes into it, in the transaction of the look at the item that said it.

use jiff::Timestamp;

use super::intake::{Gathered, Source};
use super::items::learn;
use super::kept::Repository;
use super::{StepError, Worker};
use crate::domain::actor::{Actor, User};
use crate::domain::fact::{Fact, FactId, What};
use crate::domain::ids::ItemNumber;
use crate::domain::item::{Item, ModelMove, Towards};
use crate::domain::order::Order;
use crate::domain::registry::{Found, ItemIs, ModelEvent, ModelFact, Registry, Says, Tie, record};
use crate::domain::version::ModelVersion;
use crate::forge::{CallError, Deployed, Forge};
use crate::store::{Key, MODELS, NewFact, Step};

impl<F: Forge> Worker<F> {
    /// What is known of a repository's models.
    pub(super) async fn registry(&self, key: Key) -> Result<Registry, StepError> {
        let store = &self.shared.store;
        let docs = store.facts(key.installation, key.repo, MODELS).await?;
        let facts: Result<Vec<ModelFact>, _> =
            docs.iter().map(|doc| serde_json::from_str(doc)).collect();
        Ok(Registry::fold(facts?))
    }

    /// The same for what is shown of an item, which is nothing where it is about no model.
    pub(super) async fn registry_for(&self, key: Key, item: &Item) -> Result<Registry, StepError> {
        let named = item.handoff.as_ref().and_then(|it| it.model.as_ref());
        if named.is_some() || item.home.is_some() {
            self.registry(key).await
        } else {
            Ok(Registry::empty())
        }
    }

    /// What the registry says of a command that is about a model; `None`: it is about none.
    pub(super) async fn look_up(
        &self,
        order: &Order,
        by: &Actor,
        at: Timestamp,
        source: &Source<'_>,
        gathered: &mut Gathered,
    ) -> Result<Option<Found>, StepError> {
        if !order.is_about_models() {
            return Ok(None);
        }
        let key = Key::repo(source.repo.installation, source.repo.id);
        let mut registry = match gathered.registry.take() {
            Some(registry) => registry,
            None => self.registry(key).await?,
        };
        let policy = source.repository.policy_at(at);
        let found = registry.look_up(order, source.number, policy);
        // A command that follows sees what this one will have done.
        if let Some(what) = found
            .as_ref()
            .and_then(|found| ModelEvent::of(order, found))
            && by.is_lead(&policy.leads)
        {
            let by = Some(by.user.clone());
            registry.take(ModelFact {
                id: FactId(String::new()),
                at,
                by,
                what,
            });
        }
        gathered.registry = Some(registry);
        Ok(found)
    }

    /// Tells the registry what an item says of models, and wakes those whom it concerns.
    pub(super) async fn tell_registry(
        &self,
        key: Key,
        before: Option<&Item>,
        item: &Item,
        repository: &Repository,
        step: &mut Step<'_>,
    ) -> Result<(), StepError> {
        let is_told =
            |asked: &ModelMove| before.is_some_and(|before| before.model_moves.contains(asked));
        let mut moves = item.model_moves.iter().filter(|asked| !is_told(asked));
        let first = moves.next();
        let concerns =
            |item: &Item| item.handoff.is_some() || item.home.is_some() || !item.models.is_empty();
        let is_about_models = concerns(item) || before.is_some_and(concerns);
        if first.is_none() && !is_about_models {
            return Ok(());
        }
        let registry = self.registry(key).await?;
        for asked in first.into_iter().chain(moves) {
            self.wake_items(key, &registry.concerned_by_moving(&asked.of), step);
            step.facts
                .push(stored(key, &promotion(item.number, asked))?);
        }
        if !is_about_models {
            return Ok(());
        }
        let said = registry.said(item.number);
        let says = self.says(key, item, said, repository).await?;
        let nothing = Says::default();
        let told = said.map_or(&nothing, |said| &said.says);
        if *told == says {
            return Ok(());
        }
        for of in [told, &says].into_iter().filter_map(|it| it.claim.as_ref()) {
            self.wake_items(key, &registry.pulls_of(of), step);
        }
        for model in told.models().chain(says.models()) {
            let home = registry.home(model).filter(|home| *home != item.number);
            self.wake_items(key, home.as_slice(), step);
        }
        let said = ItemIs {
            item: item.number,
            turn: said.map_or(0, |said| said.turn + 1),
            says,
        };
        // What stands at a path of a commit is a fact of no time.
        let times = step.facts.iter().map(|fact| fact.at);
        let at = times.max().filter(|at| *at > Timestamp::UNIX_EPOCH);
        let fact = ModelFact {
            id: FactId(format!("item:{}:{:06}", item.number, said.turn)),
            at: at.unwrap_or_else(|| self.now()),
            by: None,
            what: ModelEvent::ItemIs(Box::new(said)),
        };
        step.facts.push(stored(key, &fact)?);
        Ok(())
    }

    /// What an item says of itself that concerns models.
    async fn says(
        &self,
        key: Key,
        item: &Item,
        said: Option<&ItemIs>,
        repository: &Repository,
    ) -> Result<Says, StepError> {
        let policy = repository.policy();
        let experiments = self.experiments_of(key, item).await?;
        let mut tie = Tie::of(item, policy);
        if let Some(tie) = tie.as_mut() {
            let before = said.and_then(|said| said.says.tie.as_ref());
            tie.merged_green = match before.and_then(|before| before.merged_green) {
                Some(green) => Some(green),
                None => self.merged_green(key, item, repository).await?,
            };
        }
        let home = item.home.as_ref().filter(|_| !item.gone);
        // What was registered stays, whatever becomes of the branch's name.
        let was_registered = said.is_some_and(|said| said.says.record.is_some());
        let counts = was_registered || is_on_default_branch(item, repository);
        Ok(Says {
            claim: claim(item, counts).cloned(),
            record: record(item, &experiments, policy)
                .filter(|_| counts)
                .map(Box::new),
            home: home.map(|home| home.model.clone()),
            tie,
        })
    }

    /// Whether the checks of a merged pull request are green; `None`: it is not merged.
    async fn merged_green(
        &self,
        key: Key,
        item: &Item,
        repository: &Repository,
    ) -> Result<Option<bool>, StepError> {
        let merged = item.pull.as_ref().filter(|pull| pull.sight.merged);
        let Some(pull) = merged else {
            return Ok(None);
        };
        let repo = repository.reference(key.installation, key.repo);
        let head = &pull.sight.head;
        match self.shared.forge.checks_are_green(&repo, head).await {
            Ok(green) => Ok(Some(green == Some(true))),
            // The commit went with its branch.
            Err(CallError::Missing(_)) => Ok(Some(false)),
            Err(error) => Err(error.into()),
        }
    }

    /// A deployment of a registered version to an environment that is called like a stage.
    pub(super) async fn take_deployment(
        &self,
        key: Key,
        deployed: &Deployed,
        (at, by): (Timestamp, Option<User>),
        repository: &Repository,
        step: &mut Step<'_>,
    ) -> Result<(), StepError> {
        let stages = &repository.policy_at(at).model_stages;
        let same = |stage: &&String| stage.eq_ignore_ascii_case(&deployed.environment);
        let Some(stage) = stages.iter().find(same) else {
            return Ok(());
        };
        let registry = self.registry(key).await?;
        let Some(of) = registry.deployed(&deployed.reference, &deployed.commit) else {
            return Ok(());
        };
        self.wake_items(key, &registry.concerned_by_moving(&of), step);
        step.wake.push((Self::board_of(key), self.now()));
        let seconds = at.as_second();
        let fact = ModelFact {
            id: FactId(format!("deployed:{seconds}:{of}:{stage}")),
            at,
            by,
            what: ModelEvent::Deployed {
                of,
                stage: stage.clone(),
                url: deployed.url.clone(),
            },
        };
        step.facts.push(stored(key, &fact)?);
        Ok(())
    }

    pub(super) fn wake_items(&self, key: Key, numbers: &[ItemNumber], step: &mut Step<'_>) {
        let items = numbers
            .iter()
            .map(|number| Key::item(key.installation, key.repo, *number));
        step.wake.extend(items.map(|item| (item, self.now())));
    }

    /// What a hand-off that names a version inherits of the one before, once for each version that it
    /// names.
    pub(super) async fn find_inheritance(
        &self,
        key: Key,
        item: &mut Item,
        history: &mut Vec<Fact>,
        gathered: &mut Gathered,
        repository: &Repository,
    ) -> Result<(), StepError> {
        let handoff = item.handoff.as_ref().filter(|handoff| !handoff.ended);
        let named = handoff.and_then(|handoff| {
            let of = handoff.model.as_ref()?;
            (handoff.carried_as.as_ref() != Some(of) && handoff.merged.is_none()).then_some(of)
        });
        let Some(of) = named.filter(|_| !repository.policy().handoff.carry_over.is_empty()) else {
            return Ok(());
        };
        let carried = self.registry(key).await?.inheritance(of);
        let told = history
            .iter()
            .filter(|fact| matches!(fact.what, What::CarriedOver(_)));
        let fact = Fact {
            id: FactId(format!("carried-over:{:04}", told.count())),
            at: history.last().map_or_else(|| self.now(), |fact| fact.at),
            by: None,
            what: What::CarriedOver(Box::new(carried)),
        };
        learn(vec![fact], item, history, gathered, repository);
        Ok(())
    }

    /// The experiments that a pull request came out of: those that it builds on, and those on which the
    /// items that it is linked to build.
    async fn experiments_of(&self, key: Key, item: &Item) -> Result<Vec<Item>, StepError> {
        let merged = item.handoff.as_ref().and_then(|it| it.merged.as_ref());
        if merged.is_none() {
            return Ok(Vec::new());
        }
        let mut numbers: Vec<ItemNumber> = item.fields.builds_on.clone();
        for number in item.links() {
            let linked = self.item_now(key, number).await?;
            numbers.extend(linked.iter().flat_map(Item::foundation_numbers));
        }
        numbers.sort();
        numbers.dedup();
        let mut experiments = Vec::new();
        for number in numbers {
            let explores = |item: &Item| item.kind.is_some_and(|it| it.kind.is_exploration());
            experiments.extend(self.item_now(key, number).await?.filter(explores));
        }
        Ok(experiments)
    }
}

/// The version that a pull request wants to be, or was merged as where that counts.
fn claim(item: &Item, counts: bool) -> Option<&ModelVersion> {
    let handoff = item.handoff.as_ref().filter(|handoff| !handoff.ended)?;
    let sight = &item.pull.as_ref()?.sight;
    let stands = sight.open || sight.merged && counts;
    handoff.model.as_ref().filter(|_| stands && !item.gone)
}

/// Versions are registered on the default branch only.
fn is_on_default_branch(item: &Item, repository: &Repository) -> bool {
    let base = item.pull.as_ref().map(|pull| pull.sight.base.as_str());
    base == Some(repository.now.default_branch.as_str())
}

/// A promotion or rollback as the registry keeps it.
fn promotion(number: ItemNumber, asked: &ModelMove) -> ModelFact {
    let (comment, index) = asked.place;
    let of = asked.of.clone();
    ModelFact {
        id: FactId(format!("move:{number}:{comment:012}:{index:04}")),
        at: asked.at,
        by: Some(asked.by.clone()),
        what: match &asked.towards {
            Towards::Stage(stage) => ModelEvent::Promoted {
                of,
                stage: stage.clone(),
            },
            Towards::BackToProduction(reason) => ModelEvent::RolledBack {
                to: of,
                reason: reason.clone(),
            },
        },
    }
}

pub(super) fn stored(key: Key, fact: &ModelFact) -> Result<NewFact, serde_json::Error> {
    Ok(NewFact {
        repo: key.repo,
        number: MODELS,
        id: fact.id.0.clone(),
        at: fact.at,
        doc: serde_json::to_string(fact)?,
    })
}
