// Manual pages of section 1, as Markdown.

#ifndef FORKDB_DOCS_PAGES_H_
#define FORKDB_DOCS_PAGES_H_

#include <string>
#include <vector>

#include "docs/command.h"

namespace forkdb {

// "forkdb-query", and the text of its page.
std::string PageName(const CommandText& command);
std::string Page(const CommandText& command,
                 const std::vector<CommandText>& all);

}  // namespace forkdb

#endif  // FORKDB_DOCS_PAGES_H_
