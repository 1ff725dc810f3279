"""forkdb export --html, as Chromium shows it.

FORKDB_SCREENSHOTS names a directory for what it showed, to be looked at.
"""

import os
import re
import sqlite3
import subprocess
import unittest

import harness
import webdriver

HOSTILE = [b"</script><script>alert(1)</script>", b"<img src=x onerror=alert(2)>",
           b"'\"><svg/onload=alert(3)>", b"<!--<script>", b"\xe2\x80\xaeexe.txt",
           b"\x1b[31mred", b"\xff\xfe", b"\xe2\x80\xa8", b"]]>", b"a\nb",
           b"&lt;b&gt;", b"${alert(4)}", b"\\u003cb\\u003e", b"__proto__", b" "]
# What a chart's first canvas, which holds the drawing, shows: pixels that are not
# transparent, and their sum.
PIXELS = """
return [...document.querySelectorAll('.chart')].map((chart) => {
  const canvas = chart.querySelector('canvas');
  const pixels = canvas.getContext('2d').getImageData(
    0, 0, canvas.width, canvas.height).data;
  let painted = 0, sum = 0;
  for (let i = 0; i < pixels.length; i += 4) {
    if (pixels[i + 3] > 0) painted++;
    sum = (31 * sum + pixels[i] + pixels[i + 1] + pixels[i + 2]) % 1000000007;
  }
  return [painted, sum];
});"""
TABLE = """
return [...document.querySelectorAll(arguments[0] + ' tbody tr')].map(
  (row) => [...row.cells].map((cell) => cell.textContent));"""


def family(seq, parent, comm, error=0):
    """A record: the process that record `parent` made makes number seq."""
    child = ("0 0 0 0 0" if error else
             f"{100 + seq} {seq} 4026531836 {100 + seq} 4026531837")
    return (f"{seq} {harness.START_NS + seq * 1_000_000_000} 0x1200000 17 0 "
            f"{100 + parent} {100 + parent} 1 {parent} 4026531836 4026531837 "
            f"{-error if error else 100 + seq} {child} {comm}\n").encode()


def number(text):
    """A number of the page."""
    return int(text.replace("\u202f", ""))


def share(part, whole):
    """A share as the page shows it, of a number of the page."""
    percent = 100 * part / number(whole)
    if part == 0:
        return "0"
    return "< 0.1 %" if percent < 0.1 else f"{percent:.1f} %"


class Report(harness.CliTest):
    @classmethod
    def setUpClass(cls):
        cls.browser = webdriver.Browser()
        cls.addClassCleanup(cls.browser.close)

    def show(self, *filters):
        """Opens the report, which complains of nothing and loads nothing."""
        page = self.path("report.html")
        self.assertEqual(
            self.ok("export", "--db", self.db, "--html", page, *filters), b"")
        self.browser.open(page)
        self.assertEqual(self.browser.requests(), ["file://" + page])
        self.assertEqual(self.browser.log("browser"), [])
        return page

    def text(self, selector):
        return self.browser.run(
            "return document.querySelector(arguments[0]).innerText", selector)

    def table(self, selector):
        return self.browser.run(TABLE, selector)

    def keep(self, name):
        """A screenshot for who asked for it."""
        if "FORKDB_SCREENSHOTS" in os.environ:
            self.browser.screenshot(
                os.path.join(os.environ["FORKDB_SCREENSHOTS"], name + ".png"))

    def record_history(self):
        """A thousand records, of which 7 are missing and every tenth failed."""
        names = [b"cron", b"sshd", b"make"]
        self.record(harness.HEADER + b"".join(
            harness.line(seq, comm=names[seq % 3], uid=0 if seq % 4 else 65534,
                         error=0 if seq % 10 else (11, 12)[seq % 20 // 10])
            for seq in range(1, 1008) if not 500 <= seq < 507))

    def test_page_says_what_the_database_says(self):
        self.record_history()
        with sqlite3.connect(self.db) as database:
            database.execute("UPDATE boots SET host = 'web1'")
        self.show()
        self.assertEqual(self.text("h1"), "What was started on web1")
        figures = self.text("#figures").replace("\u202f", " ")
        failed = self.value("SELECT count(*) FROM forks WHERE ret < 0")
        for text in ["1 000\nrecords", f"{failed}\nfailed", "1\nboot",
                     "7\nmissing, in 1 gap"]:
            self.assertIn(text, figures)
        for section, column in [("users", "username"), ("commands", "comm"),
                                ("errnos", "errno")]:
            self.assertEqual(
                [(row[0], int(row[1])) for row in self.table("." + section)],
                self.sql(f"SELECT {column}, count(*) FROM forks WHERE {column} "
                         "IS NOT NULL GROUP BY 1 ORDER BY 2 DESC, 1"))
        failures = self.table("#failures")
        self.assertEqual(
            [(row[2], int(row[-1])) for row in failures],
            self.sql("SELECT comm, id FROM forks WHERE ret < 0 "
                     "ORDER BY id DESC"))
        self.assertEqual(self.table("#gaps")[0][0], "7")
        self.assertEqual(self.text("#failures-hint"), "")
        self.assertEqual([painted > 1000 for painted, _ in
                          self.browser.run(PIXELS)], [True, True])
        self.keep("light")

    def test_says_how_many_failures_it_leaves_out(self):
        self.record(harness.HEADER + b"".join(
            harness.line(seq, error=11) for seq in range(1, 302)))
        self.show()
        self.assertEqual(len(self.table("#failures")), 200)
        self.assertEqual(self.text("#failures-hint"), "The newest 200 of 301.")

    def test_filters_are_those_of_query_and_stand_in_the_head(self):
        self.record_history()
        self.show("--user", "root", "--failed", "--comm", "m*")
        count = self.ok("query", "--db", self.db, "--user", "root", "--failed",
                        "--comm", "m*", "--count", "--format", "tsv")
        self.assertTrue(self.text("#figures").startswith(
            count.decode().split()[-1] + "\nrecords"))
        self.assertIn("only: --user root --comm 'm*' --failed",
                      self.text("#subject"))

    def test_timeline_zooms_by_mouse_button_and_key(self):
        self.record_history()
        self.show()
        whole = self.text("#shown")
        failed = self.value("SELECT count(*) FROM forks WHERE ret < 0")
        self.assertIn(f"1\u202f000 calls, {failed} failed", whole)
        drawn = self.browser.run(PIXELS)
        box = self.browser.run(
            "const over = document.querySelector('.chart');"
            "over.scrollIntoView({block: 'center'});"
            "const box = over.getBoundingClientRect();"
            "return [box.left, box.top, box.width, box.height].map(Math.round)")
        left, top, width, height = box
        self.browser.drag((left + width // 4, top + height // 2),
                          (left + width // 2, top + height // 2))
        seen = [self.text("#shown")]
        self.assertNotEqual(seen[0], whole)
        for (painted, image), (_, before) in zip(self.browser.run(PIXELS), drawn):
            self.assertGreater(painted, 1000)
            self.assertNotEqual(image, before)
        for button in ["in", "right", "left", "out", "all"]:
            self.browser.run(
                "document.querySelector(arguments[0]).click()",
                f"[data-zoom={button}]")
            seen.append(self.text("#shown"))
        dragged, closer, later, earlier, wider, everything = seen
        self.assertEqual(len({dragged, closer, later, whole}), 4, seen)
        self.assertEqual((earlier, wider, everything), (closer, dragged, whole))
        self.browser.run("document.querySelector('.chart').focus()")
        self.browser.press("+")
        self.assertNotEqual(self.text("#shown"), whole)
        self.browser.press("0")
        self.assertEqual(self.text("#shown"), whole)

    def click(self, selector, index=0):
        self.browser.run("document.querySelectorAll(arguments[0])[arguments[1]]"
                         ".click()", selector, index)

    def test_tables_are_sorted_by_a_heading(self):
        self.record_history()
        self.show()
        for section, heading, key, reverse in [
                (".commands", 0, lambda row: row[0], False),
                (".commands", 0, lambda row: row[0], True),
                (".commands", 1, lambda row: int(row[1]), True),
                (".commands", 1, lambda row: int(row[1]), False),
                ("#failures", 0, lambda row: row[0], False)]:
            self.click(f"{section} th button", heading)
            rows = self.table(section)
            self.assertGreater(len(rows), 1)
            self.assertEqual([key(row) for row in rows],
                             sorted(map(key, rows), reverse=reverse))
        self.assertEqual(self.browser.run(
            "return document.querySelector('.commands [aria-sort]').ariaSort"),
            "ascending")

    def compare_with_commands(self):
        """Each command that the lists offer counts what its row shows. Returns
        the commands."""
        commands = []
        for section, column in [(".users", 1), (".commands", 1), (".errnos", 1),
                                (".flags", 1), (".callers", 2)]:
            for i, row in enumerate(self.table(section)):
                self.click(f"{section} .ask", i)
                command = self.text("#command code")
                self.assertEqual(self.count(command), number(row[column]), command)
                if section != ".errnos" and i < 3:
                    failed = self.count(command + " --failed")
                    self.assertEqual(row[column + 2], share(failed, row[column]))
                commands.append(command)
        return commands

    def test_names_offer_the_command_that_gives_them(self):
        self.record_history()
        self.show("--since", "2020-01-01", "--comm", "*")
        commands = self.compare_with_commands()
        self.assertGreater(len(commands), 6)
        for command in commands:
            self.assertIn(" --since 2020-01-01T", command)
            self.assertEqual("--comm '*'" in command,
                             not re.search(" --comm (cron|sshd|make)$", command))

    def record_shift(self):
        """Ten seconds of make, with ten calls a second of each of 50 names; then
        ten seconds of sshd, which root makes and which fails at times."""
        names = [f"n{i}".encode() for i in range(50)]
        self.record(harness.HEADER + b"".join(
            harness.line(seq, comm=b"make" if seq % 2 else names[seq // 2 % 50],
                    uid=65534)
            for seq in range(1, 10_001)) + b"".join(
            harness.line(seq, comm=b"sshd", uid=0, pid=200 + seq % 3,
                    error=0 if seq % 7 else (11, 12)[seq % 2])
            for seq in range(10_001, 20_001)))

    def zoom_to_the_end(self):
        for _ in range(3):
            self.click("[data-zoom=in]")
        for _ in range(20):
            self.click("[data-zoom=right]")

    def test_lists_follow_the_timeline(self):
        self.record_shift()
        self.show()
        whole = self.table(".commands")
        self.assertEqual(len(whole), 15)
        self.assertEqual(whole[0][:2], ["sshd", "10\u202f000"])
        rest = ("return document.querySelector(arguments[0] + ' tfoot')"
                "?.textContent ?? ''")
        # sshd, make, and 13 of the 50 names, which made 100 calls each.
        self.assertIn("others3\u202f700", self.browser.run(rest, ".commands"))
        for button in ["in", "in"] + ["left"] * 20:
            self.click(f"[data-zoom={button}]")
        first = self.table(".commands")
        self.assertEqual(first[0][0], "make")
        self.assertNotIn("sshd", [row[0] for row in first])
        listed = sum(number(row[1]) for row in first)
        others = number(re.match(
            r"others([\d\u202f]+?)(?=\d\d?\.\d %)",
            self.browser.run(rest, ".commands"))[1])
        calls = number(re.search(r": ([\d\u202f]+) calls", self.text("#shown"))[1])
        self.assertEqual(listed + others, calls)
        self.assertEqual(self.table(".errnos"), [])
        self.assertIn("None in this part", self.text(".errnos"))
        self.compare_with_commands()
        self.click("[data-zoom=all]")
        self.assertEqual(self.table(".commands"), whole)
        self.zoom_to_the_end()
        self.assertEqual([row[0] for row in self.table(".users")], ["root"])
        self.assertEqual([row[0] for row in self.table(".commands")], ["sshd"])
        self.assertEqual(self.browser.run(rest, ".commands"), "")
        commands = self.compare_with_commands()
        self.assertGreater(len(commands), 6)
        seconds = [row[0] for row in self.table(".seconds")]
        self.assertGreater(len(seconds), 1)
        self.click("#ask-stats")
        since, until = re.search(r"--since (\S+) --until (\S+)$",
                                 self.text("#command code")).groups()
        for second in seconds:
            self.assertTrue(since[:19] <= second.replace(" ", "T") <= until[:19])

    def test_lists_of_a_part_keep_to_the_time_of_the_page(self):
        self.record_shift()
        since, until = (self.value(f"SELECT time FROM forks WHERE seq = {seq}")
                        for seq in (8003, 17_005))
        self.show("--since", since, "--until", until)
        for buttons in [["in"], ["left"] * 20, ["right"] * 20]:
            for button in buttons:
                self.click(f"[data-zoom={button}]")
            commands = self.compare_with_commands()
            self.assertTrue(commands)
        self.assertIn(f" --until {until}", commands[0])
        self.assertNotIn(f" --since {since}", commands[0])

    def test_lists_of_a_part_stay_sorted(self):
        self.record_shift()
        self.show()
        self.click(".users th button", 1)
        self.click(".users th button", 1)
        counts = [number(row[1]) for row in self.table(".users")]
        self.assertEqual(counts, sorted(counts))
        self.click("[data-zoom=in]")
        self.assertEqual(self.browser.run(
            "return document.querySelector('.users [aria-sort]').ariaSort"),
            "ascending")
        counts = [number(row[1]) for row in self.table(".users")]
        self.assertEqual(len(counts), 2)
        self.assertEqual(counts, sorted(counts))

    def count(self, command):
        """What a command of the page counts."""
        words = command.replace("forkdb", harness.FORKDB, 1)
        return int(subprocess.run(
            ["sh", "-c", words + " --count --format tsv"], check=True,
            stdout=subprocess.PIPE, timeout=harness.PATIENCE,
            env={**os.environ, "FORKDB_DB": self.db}).stdout.split()[-1])

    def test_looking_closer_narrows_what_is_below(self):
        self.record(harness.HEADER + b"".join(
            [family(1, 0, "sshd"), family(2, 1, "bash"), family(3, 2, "make"),
             family(4, 3, "make", 11), family(900, 1, "late"),
             family(901, 900, "later"), family(902, 900, "later", 12)]))
        self.show()
        self.click("#expand")
        shown = ("return [...document.querySelectorAll('#failures tbody tr')]"
                 ".filter((row) => !row.hidden).length")
        self.assertEqual(self.browser.run(shown), 2)
        self.assertIn("pid 103", self.text("#tree"))
        for _ in range(3):
            self.click("[data-zoom=in]")
        for _ in range(20):
            self.click("[data-zoom=right]")
        self.assertEqual(self.browser.run(shown), 1)
        tree = self.text("#tree")
        self.assertNotIn("pid 103", tree)
        for there in ["pid 1001", "pid 1000", "pid 101 "]:  # and its ancestors
            self.assertIn(there, tree)
        self.assertIn("of this part only: the lists; 1 failure;",
                      self.text("#narrowed"))
        self.click("#ask-stats")
        self.assertRegex(self.text("#command code"),
                         r"^forkdb stats --since \S+Z --until \S+Z$")
        self.click("[data-zoom=all]")
        self.assertEqual(self.browser.run(shown), 2)
        self.assertTrue(self.browser.run(
            "return document.getElementById('narrowed').hidden"))

    def test_timeline_is_a_table_for_who_cannot_see_it(self):
        self.record_history()
        self.show()
        self.click("#bins summary")
        harness.wait_until(lambda: self.table("#bins"), "the table")
        rows = self.table("#bins")
        self.assertLessEqual(len(rows), 100)
        self.assertEqual(
            self.text("#bins thead").split(),
            "from calls failed share failed ENOMEM EAGAIN".split())
        for column, condition in [(1, "1"), (2, "ret < 0"),
                                  (4, "errno = 'ENOMEM'"),
                                  (5, "errno = 'EAGAIN'")]:
            self.assertEqual(
                sum(number(row[column]) for row in rows),
                self.value(f"SELECT count(*) FROM forks WHERE {condition}"))
        for _, calls, failed, part, *_ in rows:
            self.assertEqual(part.replace("0.0 %", "0"),
                             share(number(failed), calls))

    def test_timeline_says_what_share_failed(self):
        self.record_history()
        self.show()
        failed = self.value("SELECT count(*) FROM forks WHERE ret < 0")
        self.assertIn(f"{failed} failed ({failed / 10:.1f} %)",
                      self.text("#shown"))
        for chart in ["#rate", "#failures-rate"]:
            x, y = self.browser.run(
                "const over = document.querySelector(arguments[0] + ' .chart');"
                "over.scrollIntoView({block: 'center'});"
                "const box = over.getBoundingClientRect();"
                "return [box.left + box.width / 3, box.top + 40].map(Math.round)",
                chart)
            self.browser.act("pointer", {"type": "pointerMove", "duration": 50,
                                         "x": x, "y": y})
            legend = self.text(chart + " .chart-legend")
            self.assertRegex(legend, r"failed (0|\d+ \(\d+\.\d % of calls\))$")

    def test_times_are_utc_or_local(self):
        self.record_history()
        emulate = self.browser.emulate
        self.addCleanup(emulate, "setTimezoneOverride", timezoneId="")
        emulate("setTimezoneOverride", timezoneId="Asia/Kathmandu")
        self.show()
        utc = self.table("#failures")[0][0]
        self.assertTrue(utc.startswith("2025-11-24 16:00"), utc)
        self.assertIn("UTC", self.text("#subject"))
        self.assertIn("UTC", self.text("#shown"))
        self.click("#zone")
        local = self.table("#failures")[0][0]
        self.assertEqual(local, utc.replace(" 16:", " 21:").replace(":00:", ":45:")
                         + "+05:45")
        self.assertNotIn("UTC", self.text("main"))
        self.assertIn("+05:45", self.text("#shown"))
        self.click("#zone")
        self.assertEqual(self.table("#failures")[0][0], utc)

    def test_tree_opens_and_finds(self):
        self.record(harness.HEADER + b"".join(
            [family(1, 0, "sshd"), family(2, 1, "bash"), family(3, 2, "make"),
             family(4, 2, "make", 11), family(5, 0, "sshd")]))
        self.show()
        self.assertEqual(self.text("#tree").count("\n"), 2)  # root, its two
        self.browser.run("document.getElementById('search').focus()")
        for key in "make":
            self.browser.press(key)
        self.assertEqual(self.text("#found"), "2 of 5 shown here")
        tree = self.text("#tree")
        self.assertIn("pid 102 · root", tree)
        self.assertIn("1 failed", tree)
        self.assertNotIn("pid 105", tree)
        self.browser.run("document.getElementById('collapse').click()")
        self.assertNotIn("pid 102", self.text("#tree"))
        self.browser.run("document.querySelector('#tree summary').focus()")
        self.browser.press("\ue007")  # Enter
        self.assertIn("pid 101", self.text("#tree"))

    def test_tree_of_any_depth_and_width_is_bounded(self):
        depth = 3000
        self.record(harness.HEADER + b"".join(
            [family(seq, seq - 1, "deep") for seq in range(1, depth)] +
            [family(seq, 0, "wide") for seq in range(depth, 2 * depth)]))
        self.show()
        self.browser.run("document.getElementById('expand').click()")
        tree = self.text("#tree").replace("\u202f", "")
        self.assertIn("2998 processes below", tree)
        self.assertIn("1 more, 2934 processes below them", tree)
        self.assertLess(tree.count("pid"), 2500)

    def test_hostile_names_are_text(self):
        self.record(harness.HEADER + b"".join(
            harness.line(seq, comm=comm, error=11 if seq % 2 else 0,
                         pid=1000 + seq)
            for seq, comm in enumerate(HOSTILE * 2, 1)))
        self.show()
        plain = self.browser.run("return document.querySelectorAll('*').length")
        with sqlite3.connect(self.db) as database:
            for table, column in [("boots", "host"), ("boots", "kernel_release"),
                                  ("users", "username"), ("errnos", "errno"),
                                  ("flag_sets", "names")]:
                database.execute(f"UPDATE {table} SET {column} = ? WHERE "
                                 f"{column} IS NOT NULL OR {column} IS NULL",
                                 (HOSTILE[0].decode() + "\x07",))
        self.show("--comm", "*")
        # An open dialog would make this fail.
        self.assertEqual(self.browser.run(
            "return document.querySelectorAll('img, svg, iframe, b b').length"), 0)
        self.assertEqual(self.browser.run(
            "return document.querySelectorAll('script').length"), 2)
        self.assertLess(abs(plain - self.browser.run(
            "return document.querySelectorAll('*').length")), 60)
        self.assertIn("<script>alert(1)</script>\\007", self.text("h1"))
        shown = {row[0] for row in self.table(".commands")}
        self.assertLessEqual(
            {HOSTILE[0].decode(), HOSTILE[1].decode(), "\\342\\200\\256exe.txt",
             "\\033[31mred", "\\377\\376", "a\\012b"}, shown)
        self.keep("hostile")

    def test_policy_runs_nothing_that_is_not_its_own(self):
        self.record_history()
        page = self.show()
        self.browser.run(
            "const image = document.createElement('img');"
            "image.setAttribute('onerror', 'window.forged = 1');"
            "image.src = 'x.png';"
            "const script = document.createElement('script');"
            "script.textContent = 'window.forged = 2';"
            "document.body.append(image, script);"
            "fetch('x.json').catch(() => {});")
        self.assertIsNone(self.browser.run("return window.forged ?? null"))
        refusals = [entry["message"] for entry in self.browser.log("browser")]
        for what in ["script", "img", "connect"]:
            self.assertTrue([message for message in refusals if
                             "Content Security Policy" in message
                             and what + "-src" in message], (what, refusals))
        self.assertTrue(os.path.getsize(page) < 300_000)

    def test_dark_and_narrow_screens(self):
        self.record_history()
        emulate = self.browser.emulate
        self.addCleanup(emulate, "setEmulatedMedia", features=[])
        self.addCleanup(emulate, "clearDeviceMetricsOverride")
        self.show()
        light = self.browser.run(PIXELS)
        emulate("setEmulatedMedia", features=[
            {"name": "prefers-color-scheme", "value": "dark"}])
        back = "return getComputedStyle(document.body).backgroundColor"
        harness.wait_until(
            lambda: self.browser.run(PIXELS) != light, "charts of other colours")
        self.assertEqual(self.browser.run(back), "rgb(21, 24, 28)")
        self.keep("dark")
        for width in [360, 480, 700, 1280]:
            emulate("setDeviceMetricsOverride", width=width, height=800,
                    deviceScaleFactor=1, mobile=False)
            self.show()
            self.assertLessEqual(self.browser.run(
                "return document.scrollingElement.scrollWidth"), width)
            # No list lies on the one beside it.
            self.assertEqual(self.browser.run(
                "return [...document.querySelectorAll('#lists > div')].filter("
                "(list) => list.scrollWidth > list.clientWidth).map("
                "(list) => list.className)"), [], width)
            self.keep(f"narrow-{width}")

    def test_nothing_found_is_said(self):
        self.record_history()
        page = self.path("none.html")
        result = self.run_forkdb("export", "--db", self.db, "--html", page,
                                 "--user", "root", "--pid", "4711")
        self.assertEqual((result.returncode, result.stdout), (0, b""))
        self.assertIn(b"no record matches: the database holds 1000 records",
                      result.stderr)
        self.browser.open(page)
        self.assertEqual(self.browser.log("browser"), [])
        self.assertIn("0\nrecords", self.text("#figures"))

    def test_mistakes_are_code_2_and_touch_no_file(self):
        self.record_history()
        self.write("kept.html", b"kept")
        for args, reason in [
                (["--format", "csv"], "--format excludes --html"),
                (["--columns", "id"], "--columns excludes --html"),
                (["-o", "x"], "--output excludes --html"),
                (["nope = 1"], "SQL: no such column: nope"),
                (["--since", "never"], "time 'never': not a time")]:
            self.fails(2, reason, "export", "--db", self.db, "--html",
                       "kept.html", *args)
        self.fails(2, "database itself", "export", "--db", self.db, "--html",
                   self.db)
        with open(self.path("kept.html"), "rb") as file:
            self.assertEqual(file.read(), b"kept")
        self.ok("export", "--db", self.db, "--html", "kept.html")
        with open(self.path("kept.html"), "rb") as file:
            page = file.read()
        self.assertTrue(page.startswith(b"<!DOCTYPE html>"))
        self.assertIn(b"Dan Vanderkam", page)  # dygraphs' licence


if __name__ == "__main__":
    unittest.main()
