//! The best CPU that every one of several hosts can run, and what each of them loses by it.

use super::facts::HostFacts;
use crate::cpu::baseline::{Options, baseline};
use crate::cpu::{CpuDef, CpuError, CpuMap};

/// The answer of [`common_cpu`].
#[derive(Debug, Clone, PartialEq)]
pub struct CommonCpu {
    /// The CPU for guests.
    pub cpu: CpuDef,
    /// What each host has beyond it, in the order the hosts were given.
    pub losses: Vec<Loss>,
}

/// What a guest could have on one host alone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Loss {
    /// The host.
    pub host: String,
    /// Features it has and the common CPU has not, in map order.
    pub lost: Vec<String>,
    /// Features that no source tells of it, which are not in the common CPU for that reason.
    pub unknown: Vec<String>,
}

/// Finds the CPU. A host's domain capabilities for KVM stand for what it can give, else its own
/// CPU does; models that one of their hypervisors does not know are not chosen.
///
/// # Errors
/// The host and what is wrong with its CPU; or no host, when the CPUs have no common one.
pub fn common_cpu(
    map: &CpuMap,
    hosts: &[HostFacts],
    options: &Options,
) -> Result<CommonCpu, (Option<String>, CpuError)> {
    let mut cpus = Vec::with_capacity(hosts.len());
    let mut options = options.clone();
    for host in hosts {
        let kvm = host.domains.iter().find(|caps| caps.virt_type == "kvm");
        let cpu = match kvm.and_then(|caps| caps.host_model.clone()) {
            Some(cpu) => cpu,
            None => host
                .definition(map)
                .map_err(|error| (Some(host.name.clone()), error))?,
        };
        cpus.push(cpu);
        if let Some(caps) = kvm.filter(|caps| !caps.models.is_empty()) {
            let known = |name: &String| caps.models.iter().any(|model| model.name == *name);
            options.models = Some(match options.models.take() {
                Some(models) => models.into_iter().filter(known).collect(),
                None => caps.models.iter().map(|model| model.name.clone()).collect(),
            });
        }
    }
    let list: Vec<&CpuDef> = cpus.iter().collect();
    let cpu = baseline(map, &list, &options).map_err(|error| (None, error))?;
    let common = cpu.bits(map).unwrap_or_default();
    let losses = hosts.iter().zip(&cpus).map(|(host, own)| {
        let mut has = own.bits(map).unwrap_or_default();
        if options.migratable {
            has = has.intersection(map.migratable());
        }
        let unknown = host
            .cpu_view(map)
            .map(|view| view.unknown(map))
            .unwrap_or_default();
        Loss {
            host: host.name.clone(),
            lost: map.names(has.minus(common)),
            unknown: map.names(unknown),
        }
    });
    Ok(CommonCpu {
        losses: losses.collect(),
        cpu,
    })
}
