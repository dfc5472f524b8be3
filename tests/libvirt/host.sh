#!/bin/bash
# A libvirt of its own, in namespaces of its own (mounts, network, host name, processes): when
# standard input ends it ends, and everything that it started with it.
#
#   unshare --mount --net --uts --pid --fork --mount-proc host.sh FOLDER
#
# Its files are in FOLDER, its socket is FOLDER/run/libvirt/libvirt-sock. Prints `ready`.
set -euo pipefail
folder=$1
hostname tellhost
ip link set lo up
mount -t sysfs sysfs /sys # the one of this network
cp -a /etc/libvirt/nwfilter "$folder/filters"
for place in /etc/libvirt /var/lib/libvirt /var/cache/libvirt /var/log/libvirt /run; do
  own=$folder/$(basename "${place%/libvirt}")
  mkdir -p "$own" "$place"
  mount --bind "$own" "$place"
done
mkdir -p /run/libvirt
cp -a "$folder/filters" /etc/libvirt/nwfilter
printf 'auth_unix_rw = "none"\nauth_unix_ro = "none"\n' > /etc/libvirt/libvirtd.conf
cat > /etc/libvirt/qemu.conf << END
user = "root"
group = "root"
security_driver = "none"
cgroup_controllers = [ ]
namespaces = [ ]
stdio_handler = "file"
END
libvirtd 2> "$folder/libvirtd.log" &
daemon=$!
until virsh --quiet --connect qemu:///system uri > /dev/null 2>&1; do
  kill -0 "$daemon"
  sleep 0.2
done
echo ready
cat > /dev/null
