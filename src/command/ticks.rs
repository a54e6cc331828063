//! Ticked boxes of the checklist comment. Who edits our comment ticks for themselves, so what
//! counts is the difference between two readings of the same comment:
//!
//! ```text
//! - [x] `serving` Model serving platform
//! ```
//!
//! Only boxes that GitHub shows as boxes count: not those in code, quotes or HTML comments.

use std::collections::BTreeMap;

use comrak::Arena;

use crate::domain::handoff::Slug;
use crate::domain::markdown::{Source, Underlines};

/// The boxes of a checklist comment by the slug that each begins with, and whether they are
/// ticked. Where somebody has written a slug twice, the first counts.
pub fn boxes(comment: &str) -> BTreeMap<Slug, bool> {
    let source = Source::new(comment);
    let arena = Arena::new();
    let root = source.parse(&arena, Underlines::AreHeadings);
    let mut boxes = BTreeMap::new();
    for task in source.tasks(root, &[]) {
        if let Some(code) = task.leading_code {
            boxes.entry(Slug::new(&code)).or_insert(task.done);
        }
    }
    boxes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_real_boxes_count() {
        let comment = "### 🤝 Hand-off\r\n\r\n\
            - [x] `artifact` Trained model artifact · mira\r\n\
            - [ ] `Model-Card` Model card\r\n\
            - [ ] no slug\r\n\
            \x20 - [X] `nested` below another\r\n\
            - `serving` no box\r\n\
            - [x] `artifact` again\r\n\r\n\
            <details>\r\n\r\n1. [x] `docs` folded\r\n\r\n</details>\r\n\r\n\
            > - [x] `quoted` not said here\r\n\r\n\
            <!--\r\n- [x] `hidden`\r\n-->\r\n\r\n\
            ```\r\n- [x] `code`\r\n```\r\n";
        let ticked: Vec<_> = boxes(comment)
            .into_iter()
            .map(|(slug, on)| format!("{slug}={on}"))
            .collect();
        assert_eq!(
            ticked,
            [
                "artifact=true",
                "docs=true",
                "model-card=false",
                "nested=true"
            ]
        );
    }
}
