#!/usr/bin/env bash
# What a lab box does when it is powered on. Runs as the child of tini (PID 1) in fresh net, pid, mount, uts and ipc
# namespaces. The box sees the machine's files through a private overlay: what it writes there dies with its power;
# its disks (etc-*, var-*) are directories of the lab and stay.
#
#   box-init.sh LAB HOST
set -eu
LAB=$1 HOST=$2 BOX=$1/boxes/$2
# shellcheck disable=SC1091
. "$LAB/lab.env"
# shellcheck disable=SC1091
. "$BOX/box.env"

# /proc is still the machine's here, so the parent's number is the one that the outside knows PID 1 by.
read -r -a self </proc/self/stat
OUTSIDE_PID=${self[3]}

bind() { # SOURCE TARGET
    mkdir -p "$1" "$2"
    mount --bind "$1" "$2"
}

build_root() {
    mount --make-rprivate /
    mount -t tmpfs -o mode=755 qf-box "$BOX/root"
    mkdir "$BOX/root/upper" "$BOX/root/work" "$BOX/root/top"
    ROOT=$BOX/root/top
    mount -t overlay qf-box -o "lowerdir=/,upperdir=$BOX/root/upper,workdir=$BOX/root/work" "$ROOT"
    # What the machine keeps on further file systems (a /usr, a /home) is not in the overlay's lower layer.
    local point type
    while read -r _ point type _; do
        case $type in ext[234] | xfs | btrfs | zfs | f2fs | virtiofs | 9p | nfs*) ;; *) continue ;; esac
        [ "$point" = / ] || [ ! -d "$ROOT$point" ] || mount --bind -o ro "$point" "$ROOT$point"
    done </proc/self/mounts
}

build_dev() {
    mount -t tmpfs -o mode=755,size=1m qf-dev "$ROOT/dev"
    local name major minor
    while read -r name major minor; do mknod -m 666 "$ROOT/dev/$name" c "$major" "$minor"; done <<'NODES'
null 1 3
zero 1 5
full 1 7
random 1 8
urandom 1 9
tty 5 0
fuse 10 229
NODES
    mkdir "$ROOT/dev/pts" "$ROOT/dev/shm" "$ROOT/dev/net"
    mknod -m 666 "$ROOT/dev/net/tun" c 10 200
    mount -t devpts -o newinstance,ptmxmode=666,mode=620 qf-pts "$ROOT/dev/pts"
    ln -s pts/ptmx "$ROOT/dev/ptmx"
    ln -s /proc/self/fd "$ROOT/dev/fd"
    mount -t tmpfs qf-shm "$ROOT/dev/shm"
    local device
    for device in ${BLOCK_DEVICES:-}; do # "s2=/dev/loop7": the lab's raw storages
        read -r major minor < <(stat -c '%Hr %Lr' "${device#*=}")
        mknod -m 600 "$ROOT/dev/qf-${device%%=*}" b "$major" "$minor"
    done
}

build_disks() {
    mount -t tmpfs -o mode=755 qf-run "$ROOT/run"
    bind "$BOX/ctl" "$ROOT/run/qf-lab"
    bind "$BOX/log" "$ROOT/var/log/qf"
    bind "$BOX/disk/etc-libvirt" "$ROOT/etc/libvirt"
    bind "$BOX/disk/etc-quorumfence" "$ROOT/etc/quorumfence"
    bind "$BOX/disk/etc-ssh" "$ROOT/etc/ssh"
    bind "$BOX/disk/var-lib-libvirt" "$ROOT/var/lib/libvirt"
    bind "$BOX/disk/var-cache-libvirt" "$ROOT/var/cache/libvirt"
    bind "$LAB/guest" "$ROOT/qf-guest"
    bind "$BOX/disk/var-lib-quorumfence" "$ROOT/.backing/journal"
    local storage
    for storage in $STORAGES vm; do bind "$LAB/storage/$storage" "$ROOT/.backing/$storage"; done
    bind "$BOX/log/libvirt" "$ROOT/var/log/libvirt"
    mkdir -p "$ROOT/var/log/libvirt/qemu" "$ROOT/var/lib/quorumfence"
    touch "$ROOT/run/qf-watchdog"
    mount --bind "$BOX/watchdog" "$ROOT/run/qf-watchdog"
    cat "$LAB/hosts" >"$ROOT/etc/hosts"
    rm -f "$ROOT/etc/resolv.conf"
    : >"$ROOT/etc/resolv.conf"
}

enter_root() {
    mount -t proc proc "$ROOT/proc"
    mount -t sysfs sysfs "$ROOT/sys"
    mount --bind "$BOX/boot_id" "$ROOT/proc/sys/kernel/random/boot_id"
    cd "$ROOT"
    mkdir -p .old
    pivot_root . .old
    cd /
    umount -l /.old
    rmdir /.old 2>/dev/null || true
}

network_up() {
    until [ -e /run/qf-lab/plugged ]; do sleep 0.01; done
    echo 1 >/proc/sys/net/ipv6/conf/all/disable_ipv6 2>/dev/null || true
    local n=0 plane
    {
        echo "link set lo up"
        for plane in management storage third; do
            n=$((n + 1))
            echo "addr add 10.77.$n.$INDEX/24 dev $plane"
            echo "link set $plane up"
        done
    } | ip -batch -
    echo yes >/run/qf-lab/network-up
}

mount_storages() {
    local storage
    for storage in $STORAGES vm; do
        mkdir -p "/qf/$storage"
        "$NATIVE/qf-stallfs" --backing "/.backing/$storage" --mount "/qf/$storage" \
            --control "/run/qf-lab/$storage.sock" --log "/var/log/qf/stallfs-$storage.log"
    done
    "$NATIVE/qf-stallfs" --backing /.backing/journal --mount /var/lib/quorumfence --cached \
        --control /run/qf-lab/journal.sock --log /var/log/qf/stallfs-journal.log
    awk '/ fuse\.qf-stallfs /{split($3, id, ":"); print id[2]}' /proc/self/mountinfo >/run/qf-lab/fuse-connections
    echo yes >/run/qf-lab/storage-up
}

start_services() {
    mkdir -p /run/sshd /run/libvirt
    mkdir -m 700 /run/quorumfence # what RuntimeDirectory= does for a service
    [ -e /run/qf-lab/no-sshd ] || /usr/sbin/sshd -f /etc/ssh/sshd_config -E /var/log/qf/sshd.log
    /usr/sbin/libvirtd -d --listen -f /etc/libvirt/libvirtd.conf
    (until virsh -q -c qemu:///system version >/dev/null 2>&1; do sleep 0.1; done; echo yes >/run/qf-lab/libvirt-up) &
}

# The supervisor that a real host has in systemd: restarts the agent unless an operator keeps it down.
supervise() {
    local code
    while :; do
        if [ ! -x /run/qf-lab/agent-command ] || [ -e /run/qf-lab/keep-down ]; then
            sleep 0.1
            continue
        fi
        /run/qf-lab/agent-command >>/var/log/qf/agent.log 2>&1 &
        echo $! >/run/qf-lab/agent.pid
        code=0
        wait $! || code=$?
        rm -f /run/qf-lab/agent.pid
        echo "$(date +%s.%N) the agent ended with code $code" >>/var/log/qf/supervisor.log
        sleep "${RESTART_SECONDS:-0.1}"
    done
}

build_root
build_dev
build_disks
enter_root
hostname "$HOST"
ulimit -n "$(ulimit -Hn)"
export HOME=/root LC_ALL=C.UTF-8 PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
echo "$OUTSIDE_PID" >/run/qf-lab/pid.new
# Renamed, so that the outside never reads half of it.
mv /run/qf-lab/pid.new /run/qf-lab/pid
network_up
mount_storages
start_services
supervise
