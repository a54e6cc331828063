//! `labhand init`: a policy, issue forms and a pull-request template for a repository.

use std::fs;
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use similar::TextDiff;

pub(super) const EXAMPLES: &str = "\
Examples:
  labhand init                 in the repository that you are in
  labhand init ../fraud        in another one
  labhand init --force         replaces files that differ

Files that are there are left as they are, and it is shown in what they differ. Commit what it
writes to the default branch: only there does a policy count.";

/// Where to, and how boldly.
#[derive(Debug, clap::Args)]
pub(super) struct Init {
    /// The repository's folder
    #[arg(default_value = ".")]
    folder: PathBuf,
    /// Replace files that are there and differ
    #[arg(long)]
    force: bool,
}

/// Path and text of all files.
const FILES: [(&str, &str); 7] = [
    (
        ".github/labhand.yml",
        include_str!("../../config/init/labhand.yml"),
    ),
    (
        ".github/labhand.schema.json",
        include_str!("../../config/policy.schema.json"),
    ),
    (
        ".github/ISSUE_TEMPLATE/research.yml",
        include_str!("../../config/init/research.yml"),
    ),
    (
        ".github/ISSUE_TEMPLATE/experiment.yml",
        include_str!("../../config/init/experiment.yml"),
    ),
    (
        ".github/ISSUE_TEMPLATE/development.yml",
        include_str!("../../config/init/development.yml"),
    ),
    (
        ".github/ISSUE_TEMPLATE/maintenance.yml",
        include_str!("../../config/init/maintenance.yml"),
    ),
    (
        ".github/pull_request_template.md",
        include_str!("../../config/init/pull_request_template.md"),
    ),
];

/// What became of a file.
enum Outcome {
    Written,
    Replaced,
    Same,
    /// It differs, in these lines, and was left.
    Left(String),
}

pub(super) fn run(args: &Init) -> anyhow::Result<()> {
    let folder = &args.folder;
    if !folder.is_dir() {
        bail!("{}: there is no such folder", folder.display());
    }
    if !folder.join(".git").exists() {
        println!(
            "note: {} is not the root of a git repository",
            folder.display()
        );
    }
    let (mut written, mut left) = (0, 0);
    for (path, text) in FILES {
        let outcome = put(&folder.join(path), text, args.force);
        let outcome = outcome.with_context(|| format!("{path} cannot be written"))?;
        match outcome {
            Outcome::Written => {
                written += 1;
                println!("wrote     {path}");
            }
            Outcome::Replaced => {
                written += 1;
                println!("replaced  {path}");
            }
            Outcome::Same => println!("same      {path}"),
            Outcome::Left(diff) => {
                left += 1;
                println!("left      {path}, which differs:\n{diff}");
            }
        }
    }
    match left {
        0 => {}
        1 => println!("\n1 file differs and was left; --force replaces it."),
        more => println!("\n{more} files differ and were left; --force replaces them."),
    }
    if written > 0 {
        println!("\nNext: say in .github/labhand.yml where and when you work, and commit.");
    }
    Ok(())
}

fn put(path: &Path, text: &str, force: bool) -> io::Result<Outcome> {
    match fs::read_to_string(path) {
        Ok(there) if there == text => Ok(Outcome::Same),
        Ok(_) if force => {
            fs::write(path, text)?;
            Ok(Outcome::Replaced)
        }
        Ok(there) => Ok(Outcome::Left(difference(&there, text))),
        Err(error) if error.kind() == ErrorKind::NotFound => {
            if let Some(folder) = path.parent() {
                fs::create_dir_all(folder)?;
            }
            fs::write(path, text)?;
            Ok(Outcome::Written)
        }
        // Somebody's own, in whatever encoding.
        Err(error) if error.kind() == ErrorKind::InvalidData && force => {
            fs::write(path, text)?;
            Ok(Outcome::Replaced)
        }
        Err(error) if error.kind() == ErrorKind::InvalidData => {
            Ok(Outcome::Left("  it is not UTF-8 text\n".to_owned()))
        }
        Err(error) => Err(error),
    }
}

/// From what is there to what would be.
fn difference(there: &str, wanted: &str) -> String {
    let diff = TextDiff::from_lines(there, wanted);
    let hunks = diff.unified_diff().context_radius(1).to_string();
    let mut shown = String::new();
    for line in hunks.lines() {
        shown.push_str("  ");
        shown.push_str(line);
        shown.push('\n');
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::fields;
    use crate::domain::policy::{self, Layer};

    #[test]
    fn the_policy_is_good_and_changes_nothing() {
        let text = FILES[0].1;
        let layer = Layer {
            origin: FILES[0].0,
            text,
        };
        let read = policy::parse(&[layer]).unwrap();
        assert_eq!(read, policy::Policy::default());
        assert!(text.starts_with("# yaml-language-server: $schema=labhand.schema.json\n"));
    }

    /// What GitHub makes of a form: each field's label as a heading, and the answer below it.
    fn filled_in(form: &str, answers: &[&str]) -> String {
        let labels = form
            .lines()
            .filter_map(|line| line.trim().strip_prefix("label: "));
        let parts = labels
            .zip(answers)
            .map(|(label, answer)| format!("### {label}\n\n{answer}"));
        parts.collect::<Vec<_>>().join("\n\n")
    }

    #[test]
    fn what_is_filled_into_the_forms_is_understood() {
        let form = |name: &str| {
            let path = format!(".github/ISSUE_TEMPLATE/{name}.yml");
            FILES.iter().find(|(it, _)| *it == path).unwrap().1
        };
        let text = filled_in(
            form("research"),
            &["Is it *this*?", "2 days", "_No response_"],
        );
        let read = fields::read(&text);
        assert_eq!(read.question.as_deref(), Some("Is it *this*?"));
        assert!(read.timebox.is_some() && read.builds_on.is_empty());
        let answers = [
            "BERT is better",
            "f1 >= 0.85",
            "_No response_",
            "3 days",
            "#41, #38",
        ];
        let read = fields::read(&filled_in(form("experiment"), &answers));
        assert_eq!(read.hypothesis.as_deref(), Some("BERT is better"));
        assert_eq!(read.metric.as_deref(), Some("f1 >= 0.85"));
        assert_eq!((read.baseline, read.builds_on.len()), (None, 2));
        for kind in ["development", "maintenance"] {
            assert!(form(kind).contains(&format!("labels: [kind/{kind}]")));
            let read = fields::read(&filled_in(
                form(kind),
                &["It is slow", "- [ ] faster", "#48"],
            ));
            assert_eq!(read.deliverables, [(false, "faster".to_owned())]);
        }
    }

    #[test]
    fn files_are_written_once_and_replaced_only_if_asked() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("deep/in/file.yml");
        assert!(matches!(
            put(&path, "a\nb\n", false).unwrap(),
            Outcome::Written
        ));
        assert!(matches!(put(&path, "a\nb\n", true).unwrap(), Outcome::Same));
        let Outcome::Left(diff) = put(&path, "a\nc\n", false).unwrap() else {
            panic!("it differs");
        };
        assert!(diff.contains("  -b\n  +c\n"), "{diff}");
        assert_eq!(fs::read_to_string(&path).unwrap(), "a\nb\n");
        assert!(matches!(
            put(&path, "a\nc\n", true).unwrap(),
            Outcome::Replaced
        ));
        fs::write(&path, [0xff, 0xfe]).unwrap();
        assert!(matches!(put(&path, "a", false).unwrap(), Outcome::Left(_)));
        assert_eq!(fs::read(&path).unwrap(), [0xff, 0xfe]);
    }
}
