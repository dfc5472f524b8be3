#!/usr/bin/python3
"""Write down what libvirt makes of the documents here: NAME.VERSION.txt.

    ask-libvirt.py [NAME.xml ...]

Opens the QEMU driver inside this process, in a directory of its own, so it
needs no libvirtd. Wants python3-libvirt, libvirt-daemon-driver-qemu and
qemu-system-x86. A document that this libvirt refuses gets no file.
"""
import os
import pathlib
import shutil
import sys
import tempfile
import threading
import xml.etree.ElementTree as ET

import libvirt

HERE = pathlib.Path(__file__).parent
# They have no address, or one that is not the guest's.
WITHOUT = {"emulator", "graphics", "audio", "redirfilter"}


def attributes(element):
    return " ".join(f"{name}={value}" for name, value in sorted(element.attrib.items()))


def line(device):
    """A device: what tells it from its like, what follows from its place, and its address."""
    parts = [device.tag]
    if device.tag == "controller":
        parts += [device.get(name) for name in ("type", "index", "model") if device.get(name)]
        for child in ("model", "target", "master"):
            if device.find(child) is not None:
                parts.append(f"{child}({attributes(device.find(child))})")
    if device.tag == "disk":
        parts += [device.find("target").get(name) for name in ("dev", "bus")]
    address = device.find("address")
    if address is None:
        return " ".join(parts) + ": -"
    zpci = address.find("zpci")
    numbers = f" zpci({attributes(zpci)})" if zpci is not None else ""
    return " ".join(parts) + ": " + attributes(address) + numbers


def run_events():
    while True:
        libvirt.virEventRunDefaultImpl()


def main():
    root = tempfile.mkdtemp(prefix="addresses-")
    os.makedirs(root + "/etc")
    with open(root + "/etc/qemu.conf", "w") as f:
        f.write('user = "root"\ngroup = "root"\n')
    libvirt.registerErrorHandler(lambda context, error: None, None)
    libvirt.virEventRegisterDefaultImpl()
    threading.Thread(target=run_events, daemon=True).start()
    conn = libvirt.open("qemu:///embed?root=" + root)
    number = conn.getLibVersion()
    version = f"{number // 1000000}.{number // 1000 % 1000}"
    for path in map(pathlib.Path, sys.argv[1:]) if sys.argv[1:] else sorted(HERE.glob("*.xml")):
        try:
            domain = conn.defineXML(path.read_text())
        except libvirt.libvirtError as e:
            print(f"{path.name}: {e}")
            continue
        devices = ET.fromstring(domain.XMLDesc(libvirt.VIR_DOMAIN_XML_INACTIVE)).find("devices")
        domain.undefine()
        lines = [line(device) for device in devices if device.tag not in WITHOUT]
        path.with_suffix(f".{version}.txt").write_text("\n".join(lines) + "\n")
    shutil.rmtree(root, ignore_errors=True)
    sys.stdout.flush()
    os._exit(0)  # the embedded driver's threads do not end by themselves


if __name__ == "__main__":
    main()
