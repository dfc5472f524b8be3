//! Secrets, wherever they stand: fields that hold one by definition, and
//! texts (command lines, metadata, descriptions) in which something looks
//! like one. When in doubt it is masked; comparing sees the whole value.

use std::borrow::Cow;
use std::ops::Range;

use crate::schema::Kind;
use crate::tree::{NodeId, Tree};

/// What stands for a secret.
pub const MASK: &str = "(masked)";

/// A word that ends in one of these names a secret, in any case and with
/// `-`, `_` and `.` left out.
const NAMES: [&str; 15] = [
    "password",
    "passwd",
    "passphrase",
    "pwd",
    "psk",
    "secret",
    "token",
    "apikey",
    "accesskey",
    "secretkey",
    "privatekey",
    "sshkey",
    "authkey",
    "credential",
    "credentials",
];

/// Words that end like a secret's name and hold the id of one (QEMU's
/// `password-secret=sec0`).
const REFERENCES: [&str; 3] = ["passwordsecret", "keysecret", "passwordfile"];

/// The value of a node as answers show it.
///
/// An attribute is also judged by its neighbours: `<env name='DB_PASSWORD'
/// value='…'/>`, `<arg value='--token'/><arg value='…'/>`.
#[must_use]
pub fn value<'t>(tree: &'t Tree<'_>, id: NodeId) -> Option<Cow<'t, str>> {
    value_with(tree, id, &mut |_| Cow::Borrowed(MASK))
}

/// As [`value`], with a choice of what stands for each secret.
pub fn value_with<'t>(
    tree: &'t Tree<'_>,
    id: NodeId,
    mask: &mut dyn FnMut(&str) -> Cow<'static, str>,
) -> Option<Cow<'t, str>> {
    let value = tree.value(id)?;
    let kind = tree.field(id).kind;
    if kind == Kind::Secret && !value.is_empty() {
        return Some(mask(value));
    }
    if !matches!(kind, Kind::Text | Kind::Word) || value.is_empty() {
        return Some(Cow::Borrowed(value));
    }
    if is_named_secret(tree, id) || follows_secret_option(tree, id) {
        return Some(mask(value));
    }
    Some(text_with(value, mask))
}

/// Whether [`value`] hides something of a node's value.
#[must_use]
pub fn hides(tree: &Tree<'_>, id: NodeId) -> bool {
    value(tree, id).as_deref() != tree.value(id)
}

/// The element's own name, or its sibling attribute `name` or `key`, names a secret.
fn is_named_secret(tree: &Tree<'_>, id: NodeId) -> bool {
    if tree.is_modelled(id) && !tree.is_attribute(id) && tree.attribute(id, "name").is_none() {
        return false;
    }
    let name = tree.name(id);
    if !tree.is_modelled(id) && names_secret(name) {
        return true;
    }
    let holder = if tree.is_attribute(id) {
        if name != "value" {
            return false;
        }
        tree.parent(id)
    } else {
        Some(id)
    };
    holder.is_some_and(|element| {
        ["name", "key"]
            .into_iter()
            .filter_map(|name| tree.attr(element, name))
            .any(names_secret)
    })
}

/// An argument behind one that is nothing but a secret's option.
fn follows_secret_option(tree: &Tree<'_>, id: NodeId) -> bool {
    if !tree.is_attribute(id) || tree.name(id) != "value" {
        return false;
    }
    let Some(element) = tree.parent(id) else {
        return false;
    };
    let Some(parent) = tree.parent(element) else {
        return false;
    };
    let before = tree
        .children_named(parent, tree.name(element))
        .take_while(|sibling| *sibling != element)
        .last();
    before
        .and_then(|sibling| tree.attr(sibling, "value"))
        .and_then(|option| option.strip_prefix('-'))
        .is_some_and(|option| !option.contains(['=', ',', ' ']) && names_secret(option))
}

/// A text with what looks like a secret in it masked; borrowed when nothing does.
///
/// ```
/// use domdiff::report::mask::text;
/// assert_eq!(text("spice,password=hunter2,port=1"), "spice,password=(masked),port=1");
/// assert_eq!(text("secret,id=s0,data=aGk="), "secret,id=s0,data=(masked)");
/// assert_eq!(text("nothing to see"), "nothing to see");
/// ```
#[must_use]
pub fn text(text: &str) -> Cow<'_, str> {
    text_with(text, &mut |_| Cow::Borrowed(MASK))
}

fn text_with<'t>(text: &'t str, mask: &mut dyn FnMut(&str) -> Cow<'static, str>) -> Cow<'t, str> {
    let mut secrets = Vec::new();
    assignments(text, &mut secrets);
    user_infos(text, &mut secrets);
    keys(text, &mut secrets);
    if secrets.is_empty() {
        return Cow::Borrowed(text);
    }
    secrets.sort_by_key(|range| (range.start, std::cmp::Reverse(range.end)));
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    for range in secrets {
        if range.end <= at {
            continue;
        }
        if range.start >= at {
            out.push_str(&text[at..range.start]);
            out.push_str(&mask(&text[range.clone()]));
        }
        at = range.end;
    }
    out.push_str(&text[at..]);
    Cow::Owned(out)
}

/// Whether a word names a secret: `DB_PASSWORD`, `--api-key`, `token`.
fn names_secret(word: &str) -> bool {
    let letters: String = word
        .chars()
        .filter(|c| !matches!(c, '-' | '_' | '.'))
        .map(|c| c.to_ascii_lowercase())
        .collect();
    (letters == "pass" || NAMES.iter().any(|name| letters.ends_with(name)))
        && !REFERENCES.iter().any(|name| letters.ends_with(name))
}

fn is_word(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.')
}

/// `name=value`, `name: value`, `"name": "value"`, and `data=` of a QEMU secret object.
fn assignments(text: &str, secrets: &mut Vec<Range<usize>>) {
    let secret_object = text.starts_with("secret,") || text.contains("\"secret\"");
    for (sign, _) in text.match_indices(['=', ':']) {
        let before = text[..sign].trim_end_matches([' ', '"', '\'']);
        let word = &before[before.trim_end_matches(is_word).len()..];
        if !(names_secret(word) || (secret_object && word == "data")) {
            continue;
        }
        let rest = &text[sign + 1..];
        let value = rest.trim_start_matches(' ');
        let start = text.len() - value.len();
        let (start, length) = match value.chars().next() {
            Some(quote @ ('"' | '\'')) => {
                let inner = &value[1..];
                (start + 1, inner.find(quote).unwrap_or(inner.len()))
            }
            _ => {
                let end = |c: char| c.is_whitespace() || matches!(c, ',' | ';' | '&' | '"' | '\'');
                (start, value.find(end).unwrap_or(value.len()))
            }
        };
        // `password://` is a name in a path, no value.
        if length > 0 && !text[start..].starts_with("//") {
            secrets.push(start..start + length);
        }
    }
}

/// The password in `scheme://user:password@host`.
fn user_infos(text: &str, secrets: &mut Vec<Range<usize>>) {
    for (sign, _) in text.match_indices("://") {
        let rest = &text[sign + 3..];
        let end = rest
            .find(|c: char| c.is_whitespace() || matches!(c, '/' | '?' | '#' | '"' | '\''))
            .unwrap_or(rest.len());
        if let Some(at) = rest[..end].rfind('@')
            && let Some(colon) = rest[..at].find(':')
            && colon + 1 < at
        {
            secrets.push(sign + 3 + colon + 1..sign + 3 + at);
        }
    }
}

/// Private keys in PEM, SSH keys, bearer and JSON web tokens.
fn keys(text: &str, secrets: &mut Vec<Range<usize>>) {
    for (start, _) in text.match_indices("-----BEGIN ") {
        let head = text[start..].lines().next().unwrap_or_default();
        if head.contains("PRIVATE KEY") {
            let end = text[start + 1..]
                .find("-----END ")
                .map_or(text.len(), |end| start + 1 + end);
            secrets.push((start + head.len()).min(end)..end);
        }
    }
    let blanks = |c: char| c.is_whitespace() || matches!(c, '"' | '\'' | ',' | '<');
    for (marker, kept) in [
        ("AAAAB3NzaC1", 0),
        ("AAAAC3NzaC1", 0),
        ("AAAAE2VjZHNh", 0),
        ("eyJ", 0),
        ("Bearer ", 7),
    ] {
        for (found, _) in text.match_indices(marker) {
            let start = found + kept;
            let length = text[start..].find(blanks).unwrap_or(text.len() - start);
            let begins_a_word = found == 0 || text[..found].ends_with(|c: char| !is_word(c));
            if begins_a_word && length > 16 {
                secrets.push(start..start + length);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_looks_like_a_secret_is_masked() {
        for (raw, masked) in [
            ("-spice password=a,b", "-spice password=(masked),b"),
            ("https://u:p@ss@host/x", "https://u:(masked)@host/x"),
            (
                "{\"password\": \"a b\", \"x\":1}",
                "{\"password\": \"(masked)\", \"x\":1}",
            ),
            ("DB_PASSWD='a b' c", "DB_PASSWD='(masked)' c"),
            ("api-key: 1234", "api-key: (masked)"),
            (
                "{\"qom-type\":\"secret\",\"id\":\"s\",\"data\":\"aa\"}",
                "{\"qom-type\":\"secret\",\"id\":\"s\",\"data\":\"(masked)\"}",
            ),
            (
                "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAA me@host",
                "ssh-ed25519 (masked) me@host",
            ),
            (
                "Authorization: Bearer abcdefghijklmnopqrstuvw",
                "Authorization: Bearer (masked)",
            ),
            (
                "-----BEGIN PRIVATE KEY-----\nabc\n-----END PRIVATE KEY-----",
                "-----BEGIN PRIVATE KEY-----(masked)-----END PRIVATE KEY-----",
            ),
        ] {
            assert_eq!(text(raw), masked);
        }
    }

    #[test]
    fn what_only_names_a_secret_is_shown() {
        for raw in [
            "driver=luks,key-secret=sec0,file.driver=file",
            "secret,id=s0,file=/run/key",
            "https://host:8080/a@b",
            "the password is set elsewhere",
            "data=1",
            "a = b",
            "password=",
        ] {
            assert_eq!(text(raw), raw);
        }
    }

    #[test]
    fn overlapping_finds_become_one_mask() {
        assert_eq!(text("token=eyJabcdefghijklmnopqrst"), "token=(masked)");
        assert_eq!(text("url=http://u:password=x@h"), "url=http://u:(masked)");
    }
}
