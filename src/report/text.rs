//! The report for people: verdict, what was found with the worst first, the
//! harmless on one line each, verdict again with the counts.

use std::collections::HashSet;
use std::io;

use super::escape::{line, source_line};
use super::style::Paint;
use super::words;
use super::{
    Finding, HostReport, How, Level, Look, Migratable, Place, Question, Report, Side, Snippet,
    Unmodelled, Verdict, inline, is_long, matrix,
};

/// From this width on a source line is worth its place.
const WIDTH_FOR_SNIPPETS: usize = 60;
/// Lines that one rule's harmless findings may take before they are counted.
const MOST_OF_ONE_RULE: usize = 4;
/// Notes of a kind listed before they are counted.
const MOST_NOTES: usize = 5;
/// Longer lines of prose are hard to read, however wide the terminal is.
const WIDEST_PROSE: usize = 100;

/// Prints the whole report.
pub(super) fn render(report: &Report, look: &Look, out: &mut dyn io::Write) -> io::Result<()> {
    let page = Page {
        report,
        look,
        paint: Paint::new(look),
    };
    let mut told = Told::default();
    page.opening(out)?;
    page.findings(&report.findings, &mut told, out)?;
    for host in &report.hosts {
        page.host(host, &mut told, out)?;
    }
    page.needs(out)?;
    page.notes(out)?;
    if report.all_findings().next().is_some() {
        writeln!(out)?;
        page.closing(out)?;
    }
    Ok(())
}

/// Prints the closing line only.
pub(super) fn render_summary(
    report: &Report,
    look: &Look,
    out: &mut dyn io::Write,
) -> io::Result<()> {
    let paint = Paint::new(look);
    Page {
        report,
        look,
        paint,
    }
    .closing(out)
}

/// A finding as it is printed where nothing is coloured and nothing wrapped.
pub(super) fn finding(report: &Report, finding: &Finding) -> String {
    let look = Look::default();
    let page = Page {
        report,
        look: &look,
        paint: Paint::new(&look),
    };
    let mut printed = Vec::new();
    // Writing to memory cannot fail, and what is printed was text.
    let _ = page.finding(finding, true, &mut printed);
    String::from_utf8_lossy(&printed).into_owned()
}

/// Prints the reports of several domains, those that are identical by their
/// number only.
pub(super) fn render_all(
    reports: &[Report],
    look: &Look,
    out: &mut dyn io::Write,
) -> io::Result<()> {
    for report in reports {
        if report.summary.verdict == Verdict::Identical {
            continue;
        }
        if look.summary {
            render_summary(report, look, out)?;
        } else {
            render(report, look, out)?;
            writeln!(out)?;
        }
    }
    matrix::render(reports, look, out)?;
    writeln!(out, "{}", words::total(reports))
}

struct Page<'r> {
    report: &'r Report,
    look: &'r Look,
    paint: Paint,
}

/// What was said already and is not said again: why a rule matters and what to do about it.
#[derive(Default)]
struct Told<'r>(HashSet<(&'static str, &'r str)>);

impl<'r> Told<'r> {
    /// Whether this is the first finding of its rule with its advice.
    fn is_first(&mut self, finding: &'r Finding) -> bool {
        self.0.insert((finding.rule, &finding.help))
    }
}

impl<'r> Page<'r> {
    /// `web01: incompatible: ` in colour.
    fn verdict(&self, out: &mut dyn io::Write) -> io::Result<()> {
        let verdict = self.report.summary.verdict;
        if let Some(name) = self.report.domain_name() {
            write!(out, "{}: ", line(name))?;
        }
        let (paint, reset) = (self.paint.verdict(verdict), self.paint.reset());
        if self.report.question == Question::Migration {
            let word = words::migration(self.report.summary.migratable);
            return write!(out, "{paint}{word}{reset}: ");
        }
        write!(out, "{paint}{verdict}{reset}: ")
    }

    fn opening(&self, out: &mut dyn io::Write) -> io::Result<()> {
        self.verdict(out)?;
        writeln!(out, "{}", words::sentence(self.report))?;
        for (side, input) in [("old", &self.report.old), ("new", &self.report.new)] {
            let Some(input) = input else { continue };
            if let Some(part) = input.taken_from {
                let path = line(&input.path);
                writeln!(out, "  {side}: {path}, its {part}")?;
            }
        }
        Ok(())
    }

    fn closing(&self, out: &mut dyn io::Write) -> io::Result<()> {
        self.verdict(out)?;
        writeln!(out, "{}", words::counts(self.report))
    }

    /// What breaks in full, the first of a rule with why and what to do; then, on a line each,
    /// what waits for a fact, and what is harmless.
    fn findings(
        &self,
        findings: &'r [Finding],
        told: &mut Told<'r>,
        out: &mut dyn io::Write,
    ) -> io::Result<()> {
        let shown = findings.iter().filter(|finding| !finding.accepted);
        let (harmless, serious): (Vec<_>, Vec<_>) =
            shown.partition(|finding| finding.level == Level::Info);
        let (open, full): (Vec<_>, Vec<_>) = serious
            .into_iter()
            .partition(|finding| finding.level == Level::Warning && finding.needs.is_some());
        for finding in &full {
            let is_first = told.is_first(finding);
            if is_first {
                writeln!(out)?;
            }
            self.finding(finding, is_first, out)?;
        }
        self.folded(&open, out)?;
        self.folded(&harmless, out)
    }

    /// A finding in full; why and what to do only where it was not said before.
    fn finding(
        &self,
        finding: &Finding,
        is_first: bool,
        out: &mut dyn io::Write,
    ) -> io::Result<()> {
        let Paints {
            level,
            bold,
            dim,
            reset,
        } = self.paints(finding.level);
        writeln!(
            out,
            "{level}{}[{}]{reset}{bold}: {}{reset}",
            finding.level,
            finding.rule,
            line(&finding.message)
        )?;
        if let Some((path, place)) = self.report.location(finding) {
            write!(
                out,
                "  {dim}at{reset} {}:{}:{}",
                line(path),
                place.line,
                place.column
            )?;
            if let (Some(old), Some(_), Some(input)) =
                (&finding.old, &finding.new, &self.report.old)
            {
                let path = line(&input.path);
                write!(out, " {dim}(was {path}:{}:{}){reset}", old.line, old.column)?;
            }
            writeln!(out)?;
            self.snippet(place, level, out)?;
        }
        self.values(finding, out)?;
        if is_first {
            self.paragraph("why", finding.why, out)?;
            self.paragraph("help", &finding.help, out)?;
        }
        match &finding.apply.command {
            // A command is to be copied: never wrapped.
            Some(command) => writeln!(
                out,
                "  {dim}apply:{reset} {}: {}",
                words::apply(finding.apply.how),
                line(command)
            ),
            None if finding.apply.how == How::None || !is_first => Ok(()),
            None => writeln!(
                out,
                "  {dim}apply:{reset} {}",
                words::apply(finding.apply.how)
            ),
        }
    }

    /// What one host says.
    fn host(
        &self,
        host: &'r HostReport,
        told: &mut Told<'r>,
        out: &mut dyn io::Write,
    ) -> io::Result<()> {
        let (bold, reset) = (self.paint.bold(), self.paint.reset());
        writeln!(
            out,
            "\n{bold}host {}: {}{reset}: {}",
            line(&host.name),
            words::host(host.verdict),
            line(&host.cpu.message)
        )?;
        let mut sources: Vec<(&str, Vec<&str>)> = Vec::new();
        for (feature, source) in &host.cpu.sources {
            match sources.iter_mut().find(|(known, _)| known == source) {
                Some((_, names)) => names.push(feature),
                None => sources.push((source, vec![feature])),
            }
        }
        for (source, names) in sources {
            let text = format!("{}: {}", source, names.join(", "));
            self.paragraph("told by", &text, out)?;
        }
        for note in &host.cpu.notes {
            self.paragraph("note", note, out)?;
        }
        self.findings(&host.findings, told, out)
    }

    /// The facts that would settle what is open.
    fn needs(&self, out: &mut dyn io::Write) -> io::Result<()> {
        if self.report.summary.migratable != Migratable::Unknown || self.report.needs.is_empty() {
            return Ok(());
        }
        writeln!(out, "\nto settle what is open, tell:")?;
        self.report
            .needs
            .iter()
            .try_for_each(|need| self.paragraph(need.fact, need.how, out))
    }

    fn paints(&self, level: Level) -> Paints {
        Paints {
            level: self.paint.level(level),
            bold: self.paint.bold(),
            dim: self.paint.dim(),
            reset: self.paint.reset(),
        }
    }

    /// The source line with what is meant underlined, where there is room for it.
    fn snippet(&self, place: &Place, level: &str, out: &mut dyn io::Write) -> io::Result<()> {
        let (Some(snippet), Some(width)) = (&place.snippet, self.look.width) else {
            return Ok(());
        };
        if width < WIDTH_FOR_SNIPPETS {
            return Ok(());
        }
        let number = place.line.to_string();
        let Cut { text, start, marks } = cut(snippet, width - number.len() - 6);
        let (dim, reset) = (self.paint.dim(), self.paint.reset());
        let gutter = " ".repeat(number.len());
        writeln!(out, "    {dim}{number} |{reset} {text}")?;
        let (blank, marks) = (" ".repeat(start), "^".repeat(marks));
        writeln!(
            out,
            "    {dim}{gutter} |{reset} {blank}{level}{marks}{reset}"
        )
    }

    /// Values too long for a message, as a diff.
    fn values(&self, finding: &Finding, out: &mut dyn io::Write) -> io::Result<()> {
        let value = |place: &Option<Place>| place.as_ref().and_then(|place| place.value.clone());
        let (Some(old), Some(new)) = (value(&finding.old), value(&finding.new)) else {
            return Ok(());
        };
        if old == new || !(is_long(&old) || is_long(&new)) {
            return Ok(());
        }
        inline::render(&old, &new, self.look.width, self.paint, out)
    }

    fn paragraph(&self, label: &str, text: &str, out: &mut dyn io::Write) -> io::Result<()> {
        if text.is_empty() {
            return Ok(());
        }
        let (dim, reset) = (self.paint.dim(), self.paint.reset());
        write!(out, "  {dim}{label}:{reset}")?;
        let indent = 2 + label.len() + 1;
        let mut column = indent;
        for word in line(text).split(' ').filter(|word| !word.is_empty()) {
            let length = word.chars().count();
            let full = self
                .look
                .width
                .is_some_and(|width| column + 1 + length > width.min(WIDEST_PROSE));
            if full && column > indent {
                write!(out, "\n{}", " ".repeat(indent))?;
                column = indent;
            }
            write!(out, " {word}")?;
            column += 1 + length;
        }
        writeln!(out)
    }

    /// Findings on one line each, and those of a rule that found many counted.
    fn folded(&self, findings: &[&Finding], out: &mut dyn io::Write) -> io::Result<()> {
        let mut rules: Vec<(&Finding, usize)> = Vec::new();
        if !findings.is_empty() {
            writeln!(out)?;
        }
        for finding in findings {
            let at = match rules
                .iter()
                .position(|(first, _)| first.rule == finding.rule)
            {
                Some(at) => at,
                None => {
                    rules.push((finding, 0));
                    rules.len() - 1
                }
            };
            rules[at].1 += 1;
            if rules[at].1 <= MOST_OF_ONE_RULE {
                self.one_line(finding, out)?;
            }
        }
        for (first, count) in rules.iter().filter(|(_, count)| *count > MOST_OF_ONE_RULE) {
            self.label(first, out)?;
            let Paints { dim, reset, .. } = self.paints(first.level);
            let more = count - MOST_OF_ONE_RULE;
            writeln!(out, "{more} more like this {dim}[{}]{reset}", first.rule)?;
        }
        Ok(())
    }

    /// `info: `, or which fact a finding waits for.
    fn label(&self, finding: &Finding, out: &mut dyn io::Write) -> io::Result<()> {
        let Paints { level, reset, .. } = self.paints(finding.level);
        match finding.needs {
            Some(need) if finding.level > Level::Info => {
                write!(out, "{level}needs {}{reset}: ", need.fact)
            }
            _ => write!(out, "{level}{}{reset}: ", finding.level),
        }
    }

    fn one_line(&self, finding: &Finding, out: &mut dyn io::Write) -> io::Result<()> {
        self.label(finding, out)?;
        let Paints { dim, reset, .. } = self.paints(finding.level);
        write!(out, "{}", line(&finding.message))?;
        write!(out, " {dim}[{}]{reset}", finding.rule)?;
        if let Some(command) = &finding.apply.command {
            write!(
                out,
                "; {}: {}",
                words::apply(finding.apply.how),
                line(command)
            )?;
        }
        writeln!(out)?;
        self.values(finding, out)
    }

    fn unmodelled_of(&self, side: Side) -> impl Iterator<Item = &Unmodelled> {
        let parts = self.report.unmodelled.iter();
        parts.filter(move |part| part.side == side)
    }

    /// How the files were read, and what the table does not know, once where
    /// it stands in both files.
    fn notes(&self, out: &mut dyn io::Write) -> io::Result<()> {
        let new: HashSet<&str> = self.unmodelled_of(Side::New).map(|p| &*p.path).collect();
        let unmodelled = self
            .unmodelled_of(Side::Old)
            .filter(|part| !new.contains(&*part.path))
            .chain(self.unmodelled_of(Side::New))
            .map(|part| {
                let text = format!("not known to domdiff, compared as text: {}", part.path);
                (text, part.side, part.line, part.column)
            });
        let remarks = self.report.notes.iter();
        let remarks = remarks.map(|note| (note.text.clone(), note.side, note.line, note.column));
        let (dim, reset) = (self.paint.dim(), self.paint.reset());
        let mut begin = "\n";
        for notes in [remarks.collect::<Vec<_>>(), unmodelled.collect()] {
            for (text, side, row, column) in notes.iter().take(MOST_NOTES) {
                let file = self.report.input(*side).map_or("", |input| &input.path);
                let (text, file) = (line(text), line(file));
                write!(out, "{begin}{dim}note:{reset} {text}")?;
                writeln!(out, " {dim}({file}:{row}:{column}){reset}")?;
                begin = "";
            }
            if notes.len() > MOST_NOTES {
                let more = notes.len() - MOST_NOTES;
                writeln!(out, "{dim}note:{reset} and {more} more like this")?;
            }
        }
        Ok(())
    }
}

struct Paints {
    level: &'static str,
    bold: &'static str,
    dim: &'static str,
    reset: &'static str,
}

/// A source line cut to fit, with the marks below it.
struct Cut {
    text: String,
    start: usize,
    marks: usize,
}

fn cut(snippet: &Snippet, width: usize) -> Cut {
    let text = source_line(&snippet.text);
    let length = text.chars().count();
    let start = snippet.start.min(length);
    // Enough of what stands before is kept to tell which element it is.
    let skipped = if length <= width {
        0
    } else {
        start.saturating_sub(width / 2).min(length - width)
    };
    let mut shown: Vec<char> = text.chars().skip(skipped).take(width).collect();
    if skipped > 0 {
        shown[..3.min(width)].fill('.');
    }
    if length - skipped > width {
        let end = shown.len();
        shown[end.saturating_sub(3)..].fill('.');
    }
    let start = start - skipped;
    let marks = snippet
        .width
        .clamp(1, shown.len().saturating_sub(start).max(1));
    Cut {
        text: shown.into_iter().collect::<String>().trim_end().to_owned(),
        start,
        marks,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_lines_are_cut_around_what_is_meant() {
        let snippet = Snippet {
            text: format!("<a>{}X{}</a>", "b".repeat(100), "c".repeat(100)),
            start: 103,
            width: 1,
        };
        let cut = cut(&snippet, 40);
        assert_eq!(cut.text.chars().count(), 40);
        assert_eq!(cut.text.chars().nth(cut.start), Some('X'));
        assert_eq!(cut.marks, 1);
        assert!(cut.text.starts_with("...b") && cut.text.ends_with("c..."));
    }

    #[test]
    fn a_mark_past_the_end_is_no_panic() {
        let snippet = Snippet {
            text: "<a/>".to_owned(),
            start: 90,
            width: 50,
        };
        let cut = cut(&snippet, 40);
        assert_eq!((cut.start, cut.marks), (4, 1));
    }
}
