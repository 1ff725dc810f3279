// Prints a tree.

#ifndef FORKDB_QUERY_PRINT_TREE_PRINTER_H_
#define FORKDB_QUERY_PRINT_TREE_PRINTER_H_

#include <functional>

#include "query/ancestry/tree.h"
#include "terminal/output.h"

namespace forkdb {

// Calls read with a function that prints a node; read calls it for each node in
// order. In table format, prints a drawing with one line per node, in ASCII if
// ascii is set; a comm in parentheses is the creator's. In other formats,
// prints one row per node. Throws Error if the output cannot be written.
void PrintTree(const std::function<
                   void(const std::function<void(const TreeNode&)>&)>& read,
               const Output& output, bool ascii);

}  // namespace forkdb

#endif  // FORKDB_QUERY_PRINT_TREE_PRINTER_H_
