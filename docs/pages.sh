#!/bin/sh
# Makes a manual page of each Markdown file NAME.SECTION.md in a directory. Writes
# those of section 5 itself, from README.md, schema.sql and FORMAT.md.
#   pages.sh DIRECTORY DATE LOWDOWN
set -eu
source=$(cd "$(dirname "$0")/.." && pwd)
cd "$1"

{
  printf '# NAME\n\nforkdb-sql - the database of forkdb, as SQL sees it\n\n'
  printf '# THE VIEW FORKS\n'
  sed -n '/^## What a record says/,/^## Sources/{//!p}' "$source/README.md"
  printf '# SCHEMA\n\n'
  sed 's/^/    /' "$source/schema.sql"
  printf '\n# SEE ALSO\n\nforkdb-query(1), sqlite3(1), fork_info(5)\n'
} >forkdb-sql.5.md
{
  printf "# NAME\n\nfork_info - the kernel's process creations, /proc/fork_info\n\n"
  printf '# DESCRIPTION\n'
  sed 1d "$source/lkm/FORMAT.md"
  printf '\n# SEE ALSO\n\nforkdb-record(1), forkdb-show(1)\n'
} >fork_info.5.md

# Repairs lowdown's output: dashes can be copied, font C becomes bold, a bar in a
# table loses its backslash, narrow columns are not justified, definitions use .TP,
# and no .PP follows a heading (mandoc warns of it).
for page in *.[15].md; do
  page=${page%.md}
  "$3" -s -tman --parse-no-intraemph --parse-no-autolink --out-no-smarty \
    -M title="${page%.*}" -M section="${page##*.}" -M date="$2" \
    -M source=forkdb -M volume='forkdb manual' -o "$page" "$page.md"
  sed -i '/^\./!s/-/\\-/g; s/\\fC/\\fB/g; s/\\e|/|/g; /^\.TH/a .na' "$page"
  sed -i -z '
    s/\n\.LP\n\([^\n]*\n\)\(\.if [nt] \\\n\.sp [^\n]*\n\)*\.IP "" 5n\n/\n.TP\n\1/g
    s/\(\n\.S[HS]\n[^\n]*\n\)\.[LP]P\n/\1/g
  ' "$page"
done
