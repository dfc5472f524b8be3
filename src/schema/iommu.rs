//! IOMMU.

use super::field::{Apply, attr, elem};
use super::kinds::{INT, KIB, NUMBER, ON_OFF, TEXT, UNIT_OF, V9_0, V12_8, one_of};
use super::shared::{ACPI_FIELDS, ADDRESS_FIELDS};

group! {
/// What `devices/iommu` holds. Absent options are left to QEMU, and are told from `off`.
IOMMU:
    attr("@model", one_of(&["intel", "smmuv3", "virtio", "amd"])).compared(),
    elem("driver", &[&[
        attr("@intremap", ON_OFF).compared(),
        attr("@caching_mode", ON_OFF).compared(),
        attr("@eim", ON_OFF).compared(),
        attr("@iotlb", ON_OFF).compared(),
        attr("@aw_bits", NUMBER).compared().default_is("0"),
        attr("@dma_translation", ON_OFF).compared().since(V12_8),
        attr("@passthrough", ON_OFF).compared().since(V12_8),
        attr("@xtsup", ON_OFF).compared().since(V12_8),
        attr("@pciBus", NUMBER).compared().since(V12_8),
        attr("@accel", ON_OFF).compared().since(V12_8),
        attr("@ats", ON_OFF).compared().since(V12_8),
        attr("@cmdqv", ON_OFF).compared().since(V12_8),
        attr("@ril", ON_OFF).compared().since(V12_8),
        attr("@ssidsize", INT).compared().since(V12_8),
        attr("@oas", INT).compared().since(V12_8),
        elem("granule", &[&[
            attr("@size", KIB).compared(),
            attr("@unit", UNIT_OF),
            attr("@mode", one_of(&["host"])).compared(),
        ]]).compared().since(V12_8),
    ]]),
    elem("acpi", &[&ACPI_FIELDS]).rule("abi/acpi-index").since(V9_0),
    elem("address", &[&ADDRESS_FIELDS]).abi("abi/address").derived().since(V9_0),
    elem("alias", &[&[
        attr("@name", TEXT),
    ]]).rule("change/alias").chosen().apply(Apply::Nothing).since(V9_0),
}
