# The page of `forkdb export --html`, as ${report_cc}: what is here and what npm
# brings, made one file in the build directory. npm fetches when CMake is run,
# and not again until package-lock.json changes.

set(FORKDB_REPORT AUTO CACHE STRING
  "Build forkdb export --html: ON, OFF, or AUTO (where npm can fetch its parts)")
set_property(CACHE FORKDB_REPORT PROPERTY STRINGS AUTO ON OFF)

set(report_dir ${CMAKE_CURRENT_BINARY_DIR}/report)
set(report_packages .npmrc package.json package-lock.json)
list(TRANSFORM report_packages PREPEND ${CMAKE_CURRENT_LIST_DIR}/)
set(report_parts bundle.js dom.js report.css report.html report.js
  timeline.js tree.js)
list(TRANSFORM report_parts PREPEND ${CMAKE_CURRENT_LIST_DIR}/)

# Sets report_missing to why there can be no report, or to nothing.
function(fetch_report_packages)
  set(report_missing "" PARENT_SCOPE)
  find_program(NPM npm)
  find_program(NODE NAMES node nodejs)
  if(NOT NPM OR NOT NODE)
    set(report_missing "npm or Node.js is not there" PARENT_SCOPE)
    return()
  endif()
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS
    ${report_packages})
  file(SHA256 ${CMAKE_CURRENT_LIST_DIR}/package-lock.json wanted)
  set(stamp ${report_dir}/fetched)
  if(EXISTS ${stamp})
    file(READ ${stamp} fetched)
    if(fetched STREQUAL wanted)
      return()
    endif()
  endif()
  file(COPY ${report_packages} DESTINATION ${report_dir})
  execute_process(COMMAND ${NPM} ci --loglevel=error
    WORKING_DIRECTORY ${report_dir}
    RESULT_VARIABLE result OUTPUT_QUIET ERROR_VARIABLE error)
  if(NOT result EQUAL 0)
    set(report_missing "npm could not fetch its packages:\n${error}"
      PARENT_SCOPE)
    return()
  endif()
  file(WRITE ${stamp} ${wanted})
endfunction()

set(report_missing "switched off")
if(FORKDB_REPORT)  # AUTO is true, too
  fetch_report_packages()
endif()
if(report_missing STREQUAL "")
  message(STATUS "HTML report (forkdb export --html): ON")
  set(report_cc ${report_dir}/page.cc)
  add_custom_command(OUTPUT ${report_cc}
    COMMAND ${CMAKE_COMMAND} -E copy ${report_parts} ${report_dir}
    COMMAND ${NODE} bundle.js ${report_cc}
    DEPENDS ${report_parts} ${report_packages}
    WORKING_DIRECTORY ${report_dir}
    COMMENT "Bundling the HTML report"
    VERBATIM)
  return()
endif()
if(NOT FORKDB_REPORT STREQUAL "AUTO" AND FORKDB_REPORT)
  message(FATAL_ERROR "HTML report: ${report_missing}")
endif()
message(STATUS "HTML report (forkdb export --html): OFF: ${report_missing}")
set(report_cc ${report_dir}/none.cc)
file(CONFIGURE OUTPUT ${report_cc} CONTENT
[=[#include "query/report_template.h"
namespace forkdb {
std::string_view ReportTemplate() { return {}; }
}  // namespace forkdb
]=])
