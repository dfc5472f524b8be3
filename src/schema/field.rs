//! One row of the field table, and how rows are written down.

/// What kind of value an element's text or an attribute holds; it decides how
/// two spellings of one value are recognised (see [`crate::value`]).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Holds attributes or elements only; blank text is ignored.
    Element,
    /// An element whose presence is the value (`<readonly/>`).
    Flag,
    /// A string, blanks included (`name`, `title`, a path, a host name).
    Text,
    /// A password, key or token: compared, never shown.
    Secret,
    /// One word of a fixed list; blanks around it are ignored.
    Enum(&'static [&'static str]),
    /// A word that is not from a fixed list (a model name); blanks around it are ignored.
    Word,
    /// A model of network card: in names libvirt knows case means nothing, in others it does.
    CaselessWord,
    /// `yes` or `no`.
    YesNo,
    /// `on` or `off`.
    OnOff,
    /// A non-negative number written in decimal, octal or `0x` hex, printed as `print` says.
    Number(Print),
    /// A signed decimal number.
    Int,
    /// A decimal fraction.
    Float,
    /// A number whose unit stands in an attribute `unit` (or, for an attribute,
    /// in its sibling `unit`); the canonical form is in `canonical` units,
    /// rounded up, and an absent unit means `default`.
    Size {
        /// Unit meant when none is written.
        default: Unit,
        /// Unit of the canonical form.
        canonical: Unit,
    },
    /// The unit that belongs to a [`Kind::Size`]; takes part through it only.
    Unit,
    /// 16 bytes in hex; canonical form 8-4-4-4-12 in lower case.
    Uuid,
    /// Six bytes in hex, canonical form two digits each, lower case.
    Mac,
    /// Decimal numbers joined by dots (`1.2`), each read by itself.
    Dotted,
    /// A set of small numbers, `0-3,^2,7`; canonical form sorted ranges.
    NumberSet,
}

/// How the canonical form of a [`Kind::Number`] is printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Print {
    /// Decimal.
    Decimal,
    /// Decimal, though read in any base (`012` is 10).
    DecimalOfAnyBase,
    /// `0x` and at least so many hex digits.
    Hex(u8),
    /// The same, of a number that is read in hex with or without the `0x`.
    AlwaysHex(u8),
    /// Octal, so many digits at least.
    Octal(u8),
}

/// Units of sizes, as multiples of a byte.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unit {
    /// 1 byte.
    Bytes,
    /// 1024 bytes.
    KiB,
    /// 1024 KiB.
    MiB,
}

/// How the items of a list are paired between two documents.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Identity {
    /// Not a list: at most one of this name counts.
    Single,
    /// By keys, the first that both items have and that is unique decides.
    /// Each key is one or more paths relative to the item joined by `+`
    /// (`target/@dev`, `@type+@index`, `address`); a path that names an
    /// element means the element's whole content; `.` is the item's own text.
    /// Leftovers pair by position among themselves.
    Keys(&'static [&'static str]),
    /// By position: the order is the meaning.
    Position,
}

/// What an absent field means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Default {
    /// Absence is a value of its own, equal to nothing written.
    None,
    /// Absent and this value are the same thing, for libvirt as well. On an
    /// element: absent is the same as being there with this `@state`.
    Fixed(&'static str),
    /// libvirt writes a value that follows from the rest of the file (see [`crate::canon`]).
    Derived,
    /// libvirt or the host chooses a value that no file foretells (a random
    /// MAC or UUID, an emulator path): writing down what was chosen is no
    /// change, leaving it out again is "no longer pinned".
    Chosen,
}

/// Who writes a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    /// A person or a tool, in the definition.
    User,
    /// The hypervisor, in the XML of a running domain; dropped before comparing.
    Runtime,
}

/// Whether libvirt's guest-ABI check looks at a field
/// (`virDomainDefCheckABIStability` and the QEMU driver's additions).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AbiCheck {
    /// Not looked at.
    Ignored,
    /// Compared: value for value, absent being a value of its own unless the
    /// row's default is [`Default::Fixed`]. On an element: its presence too.
    Compared,
}

/// When libvirt's ABI check looks at a field that it does not always look at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Condition {
    /// Path from the element that holds the row (for an attribute the element
    /// it stands on, for an element its parent); `..` is one element up.
    pub path: &'static str,
    /// The check looks if the value at `path` is one of these; an empty word
    /// stands for "absent".
    pub any_of: &'static [&'static str],
}

/// What a change of a field needs on a running domain.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Apply {
    /// As the enclosing element.
    Inherit,
    /// Nothing: no effect on guest or host.
    Nothing,
    /// A live command: a template for `virsh` without that word. Placeholders:
    ///
    /// - `{domain}` the domain's name, `{old}` and `{new}` the values;
    /// - `{target}` what `virsh` calls the enclosing device by (`vda`, a MAC
    ///   address, an alias);
    /// - `{uri}` the namespace of the note in the metadata that holds the row,
    /// - `{item}` the key of the enclosing list item (a vCPU number, an event's
    ///   name, a namespace);
    /// - `{enable}` `--enable` or `--disable`, as the new value is `yes` or `no`;
    /// - `{xml}` a file with the device as it is in the new definition.
    ///
    /// Of two templates with ` | ` between, the first is for an added item and
    /// the second for a removed one.
    Live(&'static str),
    /// Adding or removing the whole element can be done live with
    /// `attach-device`/`detach-device`; what is inside needs a restart unless
    /// its row says otherwise.
    Hotplug,
    /// A power-off and start of the same domain (a guest reboot is not enough).
    Restart,
    /// Another domain: undefine, define again.
    Recreate,
}

/// The first of the three surveyed libvirt releases whose schema has the field.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Since {
    /// 7.10 or earlier.
    V7_10,
    /// 9.0 or between it and 7.10.
    V9_0,
    /// 12.8 or between it and 9.0.
    V12_8,
}

/// A group of rows that stand together below one or several elements.
pub type Group = [Field];

/// A row: an element or an attribute (its name begins with `@`) below its parent's row.
///
/// Rows are written as chains: `attr("bus", WORD).abi("abi/disk")`.
#[derive(Debug, Clone, Copy)]
pub struct Field {
    /// `disk`, `@type`, `qemu:arg`; `*` stands for any name.
    pub name: &'static str,
    /// The name without an attribute's `@`.
    pub local: &'static str,
    /// Whether the row is an attribute's.
    pub attribute: bool,
    /// Kind of value.
    pub kind: Kind,
    /// How items of a list are paired.
    pub identity: Identity,
    /// Whether the order of a list's items means something to the guest.
    pub ordered: bool,
    /// What absence means.
    pub default: Default,
    /// Who writes it.
    pub origin: Origin,
    /// Whether libvirt's ABI check looks at it.
    pub abi: AbiCheck,
    /// If it does so only sometimes: when.
    pub compared_if: Option<Condition>,
    /// Id of the rule that judges a change of it; empty: as the enclosing element.
    pub rule: &'static str,
    /// How a change is applied to a running domain.
    pub apply: Apply,
    /// Since which libvirt.
    pub since: Since,
    /// One sentence more, where a column cannot say it.
    pub note: &'static str,
    /// What it may contain.
    pub groups: &'static [&'static Group],
}

const fn row(name: &'static str, kind: Kind, groups: &'static [&'static Group]) -> Field {
    // An attribute's name begins with `@`, which is one byte.
    let attribute = name.as_bytes()[0] == b'@';
    Field {
        name,
        local: if attribute { name.split_at(1).1 } else { name },
        attribute,
        kind,
        identity: Identity::Single,
        ordered: false,
        default: Default::None,
        origin: Origin::User,
        abi: AbiCheck::Ignored,
        compared_if: None,
        rule: "",
        apply: Apply::Inherit,
        since: Since::V7_10,
        note: "",
        groups,
    }
}

/// An attribute; `name` begins with `@`.
pub(crate) const fn attr(name: &'static str, kind: Kind) -> Field {
    row(name, kind, &[])
}

/// An element with children only.
pub(crate) const fn elem(name: &'static str, groups: &'static [&'static Group]) -> Field {
    row(name, Kind::Element, groups)
}

/// An element whose text is a value, and what else it holds.
pub(crate) const fn text(
    name: &'static str,
    kind: Kind,
    groups: &'static [&'static Group],
) -> Field {
    row(name, kind, groups)
}

impl Field {
    /// Whether the row is an attribute's.
    #[must_use]
    pub fn is_attribute(&self) -> bool {
        self.attribute
    }

    /// The rows directly below this one.
    pub fn children(&self) -> impl Iterator<Item = &'static Field> + use<> {
        self.groups.iter().flat_map(|group| group.iter())
    }

    /// The row of a child element or attribute (`@name`), if the table has it.
    #[must_use]
    pub fn child(&'static self, name: &str) -> Option<&'static Field> {
        match name.strip_prefix('@') {
            Some(name) => self.attribute(name),
            None => super::lookup::child(self, name, false),
        }
    }

    /// The row of an attribute, by its name without `@`.
    #[must_use]
    pub fn attribute(&'static self, name: &str) -> Option<&'static Field> {
        super::lookup::child(self, name, true)
    }

    /// A list paired by these keys.
    pub(crate) const fn keys(mut self, keys: &'static [&'static str]) -> Self {
        self.identity = Identity::Keys(keys);
        self
    }

    /// A list paired by position.
    pub(crate) const fn by_position(mut self) -> Self {
        self.identity = Identity::Position;
        self.ordered = true;
        self
    }

    /// The order of this list's items means something.
    pub(crate) const fn ordered(mut self) -> Self {
        self.ordered = true;
        self
    }

    /// Absent means this value.
    pub(crate) const fn default_is(mut self, value: &'static str) -> Self {
        self.default = Default::Fixed(value);
        self
    }

    /// libvirt derives an absent value from the rest of the file.
    pub(crate) const fn derived(mut self) -> Self {
        self.default = Default::Derived;
        self
    }

    /// libvirt or the host chooses an absent value.
    pub(crate) const fn chosen(mut self) -> Self {
        self.default = Default::Chosen;
        self
    }

    /// Written by the hypervisor into a running domain's XML.
    pub(crate) const fn runtime(mut self) -> Self {
        self.origin = Origin::Runtime;
        self
    }

    /// Compared by libvirt's ABI check and judged by this rule.
    pub(crate) const fn abi(mut self, rule: &'static str) -> Self {
        self.abi = AbiCheck::Compared;
        self.rule = rule;
        self
    }

    /// Compared by libvirt's ABI check and judged by the enclosing element's rule.
    pub(crate) const fn compared(mut self) -> Self {
        self.abi = AbiCheck::Compared;
        self
    }

    /// Compared only if the value at `path` is one of `any_of`; see [`Condition`].
    pub(crate) const fn only_if(
        mut self,
        path: &'static str,
        any_of: &'static [&'static str],
    ) -> Self {
        self.compared_if = Some(Condition { path, any_of });
        self
    }

    /// Judged by this rule, and not looked at by libvirt's ABI check.
    pub(crate) const fn rule(mut self, rule: &'static str) -> Self {
        self.rule = rule;
        self
    }

    /// How a change is applied.
    pub(crate) const fn apply(mut self, apply: Apply) -> Self {
        self.apply = apply;
        self
    }

    /// A change is applied by this command, see [`Apply::Live`].
    pub(crate) const fn live(self, template: &'static str) -> Self {
        self.apply(Apply::Live(template))
    }

    /// The whole element can be plugged and unplugged.
    pub(crate) const fn hotplug(self) -> Self {
        self.apply(Apply::Hotplug)
    }

    /// A change waits for the next start.
    pub(crate) const fn restart(self) -> Self {
        self.apply(Apply::Restart)
    }

    /// Since which libvirt.
    pub(crate) const fn since(mut self, since: Since) -> Self {
        self.since = since;
        self
    }

    /// A sentence more.
    pub(crate) const fn note(mut self, note: &'static str) -> Self {
        self.note = note;
        self
    }
}

/// The row that stands for everything the table has no row for: compared as text.
pub(crate) const fn unmodelled_row() -> Field {
    text("*", Kind::Text, &[])
        .rule("change/unmodelled")
        .by_position()
}
