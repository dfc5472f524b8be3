//! Reads libvirt's `<cpudata arch='x86'>` dumps of CPUID words and model-specific registers.

use roxmltree::Node;

use crate::cpu::data::{CpuidData, Words};
use crate::cpu::error::{InputError, InputErrorKind};
use crate::cpu::input::{at_node, number32};

/// The most entries of a dump; real ones have below 200.
const ENTRY_LIMIT: usize = 65_536;

/// Reads a `<cpudata>` element.
///
/// # Errors
/// Another architecture than x86, an entry without its leaf or index, a value that is no number.
pub fn read_cpudata(node: Node<'_, '_>, file: &str) -> Result<CpuidData, InputError> {
    let wrong = |node, text: String| at_node(node, file, InputErrorKind::Content(text));
    match node.attribute("arch") {
        None | Some("x86" | "x86_64" | "i686") => {}
        Some(other) => {
            return Err(wrong(
                node,
                format!("a CPU dump of architecture `{other}`, not x86"),
            ));
        }
    }
    let mut data = CpuidData::default();
    for (at, entry) in node.children().filter(Node::is_element).enumerate() {
        if at >= ENTRY_LIMIT {
            return Err(wrong(entry, format!("more than {ENTRY_LIMIT} entries")));
        }
        let value = |name: &str, must: bool| match entry.attribute(name) {
            Some(text) => number32(text)
                .ok_or_else(|| wrong(entry, format!("{name}=`{text}` is not a 32-bit number"))),
            None if must => Err(wrong(
                entry,
                format!("<{}> without `{name}`", entry.tag_name().name()),
            )),
            None => Ok(0),
        };
        match entry.tag_name().name() {
            "cpuid" => {
                let words = Words {
                    eax: value("eax", false)?,
                    ebx: value("ebx", false)?,
                    ecx: value("ecx", false)?,
                    edx: value("edx", false)?,
                };
                data.add_leaf(value("eax_in", true)?, value("ecx_in", false)?, words);
            }
            "msr" => {
                let low = u64::from(value("eax", false)?);
                let high = u64::from(value("edx", false)?);
                data.add_msr(value("index", true)?, high << 32 | low);
            }
            other => return Err(wrong(entry, format!("<{other}> is not part of a CPU dump"))),
        }
    }
    if data.is_empty() {
        return Err(wrong(node, "a CPU dump without any entry".to_owned()));
    }
    Ok(data)
}
