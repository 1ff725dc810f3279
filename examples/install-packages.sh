#!/bin/sh
# Installs the Debian packages of the given lists, except those that are installed
# or whose name is a command that exists. Usage: install-packages.sh LIST...
set -eu

missing=$(for package in $(cat "$@"); do
  dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null |
    grep -qx installed || command -v "$package" >/dev/null || echo "$package"
done)
[ -n "$missing" ] || exit 0
echo "installing:" $missing
apt-get update -qq
DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends \
  $missing >/dev/null
