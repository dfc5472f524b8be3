//! Where answers go: standard output, or a file that appears complete or not at all.

use std::ffi::OsString;
use std::fs::{self, File, OpenOptions};
use std::io::{self, BufWriter, IsTerminal, Write};
use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use domdiff::report::Look;

use super::failure::Failure;

/// Flags of every command that prints an answer.
#[derive(Debug, Args)]
pub(crate) struct OutputArguments {
    /// Write the answer to FILE; it appears complete or not at all
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
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
            summary: false,
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
                let mut out = BufWriter::with_capacity(32 << 10, stdout);
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
