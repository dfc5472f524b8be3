//! Finds the CPU that is to be judged: of a domain, a bare `<cpu>`, or a capabilities document.

use std::io::Read;

use roxmltree::Node;

use super::judge::Setting;
use crate::cpu::def::{CpuDef, Kind};
use crate::cpu::error::{InputError, InputErrorKind};
use crate::cpu::input::{at_node, child, parse_xml, read_text, text_of};
use crate::cpu::xml::read_cpu;
use crate::xml::Document;

/// A CPU to judge, with what its document says about it.
#[derive(Debug, Clone)]
pub struct GuestCpu {
    /// The domain's name, if it is a domain.
    pub name: Option<String>,
    /// Its UUID.
    pub uuid: Option<String>,
    /// The CPU. A domain without one has the machine type's default: nothing is asked of a host.
    pub cpu: CpuDef,
    /// What decides which facts of a host apply.
    pub setting: Setting,
}

impl GuestCpu {
    /// The CPU of a domain.
    ///
    /// # Errors
    /// A CPU that libvirt refuses.
    pub fn of_document(document: &Document<'_>) -> Result<Self, InputError> {
        domain(document.domain(), document.source().name())
    }
}

/// Reads the CPU out of a document.
///
/// # Errors
/// Unreadable input, XML of another kind, a CPU that libvirt refuses.
pub fn read_guest(from: impl Read, name: &str) -> Result<GuestCpu, InputError> {
    let text = read_text(from, name)?;
    if text.trim().is_empty() {
        return Err(InputError::new(name, InputErrorKind::Empty));
    }
    let document = parse_xml(&text, name)?;
    guest_of(document.root_element(), name)
}

/// Reads the CPU out of a `<domain>`, what wraps one, a `<cpu>` or a `<capabilities>` element.
///
/// # Errors
/// Another element, a capabilities document without a CPU, a CPU that libvirt refuses.
pub fn guest_of(root: Node<'_, '_>, file: &str) -> Result<GuestCpu, InputError> {
    let wrong = |text: &str| at_node(root, file, InputErrorKind::Content(text.to_owned()));
    let bare = |cpu| GuestCpu {
        name: None,
        uuid: None,
        cpu,
        setting: Setting::default(),
    };
    match root.tag_name().name() {
        "cpu" => Ok(bare(read_cpu(root, file)?)),
        "capabilities" => {
            let cpu = child(root, "host")
                .and_then(|host| child(host, "cpu"))
                .ok_or_else(|| wrong("capabilities without a host CPU"))?;
            Ok(bare(read_cpu(cpu, file)?))
        }
        "domain" => domain(root, file),
        other => match crate::xml::domain_in(root) {
            Some(inner) => domain(inner, file),
            None => Err(wrong(&format!(
                "<{other}> is neither a domain nor a CPU nor capabilities"
            ))),
        },
    }
}

fn domain(root: Node<'_, '_>, file: &str) -> Result<GuestCpu, InputError> {
    let os_type = child(root, "os").and_then(|os| child(os, "type"));
    let attribute = |name| {
        os_type
            .and_then(|node| node.attribute(name))
            .map(str::to_owned)
    };
    let mut cpu = match child(root, "cpu") {
        Some(node) => read_cpu(node, file)?,
        None => CpuDef::new(Kind::Guest),
    };
    if cpu.arch.is_none() {
        cpu.arch = attribute("arch");
    }
    Ok(GuestCpu {
        name: child(root, "name").and_then(text_of),
        uuid: child(root, "uuid").and_then(text_of),
        cpu,
        setting: Setting {
            virt_type: root.attribute("type").map(str::to_owned),
            machine: attribute("machine"),
            emulator: child(root, "devices")
                .and_then(|devices| child(devices, "emulator"))
                .and_then(text_of),
        },
    })
}
