//! `domdiff git-diff`: what git runs for a file as its external diff driver.

use std::ffi::{OsStr, OsString};
use std::fs::File;
use std::io::{Read, Write};
use std::time::Duration;

use clap::Args;
use domdiff::report::escape;
use domdiff::xml::{Document, DocumentError, Limits, Meant, Source};
use similar::TextDiff;

use super::compare::Answering;
use super::failure::InputError;
use super::{Failure, Outcome};

/// Compare two versions of a file as git's external diff driver
///
/// git gives the operands where `diff.NAME.command` or GIT_EXTERNAL_DIFF is
/// `domdiff git-diff`. A file that is no domain is compared line by line. The
/// exit status is 0 whatever changed, or git would stop.
#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// PATH OLD-FILE OLD-HEX OLD-MODE NEW-FILE NEW-HEX NEW-MODE, and for a
    /// renamed file NEW-PATH SIMILARITY; a file that is not there is /dev/null
    #[arg(required = true, value_name = "OPERAND")]
    operands: Vec<OsString>,
    #[command(flatten)]
    answering: Answering,
}

/// The line diff is no longer the shortest possible after so long.
const DEADLINE: Duration = Duration::from_secs(2);

/// One version of the file.
struct Version {
    name: String,
    bytes: Vec<u8>,
}

/// Compares the two versions.
pub(super) fn run(arguments: &Arguments, stdout: &mut dyn Write) -> Result<Outcome, Failure> {
    let answering = &arguments.answering;
    let (path, old, new, new_path) = match &arguments.operands[..] {
        [path] => {
            let path = path.to_string_lossy();
            let text = format!("* unmerged path {}\n", escape::line(&path));
            return print(answering, path.as_ref().as_ref(), &text, stdout);
        }
        [path, old, _, _, new, _, _] => (path, old, new, path),
        [path, old, _, _, new, _, _, new_path, _] => (path, old, new, new_path),
        _ => {
            let text = "git-diff takes the operands that git gives it: one, seven or nine";
            return Err(Failure::Usage(text.into()));
        }
    };
    let names = [("a", path), ("b", new_path)]
        .map(|(side, path)| format!("{side}/{}", path.to_string_lossy()));
    let limits = Limits::default();
    let old = read(old, &names[0], &limits)?;
    let new = read(new, &names[1], &limits)?;
    let [old_name, new_name] = names.each_ref().map(|name| escape::line(name));
    let heading = format!("diff --domdiff {old_name} {new_name}\n");
    let sources = source(old.as_ref()).and_then(|old| Ok((old, source(new.as_ref())?)));
    let documents = match &sources {
        Ok((old, new)) => {
            parse(old.as_ref(), &limits).and_then(|old| Ok((old, parse(new.as_ref(), &limits)?)))
        }
        Err(error) => Err(error.clone()),
    };
    let error = match documents {
        Ok((old, new)) => {
            let policy = answering.policy(new_path)?;
            answering.answer_one(&policy, &old, &new, &heading, stdout)?;
            return Ok(Outcome::NothingFound);
        }
        Err(error) => error,
    };
    let mut text = heading;
    let versions = [&old, &new];
    let mut texts = versions.iter().filter_map(|version| version.as_ref());
    if texts.any(|version| Meant::by(&String::from_utf8_lossy(&version.bytes)) == Meant::Definition)
    {
        text += &format!("domdiff: {}\n", escape::line(&error.to_string()));
    }
    text += &by_lines(versions, &names);
    print(answering, new_path, &text, stdout)
}

/// The differences of two texts that are no definitions.
fn by_lines(versions: [&Option<Version>; 2], names: &[String; 2]) -> String {
    let name = |at: usize| match versions[at] {
        Some(_) => escape::line(&names[at]),
        None => "/dev/null".into(),
    };
    let texts = versions.map(|version| match version {
        Some(version) => std::str::from_utf8(&version.bytes),
        None => Ok(""),
    });
    let [Ok(old), Ok(new)] = texts else {
        return format!("Binary files {} and {} differ\n", name(0), name(1));
    };
    let diff = TextDiff::configure().timeout(DEADLINE).diff_lines(old, new);
    let mut unified = diff.unified_diff();
    unified.header(&name(0), &name(1));
    escape::lines(&unified.to_string()).into_owned()
}

fn print(
    answering: &Answering,
    path: &OsStr,
    text: &str,
    stdout: &mut dyn Write,
) -> Result<Outcome, Failure> {
    let policy = answering.policy(path)?;
    answering.print(&policy, stdout, |_, out| out.write_all(text.as_bytes()))?;
    Ok(Outcome::NothingFound)
}

/// Reads a version, unless there is none.
fn read(file: &OsStr, name: &str, limits: &Limits) -> Result<Option<Version>, Failure> {
    if file == "/dev/null" {
        return Ok(None);
    }
    let fail = |error| Failure::Input(name.to_owned(), InputError::Io(error));
    let mut bytes = Vec::new();
    let file = File::open(file).map_err(fail)?;
    // What is longer is refused as a definition, and no text for people either.
    let most = limits.bytes as u64 + 1;
    file.take(most).read_to_end(&mut bytes).map_err(fail)?;
    let name = name.to_owned();
    Ok(Some(Version { name, bytes }))
}

fn source(version: Option<&Version>) -> Result<Option<Source>, DocumentError> {
    let source = |version: &Version| Source::from_bytes(&*version.name, version.bytes.clone());
    version.map(source).transpose()
}

fn parse<'s>(
    source: Option<&'s Source>,
    limits: &Limits,
) -> Result<Vec<Document<'s>>, DocumentError> {
    let parse = |source| Document::parse(source, limits);
    source.map(parse).into_iter().collect()
}
