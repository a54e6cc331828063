//! `labhand check-policy`: what is wrong with a policy file, before it is pushed.

use std::fmt::Write as _;
use std::fs::File;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use anyhow::{Context, anyhow, bail};

use super::connection;
use crate::domain::ids::RepoName;
use crate::domain::policy::{self, InForce, Layer, PolicyError};
use crate::settings::{Settings, SettingsError};
use crate::worker::PolicyFiles;

pub(super) const EXAMPLES: &str = "\
Examples:
  labhand check-policy .github/labhand.yml
  labhand check-policy --explain .github/labhand.yml   every key, its value, and who says so
  labhand check-policy --explain --organisation ../.github/labhand.yml .github/labhand.yml
  labhand check-policy --explain --repository acme/fraud   as it is on GitHub, with acme's defaults
  git diff --name-only | grep labhand.yml | xargs -n1 labhand check-policy   before a commit

Ends with 0 if the policy is good, else with 1 and every mistake with its line.";

/// What is to be checked.
#[derive(Debug, clap::Args)]
pub(super) struct CheckPolicy {
    /// A policy file, such as .github/labhand.yml
    #[arg(required_unless_present = "repository")]
    file: Option<PathBuf>,
    /// The organisation's defaults: labhand.yml of its .github repository
    #[arg(long, value_name = "FILE", conflicts_with = "repository")]
    organisation: Option<PathBuf>,
    /// A repository that labhand is installed on: its organisation's defaults are read from GitHub, and
    /// its own file too where none is named
    #[arg(long, value_name = "OWNER/NAME")]
    repository: Option<RepoName>,
    /// Show every key with its value, and which file and line says so
    #[arg(long)]
    explain: bool,
}

/// `settings` are those of the server, looked up only where GitHub is asked.
pub(super) async fn run(
    args: &CheckPolicy,
    settings: impl FnOnce() -> Result<Settings, SettingsError>,
) -> anyhow::Result<()> {
    let mut files = Vec::new();
    for path in args.organisation.iter().chain(&args.file) {
        let name = path.display().to_string();
        let text = read(path).with_context(|| format!("{name} cannot be read"))?;
        files.push((name, text));
    }
    let name = match (&args.file, &args.repository) {
        (Some(file), _) => file.display().to_string(),
        (None, Some(repository)) => format!("the policy of {repository}"),
        (None, None) => bail!("name a policy file, or a --repository"),
    };
    if let Some(repository) = &args.repository {
        files = on_github(repository, files.pop(), &settings()?).await?;
    }
    judge(&files, &name, args.explain)
}

/// The organisation's file and the repository's own, or in its place the one that is proposed.
async fn on_github(
    name: &RepoName,
    proposed: Option<(String, String)>,
    settings: &Settings,
) -> anyhow::Result<Vec<(String, String)>> {
    let github = connection::github(settings)?;
    let repo = connection::repository(&github, name).await?;
    let files = match &proposed {
        Some((_, text)) => PolicyFiles::with_own(&github, &repo, Ok(Some(text.clone()))).await,
        None => PolicyFiles::of(&github, &repo).await,
    };
    let files = files.with_context(|| format!("the policy of {name} cannot be read"))?;
    let layers = files.layers().map_err(|why| anyhow!("{why}"))?;
    let mut texts: Vec<(String, String)> = layers
        .iter()
        .map(|layer| (layer.origin.to_owned(), layer.text.to_owned()))
        .collect();
    // It is called as whoever proposes it calls it.
    if let (Some(own), Some((called, _))) = (texts.last_mut(), proposed) {
        own.0 = called;
    }
    Ok(texts)
}

/// Tells whether these files make a good policy together, or what it says.
fn judge(files: &[(String, String)], name: &str, explain: bool) -> anyhow::Result<()> {
    let layers: Vec<Layer<'_>> = files
        .iter()
        .map(|(origin, text)| Layer { origin, text })
        .collect();
    match policy::explain(&layers) {
        Ok(keys) if explain => {
            print!("{}", explained(&keys));
            Ok(())
        }
        Ok(_) if files.is_empty() => {
            println!("{name} has no file: labhand's defaults are in force.");
            Ok(())
        }
        Ok(_) => {
            println!("{name} is good.");
            Ok(())
        }
        Err(errors) => {
            for (origin, text) in files {
                let own: Vec<PolicyError> = errors
                    .iter()
                    .filter(|error| error.origin == *origin)
                    .cloned()
                    .collect();
                print!("{}", shown(&own, text));
            }
            match errors.len() {
                1 => bail!("{name} has a mistake"),
                more => bail!("{name} has {more} mistakes"),
            }
        }
    }
}

/// A table: key, value, and where that stands.
fn explained(keys: &[InForce]) -> String {
    const WIDEST: usize = 44;
    let width = |text: &str| text.chars().count();
    let column = |part: fn(&InForce) -> &str| {
        let widths = keys.iter().map(|it| width(part(it)));
        widths.max().unwrap_or(0).min(WIDEST)
    };
    let (key, value) = (column(|it| &it.key), column(|it| &it.value));
    let mut table = String::new();
    for it in keys {
        let from = match &it.from {
            Some((origin, line)) => format!("{origin}:{line}"),
            None => "default".to_owned(),
        };
        // Writing to a string cannot fail.
        let _ = writeln!(table, "{:<key$}  {:<value$}  {from}", it.key, it.value);
    }
    table
}

/// The file's text, no further than it takes to see that it is too long.
fn read(file: &Path) -> anyhow::Result<String> {
    let most = u64::try_from(policy::MOST_BYTES)?.saturating_add(1);
    let mut bytes = Vec::new();
    File::open(file)?.take(most).read_to_end(&mut bytes)?;
    // A character that is cut in the middle is no mistake of the file's: it is too long anyway.
    if bytes.len() > policy::MOST_BYTES {
        return Ok(String::from_utf8_lossy(&bytes).into_owned());
    }
    String::from_utf8(bytes).context("it is not UTF-8 text")
}

/// Lines of a terminal that show more of the file than this are not read any more.
const MOST_LINE_CHARS: usize = 120;

/// Every mistake with the line that it is in and a caret below its place.
fn shown(errors: &[PolicyError], text: &str) -> String {
    let mut shown = String::new();
    for error in errors {
        let number = error.line.to_string();
        let margin = " ".repeat(number.len());
        let line = text.lines().nth(error.line - 1).unwrap_or_default();
        let start = window(line, error.column);
        let part: String = line.chars().skip(start).take(MOST_LINE_CHARS).collect();
        // Tabs stay tabs below, so that the caret stands where the reader sees the place.
        let below: String = part
            .chars()
            .take(error.column - 1 - start)
            .map(|c| if c == '\t' { '\t' } else { ' ' })
            .collect();
        let part = part.replace(|c: char| c.is_control() && c != '\t', " ");
        // Writing to a string cannot fail.
        let _ = writeln!(
            shown,
            "{error}\n{margin} |\n{number} | {part}\n{margin} | {below}^\n"
        );
    }
    shown
}

/// How many characters of a long line are left out on the left, so that the place is seen.
fn window(line: &str, column: usize) -> usize {
    if line.chars().count() <= MOST_LINE_CHARS {
        0
    } else {
        column.saturating_sub(MOST_LINE_CHARS / 2)
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use super::*;

    fn mistakes(text: &str) -> String {
        let layer = Layer {
            origin: "labhand.yml",
            text,
        };
        shown(&policy::parse(&[layer]).unwrap_err(), text)
    }

    async fn check_file(file: &Path) -> Result<(), String> {
        let args = CheckPolicy {
            file: Some(file.to_owned()),
            organisation: None,
            repository: None,
            explain: false,
        };
        let done = run(&args, || panic!("GitHub is not asked")).await;
        let name = file.display().to_string();
        done.map_err(|error| format!("{error:#}").replace(&name, "FILE"))
    }

    async fn check(bytes: &[u8]) -> Result<(), String> {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        file.write_all(bytes).unwrap();
        check_file(file.path()).await
    }

    #[test]
    fn a_mistake_is_shown_in_its_line() {
        let text = "calendar:\n  timezone: Europe/Berln\ngurads: {}\n";
        insta::assert_snapshot!(mistakes(text), @r"
        labhand.yml:2:13: `Europe/Berln` is not a time zone's IANA name, such as `Europe/Berlin`; did you mean `Europe/Berlin`?
          |
        2 |   timezone: Europe/Berln
          |             ^

        labhand.yml:3:1: unknown key `gurads`; did you mean `guards`?
          |
        3 | gurads: {}
          | ^
        ");
    }

    #[test]
    fn every_key_is_shown_with_who_says_so() {
        let layers = [
            Layer {
                origin: "acme/.github/labhand.yml",
                text: "calendar: { timezone: Europe/Berlin }",
            },
            Layer {
                origin: ".github/labhand.yml",
                text: "sprint:\n  people: 5",
            },
        ];
        let table = explained(&policy::explain(&layers).unwrap());
        let line = |key: &str| {
            let line = table.lines().find(|it| it.starts_with(key)).unwrap();
            line.split_whitespace().collect::<Vec<_>>().join(" ")
        };
        insta::assert_snapshot!(line("enabled"), @"enabled true default");
        insta::assert_snapshot!(line("calendar.timezone"), @"calendar.timezone Europe/Berlin acme/.github/labhand.yml:1");
        insta::assert_snapshot!(line("sprint.people"), @"sprint.people 5 .github/labhand.yml:2");
    }

    #[test]
    fn a_long_line_is_shown_around_its_place() {
        let text = format!("labels: {{ {}: x }}", "é".repeat(300));
        let shown = mistakes(&text);
        assert!(
            shown.lines().all(|line| line.chars().count() < 160),
            "{shown}"
        );
        let text = format!("enabled: true {}x: y", " ".repeat(300));
        assert!(mistakes(&text).lines().any(|line| line.ends_with('^')));
    }

    #[tokio::test]
    async fn a_file_is_good_or_the_number_of_mistakes_is_told() {
        let mistakes = |text: &str| Err(format!("FILE has {text}"));
        assert_eq!(check(b"").await, Ok(()));
        assert_eq!(check(b"enabled: off").await, Ok(()));
        assert_eq!(check(b"enabld: off").await, mistakes("a mistake"));
        assert_eq!(check(b"a: 1\nb: 2").await, mistakes("2 mistakes"));
        assert_eq!(
            check(b"\xff").await,
            Err("FILE cannot be read: it is not UTF-8 text: invalid utf-8 sequence of 1 bytes from index 0".to_owned())
        );
        let long = "é".repeat(policy::MOST_BYTES);
        assert_eq!(check(long.as_bytes()).await, mistakes("a mistake"));
        let nowhere = check_file(Path::new("/nowhere/labhand.yml")).await;
        assert!(nowhere.unwrap_err().starts_with("FILE cannot be read"));
    }
}
