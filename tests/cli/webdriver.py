"""A headless Chromium, by way of chromedriver and the W3C WebDriver protocol."""

import base64
import json
import os
import re
import shutil
import subprocess
import tempfile
import urllib.error
import urllib.request

from harness import PATIENCE


class Browser:
    """Opens pages and looks at them. To be closed."""

    def __init__(self):
        self.home = tempfile.mkdtemp(prefix="forkdb-chromium-")
        self.driver = subprocess.Popen(
            ["chromedriver", "--port=0"], stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
            env={**os.environ, "HOME": self.home})
        for line in self.driver.stdout:
            port = re.search(rb"started successfully on port (\d+)", line)
            if port:
                break
        self.url = f"http://127.0.0.1:{int(port[1])}/session"
        session = self.call("POST", "", {"capabilities": {"alwaysMatch": {
            "goog:loggingPrefs": {"browser": "ALL", "performance": "ALL"},
            "goog:chromeOptions": {"args": [
                "--headless=new", "--no-sandbox", "--disable-gpu", "--hide-scrollbars",
                "--disable-dev-shm-usage", "--window-size=1280,900",
                f"--user-data-dir={self.home}/profile"]}}}})
        self.url += "/" + session["sessionId"]

    def close(self):
        """Ends it and its driver."""
        try:
            self.call("DELETE", "")
        finally:
            self.driver.terminate()
            self.driver.wait()
            self.driver.stdout.close()
            shutil.rmtree(self.home, ignore_errors=True)

    def call(self, method, path, parameters=None):
        """One command of the protocol. An open dialog makes most of them fail."""
        data = None if parameters is None else json.dumps(parameters).encode()
        request = urllib.request.Request(
            self.url + path, data, {"Content-Type": "application/json"},
            method=method)
        without_proxy = urllib.request.build_opener(
            urllib.request.ProxyHandler({}))
        try:
            with without_proxy.open(request, timeout=PATIENCE) as answer:
                return json.load(answer)["value"]
        except urllib.error.HTTPError as error:
            with error:
                reason = json.load(error)["value"]["message"]
            raise AssertionError(f"{method} {path}: {reason}") from None

    def open(self, path):
        """Shows a file, and forgets what the page before it logged."""
        self.call("POST", "/url", {"url": "about:blank"})
        self.log("browser")
        self.log("performance")
        self.call("POST", "/url", {"url": "file://" + path})

    def run(self, script, *arguments):
        """What a function body returns there."""
        return self.call("POST", "/execute/sync",
                         {"script": script, "args": list(arguments)})

    def log(self, kind):
        """What was logged since the last time."""
        return self.call("POST", "/se/log", {"type": kind})

    def requests(self):
        """The addresses that were asked for since the last time."""
        messages = [json.loads(entry["message"])["message"]
                    for entry in self.log("performance")]
        return [message["params"]["request"]["url"] for message in messages
                if message["method"] == "Network.requestWillBeSent"]

    def emulate(self, command, **parameters):
        """A command of the DevTools' Emulation domain."""
        self.call("POST", "/goog/cdp/execute",
                  {"cmd": "Emulation." + command, "params": parameters})

    def act(self, kind, *actions, **parameters):
        """Moves of a pointer or strokes of a key."""
        self.call("POST", "/actions", {"actions": [
            {"type": kind, "id": kind, "actions": list(actions), **parameters}]})

    def drag(self, start, end):
        """Draws the mouse from one point of the window to another."""
        move = {"type": "pointerMove", "duration": 50}
        self.act("pointer", {**move, "x": start[0], "y": start[1]},
                 {"type": "pointerDown", "button": 0},
                 {**move, "x": end[0], "y": end[1]},
                 {"type": "pointerUp", "button": 0})

    def press(self, key):
        """Strokes a key."""
        self.act("key", {"type": "keyDown", "value": key},
                 {"type": "keyUp", "value": key})

    def screenshot(self, path):
        """All of the page as a PNG file."""
        shot = self.call("POST", "/goog/cdp/execute", {
            "cmd": "Page.captureScreenshot",
            "params": {"captureBeyondViewport": True}})
        with open(path, "wb") as file:
            file.write(base64.b64decode(shot["data"]))
