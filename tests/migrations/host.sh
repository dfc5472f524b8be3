#!/bin/bash
# One isolated libvirt host. Runs as the first process of namespaces of its own (mounts, network,
# host name, processes): when standard input ends, it ends, and the kernel ends every daemon and
# guest and takes back every mount and network device with it.
#
#   unshare --mount --net --uts --pid --fork --mount-proc host.sh FOLDER NAME UUID
#
# What this host alone has is below FOLDER/NAME; FOLDER/local is a folder that each host has of its
# own, FOLDER/shared one that all reach, and a cluster file system to libvirt.
# Prints `ready` once libvirt answers.
set -euo pipefail
folder=$1 name=$2 uuid=$3
own=$folder/$name
export PATH=$folder/bin:$PATH # of domdiff, for hooks

hostname "$name"
ip link set lo up
mount -t sysfs sysfs /sys # the one that belongs to the network of this host
mount --bind "$folder/addresses" /etc/hosts

declare -A places=(
  [etc]=/etc/libvirt [lib]=/var/lib/libvirt [cache]=/var/cache/libvirt [log]=/var/log/libvirt
  [localca]=/var/lib/swtpm-localca [run]=/run [local]=$folder/local)
for place in "${!places[@]}"; do
  [ -d "${places[$place]}" ] || continue
  mkdir -p "$own/$place"
  mount --bind "$own/$place" "${places[$place]}"
done
bindfs -o fsname=cluster:/images,subtype=glusterfs "$folder/cluster" "$folder/shared"

cat > /etc/libvirt/libvirtd.conf << END
host_uuid = "$uuid"
auth_unix_rw = "none"
auth_unix_ro = "none"
END
cat > /etc/libvirt/qemu.conf << END
user = "root"
group = "root"
swtpm_user = "root"
swtpm_group = "root"
security_driver = "none"
cgroup_controllers = [ ]
namespaces = [ ]
hugetlbfs_mount = [ ]
stdio_handler = "file"
END
# libvirtd looks for hooks when it starts, so one that can be switched on later has to be there.
mkdir -p /etc/libvirt/hooks/qemu.d /run/libvirt

libvirtd 2> "$own/libvirtd.log" &
daemon=$!
until virsh --quiet --connect qemu:///system hostname > /dev/null 2>&1; do
  kill -0 "$daemon"
  sleep 0.2
done
echo ready
cat > /dev/null
