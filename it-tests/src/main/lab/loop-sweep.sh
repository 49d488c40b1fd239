#!/bin/sh
# Removes the directories of a loopback cell once its owner's end of standard input is closed and its processes, which
# end with the same owner, are gone. The user's own session ends (Ctrl-C, hang-up) must not stop it.
#
#   loop-sweep.sh DIRECTORY...
trap '' INT HUP TERM
for directory in "$@"; do
    case $directory in */qf-loop-*) ;; *) echo "loop-sweep: $directory is no loopback cell's" >&2 && exit 64 ;; esac
done
while read -r _; do :; done
# A process that is still dying may write once more: until it is really gone, for 10 s at most.
left=100
until rm -rf "$@" 2>/dev/null && sleep 0.1 && ! ls -d "$@" >/dev/null 2>&1; do
    left=$((left - 1))
    [ "$left" -gt 0 ] || { echo "loop-sweep: cannot remove $*" >&2 && exit 69; }
done
