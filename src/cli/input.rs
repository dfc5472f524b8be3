//! Operands: which bytes they stand for.

use std::ffi::OsStr;
use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use domdiff::xml::{Limits, ReadError, Source};

use super::failure::{Failure, InputError};
use super::git;
use super::virsh::Virsh;

/// A domain of a libvirt as an operand: `dom:NAME`, `dom:NAME:inactive`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct LibvirtDomain<'o> {
    /// What virsh takes for a domain: a name, a UUID, an id.
    pub name: &'o str,
    /// The persistent definition, not the running guest's.
    pub inactive: bool,
}

impl<'o> LibvirtDomain<'o> {
    /// What an operand names, if it is a domain of a libvirt. A file of such a name is written
    /// `./dom:NAME`.
    pub(crate) fn of(operand: &'o OsStr) -> Option<Self> {
        let name = operand.to_str()?.strip_prefix("dom:")?;
        Some(match name.strip_suffix(":inactive") {
            Some(name) => Self {
                name,
                inactive: true,
            },
            None => Self {
                name,
                inactive: false,
            },
        })
    }
}

/// Reads an operand: a path, `-` for standard input, `dom:NAME` for a domain of a libvirt,
/// `REV:path` for a file of a git revision, unless there is a file of that name.
pub(crate) fn read(operand: &OsStr, limits: &Limits, virsh: &Virsh) -> Result<Source, Failure> {
    let name = operand.to_string_lossy();
    if let Some(domain) = LibvirtDomain::of(operand) {
        let xml = virsh.dumpxml(domain.name, domain.inactive)?;
        return load(&name, &mut xml.as_bytes(), limits);
    }
    let fail = |error| Failure::Input(name.clone().into_owned(), error);
    if operand == "-" {
        return load("-", &mut io::stdin().lock(), limits);
    }
    let mut file = match File::open(Path::new(operand)) {
        Ok(file) => file,
        Err(error) => match error.kind() {
            _ if git::is_in_a_revision(operand) && !Path::new(operand).exists() => {
                return git::read(operand, limits);
            }
            io::ErrorKind::NotFound => return Err(fail(InputError::Missing)),
            _ => return Err(fail(InputError::Io(error))),
        },
    };
    let metadata = file
        .metadata()
        .map_err(|error| fail(InputError::Io(error)))?;
    if metadata.is_dir() {
        return Err(fail(InputError::Directory));
    }
    load(&name, &mut file, limits)
}

pub(crate) fn load(name: &str, from: &mut dyn Read, limits: &Limits) -> Result<Source, Failure> {
    Source::read(name, from, limits).map_err(|error| match error {
        ReadError::Io(error) => Failure::Input(name.to_owned(), InputError::Io(error)),
        ReadError::Document(error) => Failure::Document(error),
    })
}

/// Whether an operand is a directory.
pub(crate) fn is_directory(operand: &OsStr) -> bool {
    operand != "-" && LibvirtDomain::of(operand).is_none() && Path::new(operand).is_dir()
}

/// Reads every `*.xml` that stands directly in a directory, in the order of
/// their names.
pub(crate) fn read_directory(
    operand: &OsStr,
    limits: &Limits,
    virsh: &Virsh,
) -> Result<Vec<Source>, Failure> {
    let fail = |error| Failure::Input(operand.to_string_lossy().into_owned(), error);
    let entries = fs::read_dir(Path::new(operand))
        .and_then(Iterator::collect::<io::Result<Vec<_>>>)
        .map_err(|error| fail(InputError::Io(error)))?;
    let mut paths: Vec<PathBuf> = entries
        .iter()
        .map(fs::DirEntry::path)
        .filter(|path| path.extension().is_some_and(|end| end == "xml") && !path.is_dir())
        .collect();
    if paths.is_empty() {
        return Err(fail(InputError::NoFiles));
    }
    paths.sort();
    all(paths
        .iter()
        .map(|path| read(path.as_os_str(), limits, virsh)))
}

/// All, or everything that is wrong with any.
pub(crate) fn all<T>(items: impl Iterator<Item = Result<T, Failure>>) -> Result<Vec<T>, Failure> {
    let (mut good, mut failures) = (Vec::new(), Vec::new());
    for item in items {
        match item {
            Ok(item) => good.push(item),
            Err(failure) => failures.push(failure),
        }
    }
    if failures.is_empty() {
        Ok(good)
    } else {
        Err(Failure::Several(failures))
    }
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
