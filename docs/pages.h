// Manual pages of section 1.

#ifndef FORKDB_DOCS_PAGES_H_
#define FORKDB_DOCS_PAGES_H_

#include <string>
#include <vector>

#include "docs/command.h"

namespace forkdb {

// "forkdb-query", and the page in man(7); date is "2026-11-24".
std::string PageName(const CommandText& command);
std::string Page(const CommandText& command,
                 const std::vector<CommandText>& all, const std::string& date);

}  // namespace forkdb

#endif  // FORKDB_DOCS_PAGES_H_
