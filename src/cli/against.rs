//! `--against REV`: which of the files that git sees changed are definitions, and which pair.

use std::ffi::OsString;

use domdiff::sets::{Pair, pair_files};
use domdiff::xml::{Document, DocumentError, ErrorKind, Limits, Meant, Source};

use super::failure::Failure;
use super::git::{Change, Range, Version};
use super::input;

/// The files that changed, read.
pub(crate) struct Files(Vec<File>);

struct File {
    old: Option<Text>,
    new: Option<Text>,
    is_rename: bool,
}

/// What is in a file: text, or what makes it none.
struct Text {
    source: Result<Source, DocumentError>,
    is_xml: bool,
}

/// The definitions among them.
pub(crate) struct Changed<'f> {
    /// Of the old tree.
    pub old: Vec<Document<'f>>,
    /// Of the new one.
    pub new: Vec<Document<'f>>,
    /// Which is which.
    pub pairs: Vec<Pair>,
}

impl Files {
    /// Reads what changed in the paths, or anywhere.
    pub(crate) fn read(range: &str, paths: &[OsString], limits: &Limits) -> Result<Self, Failure> {
        let changes = Range::of(range)?.changes(paths, limits)?;
        let text = |version: Version| Text {
            source: match version.bytes {
                Some(bytes) => Source::from_bytes(version.name, bytes),
                None => Err(DocumentError {
                    source: version.name,
                    position: None,
                    kind: ErrorKind::TooLarge {
                        limit: limits.bytes,
                    },
                }),
            },
            is_xml: version.is_xml,
        };
        let file = |change: Change| File {
            old: change.old.map(text),
            new: change.new.map(text),
            is_rename: change.is_rename,
        };
        Ok(Self(changes.into_iter().map(file).collect()))
    }

    /// Those that are definitions, paired by path, by UUID, by name, by likeness.
    pub(crate) fn definitions(&self, limits: &Limits) -> Result<Changed<'_>, Failure> {
        let both = input::all(self.0.iter().map(|file| {
            let new = read(file.new.as_ref(), limits)?;
            let old = match read(file.old.as_ref(), limits) {
                // No guest runs by what libvirt could not read either: it is new now.
                Err(error) if is_broken(&error.kind) => None,
                old => old?,
            };
            Ok((old, new, file.is_rename))
        }))?;
        let (mut old, mut new) = (Vec::new(), Vec::new());
        let (mut known, mut likely) = (Vec::new(), Vec::new());
        for (before, after, is_rename) in both {
            let partner = before.map(|document| {
                old.push(document);
                old.len() - 1
            });
            if let Some(document) = after {
                new.push(document);
                known.push(partner.filter(|_| !is_rename));
                likely.push(partner.filter(|_| is_rename));
            }
        }
        let pairs = pair_files(&old, &new, known, &likely);
        Ok(Changed { old, new, pairs })
    }
}

/// The definition in a file, if it is meant as one: by its first element, and where there is
/// none by the name `*.xml`.
fn read<'f>(
    text: Option<&'f Text>,
    limits: &Limits,
) -> Result<Option<Document<'f>>, DocumentError> {
    let Some(text) = text else {
        return Ok(None);
    };
    let source = match &text.source {
        Ok(source) => source,
        Err(error) if text.is_xml => return Err(error.clone()),
        Err(_) => return Ok(None),
    };
    let is_meant = match Meant::by(source.text()) {
        Meant::Definition => true,
        Meant::Other => false,
        Meant::Nothing => text.is_xml,
    };
    if !is_meant {
        return Ok(None);
    }
    match Document::parse(source, limits) {
        Ok(document) => Ok(Some(document)),
        // A snapshot of disks only; nothing is wrong with it.
        Err(error) if matches!(error.kind, ErrorKind::NoDomainInside(_)) => Ok(None),
        Err(error) => Err(error),
    }
}

fn is_broken(error: &ErrorKind) -> bool {
    matches!(
        error,
        ErrorKind::Empty | ErrorKind::NotXml(_) | ErrorKind::Syntax(_)
    )
}
