//! A CPU definition: what a `<cpu>` element says, as plain values.

use super::error::CpuError;
use super::{Bits, CpuMap, Signature};

/// Whose CPU a definition describes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A machine's own CPU: the element has an `<arch>`, its features have no policy.
    Host,
    /// What a guest wants.
    Guest,
}

/// `cpu/@mode` of a guest.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// A named model with features; the default.
    Custom,
    /// The host's CPU as a named model, computed at each start.
    HostModel,
    /// The host's CPU as it is.
    HostPassthrough,
    /// All that the hypervisor can give.
    Maximum,
}

/// `cpu/@match` of a guest.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Match {
    /// The host may give more, and then the guest gets it.
    Minimum,
    /// The guest gets exactly this; the default.
    Exact,
    /// The host must have nothing more.
    Strict,
}

/// `feature/@policy` of a guest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Policy {
    /// On, whatever the host has.
    Force,
    /// On, and the host must have it; the default.
    Require,
    /// On if the host has it.
    Optional,
    /// Off.
    Disable,
    /// Off, and the host must not have it.
    Forbid,
}

/// `cpu/@check`: what is verified when the guest starts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Check {
    /// Nothing; the hypervisor may silently drop features.
    None,
    /// The host can give what is asked.
    Partial,
    /// The CPU that was made is exactly the one asked for.
    Full,
}

/// `model/@fallback`: may another model take the place of one the hypervisor does not know?
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fallback {
    /// Yes; the default.
    Allow,
    /// No.
    Forbid,
}

macro_rules! words {
    ($type:ident, $($variant:ident = $word:literal),+) => {
        impl $type {
            /// The word of the XML form.
            pub fn as_str(self) -> &'static str {
                match self { $($type::$variant => $word),+ }
            }

            /// The value of a word of the XML form, if it is one.
            pub fn from_word(word: &str) -> Option<$type> {
                match word { $($word => Some($type::$variant),)+ _ => None }
            }
        }
    };
}

words!(
    Mode,
    Custom = "custom",
    HostModel = "host-model",
    HostPassthrough = "host-passthrough",
    Maximum = "maximum"
);
words!(
    Match,
    Minimum = "minimum",
    Exact = "exact",
    Strict = "strict"
);
words!(
    Policy,
    Force = "force",
    Require = "require",
    Optional = "optional",
    Disable = "disable",
    Forbid = "forbid"
);
words!(Check, None = "none", Partial = "partial", Full = "full");
words!(Fallback, Allow = "allow", Forbid = "forbid");

/// A feature of a definition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CpuFeature {
    /// libvirt's name.
    pub name: String,
    /// What is asked of it; [`Policy::Require`] for a host, which has it.
    pub policy: Policy,
}

/// `cpu/topology`; parts that are not written are 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Topology {
    /// Sockets.
    pub sockets: u32,
    /// Dies in a socket.
    pub dies: u32,
    /// Clusters in a die.
    pub clusters: u32,
    /// Cores in a cluster.
    pub cores: u32,
    /// Threads of a core.
    pub threads: u32,
}

/// `cpu/maxphysaddr`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MaxPhysAddr {
    /// The host's own width (`mode='passthrough'`), not an emulated one.
    pub passthrough: bool,
    /// Bits of a physical address, where they are written.
    pub bits: Option<u32>,
}

/// `cpu/counter[@name='tsc']` of a host.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TscCounter {
    /// Hz.
    pub frequency: u64,
    /// Can the host give a guest another frequency? `None` where it does not say.
    pub scaling: Option<bool>,
}

/// What a `<cpu>` element says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CpuDef {
    /// Host or guest.
    pub kind: Kind,
    /// The `<arch>` of a host; for a guest the domain's `os/type/@arch` where it is known.
    pub arch: Option<String>,
    /// Mode; [`Mode::Custom`] for a host.
    pub mode: Mode,
    /// Match; [`Match::Exact`] for a host.
    pub matching: Match,
    /// Check, where it is written.
    pub check: Option<Check>,
    /// `@migratable` of host-passthrough and maximum, where it is written.
    pub migratable: Option<bool>,
    /// Model name.
    pub model: Option<String>,
    /// What to do about an unknown model.
    pub fallback: Fallback,
    /// Vendor name.
    pub vendor: Option<String>,
    /// The vendor bytes that the guest sees instead.
    pub vendor_id: Option<String>,
    /// Features in the order they are written, each name once.
    pub features: Vec<CpuFeature>,
    /// Topology.
    pub topology: Option<Topology>,
    /// Signature of a host.
    pub signature: Option<Signature>,
    /// Microcode version of a host.
    pub microcode: Option<u64>,
    /// TSC of a host.
    pub tsc: Option<TscCounter>,
    /// Width of physical addresses.
    pub max_phys_addr: Option<MaxPhysAddr>,
}

impl CpuDef {
    /// A definition that says nothing: a guest in custom mode, or a host, without model.
    pub fn new(kind: Kind) -> CpuDef {
        CpuDef {
            kind,
            arch: None,
            mode: Mode::Custom,
            matching: Match::Exact,
            check: None,
            migratable: None,
            model: None,
            fallback: Fallback::Allow,
            vendor: None,
            vendor_id: None,
            features: Vec::new(),
            topology: None,
            signature: None,
            microcode: None,
            tsc: None,
            max_phys_addr: None,
        }
    }

    /// What is asked of a feature, if the definition names it.
    pub fn policy(&self, name: &str) -> Option<Policy> {
        self.features
            .iter()
            .find(|feature| feature.name == name)
            .map(|feature| feature.policy)
    }

    /// Names the feature with that policy: replaces what was said of it, or appends it.
    pub fn set(&mut self, name: &str, policy: Policy) {
        match self
            .features
            .iter_mut()
            .find(|feature| feature.name == name)
        {
            Some(feature) => feature.policy = policy,
            None => self.features.push(CpuFeature {
                name: name.to_owned(),
                policy,
            }),
        }
    }

    /// The names of the features with that policy, in the order they are written.
    pub fn names(&self, policy: Policy) -> Vec<String> {
        self.features
            .iter()
            .filter(|feature| feature.policy == policy)
            .map(|feature| feature.name.clone())
            .collect()
    }

    /// The bits of the features with that policy. A host's features all count as required.
    ///
    /// # Errors
    /// A feature the map does not know.
    pub fn bits_of(&self, map: &CpuMap, policy: Policy) -> Result<Bits, CpuError> {
        self.features
            .iter()
            .filter(|feature| feature.policy == policy)
            .map(|feature| map.feature(&feature.name))
            .collect()
    }

    /// The bits of the model alone; none without a model.
    ///
    /// # Errors
    /// A model the map does not know.
    pub fn model_bits(&self, map: &CpuMap) -> Result<Bits, CpuError> {
        match &self.model {
            Some(model) => Ok(map.model(model)?.features),
            None => Ok(Bits::EMPTY),
        }
    }

    /// The bits that are on: model, required and forced, without disabled and forbidden ones.
    /// Optional features are left out: only a host can decide them.
    ///
    /// # Errors
    /// A model or feature the map does not know.
    pub fn bits(&self, map: &CpuMap) -> Result<Bits, CpuError> {
        let mut bits = self.model_bits(map)?;
        for feature in &self.features {
            let at = map.feature(&feature.name)?;
            match feature.policy {
                Policy::Force | Policy::Require => bits.insert(at),
                Policy::Disable | Policy::Forbid => bits.remove(at),
                Policy::Optional => {}
            }
        }
        Ok(bits)
    }
}

/// Are CPUs of this architecture x86?
pub fn is_x86(arch: &str) -> bool {
    matches!(arch, "x86_64" | "i686")
}

/// Are CPUs of this architecture ppc64?
pub fn is_ppc64(arch: &str) -> bool {
    matches!(arch, "ppc64" | "ppc64le")
}

/// Are CPUs of this architecture arm?
pub fn is_arm(arch: &str) -> bool {
    matches!(arch, "aarch64" | "armv7l" | "armv7b" | "armv6l")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bits_follow_the_policies() {
        let map = CpuMap::builtin();
        let mut cpu = CpuDef::new(Kind::Guest);
        cpu.model = Some("486".into());
        cpu.set("sse", Policy::Force);
        cpu.set("vme", Policy::Disable);
        cpu.set("avx", Policy::Optional);
        assert_eq!(
            map.names(cpu.bits(map).expect("all known")),
            ["fpu", "pse", "sse"]
        );
        cpu.set("vme", Policy::Require);
        assert_eq!(cpu.policy("vme"), Some(Policy::Require));
        cpu.set("pclmulqdq", Policy::Require);
        assert_eq!(
            cpu.bits(map),
            Err(CpuError::UnknownFeature("pclmulqdq".into()))
        );
    }
}
