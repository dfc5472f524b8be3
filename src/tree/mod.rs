//! The canonical tree: a domain as elements and attributes with canonical
//! values, each tied to its row of the field table and to its place in the file.
//!
//! Nodes live in one vector and point to each other by index, so a tree costs
//! a handful of allocations, and values borrow from the document wherever the
//! written text already is canonical.

use std::borrow::Cow;

use crate::schema::{Default, Field};

/// A node of a [`Tree`]: an element or an attribute.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct NodeId(u32);

/// Where a value comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Provenance {
    /// It stands in the file.
    Written,
    /// libvirt writes this constant when nothing is written.
    Default,
    /// libvirt works it out from the rest of the file: an address, an implied device.
    Filled,
}

/// The row of everything the table does not know.
pub static UNMODELLED: Field = crate::schema::unmodelled_row();

const NONE: u32 = u32::MAX;

#[derive(Debug, Clone)]
struct Node<'d> {
    field: &'static Field,
    value: Option<Cow<'d, str>>,
    parent: u32,
    next: u32,
    first_attribute: u32,
    last_attribute: u32,
    first_child: u32,
    last_child: u32,
    span: (u32, u32),
    /// Index into [`Tree::names`] of a node whose row does not name it.
    foreign: u32,
    provenance: Provenance,
    attribute: bool,
}

/// Name and name space as written, of a node that has no row of its own or
/// stands in a name space.
#[derive(Debug, Clone, Copy)]
struct ForeignName<'d> {
    name: &'d str,
    namespace: Option<&'d str>,
}

/// A domain, or a part of one, in canonical form.
#[derive(Debug, Clone)]
pub struct Tree<'d> {
    nodes: Vec<Node<'d>>,
    names: Vec<ForeignName<'d>>,
}

impl<'d> Tree<'d> {
    /// The element everything else stands in.
    pub const ROOT: NodeId = NodeId(0);

    /// A tree with nothing but its root element, and room for `capacity` nodes.
    #[must_use]
    pub fn new(field: &'static Field, span: (u32, u32), capacity: usize) -> Self {
        let mut nodes = Vec::with_capacity(capacity);
        nodes.push(Node::new(field, NONE, span, Provenance::Written));
        Self {
            nodes,
            names: Vec::new(),
        }
    }

    fn node(&self, id: NodeId) -> &Node<'d> {
        &self.nodes[id.0 as usize]
    }

    fn node_mut(&mut self, id: NodeId) -> &mut Node<'d> {
        &mut self.nodes[id.0 as usize]
    }

    /// How many nodes were ever made; every [`NodeId`]'s index is below it.
    #[must_use]
    pub fn len(&self) -> usize {
        self.nodes.len()
    }

    /// Every node ever made, also those taken out since.
    pub fn nodes(&self) -> impl Iterator<Item = NodeId> + use<> {
        (0..u32::try_from(self.nodes.len()).unwrap_or(NONE)).map(NodeId)
    }

    /// Whether there is nothing but the root.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.nodes.len() == 1
    }

    /// The node's row of the field table, [`UNMODELLED`] where it has none.
    #[must_use]
    pub fn field(&self, id: NodeId) -> &'static Field {
        self.node(id).field
    }

    /// Whether the table knows the node.
    #[must_use]
    pub fn is_modelled(&self, id: NodeId) -> bool {
        !std::ptr::eq(self.node(id).field, &raw const UNMODELLED)
    }

    /// Name of the element or attribute, an attribute's without `@`.
    #[must_use]
    pub fn name(&self, id: NodeId) -> &'d str {
        let node = self.node(id);
        match self.names.get(node.foreign as usize) {
            Some(foreign) => foreign.name,
            None => node.field.local,
        }
    }

    /// Whether the node is an attribute.
    #[must_use]
    pub fn is_attribute(&self, id: NodeId) -> bool {
        self.node(id).attribute
    }

    /// Canonical text of an element or value of an attribute.
    #[must_use]
    pub fn value(&self, id: NodeId) -> Option<&str> {
        self.node(id).value.as_deref()
    }

    /// Name space of an element or an attribute, where it has one.
    #[must_use]
    pub fn namespace(&self, id: NodeId) -> Option<&'d str> {
        self.names
            .get(self.node(id).foreign as usize)
            .and_then(|foreign| foreign.namespace)
    }

    /// Sets the name space of an element or an attribute.
    pub fn set_namespace(&mut self, id: NodeId, namespace: Option<&'d str>) {
        if namespace != self.namespace(id) {
            let name = self.name(id);
            self.set_foreign(id, ForeignName { name, namespace });
        }
    }

    fn set_foreign(&mut self, id: NodeId, name: ForeignName<'d>) {
        self.node_mut(id).foreign = u32::try_from(self.names.len()).unwrap_or(NONE);
        self.names.push(name);
    }

    /// Keeps the written name where the row does not give it.
    fn name_foreign(&mut self, id: NodeId, name: &'d str) {
        let own = self.name(id);
        if !std::ptr::eq(own, name) && own != name {
            self.set_foreign(
                id,
                ForeignName {
                    name,
                    namespace: None,
                },
            );
        }
    }

    /// The element's text or the attribute's value as a number.
    #[must_use]
    pub fn amount(&self, id: NodeId) -> Option<u64> {
        self.value(id)
            .and_then(|text| crate::value::number(text).ok())
    }

    /// Where the value comes from.
    #[must_use]
    pub fn provenance(&self, id: NodeId) -> Provenance {
        self.node(id).provenance
    }

    /// Whether libvirt works it out from the rest of the file.
    #[must_use]
    pub fn is_filled(&self, id: NodeId) -> bool {
        self.node(id).provenance == Provenance::Filled
    }

    /// Whether it stands in the file.
    #[must_use]
    pub fn is_written(&self, id: NodeId) -> bool {
        self.node(id).provenance == Provenance::Written
    }

    /// Byte range in the source of an element, or of an attribute's value.
    /// What libvirt fills in has its element's range.
    #[must_use]
    pub fn span(&self, id: NodeId) -> (u32, u32) {
        self.node(id).span
    }

    /// The element that the node stands in.
    #[must_use]
    pub fn parent(&self, id: NodeId) -> Option<NodeId> {
        link(self.node(id).parent)
    }

    /// The element's attributes, in order.
    pub fn attributes(&self, id: NodeId) -> Siblings<'_, 'd> {
        Siblings {
            tree: self,
            next: self.node(id).first_attribute,
        }
    }

    /// The element's child elements, in order.
    pub fn children(&self, id: NodeId) -> Siblings<'_, 'd> {
        Siblings {
            tree: self,
            next: self.node(id).first_child,
        }
    }

    /// The child elements of one name, in order.
    pub fn children_named<'t>(
        &'t self,
        id: NodeId,
        name: &'t str,
    ) -> impl Iterator<Item = NodeId> + 't {
        self.children(id)
            .filter(move |child| self.name(*child) == name)
    }

    /// The first child element of that name.
    #[must_use]
    pub fn child(&self, id: NodeId, name: &str) -> Option<NodeId> {
        self.children(id).find(|child| self.name(*child) == name)
    }

    /// The attribute of that name (without `@`).
    #[must_use]
    pub fn attribute(&self, id: NodeId, name: &str) -> Option<NodeId> {
        self.attributes(id)
            .find(|attribute| self.name(*attribute) == name)
    }

    /// Value of an attribute.
    #[must_use]
    pub fn attr(&self, id: NodeId, name: &str) -> Option<&str> {
        self.attribute(id, name)
            .and_then(|attribute| self.value(attribute))
    }

    /// The node at a relative path, the first of each name: `target/@dev`.
    #[must_use]
    pub fn at(&self, id: NodeId, path: &str) -> Option<NodeId> {
        path.split('/')
            .try_fold(id, |node, step| match step.strip_prefix('@') {
                Some(name) => self.attribute(node, name),
                None => self.child(node, step),
            })
    }

    /// Value at a relative path.
    #[must_use]
    pub fn get(&self, id: NodeId, path: &str) -> Option<&str> {
        self.at(id, path).and_then(|node| self.value(node))
    }

    /// Value at a relative path as a number.
    #[must_use]
    pub fn number(&self, id: NodeId, path: &str) -> Option<u64> {
        self.get(id, path)
            .and_then(|text| crate::value::number(text).ok())
    }

    /// Whether a node says just what its absence would: its row has a fixed
    /// default, and that is its value or, of an element, its `state`.
    #[must_use]
    pub fn says_default(&self, id: NodeId) -> bool {
        let Default::Fixed(default) = self.field(id).default else {
            return false;
        };
        if self.value(id).is_some_and(|value| !value.is_empty()) {
            return self.value(id) == Some(default);
        }
        !self.is_attribute(id)
            && self.attr(id, "state") == Some(default)
            && self.attributes(id).count() == 1
            && self.children(id).next().is_none()
    }

    /// The id of the rule that judges a change of a node: its row's, or the
    /// nearest enclosing row's that names one.
    #[must_use]
    pub fn rule(&self, id: NodeId) -> &'static str {
        let mut at = Some(id);
        while let Some(node) = at {
            let rule = self.field(node).rule;
            if !rule.is_empty() {
                return rule;
            }
            at = self.parent(node);
        }
        UNMODELLED.rule
    }

    /// Names from below the root down to the node, without keys: `devices/disk/target/@dev`.
    #[must_use]
    pub fn path(&self, id: NodeId) -> String {
        let mut steps = Vec::new();
        let mut at = Some(id);
        while let Some(node) = at.filter(|node| *node != Self::ROOT) {
            steps.push(node);
            at = self.parent(node);
        }
        let mut path = String::new();
        for step in steps.into_iter().rev() {
            if !path.is_empty() {
                path.push('/');
            }
            if self.is_attribute(step) {
                path.push('@');
            }
            path.push_str(self.name(step));
        }
        path
    }

    fn push(&mut self, node: Node<'d>) -> NodeId {
        // Limits on documents keep this far below u32::MAX.
        let id = NodeId(u32::try_from(self.nodes.len()).unwrap_or(NONE - 1));
        self.nodes.push(node);
        id
    }

    /// Appends an element that stands in the file.
    pub fn append_written(
        &mut self,
        parent: NodeId,
        field: &'static Field,
        name: &'d str,
        span: (u32, u32),
    ) -> NodeId {
        let id = self.push(Node::new(field, parent.0, span, Provenance::Written));
        self.name_foreign(id, name);
        self.link_child(parent, id);
        id
    }

    /// Appends an attribute that stands in the file.
    pub fn append_attribute(
        &mut self,
        element: NodeId,
        field: &'static Field,
        name: &'d str,
        value: Cow<'d, str>,
        span: (u32, u32),
    ) -> NodeId {
        let mut node = Node::new(field, element.0, span, Provenance::Written);
        node.attribute = true;
        node.value = Some(value);
        let id = self.push(node);
        self.name_foreign(id, name);
        self.link_attribute(element, id);
        id
    }

    /// Appends an element that libvirt would add. Its row is looked up below the parent's.
    pub fn append(&mut self, parent: NodeId, name: &'static str, provenance: Provenance) -> NodeId {
        let id = self.detached(parent, name, provenance);
        self.link_child(parent, id);
        id
    }

    /// Makes an element below `parent` that is in no list of children yet;
    /// [`Tree::set_children`] puts it into one.
    pub fn detached(
        &mut self,
        parent: NodeId,
        name: &'static str,
        provenance: Provenance,
    ) -> NodeId {
        let field = self.field(parent).child(name).unwrap_or(&UNMODELLED);
        let span = self.span(parent);
        let id = self.push(Node::new(field, parent.0, span, provenance));
        self.name_foreign(id, name);
        id
    }

    /// The child element of that name, appended when there is none.
    pub fn ensure(&mut self, parent: NodeId, name: &'static str, provenance: Provenance) -> NodeId {
        match self.child(parent, name) {
            Some(child) => child,
            None => self.append(parent, name, provenance),
        }
    }

    /// Sets an element's text or an attribute's value.
    pub fn set_value(&mut self, id: NodeId, value: impl Into<Cow<'d, str>>) {
        self.node_mut(id).value = Some(value.into());
    }

    /// Marks where the value comes from.
    pub fn set_provenance(&mut self, id: NodeId, provenance: Provenance) {
        self.node_mut(id).provenance = provenance;
    }

    /// Sets an attribute, written or not before; a written one keeps its
    /// place in the file and its provenance when the value stays the same.
    pub fn set_attr(
        &mut self,
        element: NodeId,
        name: &'static str,
        value: impl Into<Cow<'d, str>>,
        provenance: Provenance,
    ) -> NodeId {
        let value = value.into();
        if let Some(id) = self.attribute(element, name) {
            let node = self.node_mut(id);
            if node.value.as_deref() != Some(&value) {
                node.value = Some(value);
                node.provenance = provenance;
            }
            return id;
        }
        let field = self.field(element).attribute(name).unwrap_or(&UNMODELLED);
        let mut node = Node::new(field, element.0, self.span(element), provenance);
        node.attribute = true;
        node.value = Some(value);
        let id = self.push(node);
        self.name_foreign(id, name);
        self.link_attribute(element, id);
        id
    }

    /// Sets an attribute that is absent.
    pub fn default_attr(
        &mut self,
        element: NodeId,
        name: &'static str,
        value: impl Into<Cow<'d, str>>,
    ) {
        if self.attribute(element, name).is_none() {
            self.set_attr(element, name, value, Provenance::Default);
        }
    }

    /// Takes a node (and all below it) out of its parent.
    pub fn remove(&mut self, id: NodeId) {
        let Some(parent) = self.parent(id) else {
            return;
        };
        let next = self.node(id).next;
        let attribute = self.node(id).attribute;
        let mut before = NONE;
        let mut at = if attribute {
            self.node(parent).first_attribute
        } else {
            self.node(parent).first_child
        };
        while at != NONE && at != id.0 {
            before = at;
            at = self.nodes[at as usize].next;
        }
        if at == NONE {
            return;
        }
        if before == NONE {
            let node = self.node_mut(parent);
            *(if attribute {
                &mut node.first_attribute
            } else {
                &mut node.first_child
            }) = next;
        } else {
            self.nodes[before as usize].next = next;
        }
        if next == NONE {
            let node = self.node_mut(parent);
            *(if attribute {
                &mut node.last_attribute
            } else {
                &mut node.last_child
            }) = before;
        }
        self.node_mut(id).next = NONE;
    }

    /// Takes an attribute out, if there is one.
    pub fn remove_attr(&mut self, element: NodeId, name: &str) {
        if let Some(id) = self.attribute(element, name) {
            self.remove(id);
        }
    }

    /// Takes the first child element of that name out, if there is one.
    pub fn remove_child(&mut self, element: NodeId, name: &str) {
        if let Some(id) = self.child(element, name) {
            self.remove(id);
        }
    }

    /// Replaces the list of child elements: order, additions and removals at once.
    pub fn set_children(&mut self, parent: NodeId, children: impl IntoIterator<Item = NodeId>) {
        let mut before = NONE;
        self.node_mut(parent).first_child = NONE;
        for child in children {
            self.node_mut(child).parent = parent.0;
            self.node_mut(child).next = NONE;
            if before == NONE {
                self.node_mut(parent).first_child = child.0;
            } else {
                self.nodes[before as usize].next = child.0;
            }
            before = child.0;
        }
        self.node_mut(parent).last_child = before;
    }

    /// Copies an element with all it holds from below one parent to the end
    /// of another's children (libvirt copies a serial's source to its console).
    pub fn copy_into(&mut self, from: NodeId, parent: NodeId, provenance: Provenance) -> NodeId {
        let name = self.name(from);
        let field = self.field(parent).child(name).unwrap_or(self.field(from));
        let mut node = Node::new(field, parent.0, self.span(from), provenance);
        node.foreign = self.node(from).foreign;
        node.value = self.node(from).value.clone();
        let copy = self.push(node);
        self.link_child(parent, copy);
        self.copy_content(from, copy, provenance);
        copy
    }

    /// Copies the attributes and children of one element to another.
    pub fn copy_content(&mut self, from: NodeId, to: NodeId, provenance: Provenance) {
        let attributes: Vec<NodeId> = self.attributes(from).collect();
        for attribute in attributes {
            let mut node = self.node(attribute).clone();
            node.provenance = provenance;
            node.parent = to.0;
            node.next = NONE;
            let id = self.push(node);
            self.link_attribute(to, id);
        }
        let children: Vec<NodeId> = self.children(from).collect();
        for child in children {
            self.copy_into(child, to, provenance);
        }
    }

    fn link_child(&mut self, parent: NodeId, child: NodeId) {
        let last = self.node(parent).last_child;
        if last == NONE {
            self.node_mut(parent).first_child = child.0;
        } else {
            self.nodes[last as usize].next = child.0;
        }
        self.node_mut(parent).last_child = child.0;
    }

    fn link_attribute(&mut self, element: NodeId, attribute: NodeId) {
        let last = self.node(element).last_attribute;
        if last == NONE {
            self.node_mut(element).first_attribute = attribute.0;
        } else {
            self.nodes[last as usize].next = attribute.0;
        }
        self.node_mut(element).last_attribute = attribute.0;
    }

    /// Whether two nodes, of this tree and another, are alike in all they hold,
    /// down to what is written and what is filled in, in the same order. A
    /// quick test that spares a comparison field by field.
    #[must_use]
    pub fn identical(&self, id: NodeId, other: &Tree<'_>, other_id: NodeId) -> bool {
        let (mine, theirs) = (self.node(id), other.node(other_id));
        if !std::ptr::eq(mine.field, theirs.field)
            || mine.provenance != theirs.provenance
            || mine.value.as_deref() != theirs.value.as_deref()
            || ((mine.foreign != NONE || theirs.foreign != NONE)
                && (self.name(id) != other.name(other_id)
                    || self.namespace(id) != other.namespace(other_id)))
        {
            return false;
        }
        let alike = |mut a: u32, mut b: u32| {
            while let (Some(x), Some(y)) = (link(a), link(b)) {
                if !self.identical(x, other, y) {
                    return false;
                }
                a = self.node(x).next;
                b = other.node(y).next;
            }
            a == NONE && b == NONE
        };
        alike(mine.first_attribute, theirs.first_attribute)
            && alike(mine.first_child, theirs.first_child)
    }

    /// Whether two elements or attributes, of this tree and another, hold the
    /// same: values, attributes in any order, children in the same order.
    #[must_use]
    pub fn same(&self, id: NodeId, other: &Tree<'_>, other_id: NodeId) -> bool {
        if self.name(id) != other.name(other_id) || self.value(id) != other.value(other_id) {
            return false;
        }
        // Mostly in the same order; where not, looked up by name.
        let mut theirs = other.attributes(other_id);
        let mut mine = 0;
        for attribute in self.attributes(id) {
            mine += 1;
            let name = self.name(attribute);
            let next = theirs.next().filter(|a| other.name(*a) == name);
            let partner = next.or_else(|| other.attribute(other_id, name));
            if partner.is_none_or(|partner| other.value(partner) != self.value(attribute)) {
                return false;
            }
        }
        if mine != other.attributes(other_id).count() {
            return false;
        }
        let (mut mine, mut theirs) = (self.children(id), other.children(other_id));
        loop {
            match (mine.next(), theirs.next()) {
                (None, None) => return true,
                (Some(a), Some(b)) if self.same(a, other, b) => {}
                _ => return false,
            }
        }
    }
}

fn link(index: u32) -> Option<NodeId> {
    (index != NONE).then_some(NodeId(index))
}

impl NodeId {
    /// Index into per-node side tables.
    #[must_use]
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

impl Node<'_> {
    fn new(field: &'static Field, parent: u32, span: (u32, u32), provenance: Provenance) -> Self {
        Self {
            field,
            value: None,
            parent,
            next: NONE,
            first_attribute: NONE,
            last_attribute: NONE,
            first_child: NONE,
            last_child: NONE,
            span,
            foreign: NONE,
            provenance,
            attribute: false,
        }
    }
}

/// Iterator over the attributes or the children of an element.
#[derive(Debug, Clone)]
pub struct Siblings<'t, 'd> {
    tree: &'t Tree<'d>,
    next: u32,
}

impl Iterator for Siblings<'_, '_> {
    type Item = NodeId;

    fn next(&mut self) -> Option<NodeId> {
        let id = link(self.next)?;
        self.next = self.tree.node(id).next;
        Some(id)
    }
}
