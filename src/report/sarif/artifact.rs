//! The files of a log: what an input is called, as a relative URI.

use std::collections::HashMap;
use std::fmt::Write as _;

use serde::Serialize;

use super::Message;
use crate::report::place::at;

/// Every input once, in the order of their first use.
#[derive(Debug, Default)]
pub(super) struct Artifacts {
    list: Vec<Artifact>,
    places: HashMap<String, usize>,
}

/// One input.
#[derive(Debug, Clone, Serialize)]
struct Artifact {
    location: ArtifactLocation,
    /// What the URI does not say: a revision, that it is no file.
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<Message>,
}

/// Where an input is.
#[derive(Debug, Clone, Serialize)]
pub(super) struct ArtifactLocation {
    uri: String,
    index: usize,
}

impl Artifacts {
    /// The location of the input of that name, which is listed from now on.
    pub(super) fn location(&mut self, name: &str) -> ArtifactLocation {
        if let Some(place) = self.places.get(name) {
            return self.list[*place].location.clone();
        }
        let (path, description) = read(name);
        let location = ArtifactLocation {
            uri: uri(path),
            index: self.list.len(),
        };
        self.places.insert(name.to_owned(), location.index);
        self.list.push(Artifact {
            location: location.clone(),
            description: description.as_deref().map(Message::new),
        });
        location
    }

    pub(super) fn into_list(self) -> Vec<impl Serialize> {
        self.list
    }
}

/// The path that an operand names, and what else it says.
fn read(name: &str) -> (&str, Option<String>) {
    match (at(name), name.strip_prefix("dom:")) {
        (Some(file), _) => {
            let revision = file.revision;
            (file.path, revision.map(|r| format!("at revision {r}")))
        }
        (None, Some(domain)) => (name, Some(format!("domain {domain} of a libvirt"))),
        (None, None) => (name, Some("standard input".to_owned())),
    }
}

/// A path as a URI: relative ones stay relative to wherever the reader has the files.
fn uri(path: &str) -> String {
    let mut uri = String::with_capacity(path.len() + 8);
    if path.starts_with('/') {
        uri.push_str("file://");
    }
    for byte in path.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => {
                uri.push(char::from(byte));
            }
            byte => {
                // Writing to a string cannot fail.
                let _ = write!(uri, "%{byte:02X}");
            }
        }
    }
    uri
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stands_for_an_input() {
        let uri_of = |name| {
            let (path, description) = read(name);
            (uri(path), description)
        };
        let told = |text: &str| Some(text.to_owned());
        assert_eq!(uri_of("./a b/ü%.xml"), ("a%20b/%C3%BC%25.xml".into(), None));
        assert_eq!(uri_of("/srv/x.xml"), ("file:///srv/x.xml".into(), None));
        assert_eq!(uri_of("././/x"), ("x".into(), None));
        assert_eq!(uri_of("-"), ("-".into(), told("standard input")));
        assert_eq!(
            uri_of("origin/main:d/x.xml"),
            ("d/x.xml".into(), told("at revision origin/main"))
        );
        assert_eq!(
            uri_of("dom:a:inactive"),
            (
                "dom%3Aa%3Ainactive".into(),
                told("domain a:inactive of a libvirt")
            )
        );
        assert_eq!(uri_of("./a:b"), ("a%3Ab".into(), None));
    }
}
