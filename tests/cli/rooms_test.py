"""The rooms of the code: CONTRIBUTING.md's map, CMake's libraries and the includes
say the same."""

import functools
import pathlib
import re
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
TOPS = ["base", "terminal", "store", "ebpf", "recorder", "query"]
ROW = re.compile(r"(?m)^\| `([a-z/]+)/` \| [^|]+ \| ([^|]*) \|$")
# Where a library of others may be used, as the beginning of a path.
LIBRARIES = {
    "CLI/": ["terminal/aliases", "terminal/whole_number", "terminal/output_command",
             "recorder/record_command", "recorder/show_command", "recorder/prune_command", "query/cursor_command", "query/export_command",
             "query/filter_command", "query/query_command", "query/stats_command",
             "query/status_command", "query/tree_command"],
    "date/": ["base/time.cc", "base/time_words.cc"],
    "SQLiteCpp/": ["store/", "recorder/", "query/"],
    "nlohmann/": ["terminal/row_printer.cc", "query/report/"],
    "systemd/": ["recorder/daemon/"],
    "bpf/": ["ebpf/"],
}


@functools.lru_cache
def rooms():
    """The folders with a library."""
    found = [path.parent for top in TOPS for path in (ROOT / top).rglob("CMakeLists.txt")]
    return sorted(str(path.relative_to(ROOT)) for path in found)


def sources(room):
    return [path for path in sorted((ROOT / room).iterdir()) if path.suffix in {".cc", ".h"}]


def library(room):
    return "forkdb_" + room.replace("/", "_")


@functools.lru_cache
def linked(room):
    """The rooms that its library is linked with, by its CMakeLists.txt."""
    text = (ROOT / room / "CMakeLists.txt").read_text(encoding="utf-8")
    names = {library(other): other for other in rooms()}
    links = re.findall(r"target_link_libraries\((\w+)([^)]*)\)", text)
    return {names[word] for target, words in links if target == library(room)
            for word in words.split() if word in names}


class Rooms(unittest.TestCase):
    def test_are_those_of_the_map_with_what_they_may_include(self):
        text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
        told = {room: set(re.findall(r"`([a-z/]+)/`", may))
                for room, may in ROW.findall(text) if room.split("/")[0] in TOPS}
        self.assertEqual(told, {room: linked(room) for room in rooms()})

    def test_include_only_rooms_that_they_are_linked_with(self):
        for room in rooms():
            may = linked(room) | {room}
            for path in sources(room):
                for name in re.findall(r'(?m)^#include "([^"]+)"', path.read_text("utf-8")):
                    if name.endswith(".skel.h"):
                        continue
                    self.assertIn(str(pathlib.Path(name).parent), may, f"{path}: {name}")

    def test_know_nobody_who_knows_them(self):
        def below(room, above):
            self.assertNotIn(room, above, f"{room} needs itself")
            for other in linked(room):
                below(other, above | {room})
        for room in rooms():
            below(room, set())
        self.assertFalse(any(other.startswith("query") for room in rooms()
                             if room.startswith("recorder") for other in linked(room)))
        self.assertFalse(any(other.startswith("recorder") for room in rooms()
                             if room.startswith("query") for other in linked(room)))

    def test_have_a_library_each_that_holds_all_their_sources(self):
        for room in rooms():
            text = (ROOT / room / "CMakeLists.txt").read_text(encoding="utf-8")
            self.assertIn(f"add_library({library(room)} STATIC", text)
            named = set(re.findall(r"\b(\w+\.cc)\b", text))
            here = {path.name for path in sources(room) if path.suffix == ".cc"}
            self.assertEqual(here - named, set(), room)

    def test_say_what_they_are_for(self):
        for room in rooms():
            readme = ROOT / room / "README.md"
            self.assertTrue(readme.is_file(), room)
            self.assertTrue(readme.read_text("utf-8").startswith(f"# {room}\n"), room)

    def test_keep_libraries_of_others_where_they_belong(self):
        for room in rooms():
            for path in sources(room):
                name = str(path.relative_to(ROOT))
                for header, places in LIBRARIES.items():
                    if f"#include <{header}" in path.read_text("utf-8"):
                        self.assertTrue(name.startswith(tuple(places)), f"{name}: {header}")


if __name__ == "__main__":
    unittest.main()
