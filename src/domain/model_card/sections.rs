//! Which sections are about a topic, and whether one of them holds content.
//!
//! A section reaches to the next heading of its rank or above, so that what stands below its
//! subheadings counts for it, with two exceptions. A subheading that names the other topic and
//! nothing else (`### Limitations` below `## Evaluation`) begins a section of its own; one that
//! says more (`### Performance at night` below `## Limitations`) does not. And a card's title that
//! happens to name a topic ("Performance predictor") speaks for what directly follows only.

use super::filler::Said;
use super::part::{Heading, Leaf, Part};
use super::topic::Names;
use super::{Lack, Topic};

/// The sections on one topic, as the first of them shows them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Section {
    /// The line of the first one's heading, from 1.
    pub(super) line: usize,
    /// What the first one lacks; nothing, where any of them holds content.
    pub(super) lack: Option<Lack>,
}

/// What the card's sections on a topic come to; `None` where there is none.
pub(super) fn about(topic: Topic, parts: &[Part]) -> Option<Section> {
    let outline = Outline::of(parts);
    let mut first = None;
    for (at, heading, names) in outline.headings() {
        if !is_about(topic, names) {
            continue;
        }
        let lack = outline.lack(topic, at, heading);
        let complete = lack.is_none();
        let section: &mut Section = first.get_or_insert(Section {
            line: heading.line,
            lack,
        });
        if complete {
            section.lack = None;
            break;
        }
    }
    first
}

fn is_about(topic: Topic, names: Names) -> bool {
    match topic {
        Topic::Performance => names.performance,
        Topic::Limitations => names.limitations,
        Topic::FrontMatter => false,
    }
}

/// A card's parts with what each heading names in its place.
struct Outline<'p> {
    parts: &'p [Part],
    /// For each part; nothing for a text, and for a heading that only goes on with the section
    /// that it stands in.
    names: Vec<Names>,
    /// The first heading, if it is on the highest level and says more than a topic.
    title: Option<usize>,
}

impl<'p> Outline<'p> {
    fn of(parts: &'p [Part]) -> Self {
        let mut headings = parts
            .iter()
            .enumerate()
            .filter_map(|(at, part)| match part {
                Part::Heading(heading) => Some((at, heading)),
                Part::Leaf(_) => None,
            });
        let title = headings
            .next()
            .filter(|(_, heading)| heading.rank == 1 && !heading.names.alone)
            .map(|(at, _)| at);
        // The headings that a part stands below, the highest first.
        let mut above: Vec<(u8, Names)> = Vec::new();
        let mut names = vec![Names::default(); parts.len()];
        for (at, (part, own)) in parts.iter().zip(&mut names).enumerate() {
            let Part::Heading(heading) = part else {
                continue;
            };
            above.retain(|(rank, _)| *rank < heading.rank);
            let within_topic = above.iter().any(|(_, names)| !names.nothing());
            if !within_topic || (heading.names.alone && !heading.run_in) {
                *own = heading.names;
            }
            if title != Some(at) {
                above.push((heading.rank, *own));
            }
        }
        Self {
            parts,
            names,
            title,
        }
    }

    fn headings(&self) -> impl Iterator<Item = (usize, &'p Heading, Names)> {
        let parts = self.parts.iter().zip(&self.names).enumerate();
        parts.filter_map(|(at, (part, names))| match part {
            Part::Heading(heading) => Some((at, heading, *names)),
            Part::Leaf(_) => None,
        })
    }

    /// What the section below the heading at `at` lacks.
    fn lack(&self, topic: Topic, at: usize, heading: &Heading) -> Option<Lack> {
        let mut lack = Lack::Empty;
        // Within a subsection on the other topic, the rank of its heading.
        let mut elsewhere: Option<u8> = None;
        for (part, names) in self.parts.iter().zip(&self.names).skip(at + 1) {
            match part {
                Part::Heading(next) => {
                    if next.rank <= heading.rank || self.title == Some(at) {
                        break;
                    }
                    if elsewhere.is_none_or(|rank| next.rank <= rank) {
                        let other = !names.nothing() && !is_about(topic, *names);
                        elsewhere = other.then_some(next.rank);
                    }
                }
                Part::Leaf(leaf) if elsewhere.is_none() => match said(leaf, topic) {
                    Said::Content => return None,
                    Said::Placeholder(written) if lack == Lack::Empty => {
                        lack = Lack::Placeholder {
                            written: written.clone(),
                        };
                    }
                    Said::Denial(written) if lack == Lack::Empty => {
                        lack = Lack::NoReason {
                            written: written.clone(),
                        };
                    }
                    Said::Nothing | Said::Placeholder(_) | Said::Denial(_) => {}
                },
                Part::Leaf(_) => {}
            }
        }
        Some(lack)
    }
}

/// What a text is worth for a topic: `| F1 | TBD |` names a metric and no figure, while the first
/// column of a table of limitations is what it is about.
fn said(leaf: &Leaf, topic: Topic) -> &Said {
    match (topic, &leaf.said) {
        (Topic::Performance, Said::Content) if leaf.label => &Said::Nothing,
        (Topic::Performance | Topic::Limitations | Topic::FrontMatter, said) => said,
    }
}
