//! A pull request that changes the policy file: its policy is read as it would be in force, and tried
//! on the items that there are.

use super::intake::Gathered;
use super::items::learn;
use super::kept::Repository;
use super::policy_files::{POLICY_FILE, PolicyFiles};
use super::show::may_be_late;
use super::{StepError, Worker};
use crate::domain::evidence::TextAt;
use crate::domain::fact::{Fact, FactId, What};
use crate::domain::item::Item;
use crate::domain::policy;
use crate::domain::policy_trial::PolicyTrial;
use crate::forge::{CallError, Forge};
use crate::store::Lease;

impl<F: Forge> Worker<F> {
    /// Tries the policy of a pull request's head, once.
    pub(super) async fn try_policy(
        &self,
        lease: &Lease,
        item: &mut Item,
        history: &mut Vec<Fact>,
        gathered: &mut Gathered,
        repository: &Repository,
    ) -> Result<(), StepError> {
        let pull = item.pull.as_ref();
        let Some(pull) = pull.filter(|pull| pull.touches_policy && pull.sight.open) else {
            return Ok(());
        };
        let head = pull.sight.head.clone();
        if item
            .policy_trial
            .as_ref()
            .is_some_and(|(of, _)| *of == head)
        {
            return Ok(());
        }
        let repo = repository.reference(lease.key.installation, lease.key.repo);
        let text = match self.shared.forge.text_at(&repo, &head, POLICY_FILE).await {
            Ok(text) => text,
            Err(error @ CallError::Missing(_)) if !may_be_late(lease, &error) => TextAt::Nothing,
            Err(error) => return Err(error.into()),
        };
        let unreadable = |why: &str| Err(format!("{POLICY_FILE}: {why}"));
        let own = match text {
            TextAt::Text(text) => Ok(Some(text)),
            TextAt::Nothing => Ok(None),
            TextAt::TooLarge => unreadable("it is too large"),
            TextAt::NotText => unreadable("it is not UTF-8 text"),
        };
        let files = PolicyFiles::with_own(&self.shared.forge, &repo, own).await?;
        let trial = match files.layers().map(|layers| policy::parse(&layers)) {
            Ok(Ok(then)) => {
                let items = self.items_now(lease.key).await?;
                PolicyTrial::of(&items, repository.policy(), &then)
            }
            Ok(Err(errors)) => PolicyTrial::bad(&errors, POLICY_FILE),
            Err(why) => PolicyTrial::Unreadable(why.to_owned()),
        };
        let tried = Fact {
            id: FactId(format!("policy:{head}")),
            at: self.now(),
            by: None,
            what: What::PolicyTried {
                head,
                trial: Box::new(trial),
            },
        };
        learn(vec![tried], item, history, gathered, repository);
        Ok(())
    }
}
