# Words that the cases use on a host.

network() { # NAME BRIDGE [ELEMENTS]: starts a network
  virsh net-create <(echo "<network><name>$1</name><bridge name='$2'/>${3:-}</network>")
}

bridge() { # NAME: makes a bridge
  ip link add "$1" type bridge
}

pool() { # NAME FOLDER [create|define]: a storage pool
  mkdir -p "$2"
  virsh "pool-${3:-create}-as" "$1" dir --target "$2"
}

secret() { # UUID [VALUE]: a secret for a TPM
  virsh secret-define <(echo "<secret ephemeral='no' private='yes'><uuid>$1</uuid>
    <usage type='vtpm'><name>$1</name></usage></secret>")
  [ -z "${2:-}" ] || virsh secret-set-value "$1" "$(printf %s "$2" | base64)"
}

emulator() { # PATH [ARGUMENT...]: another way to start QEMU
  local path=$1
  shift
  printf '#!/bin/sh\nexec /usr/bin/qemu-system-x86_64 %s "$@"\n' "$*" > "$path"
  chmod 755 "$path"
}

guest() { # NAME ELEMENTS: starts another guest
  virsh create <(echo "<domain type='qemu'><name>$1</name><memory unit='MiB'>16</memory>
    <os><type>hvm</type></os><devices>$2</devices></domain>")
}
