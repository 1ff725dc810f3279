// A tree as text.

#ifndef FORKDB_QUERY_PRINT_TREE_PRINTER_H_
#define FORKDB_QUERY_PRINT_TREE_PRINTER_H_

#include <functional>

#include "query/ancestry/tree.h"
#include "terminal/output.h"

namespace forkdb {

// Gives read a function to call with each node, and prints them as they come.
// As a table: one line a node, drawn with lines, or with ASCII only; a comm in
// parentheses is the maker's. In the other formats: one row a node. Throws
// Error if the output cannot be written.
void PrintTree(const std::function<
                   void(const std::function<void(const TreeNode&)>&)>& read,
               const Output& output, bool ascii);

}  // namespace forkdb

#endif  // FORKDB_QUERY_PRINT_TREE_PRINTER_H_
