//! Labels: their definitions, and putting them on and taking them off.

use serde_json::json;

use super::super::refusal::{Did, Refusal};
use super::super::state::RepoIx;
use super::super::state::{Actor, Label};
use super::super::world::World;

/// The most characters of a label's name.
const NAME_LIMIT: usize = 50;
/// The most characters of a label's description.
const DESCRIPTION_LIMIT: usize = 100;
/// The colour of a label that was made by being put on an issue.
const DEFAULT_COLOR: &str = "ededed";

fn check_definition(name: Option<&str>, color: Option<&str>, text: Option<&str>) -> Did<()> {
    if let Some(name) = name {
        if name.trim().is_empty() {
            return Err(Refusal::invalid("Label", "name", "missing_field"));
        }
        if name.chars().count() > NAME_LIMIT {
            return Err(Refusal::unprocessable(
                "Label",
                "name",
                "name is too long (maximum is 50 characters)",
            ));
        }
    }
    let hexadecimal = |c: &str| c.len() == 6 && c.bytes().all(|b| b.is_ascii_hexdigit());
    if color.is_some_and(|color| !hexadecimal(color)) {
        return Err(Refusal::invalid("Label", "color", "invalid"));
    }
    if text.is_some_and(|text| text.chars().count() > DESCRIPTION_LIMIT) {
        return Err(Refusal::unprocessable(
            "Label",
            "description",
            "description is too long (maximum is 100 characters)",
        ));
    }
    Ok(())
}

impl World {
    /// Defines a label.
    pub fn create_label(
        &mut self,
        repo: RepoIx,
        actor: Actor,
        name: &str,
        color: &str,
        description: Option<&str>,
    ) -> Did<Label> {
        check_definition(Some(name), Some(color), description)?;
        if self[repo].label(name).is_some() {
            return Err(Refusal::invalid("Label", "name", "already_exists"));
        }
        let label = Label {
            id: self.id(),
            name: name.to_owned(),
            color: color.to_ascii_lowercase(),
            description: description.map(str::to_owned),
        };
        self[repo].labels.push(label.clone());
        let more = json!({ "label": self.label_json(repo, &label) });
        self.announce(repo, actor, "label", Some("created"), more);
        Ok(label)
    }

    /// Changes a definition. The issues that bear the label say nothing, as on GitHub.
    pub fn edit_label(
        &mut self,
        repo: RepoIx,
        actor: Actor,
        name: &str,
        new_name: Option<&str>,
        color: Option<&str>,
        description: Option<&str>,
    ) -> Did<Label> {
        check_definition(new_name, color, description)?;
        let id = self[repo].label(name).ok_or_else(Refusal::not_found)?.id;
        let taken = |new: &str| self[repo].label(new).is_some_and(|other| other.id != id);
        if new_name.is_some_and(taken) {
            return Err(Refusal::invalid("Label", "name", "already_exists"));
        }
        let Some(label) = self[repo].labels.iter_mut().find(|label| label.id == id) else {
            return Err(Refusal::not_found());
        };
        let mut changes = serde_json::Map::new();
        if let Some(new) = new_name.filter(|new| *new != label.name) {
            changes.insert("name".to_owned(), json!({ "from": label.name }));
            new.clone_into(&mut label.name);
        }
        if let Some(new) = color.filter(|new| !new.eq_ignore_ascii_case(&label.color)) {
            changes.insert("color".to_owned(), json!({ "from": label.color }));
            label.color = new.to_ascii_lowercase();
        }
        if let Some(new) = description.filter(|new| Some(*new) != label.description.as_deref()) {
            changes.insert(
                "description".to_owned(),
                json!({ "from": label.description.as_deref().unwrap_or("") }),
            );
            label.description = Some(new.to_owned());
        }
        let label = label.clone();
        if !changes.is_empty() {
            let more = json!({ "label": self.label_json(repo, &label), "changes": changes });
            self.announce(repo, actor, "label", Some("edited"), more);
        }
        Ok(label)
    }

    /// Deletes a definition: each issue says `unlabeled` without naming a label.
    pub fn delete_label(&mut self, repo: RepoIx, actor: Actor, name: &str) -> Did<()> {
        let label = self[repo]
            .label(name)
            .ok_or_else(Refusal::not_found)?
            .clone();
        let bearing: Vec<u64> = self[repo]
            .issues
            .values()
            .filter(|issue| issue.labels.contains(&label.id))
            .map(|issue| issue.number)
            .collect();
        for number in &bearing {
            self.issue_mut(repo, *number)?
                .labels
                .retain(|id| *id != label.id);
            self.touch(repo, *number);
        }
        self[repo].labels.retain(|other| other.id != label.id);
        for number in bearing {
            self.announce_issue(repo, number, actor, "unlabeled", json!({}));
        }
        let more = json!({ "label": self.label_json(repo, &label) });
        self.announce(repo, actor, "label", Some("deleted"), more);
        Ok(())
    }

    /// The ids of labels, defining those that are not yet there.
    pub(super) fn label_ids(
        &mut self,
        repo: RepoIx,
        actor: Actor,
        names: &[String],
    ) -> Did<Vec<u64>> {
        let mut ids = Vec::new();
        for name in names {
            let id = match self[repo].label(name) {
                Some(label) => label.id,
                None => {
                    self.create_label(repo, actor, name, DEFAULT_COLOR, None)?
                        .id
                }
            };
            if !ids.contains(&id) {
                ids.push(id);
            }
        }
        Ok(ids)
    }

    /// Puts labels on: one event for each that was not there.
    pub fn add_labels(
        &mut self,
        repo: RepoIx,
        actor: Actor,
        number: u64,
        names: &[String],
    ) -> Did<()> {
        self.issue(repo, number)?;
        let wanted = self.label_ids(repo, actor, names)?;
        for id in wanted {
            let issue = self.issue_mut(repo, number)?;
            if issue.labels.contains(&id) {
                continue;
            }
            issue.labels.push(id);
            self.touch(repo, number);
            let label = self.labels_json(repo, &[id])[0].take();
            self.announce_issue(repo, number, actor, "labeled", json!({ "label": label }));
        }
        Ok(())
    }

    /// Takes a label off.
    pub fn remove_label(&mut self, repo: RepoIx, actor: Actor, number: u64, name: &str) -> Did<()> {
        let issue = self.issue(repo, number)?;
        let id = self[repo]
            .label(name)
            .map(|label| label.id)
            .filter(|id| issue.labels.contains(id))
            .ok_or_else(|| Refusal::new(404, "Label does not exist"))?;
        self.issue_mut(repo, number)?.labels.retain(|l| *l != id);
        self.touch(repo, number);
        let label = self.labels_json(repo, &[id])[0].take();
        self.announce_issue(repo, number, actor, "unlabeled", json!({ "label": label }));
        Ok(())
    }

    /// Makes these the labels: takes off and puts on what differs.
    pub fn set_labels(
        &mut self,
        repo: RepoIx,
        actor: Actor,
        number: u64,
        names: &[String],
    ) -> Did<()> {
        let there = self.label_names(repo, number)?;
        let wanted = |name: &String| names.iter().any(|n| n.eq_ignore_ascii_case(name));
        for name in there.iter().filter(|name| !wanted(name)) {
            self.remove_label(repo, actor, number, name)?;
        }
        self.add_labels(repo, actor, number, names)
    }

    /// The names of an issue's labels.
    pub fn label_names(&self, repo: RepoIx, number: u64) -> Did<Vec<String>> {
        let issue = self.issue(repo, number)?;
        Ok(issue
            .labels
            .iter()
            .filter_map(|id| self[repo].labels.iter().find(|label| label.id == *id))
            .map(|label| label.name.clone())
            .collect())
    }
}
