//! The check `labhand/policy`, on a pull request that changes the policy file: what is wrong with it,
//! line by line, or what it would change for the items that there are.

use crate::domain::item::Item;
use crate::domain::policy::Level;
use crate::domain::policy_trial::{Effect, Mistake, PolicyTrial};
use crate::forge::{Annotation, Conclusion};

use super::checks::Verdict;
use super::{Context, link, text, words};

/// The check.
pub const POLICY: &str = "labhand/policy";

/// Items that are named of each rule.
const MOST: usize = 20;

/// Remarks that GitHub takes at once.
const MOST_REMARKS: usize = 50;

/// What is said of a pull request that changes the policy file; `None` for others, and until the
/// file was read.
pub(super) fn verdict(item: &Item, ctx: &Context<'_>) -> Option<Verdict> {
    let pull = item.pull.as_ref().filter(|pull| pull.touches_policy)?;
    let (head, trial) = item.policy_trial.as_ref()?;
    (*head == pull.sight.head).then(|| match trial {
        PolicyTrial::Bad(mistakes) => bad(mistakes),
        PolicyTrial::Unreadable(why) => Verdict {
            conclusion: Conclusion::Failure,
            title: "The policy cannot be read".to_owned(),
            summary: text::escape_lines(why, 2_000),
            annotations: Vec::new(),
            buttons: Vec::new(),
        },
        PolicyTrial::Good {
            effects,
            items,
            rests,
        } => good(effects, *items, *rests, ctx),
    })
}

fn bad(mistakes: &[Mistake]) -> Verdict {
    let lines: Vec<String> = mistakes
        .iter()
        .map(|it| {
            format!(
                "- line {}, column {}: {}",
                it.line,
                it.column,
                text::escape_quoting(&it.message, 400)
            )
        })
        .collect();
    let remarks = mistakes.iter().take(MOST_REMARKS);
    Verdict {
        conclusion: Conclusion::Failure,
        title: format!(
            "{} in the policy; as it is, it would not come into force",
            words::counted(mistakes.len(), "mistake", "mistakes")
        ),
        summary: lines.join("\n"),
        annotations: remarks
            .map(|it| Annotation {
                path: ".github/labhand.yml".to_owned(),
                line: it.line,
                title: "Policy".to_owned(),
                message: text::plain(&it.message, 1_000),
            })
            .collect(),
        buttons: Vec::new(),
    }
}

fn good(effects: &[Effect], items: usize, rests: bool, ctx: &Context<'_>) -> Verdict {
    let refused: std::collections::BTreeSet<_> = effects
        .iter()
        .filter(|it| it.after == Level::Enforce)
        .flat_map(|it| &it.items)
        .collect();
    let all = words::counted(items, "open item", "open items");
    let title = match (rests, refused.len(), effects.is_empty()) {
        (true, _, _) => "A good policy; labhand would do nothing in this repository".to_owned(),
        (false, 0, true) => format!("A good policy; it changes nothing for {all}"),
        (false, 0, false) => "A good policy; no item would be refused anything new".to_owned(),
        (false, count, _) => format!("A good policy; {count} of {all} would be refused something"),
    };
    let lines: Vec<String> = effects.iter().map(|it| effect(it, ctx)).collect();
    let summary = if lines.is_empty() {
        String::new()
    } else {
        format!(
            "It counts from its push to the default branch, never backwards. Of what is open now:\n\n{}",
            lines.join("\n")
        )
    };
    Verdict {
        conclusion: Conclusion::Success,
        title,
        summary,
        annotations: Vec::new(),
        buttons: Vec::new(),
    }
}

fn effect(effect: &Effect, ctx: &Context<'_>) -> String {
    let mut numbers: Vec<String> = effect
        .items
        .iter()
        .take(MOST)
        .map(|number| link::item(*number, ctx))
        .collect();
    if effect.items.len() > MOST {
        numbers.push(format!("{} more", effect.items.len() - MOST));
    }
    let items = words::counted(effect.items.len(), "item", "items");
    let fate = match effect.after {
        Level::Enforce => "would be refused",
        Level::Warn => "would be warned",
        Level::Off => "would be left alone",
    };
    format!(
        "- `{}` (`{}` → `{}`): {items} {fate}: {}",
        effect.rule.word(),
        effect.before.word(),
        effect.after.word(),
        words::listed(&numbers)
    )
}
