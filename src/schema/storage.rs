//! Where the bytes of a disk come from, and how fast they may.

use super::field::{attr, elem, text};
use super::kinds::{KIB, NUMBER, TEXT, UUID, V9_0, V12_8, WORD, YES_NO, one_of};
use super::shared::{PCI_ADDRESS, RECONNECT, SOURCE_SECLABEL, UNIT};

group! {
/// What `devices/disk/source` holds.
DISK_SOURCE:
    attr("@dev", TEXT),
    attr("@dir", TEXT),
    attr("@fdgroup", TEXT).since(V9_0),
    attr("@file", TEXT),
    attr("@index", NUMBER),
    attr("@managed", YES_NO),
    attr("@mode", one_of(&["host", "direct"])),
    attr("@name", TEXT),
    attr("@namespace", NUMBER),
    attr("@path", TEXT),
    attr("@pool", TEXT),
    attr("@protocol", one_of(&["nbd", "gluster", "rbd", "iscsi", "http", "https", "ftps", "ftp", "ssh", "sheepdog", "tftp", "vxhs", "nfs"])),
    attr("@query", TEXT),
    attr("@startupPolicy", one_of(&["mandatory", "requisite", "optional"])),
    attr("@tls", YES_NO),
    attr("@tlsHostname", TEXT).since(V9_0),
    attr("@type", one_of(&["pci", "unix"])),
    attr("@volume", TEXT),
    elem("address", &[&PCI_ADDRESS]),
    elem("auth", &[&AUTH]),
    elem("config", &[&[
        attr("@file", TEXT),
    ]]),
    elem("cookies", &[&[
        text("cookie", TEXT, &[&[
            attr("@name", TEXT),
        ]]).keys(&["@name"]),
    ]]),
    elem("dataStore", &[&[
        attr("@type", one_of(&["file", "block", "dir", "network", "volume", "nvme", "vhostuser", "vhostvdpa", "ctl"])),
        elem("format", &[&FORMAT]),
        elem("source", &[&DISK_SOURCE]),
    ]]).since(V12_8),
    elem("encryption", &[&ENCRYPTION]),
    elem("host", &[&[
        attr("@name", WORD),
        attr("@port", NUMBER),
        attr("@socket", TEXT),
        attr("@transport", one_of(&["tcp", "rdma", "unix"])),
    ]]).by_position(),
    elem("identity", &[&[
        attr("@agentsock", TEXT).since(V12_8),
        attr("@group", TEXT),
        attr("@keyfile", TEXT).since(V12_8),
        attr("@user", TEXT),
        attr("@username", TEXT).since(V12_8),
    ]]),
    elem("initiator", &[&INITIATOR]),
    elem("knownHosts", &[&[
        attr("@path", TEXT),
    ]]).since(V12_8),
    elem("readahead", &[&[
        attr("@size", NUMBER),
    ]]),
    elem("reconnect", &[&RECONNECT]),
    elem("reservations", &[&[
        attr("@managed", YES_NO),
        attr("@migration", YES_NO).since(V12_8),
        elem("source", &[&[
            attr("@mode", one_of(&["server", "client"])),
            attr("@path", TEXT),
            attr("@type", one_of(&["unix"])),
            elem("reconnect", &[&RECONNECT]),
        ]]),
    ]]),
    elem("seclabel", &[&SOURCE_SECLABEL]).keys(&["@model"]),
    elem("slices", &[&[
        elem("slice", &[&[
            attr("@offset", NUMBER),
            attr("@size", NUMBER),
            attr("@type", one_of(&["storage"])),
        ]]).keys(&["@type"]),
    ]]),
    elem("snapshot", &[&[
        attr("@name", TEXT),
    ]]),
    elem("ssl", &[&[
        attr("@verify", YES_NO),
    ]]),
    elem("timeout", &[&[
        attr("@seconds", NUMBER),
    ]]),
}

group! {
/// What `devices/disk/auth` holds.
AUTH:
    attr("@username", TEXT),
    elem("secret", &[&[
        attr("@type", one_of(&["ceph", "iscsi"])),
        attr("@usage", TEXT),
        attr("@uuid", UUID),
    ]]),
}

group! {
/// What `devices/disk/encryption` holds.
ENCRYPTION:
    attr("@engine", one_of(&["qemu", "librbd"])),
    attr("@format", one_of(&["default", "qcow", "luks", "luks2", "luks-any"])),
    elem("cipher", &[&[
        attr("@hash", TEXT),
        attr("@mode", TEXT),
        attr("@name", TEXT),
        attr("@size", NUMBER),
    ]]),
    elem("ivgen", &[&[
        attr("@hash", TEXT),
        attr("@name", TEXT),
    ]]),
    elem("secret", &[&[
        attr("@type", one_of(&["passphrase"])),
        attr("@usage", TEXT),
        attr("@uuid", UUID),
    ]]),
}

group! {
/// What `devices/disk/source/initiator` holds.
INITIATOR:
    elem("iqn", &[&[
        attr("@name", TEXT),
    ]]),
}

group! {
/// What `devices/disk/backingStore/format` holds.
FORMAT:
    attr("@type", one_of(&["raw", "dir", "bochs", "cloop", "dmg", "iso", "vpc", "vdi", "fat", "vhd", "ploop", "luks", "cow", "qcow", "qcow2", "qed", "vmdk"])),
    elem("metadata_cache", &[&METADATA_CACHE]),
}

group! {
/// What `devices/disk/driver/metadata_cache` holds.
METADATA_CACHE:
    text("max_size", KIB, &[&UNIT]),
}

group! {
/// What `devices/disk/backingStore` holds.
BACKING_STORE:
    attr("@index", NUMBER),
    attr("@type", one_of(&["file", "block", "dir", "network", "volume", "nvme", "vhostuser", "vhostvdpa", "ctl"])),
    elem("backingStore", &[&BACKING_STORE]),
    elem("format", &[&FORMAT]),
    elem("source", &[&DISK_SOURCE]),
}

group! {
/// What `devices/disk/iotune` holds.
IOTUNE:
    text("group_name", TEXT, &[]),
    text("read_bytes_sec", NUMBER, &[]),
    text("read_bytes_sec_max", NUMBER, &[]),
    text("read_bytes_sec_max_length", NUMBER, &[]),
    text("read_iops_sec", NUMBER, &[]),
    text("read_iops_sec_max", NUMBER, &[]),
    text("read_iops_sec_max_length", NUMBER, &[]),
    text("size_iops_sec", NUMBER, &[]),
    text("total_bytes_sec", NUMBER, &[]),
    text("total_bytes_sec_max", NUMBER, &[]),
    text("total_bytes_sec_max_length", NUMBER, &[]),
    text("total_iops_sec", NUMBER, &[]),
    text("total_iops_sec_max", NUMBER, &[]),
    text("total_iops_sec_max_length", NUMBER, &[]),
    text("write_bytes_sec", NUMBER, &[]),
    text("write_bytes_sec_max", NUMBER, &[]),
    text("write_bytes_sec_max_length", NUMBER, &[]),
    text("write_iops_sec", NUMBER, &[]),
    text("write_iops_sec_max", NUMBER, &[]),
    text("write_iops_sec_max_length", NUMBER, &[]),
}
