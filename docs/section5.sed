# What lowdown writes, as every reader of pages takes it: no font C, no bar that
# is escaped for a table's sake, no paragraph that a heading begins anyway, and
# no lines stretched in narrow columns.
s/\\fC/\\fB/g
s/\\e|/|/g
/^\.TH/a .na
/^\.S[HS]$/{
n
n
/^\.[LP]P$/d
}
