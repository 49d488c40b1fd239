#!/bin/sh
# What a CloudStack investigator may say of a host:  cloudstack-investigate.sh HOST
# Exit codes: 0 Up: its agent answers with a live lease; 1 Down: the record shows its newest life PROVEN gone;
# 2 unknown: say nothing (null), let the next investigator speak; 64 wrong call. Silence is never Down.
set -u
[ $# -eq 1 ] || { echo "usage: cloudstack-investigate.sh HOST" >&2; exit 64; }
case "$1" in '' | *[!A-Za-z0-9.-]*) echo "cloudstack-investigate.sh: '$1' is no host id" >&2; exit 64 ;; esac

host=$(curl -sSf --max-time 10 "${QF_COORDINATOR:-http://127.0.0.1:8080}/v1/hosts/$1" 2>/dev/null)
# By what jq prints: the exit code of some versions is 0 when there was nothing to read.
known() { [ "$(printf '%s' "$host" | jq -r "$1" 2>/dev/null)" = true ]; }

if known '.state == "proven-gone"'; then
  echo "Down: $1 is proven gone"
  exit 1
elif known '.state == "joined" and .agent == "answers" and .leaseLive == true'; then
  echo "Up: $1 answers and holds its lease"
  exit 0
fi
echo "unknown: $(printf '%s' "$host" | jq -r '.state // .detail // "no answer"' 2>/dev/null || echo 'no answer')"
exit 2
