//! An XML tree that can be changed and written again.

/// An element; names keep their prefixes, `xmlns` declarations are attributes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Element {
    pub name: String,
    pub attributes: Vec<(String, String)>,
    pub children: Vec<Node>,
}

/// What an element holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Node {
    Element(Element),
    Text(String),
}

impl Element {
    pub fn new(name: &str) -> Self {
        Self {
            name: name.to_owned(),
            attributes: Vec::new(),
            children: Vec::new(),
        }
    }

    /// The root element of a document.
    pub fn parse(text: &str) -> Self {
        let document = roxmltree::Document::parse(text).expect("a well-formed document");
        Self::read(document.root_element(), text)
    }

    fn read(node: roxmltree::Node<'_, '_>, text: &str) -> Self {
        let word = |start: usize| {
            let rest = &text[start..];
            let end = rest
                .find(|c: char| c.is_ascii_whitespace() || "/>=".contains(c))
                .unwrap_or(rest.len());
            rest[..end].to_owned()
        };
        let mut element = Self::new(&word(node.range().start + 1));
        for namespace in node.namespaces() {
            let outer = node
                .parent_element()
                .and_then(|p| p.lookup_namespace_uri(namespace.name()));
            if outer != Some(namespace.uri()) && namespace.name() != Some("xml") {
                let name = namespace
                    .name()
                    .map_or("xmlns".to_owned(), |n| format!("xmlns:{n}"));
                element.attributes.push((name, namespace.uri().to_owned()));
            }
        }
        for attribute in node.attributes() {
            element
                .attributes
                .push((word(attribute.range().start), attribute.value().to_owned()));
        }
        for child in node.children() {
            if child.is_element() {
                element
                    .children
                    .push(Node::Element(Self::read(child, text)));
            } else if let Some(words) = child.text().filter(|_| child.is_text()) {
                element.children.push(Node::Text(words.to_owned()));
            }
        }
        element
    }

    pub fn elements(&self) -> impl Iterator<Item = &Element> {
        self.children.iter().filter_map(|child| match child {
            Node::Element(element) => Some(element),
            Node::Text(_) => None,
        })
    }

    pub fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes
            .iter()
            .find(|(n, _)| n == name)
            .map(|(_, value)| value.as_str())
    }

    pub fn set(&mut self, name: &str, value: &str) {
        match self.attributes.iter_mut().find(|(n, _)| n == name) {
            Some((_, old)) => value.clone_into(old),
            None => self.attributes.push((name.to_owned(), value.to_owned())),
        }
    }

    /// The text, if there is some that is not blank.
    pub fn text(&self) -> Option<&str> {
        self.children.iter().find_map(|child| match child {
            Node::Text(text) if !text.trim().is_empty() => Some(text.as_str()),
            _ => None,
        })
    }

    pub fn set_text(&mut self, text: &str) {
        self.children
            .retain(|child| matches!(child, Node::Element(_)));
        self.children.insert(0, Node::Text(text.to_owned()));
    }

    /// The element at a place: indexes into `children`, from the root down.
    pub fn at(&self, place: &[usize]) -> &Element {
        place
            .iter()
            .fold(self, |element, index| match &element.children[*index] {
                Node::Element(child) => child,
                Node::Text(_) => panic!("a place names elements"),
            })
    }

    pub fn at_mut(&mut self, place: &[usize]) -> &mut Element {
        place
            .iter()
            .fold(self, |element, index| match &mut element.children[*index] {
                Node::Element(child) => child,
                Node::Text(_) => panic!("a place names elements"),
            })
    }

    /// Every element with its place and its path below the root
    /// (`devices/disk`; the root's is empty), parents first.
    pub fn walk(&self) -> Vec<(Vec<usize>, String)> {
        let mut found = Vec::new();
        self.walk_into(&mut Vec::new(), "", &mut found);
        found
    }

    fn walk_into(&self, place: &mut Vec<usize>, path: &str, found: &mut Vec<(Vec<usize>, String)>) {
        found.push((place.clone(), path.to_owned()));
        for (index, child) in self.children.iter().enumerate() {
            if let Node::Element(child) = child {
                place.push(index);
                child.walk_into(place, &join(path, &child.name), found);
                place.pop();
            }
        }
    }
}

/// A path and one step more.
pub fn join(path: &str, step: &str) -> String {
    if path.is_empty() {
        step.to_owned()
    } else {
        format!("{path}/{step}")
    }
}

impl std::fmt::Display for Element {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "<{}", self.name)?;
        for (name, value) in &self.attributes {
            write!(f, " {name}='{}'", escape(value))?;
        }
        if self.children.is_empty() {
            return f.write_str("/>");
        }
        f.write_str(">")?;
        for child in &self.children {
            match child {
                Node::Element(element) => element.fmt(f)?,
                Node::Text(text) => f.write_str(&escape(text))?,
            }
        }
        write!(f, "</{}>", self.name)
    }
}

/// A text as it stands in XML.
pub fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '\'' => out.push_str("&apos;"),
            '"' => out.push_str("&quot;"),
            '\t' | '\r' => out.push_str(&format!("&#{};", u32::from(c))),
            c => out.push(c),
        }
    }
    out
}
