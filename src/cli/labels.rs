//! `labhand labels`: labhand's labels in a repository, before the first issue needs one.

use std::fmt::Write as _;

use anyhow::{Context, bail};

use super::connection;
use crate::domain::ids::RepoName;
use crate::domain::label_plan::{LabelPlan, LabelStep, plan};
use crate::domain::labels::Label;
use crate::domain::policy::Policy;
use crate::forge::github::GitHub;
use crate::forge::{Call, Forge, LabelSpec, RepoRef};
use crate::settings::Settings;
use crate::worker::policy_of;

pub(super) const EXAMPLES: &str = "\
Examples:
  labhand labels acme/fraud --dry-run          shows what would be done
  labhand labels acme/fraud                    creates what is missing
  labhand labels acme/fraud --rename           a label such as `research` becomes kind/research

labhand creates each label when it first needs it; nobody has to run this. Nobody is notified.";

/// Whose labels, and how boldly.
#[derive(Debug, clap::Args)]
pub(super) struct Labels {
    /// The repository, such as acme/fraud
    repository: RepoName,
    /// Show what would be done, and do nothing
    #[arg(long)]
    dry_run: bool,
    /// Rename the team's own labels that mean the same, on all issues that bear them
    #[arg(long)]
    rename: bool,
}

pub(super) async fn run(args: &Labels, settings: &Settings) -> anyhow::Result<()> {
    let github = connection::github(settings)?;
    let repo = connection::repository(&github, &args.repository).await?;
    let policy = match policy_of(&github, &repo).await? {
        Ok(policy) => policy,
        Err(problem) => bail!("the policy of {} is not good:\n{problem}", repo.name),
    };
    let there = github
        .labels(&repo)
        .await
        .context("the labels cannot be read")?;
    let names: Vec<String> = there.into_iter().map(|(_, spec)| spec.name).collect();
    let plan = plan(&names, &policy.labels, args.rename);
    print!("{}", shown(&plan, &repo, &policy));
    if args.dry_run {
        println!("\nNothing was changed; without --dry-run it would be.");
        return Ok(());
    }
    let done = carry_out(&github, &repo, &plan).await?;
    if done == 0 {
        println!("\nNothing was to be done.");
    } else {
        println!("\nDone.");
    }
    Ok(())
}

/// How many labels were written. GitHub asks for a pause between two writes.
async fn carry_out(github: &GitHub, repo: &RepoRef, plan: &LabelPlan) -> anyhow::Result<usize> {
    let mut done = 0;
    for step in &plan.steps {
        let (name, written) = match step {
            LabelStep::Leave { .. } => continue,
            LabelStep::Create { label, name } => {
                let call = Call::CreateLabel(spec(label, name));
                (name, github.perform(repo, &call).await.map(|_| ()))
            }
            LabelStep::Rename { label, from, to } => {
                (to, github.rename_label(repo, from, &spec(label, to)).await)
            }
        };
        written.with_context(|| {
            format!("the label {name} could not be written; {done} were, so run this again")
        })?;
        done += 1;
    }
    Ok(done)
}

fn spec(label: &Label, name: &str) -> LabelSpec {
    let style = label.style();
    LabelSpec {
        name: name.to_owned(),
        color: style.color.to_owned(),
        description: style.description,
    }
}

fn shown(plan: &LabelPlan, repo: &RepoRef, policy: &Policy) -> String {
    let mut lines = format!("{}\n", repo.name);
    let mut left = 0;
    for step in &plan.steps {
        match step {
            // Writing to a string cannot fail.
            LabelStep::Create { label, name } => {
                let _ = writeln!(lines, "  create  {name:<32} {}", label.style().description);
            }
            LabelStep::Rename { from, to, .. } => {
                let _ = writeln!(lines, "  rename  {from} → {to}");
            }
            LabelStep::Leave { .. } => left += 1,
        }
    }
    if left > 0 {
        let _ = writeln!(lines, "  leave   {left} that are there");
    }
    for alike in &plan.alike {
        let ours = alike.label.name();
        let _ = writeln!(
            lines,
            "  similar {}: does it mean {ours}? Then --rename makes it that, or the policy keeps its \
             name: labels: {{ {ours}: {:?} }}",
            alike.name, alike.name
        );
    }
    if !policy.enabled {
        let _ = writeln!(
            lines,
            "  note    the policy says enabled: false; labhand rests here"
        );
    }
    lines
}
