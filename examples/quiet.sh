# quiet COMMAND...: what it prints is shown only if it fails.
quiet() {
  log=$(mktemp)
  if ! "$@" >"$log" 2>&1; then
    cat "$log" >&2
    rm "$log"
    exit 1
  fi
  rm "$log"
}
