//! What can go wrong when CPUs are read and compared.

use std::fmt;

/// Why a question about CPUs has no answer. The text names the CPU's own words.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum CpuError {
    /// The CPU map has no such model.
    UnknownModel(String),
    /// The CPU map has no such feature. Aliases (`pclmulqdq`) and Hyper-V names are unknown too.
    UnknownFeature(String),
    /// The CPU map has no such vendor.
    UnknownVendor(String),
    /// A model is needed and the CPU names none.
    NoModel,
    /// No model of the map fits the CPUID data.
    NoCandidate,
    /// The hypervisor knows none of the models the CPU could be translated to.
    ModelNotSupported(String),
    /// A baseline of no CPU at all.
    NoCpus,
    /// The CPUs of a baseline are of different vendors.
    VendorsDiffer(String, String),
    /// A CPU's vendor element contradicts the vendor of its model.
    VendorContradictsModel {
        /// The vendor element.
        vendor: String,
        /// The model.
        model: String,
        /// The vendor of that model.
        expected: String,
    },
    /// The CPUs of a baseline have nothing in common.
    NothingInCommon,
    /// The CPUs of a baseline are of different models where these must be equal (ppc64).
    ModelsDiffer(String, String),
    /// CPUs of different architectures were put together.
    ArchsDiffer(String, String),
    /// A compatibility mode that this host family does not know (ppc64 host-model).
    UnknownCompatMode(String),
    /// Nothing is known about how CPUs of this architecture compare.
    UnsupportedArch(String),
    /// The `<cpu>` element breaks one of libvirt's own rules; the text says which.
    Invalid(String),
}

impl fmt::Display for CpuError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            CpuError::UnknownModel(name) => write!(out, "the CPU map has no model `{name}`"),
            CpuError::UnknownFeature(name) => write!(out, "the CPU map has no feature `{name}`"),
            CpuError::UnknownVendor(name) => write!(out, "the CPU map has no vendor `{name}`"),
            CpuError::NoModel => write!(out, "the CPU names no model"),
            CpuError::NoCandidate => write!(out, "no CPU model of the map fits the CPUID data"),
            CpuError::ModelNotSupported(name) => {
                write!(
                    out,
                    "the hypervisor knows neither CPU model `{name}` nor one to replace it"
                )
            }
            CpuError::NoCpus => write!(out, "no CPU was given"),
            CpuError::VendorsDiffer(one, two) => {
                write!(out, "the CPU vendors do not match: {one} and {two}")
            }
            CpuError::VendorContradictsModel {
                vendor,
                model,
                expected,
            } => {
                write!(
                    out,
                    "vendor {vendor} contradicts CPU model `{model}`, which is of {expected}"
                )
            }
            CpuError::NothingInCommon => write!(out, "the CPUs have no feature in common"),
            CpuError::ModelsDiffer(one, two) => {
                write!(out, "the CPU models do not match: {one} and {two}")
            }
            CpuError::ArchsDiffer(one, two) => {
                write!(
                    out,
                    "the CPUs are of different architectures: {one} and {two}"
                )
            }
            CpuError::UnknownCompatMode(name) => {
                write!(
                    out,
                    "`{name}` is not a compatibility mode of this host's CPU family"
                )
            }
            CpuError::UnsupportedArch(name) => {
                write!(
                    out,
                    "CPUs of architecture {name} cannot be compared from files"
                )
            }
            CpuError::Invalid(what) => out.write_str(what),
        }
    }
}

impl std::error::Error for CpuError {}

/// Why a file (a CPU map, host facts, a `<cpu>`) could not be read: which file, where, and what.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InputError {
    /// The file as it was named, or `standard input`.
    pub file: String,
    /// Line and column of the trouble, both from 1, where they are known.
    pub position: Option<(u32, u32)>,
    /// What is wrong.
    pub kind: InputErrorKind,
}

/// The kinds of [`InputError`].
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum InputErrorKind {
    /// The operating system refused; its text.
    Io(String),
    /// Larger than the limit, in bytes.
    TooLarge(u64),
    /// Not UTF-8 text.
    NotUtf8,
    /// Nothing in it.
    Empty,
    /// XML that does not parse, has a DTD, or is beyond the limits.
    Xml(String),
    /// JSON that does not parse or is nested too deeply.
    Json(String),
    /// Text that is none of the known kinds of host facts.
    UnknownKind,
    /// Understood as text, but what it says makes no sense; the text says what.
    Content(String),
    /// A CPU in it is not valid.
    Cpu(CpuError),
}

impl InputError {
    /// An error about a whole file.
    pub fn new(file: &str, kind: InputErrorKind) -> InputError {
        InputError {
            file: file.to_owned(),
            position: None,
            kind,
        }
    }

    /// An error at a line and column.
    pub fn at(file: &str, line: u32, column: u32, kind: InputErrorKind) -> InputError {
        InputError {
            file: file.to_owned(),
            position: Some((line, column)),
            kind,
        }
    }
}

impl fmt::Display for InputError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}", self.file)?;
        if let Some((line, column)) = self.position {
            write!(out, ":{line}:{column}")?;
        }
        write!(out, ": ")?;
        match &self.kind {
            InputErrorKind::Io(text) => write!(out, "cannot be read: {text}"),
            InputErrorKind::TooLarge(limit) => {
                write!(out, "larger than the limit of {} MiB", limit >> 20)
            }
            InputErrorKind::NotUtf8 => write!(out, "not UTF-8 text"),
            InputErrorKind::Empty => write!(out, "empty"),
            InputErrorKind::Xml(text) => write!(out, "not usable XML: {text}"),
            InputErrorKind::Json(text) => write!(out, "not usable JSON: {text}"),
            InputErrorKind::UnknownKind => write!(
                out,
                "not host facts: neither libvirt XML (capabilities, domainCapabilities, cpu, \
                 cpudata), `cpuid -r` text, /proc/cpuinfo text, a listing of files by `find` nor \
                 domdiff's own JSON"
            ),
            InputErrorKind::Content(text) => out.write_str(text),
            InputErrorKind::Cpu(error) => write!(out, "{error}"),
        }
    }
}

impl std::error::Error for InputError {}
