#!/bin/sh
# A pre-fence as ZStack makes one before it starts an HA VM elsewhere: one JSON object in on standard input,
#   {"vmUuid": "...", "lastHost": "h1", "destHost": "h2", "siblings": ["h2", "h3"], "apiId": "..."}
# one out. "success" is true only when a permit has been redeemed: then start the VM now, on destHost, once.
# On everything else leave the VM's record (last host, state) as it is. Exit codes: those of gate.sh.
set -u
here=$(dirname -- "$0")
request=$(cat)

text() { printf '%s' "$request" | jq -r "$1 | select(type == \"string\")" 2>/dev/null; }

vm=$(text .vmUuid) last=$(text .lastHost) destination=$(text .destHost) id=$(text .apiId)
[ -n "$vm" ] && [ -n "$last" ] && [ -n "$destination" ] && [ -n "$id" ] || {
  echo '{"success": false, "code": "bad-request", "detail": "vmUuid, lastHost, destHost and apiId must be texts"}'
  exit 64
}
# ZStack writes UUIDs without dashes; libvirt and Quorumfence with them.
vm=$(printf '%s' "$vm" | sed -E 's/^(.{8})(.{4})(.{4})(.{4})(.{12})$/\1-\2-\3-\4-\5/')
set -- --vm "$vm" --last-host "$last" --destination "$destination" --request-id "zstack-$id"
siblings=$(printf '%s' "$request" | jq -er '(.siblings // []) as $all
  | if ($all | all(type == "string" and test("^[A-Za-z0-9.-]+$"))) then $all | join(" ") else error("no") end') || {
  echo '{"success": false, "code": "bad-request", "detail": "siblings must be a list of host ids"}'
  exit 64
}
for sibling in $siblings; do
  set -- "$@" --sibling "$sibling"
done

said=$(mktemp) || exit 70
trap 'rm -f "$said"' EXIT
permit=$("$here/gate.sh" "$@" 2>"$said")
code=$?
success=false
[ "$code" -eq 0 ] && success=true
jq -nc --argjson success "$success" --arg permit "$permit" --argjson code "$code" --arg detail "$(tail -n 1 "$said")" \
  '{success: $success, exitCode: $code, permit: $permit, detail: $detail}'
exit "$code"
