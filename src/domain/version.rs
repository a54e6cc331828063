//! Names of models and their versions, and the tags that say both. Versions are semantic ones
//! (<https://semver.org>), read as leniently as people write them: `v2.3` is `2.3.0`. The tags have the
//! forms of GTO (<https://mlem.ai/doc/gto/user-guide>), which other programs read too.

use std::fmt;

use serde::{Deserialize, Serialize};

/// The longest name of a model: with `model/` before it, GitHub's 50 characters of a label.
const MOST_NAME_CHARS: usize = 44;

/// A model's name, in lower case; part of labels and tags, whose characters it has.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ModelName(String);

impl ModelName {
    /// Reads a name: letters, digits, `-`, `_` and `.`, and at least one that is no dot, since git takes
    /// no tag that begins with one.
    pub fn parse(text: &str) -> Option<Self> {
        let allowed = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.');
        let fits = text.len() <= MOST_NAME_CHARS && text.bytes().all(allowed);
        // What git accepts as part of a tag's name, see git-check-ref-format(1).
        let is_ref = !text.starts_with(['.', '-']) && !text.contains("..") && !text.is_empty();
        (fits && is_ref).then(|| Self(text.to_ascii_lowercase()))
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for ModelName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A semantic version. Build metadata is not part of it: two builds of one version are one version.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Version(semver::Version);

impl Version {
    /// Reads `2.3.1`, `v2.3`, `2` or `2.0.0-rc.1`; what is left out is 0. A form with leading zeros or build metadata is
    /// none.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.strip_prefix(['v', 'V']).unwrap_or(text);
        let (numbers, pre) = match text.split_once('-') {
            Some((numbers, pre)) => (numbers, Some(pre)),
            None => (text, None),
        };
        let missing = 3_usize.checked_sub(numbers.split('.').count())?;
        let mut whole = numbers.to_owned();
        whole.push_str(&".0".repeat(missing));
        if let Some(pre) = pre {
            whole.push('-');
            whole.push_str(pre);
        }
        let version = semver::Version::parse(&whole).ok()?;
        version.build.is_empty().then_some(Self(version))
    }

    /// Whether it comes before the version that its numbers name: `2.0.0-rc.1`.
    pub fn is_prerelease(&self) -> bool {
        !self.0.pre.is_empty()
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl TryFrom<String> for Version {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        Self::parse(&text).ok_or_else(|| format!("`{text}` is no semantic version"))
    }
}

impl From<Version> for String {
    fn from(version: Version) -> Self {
        version.to_string()
    }
}

/// A version of a model.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct ModelVersion {
    /// Whose.
    pub model: ModelName,
    /// Which.
    pub version: Version,
}

impl fmt::Display for ModelVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} v{}", self.model, self.version)
    }
}

/// What a tag of git's says of a model.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ModelTag {
    /// `fraud-detector@v2.3.0`: a version.
    Version(ModelVersion),
    /// `fraud-detector#production#3`: the version tagged at the same commit has this stage from now on;
    /// the number tells repeated assignments apart.
    Stage {
        /// Whose.
        model: ModelName,
        /// Which stage.
        stage: String,
        /// From 1.
        count: u64,
    },
}

impl ModelTag {
    /// Reads a tag's name; `None` for all tags that are about something else.
    pub fn parse(tag: &str) -> Option<Self> {
        if let Some((model, version)) = tag.split_once('@') {
            let (model, version) = (ModelName::parse(model)?, Version::parse(version)?);
            return Some(Self::Version(ModelVersion { model, version }));
        }
        let (model, rest) = tag.split_once('#')?;
        let (stage, count) = rest.split_once('#')?;
        Some(Self::Stage {
            model: ModelName::parse(model)?,
            stage: (!stage.is_empty()).then(|| stage.to_lowercase())?,
            count: count.parse().ok()?,
        })
    }
}

impl fmt::Display for ModelTag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Version(ModelVersion { model, version }) => write!(f, "{model}@v{version}"),
            Self::Stage {
                model,
                stage,
                count,
            } => write!(f, "{model}#{stage}#{count}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_read_as_people_write_them() {
        let read = |text| Version::parse(text).map(|version| version.to_string());
        for (written, meant) in [
            ("v2.3", "2.3.0"),
            ("2.3.0", "2.3.0"),
            ("V2", "2.0.0"),
            ("2.3.1-rc.1", "2.3.1-rc.1"),
            ("v2-beta", "2.0.0-beta"),
        ] {
            assert_eq!(read(written).as_deref(), Some(meant), "{written}");
        }
        for wrong in [
            "",
            "v",
            "x",
            "1.",
            "1.2.3.4",
            "01.2.3",
            "1.2.3-",
            "1.2.3+build",
            "vv1",
            "1..2",
            "-1",
            "99999999999999999999.0.0",
        ] {
            assert_eq!(read(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn versions_have_the_order_of_semantic_ones() {
        let version = |text| Version::parse(text).expect("it is one");
        assert!(version("2.10") > version("2.9"));
        assert!(version("2.0.0-rc.1") < version("2"));
        assert_eq!(version("v2.3"), version("2.3.0"));
    }

    #[test]
    fn names_fit_into_labels_and_tags() {
        let read = |text| ModelName::parse(text).map(|name| name.to_string());
        assert_eq!(
            read("Fraud-Detector_2.x").as_deref(),
            Some("fraud-detector_2.x")
        );
        assert!(ModelName::parse(&"x".repeat(44)).is_some());
        assert_eq!(ModelName::parse(&"x".repeat(45)), None);
        for wrong in [
            "", ".", ".x", "a..b", "-x", "a b", "größe", "a/b", "a@b", "a#b",
        ] {
            assert_eq!(read(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn tags_are_read_as_they_are_written() {
        for tag in ["fraud-detector@v2.3.0", "fraud-detector#production#3"] {
            let read = ModelTag::parse(tag).expect("it is about a model");
            assert_eq!(read.to_string(), tag);
        }
        assert!(ModelTag::parse("fraud@2.3").is_some());
        for other in [
            "v2.3.0",
            "fraud@next",
            "fraud#production",
            "fraud##1",
            "fraud#production#!",
            "@v1",
            "a b@v1",
        ] {
            assert_eq!(ModelTag::parse(other), None, "{other}");
        }
    }
}
