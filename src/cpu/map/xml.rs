//! Reads the CPU map files of an installed libvirt: `index.xml` and what it includes.

use std::borrow::Cow;
use std::path::Path;

use roxmltree::Node;

use super::build::{RawFeature, RawMap, RawModel, build, steppings};
use super::{
    Alias, AliasOf, CpuMap, ModelSignature, OtherArch, OtherModel, OtherVendor, Place, Register,
    Vendor,
};
use crate::cpu::error::{InputError, InputErrorKind};
use crate::cpu::input::{at_node, children, number32, parse_xml, read_file};

/// The most files an index may include; libvirt 12.8 has 204.
const INCLUDE_LIMIT: usize = 4096;

/// Reads a folder with `index.xml`.
pub(super) fn load(folder: &Path) -> Result<CpuMap, InputError> {
    let path = folder.join("index.xml");
    let name = path.display().to_string();
    let text = read_file(&path)?;
    let document = parse_xml(&text, &name)?;
    let mut reader = Reader {
        folder,
        includes: 0,
        raw: RawMap {
            source: format!("CPU map of {}", folder.display()),
            vendors: Vec::new(),
            features: Vec::new(),
            models: Vec::new(),
            ppc64: OtherArch::empty(),
            arm: OtherArch::empty(),
        },
    };
    for arch in children(document.root_element(), "arch") {
        let kind = match arch.attribute("name") {
            Some("x86") => Kind::X86,
            Some("ppc64") => Kind::Ppc64,
            Some("arm") => Kind::Arm,
            // Newer libvirt may know more; nothing here asks for them.
            _ => continue,
        };
        reader.entries(arch, kind, &name, true)?;
    }
    build(reader.raw).map_err(|text| InputError::new(&name, InputErrorKind::Content(text)))
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    X86,
    Ppc64,
    Arm,
}

struct Reader<'f> {
    folder: &'f Path,
    includes: usize,
    raw: RawMap,
}

fn content(node: Node<'_, '_>, file: &str, text: impl Into<String>) -> InputError {
    at_node(node, file, InputErrorKind::Content(text.into()))
}

/// An attribute that must be there.
fn required<'a>(node: Node<'a, '_>, name: &str, file: &str) -> Result<&'a str, InputError> {
    node.attribute(name).ok_or_else(|| {
        content(
            node,
            file,
            format!("<{}> lacks `{name}`", node.tag_name().name()),
        )
    })
}

/// A number attribute of 32 bits that must be there.
fn required_number(node: Node<'_, '_>, name: &str, file: &str) -> Result<u32, InputError> {
    let text = required(node, name, file)?;
    number32(text).ok_or_else(|| content(node, file, format!("`{text}` is not a 32-bit number")))
}

/// A number attribute of 32 bits, 0 when it is not there.
fn optional_number(node: Node<'_, '_>, name: &str, file: &str) -> Result<u32, InputError> {
    node.attribute(name)
        .map_or(Ok(0), |_| required_number(node, name, file))
}

impl Reader<'_> {
    /// Reads the entries below `parent`; includes and groups only where `index` says so.
    fn entries(
        &mut self,
        parent: Node<'_, '_>,
        kind: Kind,
        file: &str,
        index: bool,
    ) -> Result<(), InputError> {
        for node in parent.children().filter(Node::is_element) {
            match node.tag_name().name() {
                "group" if index => self.entries(node, kind, file, true)?,
                "include" if index => self.include(node, kind, file)?,
                "vendor" => self.vendor(node, kind, file)?,
                "feature" => self.feature(node, kind, file)?,
                "model" => self.model(node, kind, file)?,
                other => {
                    return Err(content(
                        node,
                        file,
                        format!("<{other}> is not part of a CPU map"),
                    ));
                }
            }
        }
        Ok(())
    }

    fn include(&mut self, node: Node<'_, '_>, kind: Kind, file: &str) -> Result<(), InputError> {
        let name = required(node, "filename", file)?;
        self.includes += 1;
        if self.includes > INCLUDE_LIMIT {
            return Err(content(
                node,
                file,
                format!("more than {INCLUDE_LIMIT} includes"),
            ));
        }
        // A map is one folder: a name that leaves it is a mistake or an attack.
        if name.is_empty() || name.contains(['/', '\\']) || name == ".." {
            return Err(content(
                node,
                file,
                format!("include `{name}` is not a plain file name"),
            ));
        }
        let path = self.folder.join(name);
        let text = read_file(&path)?;
        let shown = path.display().to_string();
        let document = parse_xml(&text, &shown)?;
        self.entries(document.root_element(), kind, &shown, false)
    }

    fn vendor(&mut self, node: Node<'_, '_>, kind: Kind, file: &str) -> Result<(), InputError> {
        let name: Cow<'static, str> = required(node, "name", file)?.to_owned().into();
        let value = match node.attribute("value") {
            Some(_) => Some(required_number(node, "value", file)?),
            None => None,
        };
        match kind {
            Kind::X86 => {
                let string = required(node, "string", file)?;
                if string.len() != 12 {
                    return Err(content(
                        node,
                        file,
                        format!("`{string}` is not 12 bytes long"),
                    ));
                }
                self.raw.vendors.push(Vendor {
                    name,
                    string: string.to_owned().into(),
                });
            }
            Kind::Ppc64 => self
                .raw
                .ppc64
                .vendors
                .to_mut()
                .push(OtherVendor { name, value }),
            Kind::Arm => self
                .raw
                .arm
                .vendors
                .to_mut()
                .push(OtherVendor { name, value }),
        }
        Ok(())
    }

    fn feature(&mut self, node: Node<'_, '_>, kind: Kind, file: &str) -> Result<(), InputError> {
        let name = required(node, "name", file)?.to_owned();
        match kind {
            Kind::Ppc64 => self.raw.ppc64.features.to_mut().push(name.into()),
            Kind::Arm => self.raw.arm.features.to_mut().push(name.into()),
            Kind::X86 => {
                let mut feature = RawFeature {
                    name,
                    places: Vec::new(),
                    migratable: node.attribute("migratable") != Some("no"),
                    aliases: Vec::new(),
                };
                for part in node.children().filter(Node::is_element) {
                    match part.tag_name().name() {
                        "cpuid" => cpuid_bits(part, file, &mut feature.places)?,
                        "msr" => msr_bits(part, file, &mut feature.places)?,
                        "alias" => {
                            let name = required(part, "name", file)?.to_owned().into();
                            let of = match required(part, "source", file)? {
                                "qemu" => AliasOf::Qemu,
                                "linux" => AliasOf::Linux,
                                // Another project's spelling is of no use here.
                                _ => continue,
                            };
                            feature.aliases.push(Alias { of, name });
                        }
                        _ => {}
                    }
                }
                self.raw.features.push(feature);
            }
        }
        Ok(())
    }

    fn model(&mut self, node: Node<'_, '_>, kind: Kind, file: &str) -> Result<(), InputError> {
        let name = required(node, "name", file)?.to_owned();
        match kind {
            Kind::X86 => {
                let model = x86_model(node, name, file)?;
                self.raw.models.push(model);
            }
            Kind::Ppc64 | Kind::Arm => {
                let mut model = OtherModel {
                    name: name.into(),
                    vendor: None,
                    pvr: Cow::Owned(Vec::new()),
                };
                for part in node.children().filter(Node::is_element) {
                    match part.tag_name().name() {
                        "vendor" => {
                            model.vendor = Some(required(part, "name", file)?.to_owned().into());
                        }
                        "pvr" => {
                            let value = required_number(part, "value", file)?;
                            let mask = match part.attribute("mask") {
                                Some(_) => required_number(part, "mask", file)?,
                                None => u32::MAX,
                            };
                            model.pvr.to_mut().push((value, mask));
                        }
                        _ => {}
                    }
                }
                let arch = if kind == Kind::Arm {
                    &mut self.raw.arm
                } else {
                    &mut self.raw.ppc64
                };
                arch.models.to_mut().push(model);
            }
        }
        Ok(())
    }
}

fn x86_model(node: Node<'_, '_>, name: String, file: &str) -> Result<RawModel, InputError> {
    let mut model = RawModel {
        name,
        decode_host: true,
        decode_guest: true,
        ..RawModel::default()
    };
    for part in node.children().filter(Node::is_element) {
        match part.tag_name().name() {
            "decode" => {
                model.decode_host = part.attribute("host") != Some("off");
                model.decode_guest = part.attribute("guest") != Some("off");
            }
            "check" => model.check_compat = part.attribute("partial") == Some("compat"),
            "vendor" => model.vendor = Some(required(part, "name", file)?.to_owned()),
            "model" => model.base = Some(required(part, "name", file)?.to_owned()),
            "signature" => {
                let steppings = match part.attribute("stepping") {
                    Some(text) => steppings(text).map_err(|text| content(part, file, text))?,
                    None => u16::MAX,
                };
                model
                    .signatures
                    .get_or_insert_default()
                    .push(ModelSignature {
                        family: required_number(part, "family", file)?,
                        model: required_number(part, "model", file)?,
                        steppings,
                    });
            }
            "feature" => {
                let feature = required(part, "name", file)?.to_owned();
                if part.attribute("removed") == Some("yes") {
                    model.removed.push(feature);
                } else if part.attribute("added") == Some("yes") {
                    model.added.push(feature);
                } else {
                    model.features.push(feature);
                }
            }
            _ => {}
        }
    }
    Ok(model)
}

fn cpuid_bits(node: Node<'_, '_>, file: &str, into: &mut Vec<Place>) -> Result<(), InputError> {
    let leaf = required_number(node, "eax_in", file)?;
    let subleaf = optional_number(node, "ecx_in", file)?;
    for (register, name) in REGISTERS {
        let mask = optional_number(node, name, file)?;
        into.extend(
            (0..32u8)
                .filter(|bit| mask & (1 << bit) != 0)
                .map(|bit| Place::Cpuid {
                    leaf,
                    subleaf,
                    register,
                    bit,
                }),
        );
    }
    Ok(())
}

fn msr_bits(node: Node<'_, '_>, file: &str, into: &mut Vec<Place>) -> Result<(), InputError> {
    let index = required_number(node, "index", file)?;
    let low = u64::from(optional_number(node, "eax", file)?);
    let high = u64::from(optional_number(node, "edx", file)?);
    let mask = high << 32 | low;
    into.extend(
        (0..64u8)
            .filter(|bit| mask & (1u64 << bit) != 0)
            .map(|bit| Place::Msr { index, bit }),
    );
    Ok(())
}

/// The registers as attributes name them.
pub(super) const REGISTERS: [(Register, &str); 4] = [
    (Register::Eax, "eax"),
    (Register::Ebx, "ebx"),
    (Register::Ecx, "ecx"),
    (Register::Edx, "edx"),
];
