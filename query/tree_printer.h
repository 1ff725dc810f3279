// A tree as text.

#ifndef FORKDB_QUERY_TREE_PRINTER_H_
#define FORKDB_QUERY_TREE_PRINTER_H_

#include <cstdio>
#include <functional>

#include "query/tree.h"
#include "store/output.h"

namespace forkdb {

// Gives read a function to call with each node, and prints them as they come.
// As a table: one line a node, drawn with lines, or with ASCII only; a comm in
// parentheses is the maker's. In the other formats: one row a node. Throws
// Error if the stream cannot be written.
void PrintTree(const std::function<
                   void(const std::function<void(const TreeNode&)>&)>& read,
               Format format, bool ascii, std::FILE* stream);

}  // namespace forkdb

#endif  // FORKDB_QUERY_TREE_PRINTER_H_
