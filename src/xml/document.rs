//! Text to XML, XML to the `<domain>` in it.

use super::error::{DocumentError, ErrorKind, Root};
use super::limits::Limits;
use super::lines::Position;
use super::source::Source;
use crate::schema::{DOMAIN, Kind};
use crate::value;

/// A parsed input and the domain in it.
#[derive(Debug)]
pub struct Document<'s> {
    source: &'s Source,
    xml: roxmltree::Document<'s>,
    domain: roxmltree::NodeId,
    taken_from: Option<&'static str>,
}

/// Texts longer than this are checked against the limits before they are
/// parsed; in shorter ones the parser cannot be made slow, and it does not
/// recurse, so the depth can be checked afterwards.
const UNCHECKED_BYTES: usize = 32 << 10;

impl<'s> Document<'s> {
    /// Parses a source and finds its one domain: the root, or what a snapshot,
    /// checkpoint or status file wraps.
    ///
    /// # Errors
    ///
    /// [`DocumentError`] for anything that is not one domain within the limits.
    pub fn parse(source: &'s Source, limits: &Limits) -> Result<Self, DocumentError> {
        let text = source.text();
        let checked = text.len() > UNCHECKED_BYTES;
        if checked {
            limits
                .check(text)
                .map_err(|(offset, kind)| source.error(offset, kind))?;
        }
        let options = roxmltree::ParsingOptions {
            nodes_limit: limits.nodes,
            ..Default::default()
        };
        let xml = roxmltree::Document::parse_with_options(text, options)
            .map_err(|error| syntax_error(source, limits, &error))?;
        if !checked && let Some(node) = first_too_deep(&xml, limits.depth) {
            let limit = limits.depth;
            return Err(source.error(node.range().start, ErrorKind::TooDeep { limit }));
        }
        let (domain, taken_from) = find_domain(xml.root_element())
            .map_err(|(node, kind)| source.error(node.range().start, kind))?;
        let domain = domain.id();
        Ok(Self {
            source,
            xml,
            domain,
            taken_from,
        })
    }

    /// The `<domain>` element.
    pub(crate) fn domain(&self) -> roxmltree::Node<'_, 's> {
        self.xml
            .get_node(self.domain)
            .unwrap_or_else(|| self.xml.root_element())
    }

    /// The text it was parsed from.
    #[must_use]
    pub fn source(&self) -> &'s Source {
        self.source
    }

    /// The domain's name, as it is written.
    #[must_use]
    pub fn name(&self) -> Option<String> {
        self.text_of("name")
    }

    /// The domain's UUID in canonical form, when one is written.
    #[must_use]
    pub fn uuid(&self) -> Option<String> {
        let uuid = self.text_of("uuid")?;
        let canonical = value::canonical(Kind::Uuid, &uuid).ok()?;
        Some(canonical.into_owned())
    }

    fn text_of(&self, name: &str) -> Option<String> {
        let mut children = self.domain().children();
        let text = children.find(|child| is_named(child, name))?.text()?;
        (!text.is_empty()).then(|| text.to_owned())
    }

    /// Where the domain begins.
    #[must_use]
    pub fn position(&self) -> Position {
        self.source.position(self.domain().range().start)
    }

    /// Which part of a wrapper the domain was taken from, where there is a
    /// choice or a wrapper: `domainsnapshot/domain`.
    #[must_use]
    pub fn taken_from(&self) -> Option<&'static str> {
        self.taken_from
    }
}

/// The first element deeper than `limit`, found by the ends of those around it.
fn first_too_deep<'a, 's>(
    xml: &'a roxmltree::Document<'s>,
    limit: usize,
) -> Option<roxmltree::Node<'a, 's>> {
    let mut ends: Vec<usize> = Vec::new();
    xml.descendants()
        .filter(roxmltree::Node::is_element)
        .find(|node| {
            let range = node.range();
            while ends.last().is_some_and(|end| *end <= range.start) {
                ends.pop();
            }
            ends.push(range.end);
            ends.len() > limit
        })
}

/// A wrapper root, and the elements of it that hold a domain, the one to
/// compare first.
struct Wrapper {
    root: &'static str,
    /// Name of the element and what to call it.
    domains: &'static [(&'static str, &'static str)],
}

/// A snapshot of a running guest also holds `<inactiveDomain>`; what the guest
/// ran with, `<domain>`, is compared where it is more than a reference.
const WRAPPERS: [Wrapper; 5] = [
    Wrapper {
        root: "domstatus",
        domains: &[("domain", "domstatus/domain")],
    },
    Wrapper {
        root: "domainsnapshot",
        domains: &[
            ("domain", "domainsnapshot/domain"),
            ("inactiveDomain", "domainsnapshot/inactiveDomain"),
        ],
    },
    Wrapper {
        root: "domaincheckpoint",
        domains: &[("domain", "domaincheckpoint/domain")],
    },
    Wrapper {
        root: "domains",
        domains: &[("domain", "domains/domain")],
    },
    Wrapper {
        root: "domainbackup",
        domains: &[],
    },
];

/// Roots that are told apart from any other, so that the error can say what
/// was given instead of a domain.
const OTHER_ROOTS: [(&str, &str); 17] = [
    ("network", "a virtual network"),
    ("networkport", "a port of a virtual network"),
    ("pool", "a storage pool"),
    ("poolstate", "a storage pool's state"),
    ("volume", "a storage volume"),
    ("secret", "a secret"),
    ("device", "a device of a host"),
    ("nodedev", "a device of a host"),
    ("filter", "a network filter"),
    ("filterbinding", "a network filter's binding"),
    ("capabilities", "what a host can do"),
    ("domainCapabilities", "what a host's hypervisor can do"),
    ("storagepoolCapabilities", "what storage pools can be made"),
    ("cpudata", "a dump of CPUID"),
    ("sysinfo", "firmware tables of a host"),
    ("qemuStatus", "a part of a status file"),
    ("networkstatus", "a virtual network's state"),
];

/// The domain that an element is or wraps, when it is just one.
pub(crate) fn domain_in<'a, 's>(root: roxmltree::Node<'a, 's>) -> Option<roxmltree::Node<'a, 's>> {
    find_domain(root).ok().map(|(domain, _)| domain)
}

type Failed<'a, 's> = (roxmltree::Node<'a, 's>, ErrorKind);

fn find_domain<'a, 's>(
    root: roxmltree::Node<'a, 's>,
) -> Result<(roxmltree::Node<'a, 's>, Option<&'static str>), Failed<'a, 's>> {
    if is_named(&root, "domain") {
        return Ok((root, None));
    }
    let Some(wrapper) = WRAPPERS.iter().find(|w| is_named(&root, w.root)) else {
        return Err((root, ErrorKind::NotADomain(other_root(&root))));
    };
    for (name, path) in wrapper.domains {
        // A snapshot's domain may be a mere reference, `<domain><uuid>…</uuid></domain>`.
        let mut domains = root.children().filter(|n| {
            is_named(n, name)
                && n.children()
                    .any(|c| c.is_element() && !is_named(&c, "uuid"))
        });
        match (domains.next(), domains.next()) {
            (Some(domain), None) => return Ok((domain, Some(path))),
            (Some(_), Some(second)) => return Err((second, ErrorKind::SecondDomain)),
            (None, _) => {}
        }
    }
    Err((root, ErrorKind::NoDomainInside(wrapper.root)))
}

/// Whether an element has that name, in no name space.
fn is_named(node: &roxmltree::Node<'_, '_>, name: &str) -> bool {
    node.tag_name().name() == name && node.tag_name().namespace().is_none()
}

fn other_root(root: &roxmltree::Node<'_, '_>) -> Root {
    let tag = root.tag_name();
    let name = tag.name();
    let part_of_a_domain = || {
        let devices = DOMAIN.child("devices");
        DOMAIN.child(name).is_some() || devices.is_some_and(|field| field.child(name).is_some())
    };
    let what = match OTHER_ROOTS.iter().find(|(root, _)| *root == name) {
        _ if name == "domain" => "in a name space",
        Some((_, what)) => what,
        None if part_of_a_domain() => "a part of a domain",
        None => "",
    };
    Root {
        name: name.to_owned(),
        what,
    }
}

fn syntax_error(source: &Source, limits: &Limits, error: &roxmltree::Error) -> DocumentError {
    let text = source.text();
    match error {
        roxmltree::Error::DtdDetected => {
            source.error(text.find("<!DOCTYPE").unwrap_or(0), ErrorKind::Dtd)
        }
        roxmltree::Error::NodesLimitReached
        | roxmltree::Error::AttributesLimitReached
        | roxmltree::Error::NamespacesLimitReached => DocumentError {
            source: source.name().to_owned(),
            position: None,
            kind: ErrorKind::TooManyNodes {
                limit: limits.nodes,
            },
        },
        roxmltree::Error::UnclosedRootNode | roxmltree::Error::UnexpectedEndOfStream => {
            let what = "it ends before its elements do; is the file complete?";
            source.error(text.trim_end().len(), ErrorKind::Syntax(what.to_owned()))
        }
        _ if !text.trim_start().starts_with('<') => {
            let start = text.len() - text.trim_start().len();
            source.error(start, ErrorKind::NotXml(looks_like(text.trim_start())))
        }
        other => {
            let position = Position {
                line: other.pos().row,
                column: other.pos().col,
            };
            let offset = source.lines().offset(text, position);
            let kind = if begins_a_domain(&text[offset..]) && ends_a_domain(&text[..offset]) {
                ErrorKind::SecondDomain
            } else {
                ErrorKind::Syntax(without_position(&other.to_string()))
            };
            DocumentError {
                source: source.name().to_owned(),
                position: Some(position),
                kind,
            }
        }
    }
}

/// What a text that is no XML looks like.
fn looks_like(text: &str) -> &'static str {
    match text.as_bytes()[0] {
        b'{' | b'[' => "JSON",
        b'#' => "a script or a configuration file",
        _ => "",
    }
}

/// Concatenated dumps: another domain, perhaps with a declaration of its own,
/// behind the end of one.
fn begins_a_domain(rest: &str) -> bool {
    first_element(rest) == Some("domain")
}

/// The name of the first element of a text, which need not be well-formed.
fn first_element(text: &str) -> Option<&str> {
    let mut rest = text.trim_start();
    loop {
        let end = if rest.starts_with("<?") {
            "?>"
        } else if rest.starts_with("<!--") {
            "-->"
        } else if rest.starts_with("<!DOCTYPE") {
            // Declarations of its own stand between [ and ].
            let is_short = !rest[..rest.find('>')?].contains('[');
            if is_short { ">" } else { "]>" }
        } else {
            break;
        };
        rest = rest.split_once(end)?.1.trim_start();
    }
    let name = rest.strip_prefix('<')?;
    let ends = |c: char| c.is_whitespace() || matches!(c, '/' | '>');
    name.split(ends).next().filter(|name| !name.is_empty())
}

/// What a text is meant as, by its first element.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Meant {
    /// A domain, or what wraps one.
    Definition,
    /// Another kind of XML.
    Other,
    /// It has no element.
    Nothing,
}

impl Meant {
    /// Looks at the first element of a text, which need not be well-formed: so
    /// a broken definition is told from another kind of file.
    ///
    /// ```
    /// use domdiff::xml::Meant;
    /// assert_eq!(Meant::by("<?xml version='1.0'?><!-- web --> <domain><na"), Meant::Definition);
    /// assert_eq!(Meant::by("<!DOCTYPE a [<!ENTITY b '>'>]>\n<network/>"), Meant::Other);
    /// assert_eq!(Meant::by("web01"), Meant::Nothing);
    /// ```
    #[must_use]
    pub fn by(text: &str) -> Self {
        match first_element(text) {
            Some("domain") => Self::Definition,
            Some(name) if WRAPPERS.iter().any(|w| w.root == name) => Self::Definition,
            Some(_) => Self::Other,
            None => Self::Nothing,
        }
    }
}

fn ends_a_domain(before: &str) -> bool {
    before.contains("</domain>")
}

/// The parser's message without its own "at line:column".
fn without_position(message: &str) -> String {
    message
        .rsplit_once(" at ")
        .map_or(message, |(text, _)| text)
        .to_owned()
}
