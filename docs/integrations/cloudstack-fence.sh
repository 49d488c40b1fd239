#!/bin/sh
# A CloudStack fencer for one VM:  cloudstack-fence.sh VM-UUID LAST-HOST DESTINATION WORK-ID
# WORK-ID names one piece of HA work; an attempt after a redeemed permit needs another one.
# Exit codes: 0 fenced off (true): a permit has been redeemed, start it on DESTINATION now; 1 not fenced (false): do not
# restart it; 2 not known yet (null): ask again with the same WORK-ID, CloudStack's HA worker retries by itself.
set -u
[ $# -eq 4 ] || { echo "usage: cloudstack-fence.sh VM-UUID LAST-HOST DESTINATION WORK-ID" >&2; exit 1; }
here=$(dirname -- "$0")

"$here/gate.sh" --vm "$1" --last-host "$2" --destination "$3" --request-id "cloudstack-$4" \
  --patience "${QF_PATIENCE:-60}"
case $? in
  0) exit 0 ;;
  4 | 69) exit 2 ;;
  *) exit 1 ;;
esac
