#!/bin/sh
# Runs a Docker daemon until SIGTERM, then removes what it leaves: daemon.sh FOLDER OWNER COMMAND...
folder=$1 owner=$2
shift 2
setpriv --pdeathsig KILL "$@" &
daemon=$!
trap 'kill $daemon' TERM
wait $daemon
wait $daemon
# A daemon that is killed, or has too little time, leaves its containers and their shims. The NUL
# before the folder is in the command line of shims only, not in that of this script.
grep --files-with-matches --text --perl-regexp "address\x00$folder/exec/" /proc/[0-9]*/cmdline |
  while read -r file; do
    shim=${file%/cmdline}
    # shellcheck disable=SC2046  # several processes
    kill -9 $(cat "$shim"/task/*/children) "${shim#/proc/}"
  done
# The daemon leaves the interfaces of networks to its next start.
grep -aoh 'br-[0-9a-f]\{12\}' "$folder/data/network/files/local-kv.db" | while read -r bridge; do
  ip link delete "$bridge"
done
# If the process that started it has ended, no one else deletes its folders.
if ! [ -e "/proc/$owner" ]; then
  cut --delimiter=' ' --fields=2 /proc/self/mounts | grep "^$folder/" | xargs --no-run-if-empty umount --lazy
  rm -rf "${folder%/*}/jenkins-platform-$owner-"*
fi
