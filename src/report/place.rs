//! What an operand names, for formats that speak of the files of a repository.

/// The file that an operand names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct FilePlace<'n> {
    /// The revision that it was read from, if any.
    pub(super) revision: Option<&'n str>,
    /// Its path.
    pub(super) path: &'n str,
}

/// The file behind the name of an input; `None` for standard input and a domain of a libvirt.
pub(super) fn at(name: &str) -> Option<FilePlace<'_>> {
    if name == "-" || name.starts_with("dom:") {
        return None;
    }
    let (revision, path) = match name.split_once(':') {
        // A revision holds no colon and begins neither a path nor a sentence.
        Some((revision, path))
            if !revision.is_empty() && !path.is_empty() && !revision.starts_with(['/', '.']) =>
        {
            (Some(revision), path)
        }
        _ => (None, name),
    };
    let mut path = path;
    while let Some(rest) = path.strip_prefix("./") {
        path = rest.trim_start_matches('/');
    }
    Some(FilePlace { revision, path })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn operands_name_files_revisions_or_nothing() {
        let read = |name| at(name).map(|place| (place.revision, place.path));
        for (name, expected) in [
            ("-", None),
            ("dom:web01:inactive", None),
            ("././a b/x.xml", Some((None, "a b/x.xml"))),
            ("/srv/x.xml", Some((None, "/srv/x.xml"))),
            (
                "origin/main:d/x.xml",
                Some((Some("origin/main"), "d/x.xml")),
            ),
            ("HEAD~2:./x.xml", Some((Some("HEAD~2"), "x.xml"))),
            ("./a:b", Some((None, "a:b"))),
            (":x", Some((None, ":x"))),
        ] {
            assert_eq!(read(name), expected, "{name}");
        }
    }
}
