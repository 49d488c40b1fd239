#!/usr/bin/env bash
# Makes what a lab VM boots from: a Debian kernel and an initramfs whose only program is qf-guest.
#
#   guest-image.sh OUT QF_GUEST      writes OUT/vmlinuz and OUT/initrd
#
# The kernel comes from the distribution's package, unpacked, not installed; it is kept in the user's cache.
set -euo pipefail
OUT=$1 GUEST=$2
CACHE=${XDG_CACHE_HOME:-$HOME/.cache}/quorumfence/guest
MODULES="virtio_pci virtio_blk"

die() { echo "guest image: $*" >&2; exit 1; }

kernel_package() {
    apt-cache depends linux-image-cloud-amd64 2>/dev/null | awk '/Depends: linux-image-/{print $2; exit}'
}

fetch_kernel() { # PACKAGE DIR
    local work
    work=$(mktemp -d "$CACHE/unpack.XXXXXX")
    (cd "$work" && apt-get -qq -o APT::Sandbox::User=root download "$1" >/dev/null 2>"$work/why") || {
        cat "$work/why" >&2
        rm -rf "$work"
        die "cannot download $1; the lab's VMs need a kernel once, then it is kept in $CACHE"
    }
    dpkg-deb --fsys-tarfile "$work"/*.deb |
        tar -x -C "$work" --wildcards './boot/vmlinuz-*' '*/modules/*/kernel/drivers/virtio/*' '*/virtio_blk.ko*'
    mkdir "$work/kernel"
    mv "$work"/boot/vmlinuz-* "$work/kernel/vmlinuz"
    find "$work" -path "$work/kernel" -prune -o -name '*.ko*' -exec mv -t "$work/kernel" {} +
    find "$work/kernel" -name '*.ko.xz' -exec xz -d {} +
    mv -T "$work/kernel" "$2" 2>/dev/null || true # somebody else may have been faster
    rm -rf "$work"
}

# Prints the modules in the order in which they must be loaded.
in_order() { # DIR MODULE...
    local dir=$1 module
    shift
    for module in "$@"; do
        # shellcheck disable=SC2046
        in_order "$dir" $(modinfo -F depends "$dir/$module.ko" | tr , ' ')
        echo "$module"
    done
}

mkdir -p "$CACHE" "$OUT"
package=$(kernel_package)
# Without package lists, any kernel that an earlier run fetched serves as well.
kernel=$CACHE/${package:-none}
if [ -z "$package" ]; then
    kernel=$(find "$CACHE" -mindepth 1 -maxdepth 1 -name 'linux-image-*' | sort | tail -n 1)
fi
[ -n "$kernel" ] || die "no package linux-image-cloud-amd64 is known here; run apt-get update"
[ -d "$kernel" ] || fetch_kernel "$package" "$kernel"

tree=$(mktemp -d)
trap 'rm -rf "$tree"' EXIT
mkdir "$tree/modules" "$tree/dev" "$tree/proc"
cp "$GUEST" "$tree/init"
number=0
# shellcheck disable=SC2086
for module in $(in_order "$kernel" $MODULES | awk '!seen[$0]++'); do
    cp "$kernel/$module.ko" "$tree/modules/$(printf %02d $number).ko"
    number=$((number + 1))
done
(cd "$tree" && find . | cpio -o -H newc --quiet) | gzip -1 >"$OUT/initrd"
cp "$kernel/vmlinuz" "$OUT/vmlinuz"
