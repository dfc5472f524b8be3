//! Where the bytes of a disk come from, and how fast they may.

use super::field::{attr, elem, text};
use super::kinds::{
    BYTES, IMAGE_FORMAT, NUMBER, SECRET, STORAGE_TYPE, TEXT, UUID, V9_0, V12_8, WORD, YES_NO,
    one_of,
};
use super::metadata::ANY;
use super::shared::{HOST_PCI_ADDRESS, RECONNECT, SOURCE_SECLABEL, UNIT};

group! {
/// Where the bytes are; which attributes count depends on the type of the source.
DISK_SOURCE:
    attr("@file", TEXT),
    attr("@dev", TEXT),
    attr("@dir", TEXT),
    attr("@fdgroup", TEXT).since(V9_0),
    attr("@pool", TEXT),
    attr("@volume", TEXT),
    attr("@mode", one_of(&["host", "direct"])),
    attr("@protocol", one_of(&["nbd", "gluster", "rbd", "iscsi", "http", "https", "ftps", "ftp", "ssh", "sheepdog", "tftp", "vxhs", "nfs"])),
    attr("@name", TEXT).note("An iSCSI name without a LUN means LUN 0: `/0` is appended."),
    attr("@query", TEXT),
    attr("@tls", YES_NO),
    attr("@tlsHostname", TEXT).since(V9_0),
    attr("@type", one_of(&["pci", "unix"])),
    attr("@managed", YES_NO).derived().note("`yes` for NVMe."),
    attr("@namespace", NUMBER),
    attr("@path", TEXT),
    attr("@startupPolicy", one_of(&["mandatory", "requisite", "optional"]))
        .live("update-device {domain} {xml} --live --config"),
    attr("@index", NUMBER).runtime(),
    elem("host", &[&[
        attr("@transport", one_of(&["tcp", "rdma", "unix"])).default_is("tcp"),
        attr("@name", WORD),
        attr("@port", NUMBER).derived().note("The port of the protocol."),
        attr("@socket", TEXT),
    ]]).by_position().note("Tried in this order."),
    elem("snapshot", &[&[
        attr("@name", TEXT),
    ]]),
    elem("config", &[&[
        attr("@file", TEXT),
    ]]),
    elem("auth", &[&AUTH]),
    elem("address", &[&HOST_PCI_ADDRESS]),
    elem("initiator", &[&INITIATOR]),
    elem("encryption", &[&ENCRYPTION]),
    elem("reservations", &[&[
        attr("@managed", YES_NO),
        attr("@migration", YES_NO).abi("abi/disk").since(V12_8),
        elem("source", &[&[
            attr("@type", one_of(&["unix"])),
            attr("@path", TEXT),
            attr("@mode", one_of(&["server", "client"])),
            elem("reconnect", &[&RECONNECT]),
        ]]),
    ]]),
    elem("slices", &[&[
        elem("slice", &[&[
            attr("@type", one_of(&["storage"])),
            attr("@offset", NUMBER),
            attr("@size", NUMBER),
        ]]).keys(&["@type"]),
    ]]),
    elem("ssl", &[&[
        attr("@verify", YES_NO),
    ]]),
    elem("cookies", &[&[
        text("cookie", SECRET, &[&[
            attr("@name", TEXT),
        ]]).keys(&["@name"]),
    ]]),
    elem("readahead", &[&[
        attr("@size", NUMBER),
    ]]),
    elem("timeout", &[&[
        attr("@seconds", NUMBER),
    ]]),
    elem("identity", &[&[
        attr("@user", TEXT),
        attr("@group", TEXT),
        attr("@username", TEXT).since(V12_8),
        attr("@keyfile", TEXT).since(V12_8),
        attr("@agentsock", TEXT).since(V12_8),
    ]]),
    elem("knownHosts", &[&[
        attr("@path", TEXT),
    ]]).since(V12_8),
    elem("reconnect", &[&RECONNECT]),
    elem("dataStore", &[&[
        attr("@type", STORAGE_TYPE),
        elem("format", &[&FORMAT]),
        elem("source", &[&DISK_SOURCE]),
    ]]).since(V12_8),
    elem("seclabel", &[&SOURCE_SECLABEL]).rule("host-side/security").keys(&["@model"]),
    elem("privateData", &[&ANY]).runtime().rule("change/runtime"),
}

group! {
/// Who asks for the bytes; the secret itself is kept by libvirt, here stands its name.
AUTH:
    attr("@username", TEXT),
    elem("secret", &[&[
        attr("@type", one_of(&["ceph", "iscsi"])),
        attr("@uuid", UUID),
        attr("@usage", TEXT),
    ]]),
}

group! {
/// How the bytes are encrypted; the secret itself is kept by libvirt, here stands its name.
ENCRYPTION:
    attr("@format", one_of(&["default", "qcow", "luks", "luks2", "luks-any"])),
    attr("@engine", one_of(&["qemu", "librbd"])).derived(),
    elem("secret", &[&[
        attr("@type", one_of(&["passphrase"])),
        attr("@uuid", UUID),
        attr("@usage", TEXT),
    ]]).by_position(),
    elem("cipher", &[&[
        attr("@name", TEXT),
        attr("@size", NUMBER),
        attr("@mode", TEXT),
        attr("@hash", TEXT),
    ]]),
    elem("ivgen", &[&[
        attr("@name", TEXT),
        attr("@hash", TEXT),
    ]]),
}

group! {
/// The iSCSI initiator the host plays.
INITIATOR:
    elem("iqn", &[&[
        attr("@name", TEXT),
    ]]),
}

group! {
/// The format of an image.
FORMAT:
    attr("@type", IMAGE_FORMAT),
    elem("metadata_cache", &[&METADATA_CACHE]),
}

group! {
/// How much of an image's tables is kept in memory.
METADATA_CACHE:
    text("max_size", BYTES, &[&UNIT]),
}

group! {
/// The image below; an empty element ends the chain, none says nothing about it.
BACKING_STORE:
    attr("@type", STORAGE_TYPE),
    attr("@index", NUMBER).runtime(),
    elem("format", &[&FORMAT]),
    elem("source", &[&DISK_SOURCE]),
    elem("backingStore", &[&BACKING_STORE]),
}

/// The limits of a disk or of a throttle group; 0 is unlimited, the same as absent.
macro_rules! limits {
    ($(#[$doc:meta])* $name:ident, $command:literal) => {
        group! {
            $(#[$doc])*
            $name:
            limits!(@row $command, "total_bytes_sec", "--total-bytes-sec"),
            limits!(@row $command, "read_bytes_sec", "--read-bytes-sec"),
            limits!(@row $command, "write_bytes_sec", "--write-bytes-sec"),
            limits!(@row $command, "total_iops_sec", "--total-iops-sec"),
            limits!(@row $command, "read_iops_sec", "--read-iops-sec"),
            limits!(@row $command, "write_iops_sec", "--write-iops-sec"),
            limits!(@row $command, "total_bytes_sec_max", "--total-bytes-sec-max"),
            limits!(@row $command, "read_bytes_sec_max", "--read-bytes-sec-max"),
            limits!(@row $command, "write_bytes_sec_max", "--write-bytes-sec-max"),
            limits!(@row $command, "total_iops_sec_max", "--total-iops-sec-max"),
            limits!(@row $command, "read_iops_sec_max", "--read-iops-sec-max"),
            limits!(@row $command, "write_iops_sec_max", "--write-iops-sec-max"),
            limits!(@row $command, "size_iops_sec", "--size-iops-sec"),
            text("group_name", TEXT, &[]),
            limits!(@row $command, "total_bytes_sec_max_length", "--total-bytes-sec-max-length"),
            limits!(@row $command, "read_bytes_sec_max_length", "--read-bytes-sec-max-length"),
            limits!(@row $command, "write_bytes_sec_max_length", "--write-bytes-sec-max-length"),
            limits!(@row $command, "total_iops_sec_max_length", "--total-iops-sec-max-length"),
            limits!(@row $command, "read_iops_sec_max_length", "--read-iops-sec-max-length"),
            limits!(@row $command, "write_iops_sec_max_length", "--write-iops-sec-max-length"),
        }
    };
    (@row $command:literal, $name:literal, $option:literal) => {
        text($name, NUMBER, &[]).default_is("0").live(concat!($command, " ", $option, " {new} --live --config"))
    };
}

limits! {
    /// What one disk may do; disks of one group share the limits of the first.
    IOTUNE, "blkdeviotune {domain} {target}"
}

limits! {
    /// What all disks that name a throttle group may do together.
    THROTTLE_GROUP, "domthrottlegroupset {domain} {item}"
}
