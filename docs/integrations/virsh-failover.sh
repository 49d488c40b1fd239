#!/bin/sh
# Starts a libvirt VM of a dead host on another one: asks, takes the permit, starts once.
#   virsh-failover.sh VM-UUID LAST-HOST DESTINATION
# QF_START: what starts it, called with VM-UUID and DESTINATION; default: virsh start over ssh (it is defined there).
# Exit codes: those of gate.sh; 1 when the start itself failed.
set -u
[ $# -eq 3 ] || { echo "usage: virsh-failover.sh VM-UUID LAST-HOST DESTINATION" >&2; exit 64; }
here=$(dirname -- "$0")

permit=$("$here/gate.sh" --vm "$1" --last-host "$2" --destination "$3") || exit $?

start() {
  if [ -n "${QF_START:-}" ]; then
    "$QF_START" "$1" "$3"
  else
    virsh --connect "qemu+ssh://root@$3/system" start "$1"
  fi
}
start "$@" && exit 0
echo "the start of $1 on $3 failed; permit $permit stays redeemed: it cannot start elsewhere until that has ended" >&2
exit 1
