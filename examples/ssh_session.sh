#!/bin/sh
# Question: what was run under this ssh session?
# Run: ssh_session.sh [PID [DATABASE]]
# Answer: each call by the session's sshd and its descendants, oldest first. PID is
#   the pid of the sshd (forkdb tree PID-OF-A-SHELL --up shows it). The default is
#   the session in which this script runs.
set -eu
pid=${1:-}
if [ -z "$pid" ]; then
  at=$$
  while [ "$at" -gt 1 ]; do
    case $(cat "/proc/$at/comm") in sshd*) pid=$at && break ;; esac
    at=$(sed 's/.*) . \([0-9]*\) .*/\1/' "/proc/$at/stat")
  done
fi
if [ -z "$pid" ]; then
  echo "ssh_session.sh: this shell has no sshd as ancestor: give the pid of the sshd" >&2
  exit 1
fi
[ $# -lt 2 ] || export FORKDB_DB="$2"
exec "${FORKDB:-forkdb}" query --under "$pid" \
  --columns time,username,comm,pid,child_pid,errno
