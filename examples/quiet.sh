# quiet COMMAND...: shows the output only if the command fails.
quiet() {
  log=$(mktemp)
  if ! "$@" >"$log" 2>&1; then
    cat "$log" >&2
    rm "$log"
    exit 1
  fi
  rm "$log"
}
