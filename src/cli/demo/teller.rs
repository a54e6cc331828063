//! Tells the story on a terminal or into a pipe: a line for what somebody does, and below it what
//! labhand does.

use std::io::{self, IsTerminal, Write};

use jiff::Timestamp;
use jiff::tz::TimeZone;
use unicode_width::UnicodeWidthStr;

use super::line::{Line, Look, Run, wrapped};
use super::terminal;

/// Beyond this a line is hard to read.
const WIDEST: usize = 100;
/// Below this the columns have no room.
const NARROWEST: usize = 60;
/// `Mon 23 Nov 09:00  `.
const STAMP: usize = 18;
/// `labhand  `.
const WHO: usize = 9;
/// How labhand is called in the story.
const LABHAND: &str = "labhand";

/// Writes the story.
pub(super) struct Teller<W> {
    out: W,
    width: usize,
    colored: bool,
    zone: TimeZone,
}

impl Teller<io::Stdout> {
    /// Tells it on standard output, in colours where a terminal shows them and nobody has asked
    /// for none.
    pub fn on_stdout(zone: &TimeZone) -> Self {
        let out = io::stdout();
        let set = |name| std::env::var_os(name).is_some_and(|value| !value.is_empty());
        let dumb = std::env::var_os("TERM").is_some_and(|term| term == "dumb");
        let colored = out.is_terminal() && !set("NO_COLOR") && !dumb;
        let columns = terminal_size::terminal_size().map(|(columns, _)| usize::from(columns.0));
        Self {
            out,
            width: columns.unwrap_or(WIDEST).clamp(NARROWEST, WIDEST),
            colored,
            zone: zone.clone(),
        }
    }
}

impl<W: Write> Teller<W> {
    /// A paragraph between the parts of the story.
    pub fn remark(&mut self, text: &str) -> io::Result<()> {
        let run = Run {
            text: text.to_owned(),
            look: Look::Plain,
        };
        for line in wrapped(&[run], self.width) {
            self.line(&line)?;
        }
        self.line(&Line::default())
    }

    /// What somebody does.
    pub fn deed(&mut self, at: Timestamp, who: &str, words: &[String]) -> io::Result<()> {
        self.told(Some(at), who, Look::Bold, words)
    }

    /// What labhand does thereupon.
    pub fn answer(&mut self, words: &[String]) -> io::Result<()> {
        self.told(None, LABHAND, Look::Code, words)
    }

    /// What labhand does by itself, because its time has come.
    pub fn unasked(&mut self, at: Timestamp, words: &[String]) -> io::Result<()> {
        self.told(Some(at), LABHAND, Look::Code, words)
    }

    fn told(
        &mut self,
        at: Option<Timestamp>,
        who: &str,
        look: Look,
        words: &[String],
    ) -> io::Result<()> {
        let stamp = at.map_or(String::new(), |at| {
            let local = at.to_zoned_datetime(self.zone.clone());
            local.strftime("%a %e %b %H:%M").to_string()
        });
        let mut start = Line::of(&format!("{stamp:STAMP$}"), Look::Dim);
        start.put(&format!("{who:WHO$}"), look);
        let room = self.width - STAMP - WHO;
        let mut first = true;
        for text in words {
            let words = text.trim_start_matches(' ');
            let indent = " ".repeat(text.len() - words.len());
            let run = Run {
                text: words.to_owned(),
                look: Look::Plain,
            };
            let lines = wrapped(&[run], room - indent.len() - 2);
            for (at, line) in lines.into_iter().enumerate() {
                let mut whole = if first {
                    start.clone()
                } else {
                    Line::of(&" ".repeat(STAMP + WHO), Look::Plain)
                };
                first = false;
                whole.put(&indent, Look::Plain);
                whole.put(if at == 0 { "" } else { "  " }, Look::Plain);
                whole.join(&line);
                self.line(&whole)?;
            }
        }
        Ok(())
    }

    /// A comment or an issue as GitHub shows it, under a heading that says where it stands.
    pub fn page(&mut self, heading: &str, markdown: &str) -> io::Result<()> {
        let rule = "─".repeat(self.width.saturating_sub(heading.width() + 4));
        let mut head = Line::of("── ", Look::Dim);
        head.put(heading, Look::Bold);
        head.put(&format!(" {rule}"), Look::Dim);
        self.line(&head)?;
        for line in terminal::render(markdown, self.width) {
            self.line(&line)?;
        }
        self.line(&Line::default())
    }

    fn line(&mut self, line: &Line) -> io::Result<()> {
        writeln!(self.out, "{}", line.painted(self.colored))
    }
}
