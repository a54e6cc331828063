//! Pictures that GitHub draws of text (mermaid). Each repeats what a table or a list beside it says,
//! so that nothing is lost where nobody draws them: in e-mails, and on a phone.

use crate::domain::item::Item;
use crate::domain::lifecycle::gates::LifecycleStage;
use crate::domain::policy::Policy;

use super::{home, text};

/// Boxes that a picture has room for.
const MOST_BOXES: usize = 20;

/// Characters of a title.
const TITLE: usize = 40;

/// The stages of a model's life, those that it has passed, and where it is.
pub fn life(now: LifecycleStage) -> String {
    let mut steps = Vec::new();
    let mut classes = Vec::new();
    for (place, stage) in LifecycleStage::ALL.iter().enumerate() {
        steps.push(format!("s{place}[{}]", home::stage_name(*stage)));
        let class = match stage {
            stage if *stage < now => "passed",
            stage if *stage == now => "here",
            _ => continue,
        };
        classes.push(format!("    class s{place} {class}"));
    }
    // Colours that are readable on a light and on a dark page.
    mermaid(&format!(
        "flowchart LR\n    {}\n    classDef passed fill:#1a7f37,color:#fff,stroke:#1a7f37\n    \
         classDef here fill:#0969da,color:#fff,stroke:#0969da\n{}",
        steps.join(" --> "),
        classes.join("\n")
    ))
}

/// Boxes over days; `None` where there are none. One that waits has no end that one could draw, and is
/// drawn up to where its pause began.
pub fn boxes(items: &[&Item], policy: &Policy) -> Option<String> {
    let local = |at: jiff::Timestamp| {
        let local = at.to_zoned_datetime(policy.calendar.zone());
        local.strftime("%Y-%m-%d %H.%M").to_string()
    };
    let mut bars: Vec<_> = items
        .iter()
        .filter(|item| item.closed.is_none())
        .filter_map(|item| {
            let timebox = item.timebox.as_ref()?;
            let (until, waits) = match timebox.paused_at() {
                Some(paused) => (paused, true),
                None if timebox.is_running() => (timebox.ends_at()?, false),
                None => return None,
            };
            Some((timebox.started_at()?, until, waits, *item))
        })
        .collect();
    bars.sort_by_key(|(start, until, _, item)| (*start, *until, item.number));
    let lines: Vec<String> = bars
        .iter()
        .take(MOST_BOXES)
        .map(|(start, until, waits, item)| {
            let title = plain(&item.title);
            let how = if *waits { "(waits) :done" } else { ":active" };
            format!(
                "    {} {title} {how}, {}, {}",
                item.number,
                local(*start),
                local(*until)
            )
        })
        .collect();
    (!lines.is_empty()).then(|| {
        mermaid(&format!(
            "gantt\n    dateFormat YYYY-MM-DD HH.mm\n    axisFormat %d %b\n{}",
            lines.join("\n")
        ))
    })
}

/// A title without any sign that means something in a picture's language.
fn plain(title: &str) -> String {
    let words: String = title
        .chars()
        .map(|c| {
            if c.is_alphanumeric() || matches!(c, '-' | '.') {
                c
            } else {
                ' '
            }
        })
        .collect();
    text::plain(&words, TITLE)
}

fn mermaid(picture: &str) -> String {
    format!("```mermaid\n{picture}\n```")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::view::samples::Sample;

    #[test]
    fn a_life_shows_what_is_passed_and_where_it_is() {
        insta::assert_snapshot!(life(LifecycleStage::Experimentation), @r"
        ```mermaid
        flowchart LR
            s0[Problem definition] --> s1[Data exploration] --> s2[Experimentation] --> s3[Development] --> s4[Deployment] --> s5[Monitoring]
            classDef passed fill:#1a7f37,color:#fff,stroke:#1a7f37
            classDef here fill:#0969da,color:#fff,stroke:#0969da
            class s0 passed
            class s1 passed
            class s2 here
        ```
        ");
    }

    #[test]
    fn boxes_that_run_or_wait_are_drawn_and_titles_are_no_syntax() {
        let sample = Sample::default();
        let mut item = sample.active_experiment();
        item.title = "A: b, c\n```\n%%{init}%% #59; \"x\" [y] — end".to_owned();
        let paused = {
            let mut paused = sample.active_experiment();
            let timebox = paused.timebox.as_mut().unwrap();
            timebox.pause(sample.ctx().now);
            paused
        };
        let drawn = boxes(&[&item, &paused], sample.ctx().policy).unwrap();
        let running = "\n    48 A b c init 59 x y end :active, 2026-11-";
        assert!(drawn.contains(running), "{drawn}");
        assert!(drawn.contains(" (waits) :done, 2026-11-"), "{drawn}");
        let mut stopped = paused;
        stopped.timebox.as_mut().unwrap().stop(sample.ctx().now);
        assert_eq!(boxes(&[&stopped], sample.ctx().policy), None);
    }
}
