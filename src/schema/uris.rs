//! XML name spaces of elements that have rows, and the prefix their rows use.

/// Name space and the prefix that stands for it in row names and paths,
/// whatever prefix a file uses. Several versions may share one prefix.
pub static NAMESPACES: [(&str, &str); 13] = [
    ("http://libvirt.org/schemas/domain/qemu/1.0", "qemu"),
    ("http://libvirt.org/schemas/domain/lxc/1.0", "lxc"),
    ("http://libvirt.org/schemas/domain/xen/1.0", "xen"),
    ("http://libvirt.org/schemas/domain/bhyve/1.0", "bhyve"),
    ("http://libvirt.org/schemas/domain/vmware/1.0", "vmware"),
    ("http://libvirt.org/schemas/domain/ch/1.0", "ch"),
    ("http://openstack.org/xmlns/libvirt/nova/1.0", "nova"),
    ("http://openstack.org/xmlns/libvirt/nova/1.1", "nova"),
    ("http://libosinfo.org/xmlns/libvirt/domain/1.0", "libosinfo"),
    ("http://ovirt.org/vm/1.0", "ovirt-vm"),
    ("http://ovirt.org/vm/tune/1.0", "ovirt-tune"),
    ("http://kubevirt.io", "kubevirt"),
    ("http://libguestfs.org/xmlns/virt-v2v/1.0", "virt-v2v"),
];
