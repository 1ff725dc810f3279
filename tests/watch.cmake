# How the tests find what hangs. A test's command goes behind ${FORKDB_WATCH}, which
# follows the machine's speed (watch.py); ctest's own limit only ends what that
# cannot.
find_package(Python3 REQUIRED COMPONENTS Interpreter)
set(FORKDB_WATCH
  ${Python3_EXECUTABLE} -B ${CMAKE_CURRENT_LIST_DIR}/watch.py)
set(FORKDB_TEST_LIMIT 21600)
# Of a test that takes milliseconds, for which the watch would cost too much.
set(FORKDB_UNIT_TEST_LIMIT 600)
