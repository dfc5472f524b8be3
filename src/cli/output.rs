//! Where answers go: standard output, or a file that appears complete or not at all.

use std::ffi::{OsStr, OsString};
use std::fs::{self, File, OpenOptions};
use std::io::{self, BufWriter, IsTerminal, Write};
use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use domdiff::report::{Look, RulesUrl};

use super::failure::Failure;

/// Flags of every command that prints an answer.
#[derive(Debug, Args)]
pub(crate) struct OutputArguments {
    /// Write the answer to FILE; it appears complete or not at all
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
}

/// Flags of the formats for code review.
#[derive(Debug, Args)]
pub(crate) struct ReviewArguments {
    /// Bytes that a Markdown comment may have; the least important is left out
    #[arg(long, value_name = "N", value_parser = max_bytes)]
    max_bytes: Option<usize>,
    /// The page with the rules (docs/rules.md, published somewhere) that Markdown links to
    #[arg(long, value_name = "URL")]
    rules_url: Option<RulesUrl>,
}

impl ReviewArguments {
    /// What these flags choose, beside what is chosen already.
    pub(crate) fn add_to(&self, look: &mut Look) {
        look.max_bytes = self.max_bytes;
        look.rules_url = self.rules_url.clone().or_else(RulesUrl::of_this_program);
    }
}

/// Verdict, counts and what is left out fit into the smallest comment.
fn max_bytes(text: &str) -> Result<usize, String> {
    const LEAST: usize = 2_000;
    match text.parse() {
        Ok(bytes) if bytes >= LEAST => Ok(bytes),
        _ => Err(format!("a number of at least {LEAST}")),
    }
}

/// When to colour the output.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum ColorChoice {
    /// On a terminal, unless NO_COLOR is set; elsewhere if CLICOLOR_FORCE is
    Auto,
    /// Always
    Always,
    /// Never
    Never,
}

impl OutputArguments {
    /// What the output may look like where it goes.
    pub(crate) fn look(&self, color: ColorChoice) -> Look {
        let terminal = self.output.is_none() && io::stdout().is_terminal();
        let set = |name| std::env::var_os(name).is_some_and(|value| !value.is_empty());
        let color = match color {
            ColorChoice::Always => true,
            ColorChoice::Never => false,
            ColorChoice::Auto if set("NO_COLOR") => false,
            ColorChoice::Auto => {
                let force = std::env::var_os("CLICOLOR_FORCE");
                let forced = force.is_some_and(|value| !value.is_empty() && value != "0");
                forced || (terminal && std::env::var_os("TERM").is_none_or(|term| term != "dumb"))
            }
        };
        Look {
            color,
            width: terminal.then(terminal_width).flatten(),
            ..Look::default()
        }
    }

    /// Writes what a command prints once it has come to its end.
    pub(crate) fn write_whole<T, E>(
        &self,
        stdout: &mut dyn Write,
        command: impl FnOnce(&mut dyn Write) -> Result<T, E>,
    ) -> Result<T, Failure>
    where
        Failure: From<E>,
    {
        let mut answer = Vec::new();
        let result = command(&mut answer)?;
        self.write(stdout, |out| out.write_all(&answer))?;
        Ok(result)
    }

    /// Lets `print` write the answer to where it goes. A reader that has
    /// enough and goes away is no error.
    pub(crate) fn write(
        &self,
        stdout: &mut dyn Write,
        print: impl FnOnce(&mut dyn Write) -> io::Result<()>,
    ) -> Result<(), Failure> {
        match &self.output {
            None => {
                let mut out: Box<dyn Write + '_> = if is_ascii_terminal() {
                    Box::new(Ascii {
                        to: stdout,
                        rest: Vec::new(),
                    })
                } else {
                    Box::new(stdout)
                };
                let mut out = BufWriter::with_capacity(32 << 10, &mut out);
                match print(&mut out).and_then(|()| out.flush()) {
                    Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
                        Err(Failure::Output("standard output".into(), error))
                    }
                    _ => Ok(()),
                }
            }
            Some(path) => {
                write_file(path, print).map_err(|error| Failure::Output(path.clone(), error))
            }
        }
    }
}

/// Whether the answer goes to a terminal of a locale that is not UTF-8.
fn is_ascii_terminal() -> bool {
    let set = |name| std::env::var_os(name).filter(|value| !value.is_empty());
    let locale = ["LC_ALL", "LC_CTYPE", "LANG"].into_iter().find_map(set);
    io::stdout().is_terminal() && locale.is_some_and(|locale| !is_utf8_locale(&locale))
}

fn is_utf8_locale(locale: &OsStr) -> bool {
    let locale = locale.to_string_lossy().to_ascii_lowercase();
    locale.contains("utf-8") || locale.contains("utf8")
}

/// Writes what is not ASCII as `\u{fc}`, an ellipsis as three dots.
struct Ascii<'w> {
    to: &'w mut dyn Write,
    /// The beginning of a character whose rest is still to come.
    rest: Vec<u8>,
}

impl Write for Ascii<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.rest.is_empty() && bytes.is_ascii() {
            return self.to.write(bytes);
        }
        self.rest.extend_from_slice(bytes);
        let mut text = String::new();
        let mut done = 0;
        for chunk in self.rest.utf8_chunks() {
            for c in chunk.valid().chars() {
                match c {
                    '\u{2026}' => text.push_str("..."),
                    c if c.is_ascii() => text.push(c),
                    c => text.extend(c.escape_unicode()),
                }
            }
            done += chunk.valid().len();
            let is_cut = done + chunk.invalid().len() == self.rest.len();
            if !is_cut {
                text.push('?');
                done += chunk.invalid().len();
            }
        }
        self.rest.drain(..done);
        self.to.write_all(text.as_bytes())?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.to.flush()
    }
}

fn terminal_width() -> Option<usize> {
    let (terminal_size::Width(width), _) = terminal_size::terminal_size()?;
    (width > 0).then_some(usize::from(width))
}

/// Writes beside the file and renames: readers see the old file or the new
/// one. What is no regular file (a pipe, `/dev/stdout`) is written to directly.
pub(crate) fn write_file(
    path: &Path,
    print: impl FnOnce(&mut dyn Write) -> io::Result<()>,
) -> io::Result<()> {
    // Through a symbolic link to the file itself, which is then replaced.
    let path = &fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    let existing = fs::metadata(path).ok();
    if existing
        .as_ref()
        .is_some_and(|metadata| !metadata.is_file())
    {
        let mut out = BufWriter::new(OpenOptions::new().write(true).open(path)?);
        return print(&mut out).and_then(|()| out.flush());
    }
    let mut name = OsString::from(".");
    name.push(path.file_name().ok_or(io::ErrorKind::InvalidFilename)?);
    name.push(format!(".{}.tmp", std::process::id()));
    let temporary = path.with_file_name(name);
    let result = (|| {
        let file = File::create_new(&temporary)?;
        if let Some(metadata) = existing {
            file.set_permissions(metadata.permissions())?;
        }
        let mut out = BufWriter::new(file);
        print(&mut out)?;
        out.into_inner()
            .map_err(io::IntoInnerError::into_error)?
            .sync_all()?;
        fs::rename(&temporary, path)
    })();
    if result.is_err() {
        // The first error is the one to tell.
        let _ = fs::remove_file(&temporary);
    }
    result
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_ascii_is_spelt_out_wherever_a_write_ends() {
        let text = "GFS2 \u{2026} \u{fc}ber \u{1f600}!\n".as_bytes();
        for cut in 0..text.len() {
            let mut out = Vec::new();
            let mut ascii = Ascii {
                to: &mut out,
                rest: Vec::new(),
            };
            ascii.write_all(&text[..cut]).unwrap();
            ascii.write_all(&text[cut..]).unwrap();
            assert_eq!(
                String::from_utf8(out).unwrap(),
                "GFS2 ... \\u{fc}ber \\u{1f600}!\n"
            );
        }
    }

    #[test]
    fn a_locale_tells_its_characters() {
        assert!(is_utf8_locale(OsStr::new("de_DE.UTF-8")));
        assert!(is_utf8_locale(OsStr::new("C.utf8")));
        assert!(!is_utf8_locale(OsStr::new("POSIX")));
        assert!(!is_utf8_locale(OsStr::new("de_DE.ISO-8859-15@euro")));
    }

    #[test]
    fn a_file_is_replaced_as_a_whole_or_stays() {
        let directory = std::env::temp_dir().join(format!("domdiff-{}", std::process::id()));
        fs::create_dir(&directory).unwrap();
        let path = directory.join("answer");
        write_file(&path, |out| out.write_all(b"one")).unwrap();
        let failed = write_file(&path, |out| {
            out.write_all(b"two")?;
            Err(io::ErrorKind::Other.into())
        });
        assert!(failed.is_err());
        assert_eq!(fs::read(&path).unwrap(), b"one");
        assert_eq!(fs::read_dir(&directory).unwrap().count(), 1);
        fs::remove_dir_all(&directory).unwrap();
    }
}
