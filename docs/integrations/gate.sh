#!/bin/sh
# Asks Quorumfence whether a VM may start, and takes the permit. Exit code 0: start it now, once, on DESTINATION.
# Everything else: do not start it, whatever was printed. Needs curl and jq. Described in README.md beside it.
set -u

usage() {
  cat >&2 <<'USAGE'
usage: gate.sh --vm UUID --last-host HOST --destination HOST [--sibling HOST]... [--request-id ID] [--cell CELL]
               [--patience SECONDS]
environment: QF_COORDINATOR (http://127.0.0.1:8080), QF_CA, QF_CERTIFICATE, QF_KEY (files, for the destination's agent)
exit codes: 0 ALLOW and redeemed; 3 REFUSE; 4 still PENDING; 5 redeemed by an earlier call with this id; 64 wrong call;
            69 no answer; 70 an answer that is none
USAGE
  exit 64
}

vm='' last='' destination='' request='' cell='' patience=60 siblings='[]'
while [ $# -gt 0 ]; do
  [ $# -ge 2 ] || usage
  case "$1" in
    --vm) vm=$2 ;;
    --last-host) last=$2 ;;
    --destination) destination=$2 ;;
    --sibling) siblings=$(printf '%s' "$siblings" | jq -c --arg host "$2" '. + [$host]') || exit 70 ;;
    --request-id) request=$2 ;;
    --cell) cell=$2 ;;
    --patience) patience=$2 ;;
    *) usage ;;
  esac
  shift 2
done
[ -n "$vm" ] && [ -n "$last" ] && [ -n "$destination" ] || usage
case "$patience" in '' | *[!0-9]*) usage ;; esac
[ -n "$request" ] || request="pre-fence-$vm-$(date +%s)-$$"
case "$request" in *[!A-Za-z0-9._:-]*) usage ;; esac
coordinator=${QF_COORDINATOR:-http://127.0.0.1:8080}
for program in curl jq; do
  command -v "$program" >/dev/null 2>&1 || { echo "gate.sh: $program is missing; install it" >&2; exit 69; }
done
for file in "${QF_CA:-}" "${QF_CERTIFICATE:-}" "${QF_KEY:-}"; do
  [ -r "$file" ] || {
    echo "gate.sh: QF_CA, QF_CERTIFICATE and QF_KEY must name readable files, not '$file'" >&2
    exit 64
  }
done

say() { echo "[pre-fence vm=$vm suspect=$last peer=$destination] $*" >&2; }

# Calls curl; the status goes to $status (000: no answer), the body to $body.
call() {
  answer=$(curl -sS --max-time 40 -H 'Content-Type: application/json' -w '\n%{http_code}' "$@" 2>/dev/null)
  status=$(printf '%s' "$answer" | tail -n 1)
  body=$(printf '%s' "$answer" | sed '$d')
}

# One field of the body as text; nothing when the body is no JSON or does not have it.
field() { printf '%s' "$body" | jq -r "$1 // empty" 2>/dev/null; }

question=$(jq -nc --arg vm "$vm" --arg last "$last" --arg to "$destination" --arg id "$request" --arg cell "$cell" \
  --argjson siblings "$siblings" '{vm: $vm, lastHost: $last, destination: $to, requestId: $id, wait: "10s"}
   + (if $cell == "" then {} else {cell: $cell} end)
   + (if $siblings == [] then {} else {siblings: $siblings} end)') || exit 70

# The same id after PENDING, or after an answer that was lost, is the same question: a permit is given once.
until=$(($(date +%s) + patience))
while :; do
  call --data-binary "$question" "$coordinator/v1/start-requests"
  case "$status" in
    200 | 201) break ;;
    409) say "REFUSE $(field .code): $(field .detail)"; exit 3 ;;
    202) [ "$(date +%s)" -lt "$until" ] || { say "PENDING $(field .reason), still after $patience s"; exit 4; } ;;
    000 | 429 | 5??)
      [ "$(date +%s)" -lt "$until" ] || { say "no answer from $coordinator (status $status)"; exit 69; }
      sleep 1 ;;
    400 | 404 | 415) say "refused as a request ($status): $(field .detail)"; exit 64 ;;
    *) say "status $status is no answer that is known here"; exit 70 ;;
  esac
done

permit=$(field .permit.id)
url=$(field .permit.redeemUrl)
[ "$(field .verdict)" = ALLOW ] && [ "$(field .permit.destination)" = "$destination" ] \
  && [ "$(field .permit.vm)" = "$vm" ] || { say "an ALLOW that is not for this VM and destination"; exit 70; }
case "$permit" in '' | *[!0-9]*) say "an ALLOW without a permit"; exit 70 ;; esac
case "$url" in https://*:*/v1/permits/"$permit"/redeem) ;; *) say "a permit without an https address"; exit 70 ;; esac

# An earlier call took it, and may have started the VM: to be told twice is to start twice, perhaps after it moved on.
[ "$(field .permit.stage)" = GRANTED ] || {
  say "permit $permit is $(field .permit.stage): an earlier call with id $request took it; see where the VM runs"
  exit 5
}

# The agent's certificate names the host id, the URL its address; curl connects to the one and checks the other.
at=${url#https://}
at=${at%%/*}
port=${at##*:}
mine=$(jq -nc --arg vm "$vm" '{vm: $vm}') || exit 70
for attempt in 1 2 3; do # redeeming again what is redeemed for this VM is harmless
  call --cacert "$QF_CA" --cert "$QF_CERTIFICATE" --key "$QF_KEY" --connect-to "$destination:$port:${at%:*}:$port" \
    --data-binary "$mine" "https://$destination:$port/v1/permits/$permit/redeem"
  [ "$status" = 000 ] && [ "$attempt" -lt 3 ] || break
  sleep 1
done
if [ "$status" = 200 ] && [ "$(field .permit.stage)" = REDEEMED ] && [ "$(field .permit.vm)" = "$vm" ] \
  && [ "$(field .permit.destination)" = "$destination" ] && [ "$(field .permit.id)" = "$permit" ]; then
  say "ALLOW, permit $permit is redeemed"
  printf '%s\n' "$permit"
  exit 0
fi
case "$status" in
  000)
    say "permit $permit: $destination's agent does not answer; do not start, ask again with --request-id $request"
    exit 69 ;;
  409) say "permit $permit is not redeemed: $(field .code) $(field .detail)"; exit 3 ;;
  *) say "permit $permit is not redeemed: status $status"; exit 70 ;;
esac
