//! Operands: which bytes they stand for.

use std::ffi::OsStr;
use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use domdiff::xml::{Limits, ReadError, Source};

use super::failure::{Failure, InputError};

/// Reads an operand: a path, or `-` for standard input.
pub(crate) fn read(operand: &OsStr, limits: &Limits) -> Result<Source, Failure> {
    let name = operand.to_string_lossy();
    let fail = |error| Failure::Input(name.clone().into_owned(), error);
    if operand == "-" {
        return load("-", &mut io::stdin().lock(), limits);
    }
    let mut file = File::open(Path::new(operand)).map_err(|error| {
        fail(match error.kind() {
            io::ErrorKind::NotFound => InputError::Missing,
            _ => InputError::Io(error),
        })
    })?;
    let metadata = file
        .metadata()
        .map_err(|error| fail(InputError::Io(error)))?;
    if metadata.is_dir() {
        return Err(fail(InputError::Directory));
    }
    load(&name, &mut file, limits)
}

fn load(name: &str, from: &mut dyn Read, limits: &Limits) -> Result<Source, Failure> {
    Source::read(name, from, limits).map_err(|error| match error {
        ReadError::Io(error) => Failure::Input(name.to_owned(), InputError::Io(error)),
        ReadError::Document(error) => Failure::Document(error),
    })
}

/// Refuses a second `-`: what was read once is gone.
pub(crate) fn stdin_once(operands: &[&OsStr]) -> Result<(), Failure> {
    if operands.iter().filter(|operand| **operand == "-").count() > 1 {
        return Err(Failure::Usage(
            "standard input (-) can be read once only; save one of the two to a file".into(),
        ));
    }
    Ok(())
}
