//! The addresses libvirt gives to devices at define time
//! (`qemuDomainAssignAddresses`).

mod spelling;

pub(super) use spelling::complete;
