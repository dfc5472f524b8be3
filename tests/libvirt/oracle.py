"""Answers questions about domain XML with the real libvirt, one JSON object a line.

The QEMU driver runs embedded in this process, in a folder of its own: no
daemon, no rights over one, nothing left behind. Debian packages:
python3-libvirt, libvirt-daemon-driver-qemu, qemu-system-x86.

First line out: {"libvirt": 9000000, "machines": [...], "kvm": false}.
Then for each line in:

    {"ask": "normalize", "xml": XML}           -> {"xml": dump} or {"refused": words}
    {"ask": "check", "old": DUMP, "new": XML}  -> {"answer": "same" | "stable" | "unstable" |
                                                   "refused" | "random" | "unknown", "words": ...}

`check` asks whether a saved guest whose definition is `old` may be restored
with `new`. "same": libvirt dumps both alike. "random": libvirt makes something
up for `new` each time (a UUID, a MAC address). "unknown": it never came to
the check.
"""
import json
import os
import re
import shutil
import struct
import sys
import tempfile
import threading
import xml.etree.ElementTree as ElementTree

os.environ["LIBVIRT_LOG_OUTPUTS"] = "4:file:/dev/null"  # its warnings are about our changes
try:
    import libvirt
except ImportError:
    sys.exit("needs Debian's python3-libvirt")

DUMP = libvirt.VIR_DOMAIN_XML_INACTIVE | libvirt.VIR_DOMAIN_XML_SECURE
SEND = libvirt.VIR_DOMAIN_XML_MIGRATABLE | libvirt.VIR_DOMAIN_XML_SECURE
FORGET = (libvirt.VIR_DOMAIN_UNDEFINE_KEEP_NVRAM
          | getattr(libvirt, "VIR_DOMAIN_UNDEFINE_KEEP_TPM", 0))
SPARE = 64 * 1024  # room in the save image for the longer XML of the new definition
# The words of the check's refusals, and of nothing that comes before it.
REFUSAL = re.compile(r"arget|does not match|ABI|source\b")


class Refused(Exception):
    """libvirt does not take the document."""


class Driver:
    """An embedded QEMU driver."""

    def __init__(self):
        self.root = tempfile.mkdtemp(prefix="domdiff-oracle-")
        os.mkdir(self.root + "/etc")
        if os.geteuid() == 0:
            # Otherwise QEMU runs as another user; where that one may not open
            # /dev/kvm, libvirt probes QEMU anew for every question.
            with open(self.root + "/etc/qemu.conf", "w", encoding="ascii") as conf:
                conf.write('user = "root"\ngroup = "root"\nspice_tls = 1\nvnc_tls = 1\n')
        libvirt.registerErrorHandler(lambda _context, _error: None, None)
        libvirt.virEventRegisterDefaultImpl()
        threading.Thread(target=self._events, daemon=True).start()
        self.connection = libvirt.open("qemu:///embed?root=" + self.root)
        self._saved = ("", b"")

    @staticmethod
    def _events():
        while True:
            libvirt.virEventRunDefaultImpl()

    def close(self):
        shutil.rmtree(self.root, ignore_errors=True)

    def public(self, text):
        """A text without this driver's private folder."""
        return text.replace(self.root + "/lib", "/var/lib/libvirt").replace(
            self.root, "/var/lib/libvirt")

    def dump(self, xml, flags):
        """Defines a domain, dumps it, forgets it."""
        try:
            domain = self.connection.defineXML(xml)
        except libvirt.libvirtError as error:
            raise Refused(self.public(str(error))) from error
        try:
            return self.public(domain.XMLDesc(flags))
        except libvirt.libvirtError as error:
            raise Refused(self.public(str(error))) from error
        finally:
            domain.undefineFlags(FORGET)

    def save_image(self, xml):
        """A save image of a guest with this definition: header, XML, no memory."""
        if self._saved[0] != xml:
            text = self.dump(xml, SEND).encode() + b"\0"
            length = len(text) + SPARE
            header = b"LibvirtQemudSave" + struct.pack("=5I", 2, length, 0, 0, 0) + bytes(56)
            self._saved = (xml, header + text.ljust(length, b"\0") + bytes(64))
        return self._saved[1]

    def check(self, old, new):
        """The check of a restore with another XML."""
        try:
            dump = self.dump(new, DUMP)
        except Refused as refusal:
            return {"answer": "refused", "words": str(refusal)}
        if dump == old:
            return {"answer": "same", "words": ""}
        if dump != self.dump(new, DUMP):
            return {"answer": "random", "words": ""}
        path = self.root + "/guest.save"
        with open(path, "wb") as image:
            image.write(self.save_image(old))
        try:
            self.connection.saveImageDefineXML(path, dump, 0)
        except libvirt.libvirtError as error:
            words = self.public(str(error))
            reached = words.startswith("unsupported configuration") and REFUSAL.search(words)
            return {"answer": "unstable" if reached else "unknown", "words": words}
        return {"answer": "stable", "words": ""}


def facts(connection):
    """What the tests need to know of this libvirt."""
    capabilities = ElementTree.fromstring(connection.getCapabilities())
    arch = "guest/arch[@name='x86_64']"
    return {
        "libvirt": connection.getLibVersion(),
        "machines": sorted({m.text for m in capabilities.findall(arch + "/machine")}),
        "kvm": capabilities.find(arch + "/domain[@type='kvm']") is not None,
    }


def main():
    driver = Driver()
    try:
        print(json.dumps(facts(driver.connection)), flush=True)
        for line in sys.stdin:
            question = json.loads(line)
            if question["ask"] == "normalize":
                try:
                    answer = {"xml": driver.dump(question["xml"], DUMP)}
                except Refused as refusal:
                    answer = {"refused": str(refusal)}
            else:
                answer = driver.check(question["old"], question["new"])
            print(json.dumps(answer), flush=True)
    finally:
        driver.close()


if __name__ == "__main__":
    main()
