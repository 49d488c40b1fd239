#!/usr/bin/env bash
# The ground layer of the lab: the switch, and the power button of every box. Everything else is built on it.
#
#   box.sh switch-on LAB              the three planes, in a network namespace without a name
#   box.sh power-on LAB HOST          a new boot of a box: new boot id, new namespaces, same disks
#   box.sh power-off LAB HOST         the plug is pulled; prints when
#   box.sh watchdog-reset LAB HOST    what the watchdog does after it pulled the plug (box.env: WATCHDOG_ACTION)
#   box.sh attach LAB NAME ADDRESS    a further machine on the management plane (a coordinator's), as a namespace
#   box.sh spawn LAB GROUP LOG CMD... a process of the lab outside the boxes; prints its pid
#   box.sh down LAB                   remove all of it, also when its owner is long dead
#   box.sh guard LAB                  runs `down` when stdin closes (the owner holds the other end) unless told "keep"
#
# LAB is the lab's directory; lab.env in it says ID, CGROUP, NATIVE, SCRIPTS. Every process of a lab is in its cgroup,
# every namespace belongs to a process, every mount to a namespace: killing the cgroup leaves only the directory.
set -euo pipefail

die() { echo "lab: $*" >&2; exit 1; }

[ $# -ge 2 ] || die "usage: box.sh switch-on|power-on|power-off|watchdog-reset|attach|spawn|down|guard LAB [HOST]"
VERB=$1 LAB=$2 HOST=${3:-}
[ -f "$LAB/lab.env" ] || die "$LAB is no lab (no lab.env)"
# shellcheck disable=SC1091
. "$LAB/lab.env"
BOX=$LAB/boxes/$HOST

read_pid() { [ -s "$1" ] && read -r REPLY <"$1" && [ -d "/proc/$REPLY" ]; }
in_switch() { read_pid "$LAB/switch.pid" || die "the switch is off"; nsenter -t "$REPLY" -n "$@"; }
# A host of its own shares no processor with a compiler next door; the nearest thing to that here.
FIRST="nice -n -10"
nice -n -10 true 2>/dev/null || FIRST=""
join_cgroup() { mkdir -p "$CGROUP/$1"; echo 0 >"$CGROUP/$1/cgroup.procs"; }
wait_for() { # FILE SECONDS
    local left=$(($2 * 100))
    until [ -s "$1" ]; do
        ((left-- > 0)) || die "$HOST: no $(basename "$1") after $2 s; see ${BOX:-$LAB}/log/boot.log"
        sleep 0.01
    done
}

# A process whose only job is to keep a network namespace alive.
holder() { # PIDFILE CGROUP
    (join_cgroup "$2"; exec setsid unshare --net bash -c 'ip link set lo up; echo $$ >"$1"; exec sleep infinity' \
        qf-lab-holder "$1" </dev/null >/dev/null 2>&1) &
    disown
    wait_for "$1" 10
}

switch_on() {
    holder "$LAB/switch.pid" switch
    {
        for plane in management storage third; do
            echo "link add $plane type bridge stp_state 0 forward_delay 0 mcast_snooping 0"
            echo "link set $plane up"
        done
    } | in_switch ip -batch -
}

ports_of() { # HOST INDEX -> port names on the switch, one a plane
    echo "p${1}m,p${1}s,p${1}t"
}

plug_in() { # INDEX PID
    local plane n=0
    {
        for plane in management storage third; do
            n=$((n + 1))
            local port=p${1}${plane:0:1}
            # The same MAC after every boot, as a real card has, or the peers' ARP caches would be wrong for a while.
            echo "link add $port type veth peer name $plane address $(printf '02:51:46:%02x:00:%02x' $n "$1") netns $2"
            echo "link set $port master $plane"
            echo "link set $port up"
        done
    } | in_switch ip -batch -
}

power_on() {
    # shellcheck disable=SC1091
    . "$BOX/box.env"
    if read_pid "$BOX/ctl/pid"; then die "$HOST is already on"; fi
    mkdir -p "$BOX/root" "$BOX/log"
    mkdir -p "$CGROUP/$HOST"
    echo 0 >"$CGROUP/$HOST/cgroup.freeze" # it may have been frozen when the plug was pulled
    rm -f "$BOX/ctl/"{pid,*.sock,agent.pid,fuse-connections,network-up,storage-up,libvirt-up,plugged} "$BOX/watchdog"
    cat /proc/sys/kernel/random/uuid >"$BOX/boot_id"
    chmod 444 "$BOX/boot_id"
    mkfifo -m 600 "$BOX/watchdog"
    # shellcheck disable=SC2086
    (join_cgroup "$HOST"; exec $FIRST setsid unshare --net --pid --mount --uts --ipc --fork --kill-child=SIGKILL \
        tini -g -- bash "$SCRIPTS/box-init.sh" "$LAB" "$HOST" </dev/null >>"$BOX/log/boot.log" 2>&1) &
    disown
    wait_for "$BOX/ctl/pid" 10
    read_pid "$BOX/ctl/pid" || die "$HOST died at boot; see $BOX/log/boot.log"
    local pid=$REPLY
    plug_in "$INDEX" "$pid"
    echo yes >"$BOX/ctl/plugged"
    [ "$WATCHDOG_MS" = 0 ] || start_watchdog "$pid"
    wait_for "$BOX/ctl/storage-up" 20
}

start_watchdog() { # PID
    spawn outside "$BOX/log/boot.log" "$NATIVE/qf-boxwatch" watch --net "$(switch_net)" \
        --ports "$(ports_of "$INDEX")" --cgroup "$CGROUP/$HOST" --fuse "$BOX/ctl/fuse-connections" \
        --fifo "$BOX/watchdog" --timeout-ms "$WATCHDOG_MS" --init "$1" --log "$BOX/log/watchdog.log" \
        -- bash "$SCRIPTS/box.sh" watchdog-reset "$LAB" "$HOST" >/dev/null
}

switch_net() { read_pid "$LAB/switch.pid" || die "the switch is off"; echo "/proc/$REPLY/ns/net"; }

unplug() { # the ports go when the box's namespace goes, but that is a matter of the kernel's leisure
    local port
    for port in $(ports_of "$1" | tr , ' '); do echo "link del $port"; done |
        in_switch ip -force -batch - 2>/dev/null || true
}

power_off() {
    # shellcheck disable=SC1091
    . "$BOX/box.env"
    "$NATIVE/qf-boxwatch" now --net "$(switch_net)" --ports "$(ports_of "$INDEX")" --cgroup "$CGROUP/$HOST" \
        --fuse "$BOX/ctl/fuse-connections"
    unplug "$INDEX"
    rm -f "$BOX/ctl/pid"
}

watchdog_reset() {
    # shellcheck disable=SC1091
    . "$BOX/box.env"
    unplug "$INDEX"
    rm -f "$BOX/ctl/pid"
    case $WATCHDOG_ACTION in
        cycle) sleep "${BOOT_SECONDS:-1}"; power_on ;;
        off) ;;
        *) die "$HOST: unknown WATCHDOG_ACTION $WATCHDOG_ACTION" ;;
    esac
}

attach() { # NAME ADDRESS
    local name=$HOST pidfile=$LAB/$HOST.pid
    holder "$pidfile" "$name"
    read_pid "$pidfile" || die "$name died at once"
    local pid=$REPLY
    printf '%s\n' "link add x$name type veth peer name management netns $pid" "link set x$name master management" \
        "link set x$name up" | in_switch ip -batch -
    nsenter -t "$pid" -n ip addr add "$1/24" dev management
    nsenter -t "$pid" -n ip link set management up
}

spawn() { # GROUP LOG CMD...
    local group=$1 log=$2
    shift 2
    # shellcheck disable=SC2086
    (join_cgroup "$group"; exec $FIRST setsid "$@" </dev/null >>"$log" 2>&1) &
    echo $!
    disown
}

# The owner's end closes whatever way it dies.
guard() {
    local word
    if read -r word && [ "$word" = keep ]; then exit 0; fi
    down
}

# A frozen box cannot die on every kernel, a D-state one not before its FUSE connections are gone.
down() {
    local group round connections loop
    case $CGROUP in */qflab-*) ;; *) die "refusing to remove the cgroup $CGROUP" ;; esac
    for group in "$CGROUP"/*/; do
        [ ! -e "$group/cgroup.freeze" ] || echo 0 >"$group/cgroup.freeze" || true
    done
    for round in $(seq 200); do
        [ -d "$CGROUP" ] || break
        echo 1 >"$CGROUP/cgroup.kill" 2>/dev/null || true
        if ((round % 20 == 10)); then
            connections=$(cat "$LAB"/boxes/*/ctl/fuse-connections 2>/dev/null | tr '\n' ' ')
            # shellcheck disable=SC2016
            unshare --mount bash -c 'mount -t fusectl none /sys/fs/fuse/connections
                for c in $1; do echo 1 >"/sys/fs/fuse/connections/$c/abort"; done' _ "$connections" 2>/dev/null || true
        fi
        rmdir "$CGROUP"/*/ "$CGROUP" 2>/dev/null || sleep 0.02
    done
    [ ! -d "$CGROUP" ] || die "these do not end: $(cat "$CGROUP"/*/cgroup.procs 2>/dev/null | tr '\n' ' ')"
    if [ -f "$LAB/loops" ]; then
        while read -r loop; do losetup -d "$loop" 2>/dev/null || true; done <"$LAB/loops"
    fi
    case $LAB in */"$ID") rm -rf "$LAB" ;; *) die "refusing to remove $LAB: its name is not $ID" ;; esac
    rmdir "$(dirname "$LAB")" 2>/dev/null || true
}

case $VERB in
    switch-on) switch_on ;;
    power-on) power_on ;;
    power-off) power_off ;;
    watchdog-reset) watchdog_reset ;;
    attach) attach "$4" ;;
    down) down ;;
    spawn) spawn "${@:3}" ;;
    guard) guard ;;
    *) die "unknown verb $VERB" ;;
esac
