//! Reads a `<cpu>` element by libvirt's own rules, and writes one.

use std::fmt::Write as _;

use roxmltree::Node;

use super::Signature;
use super::def::{
    Check, CpuDef, CpuFeature, Fallback, Kind, Match, MaxPhysAddr, Mode, Policy, Topology,
    TscCounter,
};
use super::error::{CpuError, InputError, InputErrorKind};
use super::input::{at_node, child, children, number, number32, text_of};

/// The most features an element may name; the newest map knows 400.
const FEATURE_LIMIT: usize = 4096;

fn invalid(node: Node<'_, '_>, file: &str, text: impl Into<String>) -> InputError {
    at_node(
        node,
        file,
        InputErrorKind::Cpu(CpuError::Invalid(text.into())),
    )
}

/// A word attribute out of a fixed set.
fn word<T>(
    node: Node<'_, '_>,
    name: &str,
    file: &str,
    read: impl Fn(&str) -> Option<T>,
) -> Result<Option<T>, InputError> {
    match node.attribute(name) {
        None => Ok(None),
        Some(text) => read(text).map(Some).ok_or_else(|| {
            invalid(
                node,
                file,
                format!("`{text}` is not a value of cpu attribute `{name}`"),
            )
        }),
    }
}

fn count(node: Node<'_, '_>, name: &str, file: &str) -> Result<Option<u32>, InputError> {
    word(node, name, file, number32)
}

/// Reads a `<cpu>` element. It describes a host when it has an `<arch>` child, else a guest.
///
/// # Errors
/// What libvirt refuses too: an unknown mode, match, policy or fallback, a feature named twice or
/// without a name, features or a vendor without a model, a `vendor_id` that is not 12 characters
/// long, `match` together with `<arch>`.
pub fn read_cpu(node: Node<'_, '_>, file: &str) -> Result<CpuDef, InputError> {
    let arch = child(node, "arch").and_then(text_of);
    let kind = if child(node, "arch").is_some() {
        Kind::Host
    } else {
        Kind::Guest
    };
    let mut cpu = CpuDef::new(kind);
    cpu.arch = arch;
    if let Some(matching) = word(node, "match", file, Match::from_word)? {
        if kind == Kind::Host {
            return Err(invalid(
                node,
                file,
                "a <cpu> with <arch> describes a host: no `match`",
            ));
        }
        cpu.matching = matching;
    }
    if kind == Kind::Guest {
        cpu.mode = word(node, "mode", file, Mode::from_word)?.unwrap_or(Mode::Custom);
        cpu.check = word(node, "check", file, Check::from_word)?;
        cpu.migratable = word(node, "migratable", file, on_off)?;
    }
    if let Some(model) = child(node, "model") {
        cpu.model = text_of(model);
        if kind == Kind::Guest {
            cpu.fallback =
                word(model, "fallback", file, Fallback::from_word)?.unwrap_or(Fallback::Allow);
            cpu.vendor_id = model.attribute("vendor_id").map(str::to_owned);
            let wrong = |id: &String| id.chars().count() != 12 || id.contains(',');
            if let Some(id) = cpu.vendor_id.as_ref().filter(|id| wrong(id)) {
                let text = format!("vendor_id `{id}` is not 12 characters long or has a comma");
                return Err(invalid(model, file, text));
            }
        }
    }
    if let Some(vendor) = child(node, "vendor") {
        cpu.vendor = text_of(vendor);
        if cpu.vendor.is_none() {
            return Err(invalid(vendor, file, "an empty CPU vendor"));
        }
        if cpu.model.is_none() {
            return Err(invalid(vendor, file, "a CPU vendor without a CPU model"));
        }
    }
    read_features(node, file, &mut cpu)?;
    read_numbers(node, file, &mut cpu)?;
    Ok(cpu)
}

fn on_off(text: &str) -> Option<bool> {
    match text {
        "on" | "yes" => Some(true),
        "off" | "no" => Some(false),
        _ => None,
    }
}

fn read_features(node: Node<'_, '_>, file: &str, cpu: &mut CpuDef) -> Result<(), InputError> {
    let mut seen = std::collections::HashSet::new();
    for feature in children(node, "feature") {
        let Some(name) = feature.attribute("name").filter(|name| !name.is_empty()) else {
            return Err(invalid(feature, file, "a CPU feature without a name"));
        };
        if !seen.insert(name) {
            return Err(invalid(
                feature,
                file,
                format!("CPU feature `{name}` is named twice"),
            ));
        }
        if cpu.model.is_none() && cpu.mode == Mode::Custom {
            return Err(invalid(feature, file, "CPU features without a CPU model"));
        }
        if seen.len() > FEATURE_LIMIT {
            return Err(invalid(
                feature,
                file,
                format!("more than {FEATURE_LIMIT} features"),
            ));
        }
        let policy = match cpu.kind {
            Kind::Host => Policy::Require,
            Kind::Guest => {
                word(feature, "policy", file, Policy::from_word)?.unwrap_or(Policy::Require)
            }
        };
        cpu.features.push(CpuFeature {
            name: name.to_owned(),
            policy,
        });
    }
    Ok(())
}

fn read_numbers(node: Node<'_, '_>, file: &str, cpu: &mut CpuDef) -> Result<(), InputError> {
    if let Some(topology) = child(node, "topology") {
        let part = |name| count(topology, name, file).map(|value| value.unwrap_or(1));
        cpu.topology = Some(Topology {
            sockets: part("sockets")?,
            dies: part("dies")?,
            clusters: part("clusters")?,
            cores: part("cores")?,
            threads: part("threads")?,
        });
    }
    if let Some(signature) = child(node, "signature") {
        let part = |name| {
            count(signature, name, file)?.ok_or_else(|| {
                invalid(signature, file, format!("a CPU signature without `{name}`"))
            })
        };
        cpu.signature = Some(Signature {
            family: part("family")?,
            model: part("model")?,
            stepping: part("stepping")?,
        });
    }
    if let Some(microcode) = child(node, "microcode") {
        cpu.microcode = word(microcode, "version", file, number)?;
    }
    if let Some(tsc) = children(node, "counter").find(|node| node.attribute("name") == Some("tsc"))
        && let Some(frequency) = word(tsc, "frequency", file, number)?
    {
        cpu.tsc = Some(TscCounter {
            frequency,
            scaling: word(tsc, "scaling", file, on_off)?,
        });
    }
    if let Some(width) = child(node, "maxphysaddr") {
        cpu.max_phys_addr = Some(MaxPhysAddr {
            passthrough: width.attribute("mode") == Some("passthrough"),
            bits: count(width, "bits", file)?,
        });
    }
    Ok(())
}

/// Text with the characters that XML reserves escaped, fit for elements and attributes.
pub(crate) fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '\'' => out.push_str("&apos;"),
            '"' => out.push_str("&quot;"),
            // XML has no way to write other control characters.
            c if c.is_control() && !matches!(c, '\t' | '\n') => out.push('\u{fffd}'),
            c => out.push(c),
        }
    }
    out
}

/// The element as libvirt writes it, with a final newline.
pub fn write_cpu(cpu: &CpuDef) -> String {
    let mut out = String::from("<cpu");
    let guest = cpu.kind == Kind::Guest;
    if guest {
        let _ = write!(out, " mode='{}'", cpu.mode.as_str());
        if cpu.mode == Mode::Custom && cpu.model.is_some() {
            let _ = write!(out, " match='{}'", cpu.matching.as_str());
        }
        if let Some(check) = cpu.check {
            let _ = write!(out, " check='{}'", check.as_str());
        }
        if let Some(migratable) = cpu.migratable {
            let _ = write!(
                out,
                " migratable='{}'",
                if migratable { "on" } else { "off" }
            );
        }
    }
    out.push_str(">\n");
    if let (false, Some(arch)) = (guest, &cpu.arch) {
        let _ = writeln!(out, "  <arch>{}</arch>", escape(arch));
    }
    if let Some(model) = &cpu.model {
        out.push_str("  <model");
        if guest {
            let _ = write!(out, " fallback='{}'", cpu.fallback.as_str());
            if let Some(id) = &cpu.vendor_id {
                let _ = write!(out, " vendor_id='{}'", escape(id));
            }
        }
        let _ = writeln!(out, ">{}</model>", escape(model));
    }
    if let Some(vendor) = &cpu.vendor {
        let _ = writeln!(out, "  <vendor>{}</vendor>", escape(vendor));
    }
    write_numbers(cpu, &mut out);
    for feature in &cpu.features {
        let name = escape(&feature.name);
        let _ = match cpu.kind {
            Kind::Host => writeln!(out, "  <feature name='{name}'/>"),
            Kind::Guest => {
                writeln!(
                    out,
                    "  <feature policy='{}' name='{name}'/>",
                    feature.policy.as_str()
                )
            }
        };
    }
    out.push_str("</cpu>\n");
    out
}

fn write_numbers(cpu: &CpuDef, out: &mut String) {
    if let Some(version) = cpu.microcode {
        let _ = writeln!(out, "  <microcode version='{version}'/>");
    }
    if let Some(Signature {
        family,
        model,
        stepping,
    }) = cpu.signature
    {
        let _ = writeln!(
            out,
            "  <signature family='{family}' model='{model}' stepping='{stepping}'/>"
        );
    }
    if let Some(tsc) = cpu.tsc {
        let scaling = match tsc.scaling {
            Some(true) => " scaling='yes'",
            Some(false) => " scaling='no'",
            None => "",
        };
        let _ = writeln!(
            out,
            "  <counter name='tsc' frequency='{}'{scaling}/>",
            tsc.frequency
        );
    }
    if let Some(Topology {
        sockets,
        dies,
        clusters,
        cores,
        threads,
    }) = cpu.topology
    {
        // libvirt before 10.1 does not know clusters, so only a real one is written.
        let clusters = if clusters > 1 {
            format!(" clusters='{clusters}'")
        } else {
            String::new()
        };
        let _ = writeln!(
            out,
            "  <topology sockets='{sockets}' dies='{dies}'{clusters} cores='{cores}' \
             threads='{threads}'/>"
        );
    }
    if let Some(MaxPhysAddr { passthrough, bits }) = cpu.max_phys_addr {
        let mode = if passthrough {
            "passthrough"
        } else {
            "emulate"
        };
        let bits = bits.map_or(String::new(), |bits| format!(" bits='{bits}'"));
        let _ = writeln!(out, "  <maxphysaddr mode='{mode}'{bits}/>");
    }
}
