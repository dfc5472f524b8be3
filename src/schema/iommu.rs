//! IOMMU.

use super::field::{attr, elem};
use super::kinds::{INT, KIB, NUMBER, ON_OFF, SET, TEXT, UNIT_OF, V9_0, V12_8, one_of};
use super::shared::ADDRESS_FIELDS;

group! {
/// What `devices/iommu` holds.
IOMMU:
    attr("@model", one_of(&["intel", "smmuv3", "virtio", "amd"])),
    elem("acpi", &[&[
        attr("@index", NUMBER),
        attr("@nodeset", SET).since(V12_8),
    ]]).since(V9_0),
    elem("address", &[&ADDRESS_FIELDS]).since(V9_0),
    elem("alias", &[&[
        attr("@name", TEXT),
    ]]).since(V9_0),
    elem("driver", &[&[
        attr("@accel", ON_OFF).since(V12_8),
        attr("@ats", ON_OFF).since(V12_8),
        attr("@aw_bits", NUMBER),
        attr("@caching_mode", ON_OFF),
        attr("@cmdqv", ON_OFF).since(V12_8),
        attr("@dma_translation", ON_OFF).since(V12_8),
        attr("@eim", ON_OFF),
        attr("@intremap", ON_OFF),
        attr("@iotlb", ON_OFF),
        attr("@oas", INT).since(V12_8),
        attr("@passthrough", ON_OFF).since(V12_8),
        attr("@pciBus", NUMBER).since(V12_8),
        attr("@ril", ON_OFF).since(V12_8),
        attr("@ssidsize", INT).since(V12_8),
        attr("@xtsup", ON_OFF).since(V12_8),
        elem("granule", &[&[
            attr("@mode", one_of(&["host"])),
            attr("@size", KIB),
            attr("@unit", UNIT_OF),
        ]]).since(V12_8),
    ]]),
}
