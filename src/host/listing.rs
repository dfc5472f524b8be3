//! Files of a host: a text listing as `find DIRECTORY` prints it, or this machine's own.

use std::collections::HashSet;
use std::fs;
use std::path::Path;

use super::facts::{HostFacts, SourceKind};
use super::resources::{Listed, PathFact, PathKind, Presence, Resources};

/// Whether a text is a listing: absolute paths only.
pub(super) fn is_listing(text: &str) -> bool {
    let mut lines = text.lines().filter(|line| !line.is_empty()).peekable();
    lines.peek().is_some() && lines.all(|line| line.starts_with('/'))
}

/// Reads a listing. A directory that is a line itself and has others below it is complete; what
/// its lines are, nobody says.
pub(super) fn read_listing(text: &str, name: &str) -> HostFacts {
    let paths: Vec<&str> = text
        .lines()
        .map(|line| match line.trim_end_matches('/') {
            "" => "/",
            path => path,
        })
        .filter(|line| line.starts_with('/'))
        .collect();
    let parents: HashSet<&str> = paths.iter().filter_map(|path| parent(path)).collect();
    let fact = |path: &&str| {
        let is_directory = parents.contains(*path);
        PathFact {
            path: (*path).to_owned(),
            kind: if is_directory {
                PathKind::Directory
            } else {
                PathKind::Unknown
            },
            size: None,
            readable: None,
            listed: if is_directory {
                Listed::Entries
            } else {
                Listed::Nothing
            },
        }
    };
    let mut facts = HostFacts::from_source(SourceKind::Listing, name);
    facts.resources.paths = Some(paths.iter().map(fact).collect());
    facts.mark_provenance()
}

fn parent(path: &str) -> Option<&str> {
    match path.rsplit_once('/')? {
        (_, "") => None,
        ("", _) => Some("/"),
        (parent, _) => Some(parent),
    }
}

/// The most entries of a directory tree that are listed.
const ENTRY_LIMIT: usize = 200_000;

/// Lists everything below a directory of this machine, links not followed; each directory that
/// was read to its end is complete.
#[must_use]
pub fn list(directory: &Path) -> Vec<PathFact> {
    let here = Resources {
        here: true,
        ..Resources::default()
    };
    let mut found = Vec::new();
    let mut open = vec![directory.to_owned()];
    while let Some(directory) = open.pop() {
        let Some(name) = directory.to_str() else {
            continue;
        };
        let Presence::There(mut fact) = here.path(name) else {
            continue;
        };
        let entries = fs::read_dir(&directory).and_then(Iterator::collect::<Result<Vec<_>, _>>);
        if let Ok(mut entries) = entries
            && found.len() + entries.len() <= ENTRY_LIMIT
        {
            fact.listed = Listed::Entries;
            entries.sort_by_key(fs::DirEntry::file_name);
            for entry in entries {
                let path = entry.path();
                if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
                    open.push(path);
                } else if let Some(path) = path.to_str()
                    && let Presence::There(fact) = here.path(path)
                {
                    found.push(fact);
                }
            }
        }
        found.push(fact);
    }
    found.sort_by(|one, other| one.path.cmp(&other.path));
    found
}

/// Looks up single paths on this machine, each with the directory it is in.
#[must_use]
pub fn look_up<'p>(paths: impl Iterator<Item = &'p str>) -> Vec<PathFact> {
    let here = Resources {
        here: true,
        ..Resources::default()
    };
    let mut wanted: Vec<&str> = paths
        .flat_map(|path| [Some(path), parent(path)])
        .flatten()
        .collect();
    wanted.sort_unstable();
    wanted.dedup();
    wanted
        .into_iter()
        .filter_map(|path| match here.path(path) {
            Presence::There(fact) => Some(fact),
            Presence::Missing => Some(PathFact {
                path: path.to_owned(),
                kind: PathKind::Missing,
                ..PathFact::default()
            }),
            Presence::Unknown => None,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_listing_of_find_tells_what_is_missing() {
        let text = "/vms\n/vms/a.img\n/vms/empty\n/other/b.img\n";
        assert!(is_listing(text));
        assert!(!is_listing("/vms\nprocessor : 0\n"));
        assert!(!is_listing("\n"));
        let host = read_listing(text, "listing").resources;
        assert!(matches!(host.path("/vms/a.img"), Presence::There(_)));
        assert!(host.path("/vms/b.img").is_missing());
        assert!(host.path("/vms/empty/c.img").is_unknown());
        assert!(host.path("/other/c.img").is_unknown());
    }

    #[test]
    fn a_tree_of_this_machine_is_listed_and_links_are_not_followed() {
        let root = std::env::temp_dir().join(format!("domdiff-listing-{}", std::process::id()));
        fs::create_dir_all(root.join("sub")).expect("a directory");
        fs::write(root.join("sub/a.img"), "four").expect("a file");
        std::os::unix::fs::symlink("/", root.join("link")).expect("a link");
        let host = Resources {
            paths: Some(list(&root)),
            ..Resources::default()
        };
        let name = |below: &str| format!("{}/{below}", root.display());
        assert!(
            matches!(host.path(&name("sub/a.img")), Presence::There(fact) if fact.size == Some(4))
        );
        assert!(host.path(&name("sub/b.img")).is_missing());
        assert!(host.path(&name("link/etc")).is_unknown());
        fs::remove_dir_all(root).expect("the directory goes");
    }
}
