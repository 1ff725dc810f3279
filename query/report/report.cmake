# Makes ${report_cc}, the page of `forkdb export --html`: the files of this folder
# and dygraphs (Debian's package libjs-dygraphs) in one C++ string. Runs with
# CMake, and again when one of the files changes.

set(dygraphs_dirs /usr/share/javascript/dygraphs)
find_file(DYGRAPHS_JS dygraph.min.js PATHS ${dygraphs_dirs} NO_DEFAULT_PATH)
find_file(DYGRAPHS_CSS dygraph.min.css PATHS ${dygraphs_dirs} NO_DEFAULT_PATH)
# Its licence must be in every copy.
find_file(DYGRAPHS_LICENCE copyright PATHS /usr/share/doc/libjs-dygraphs
  NO_DEFAULT_PATH)
if(NOT DYGRAPHS_JS OR NOT DYGRAPHS_CSS OR NOT DYGRAPHS_LICENCE)
  message(FATAL_ERROR "dygraphs is not there: install libjs-dygraphs, or set "
    "DYGRAPHS_JS, DYGRAPHS_CSS (its minified files) and DYGRAPHS_LICENCE")
endif()

# Concatenates the files ARGN.
function(read_files result)
  set(text "")
  foreach(file IN LISTS ARGN)
    file(READ ${file} part)
    string(APPEND text "${part}\n")
    set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${file})
  endforeach()
  set(${result} "${text}" PARENT_SCOPE)
endfunction()

# The SHA-256 of a text in base64, in the form of Content-Security-Policy.
function(policy_hash result text)
  set(digits ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/)
  string(SHA256 hex "${text}")
  set(base64 "")
  # Encode 6 hexadecimal digits (24 bits) as 4 base64 digits. Two zeros pad the
  # hash to 66 digits.
  foreach(start RANGE 0 60 6)
    string(SUBSTRING "${hex}00" ${start} 6 group)
    math(EXPR bits "0x${group}")
    foreach(shift 18 12 6 0)
      math(EXPR digit "(${bits} >> ${shift}) & 63")
      string(SUBSTRING ${digits} ${digit} 1 character)
      string(APPEND base64 ${character})
    endforeach()
  endforeach()
  # 66 hexadecimal digits make 44 characters. The last one is padding.
  string(SUBSTRING ${base64} 0 43 base64)
  set(${result} "'sha256-${base64}='" PARENT_SCOPE)
endfunction()

set(report_dir ${CMAKE_CURRENT_LIST_DIR})
read_files(report_script ${DYGRAPHS_JS} ${report_dir}/dom.js
  ${report_dir}/command.js ${report_dir}/shown.js
  ${report_dir}/timeline.js ${report_dir}/lists.js ${report_dir}/tree.js
  ${report_dir}/report.js)
read_files(report_style ${DYGRAPHS_CSS} ${report_dir}/report.css)
file(READ ${DYGRAPHS_LICENCE} licence)
string(REPLACE "*/" "* /" licence "${licence}")
# Remove references to source maps: browsers would try to load them.
string(REGEX REPLACE "\n(//|/\\*)# sourceMappingURL=[^\n]*" "" report_script
  "/*! dygraphs\n${licence}*/\n${report_script}")
string(REGEX REPLACE "\n(//|/\\*)# sourceMappingURL=[^\n]*" "" report_style
  "\n${report_style}")
policy_hash(script_hash "${report_script}")
policy_hash(style_hash "${report_style}")
read_files(report_page ${report_dir}/report.html)
string(REPLACE "@SCRIPT_HASH@" "${script_hash}" report_page "${report_page}")
string(REPLACE "@STYLE_HASH@" "${style_hash}" report_page "${report_page}")
string(REPLACE "@STYLE@" "${report_style}" report_page "${report_page}")
string(REPLACE "@SCRIPT@" "${report_script}" report_page "${report_page}")

set(report_cc ${CMAKE_CURRENT_BINARY_DIR}/report_page_text.cc)
file(CONFIGURE OUTPUT ${report_cc} @ONLY CONTENT
[=[#include "query/report/report_template.h"
namespace forkdb {
std::string_view ReportTemplate() {
  static constexpr std::string_view kPage = R"page(@report_page@)page";
  return kPage;
}
}  // namespace forkdb
]=])
