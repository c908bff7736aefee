#!/usr/bin/env python3
"""Drives a real browser through the documentation pages and prints what it saw as JSON.

    browser.py http://127.0.0.1:8080 [AXE_SCRIPT]

Needs Debian's chromium and chromium-driver; speaks WebDriver (https://www.w3.org/TR/webdriver2/) with the standard library.
"""

import json
import subprocess
import sys
import time
import urllib.request


class Browser:
    """A headless chromium behind its driver."""

    def __init__(self, port, width, height, dark):
        self.driver = subprocess.Popen(
            ["chromedriver", f"--port={port}", "--silent"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.base = f"http://127.0.0.1:{port}"
        self.session, self.patience = "", 60
        arguments = ["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
                     f"--window-size={width},{height}"]
        if dark:
            arguments.append("--force-dark-mode")
        capabilities = {"capabilities": {"alwaysMatch": {
            "browserName": "chrome", "goog:chromeOptions": {"args": arguments},
            "goog:loggingPrefs": {"browser": "ALL", "performance": "ALL"}}}}
        for _ in range(100):
            try:
                self.session = "/session/" + self.call("POST", "/session", capabilities)["sessionId"]
                return
            except OSError:
                time.sleep(0.1)
        raise SystemExit("the browser does not start")

    def call(self, method, path, body=None):
        """One command."""
        request = urllib.request.Request(
            self.base + self.session + path, method=method, data=None if body is None else json.dumps(body).encode(),
            headers={"Content-Type": "application/json"})
        with urllib.request.urlopen(request, timeout=self.patience) as reply:
            return json.load(reply)["value"]

    def open(self, url):
        """Loads a page."""
        self.call("POST", "/url", {"url": url})

    def run(self, script, *arguments):
        """Runs a script in the page and returns its value."""
        return self.call("POST", "/execute/sync", {"script": script, "args": list(arguments)})

    def wait(self, script, seconds=10):
        """Waits until a script's value is true, and returns it."""
        end = time.time() + seconds
        while time.time() < end:
            value = self.run("return " + script)
            if value:
                return value
            time.sleep(0.05)
        return None

    def log(self, kind):
        """Takes the entries of a log."""
        return self.call("POST", "/se/log", {"type": kind})

    def end(self):
        """Ends browser and driver."""
        try:
            self.call("DELETE", "")
        except OSError:
            pass
        self.driver.terminate()


def type_into(browser, selector, text):
    """Puts text into a field as a reader would."""
    browser.run("const f = document.querySelector(arguments[0]); f.focus(); f.value = arguments[1];"
                "f.dispatchEvent(new Event('input', {bubbles: true}))", selector, text)


def walk(browser, base):
    """A reader finds createOrder, reads its schema, and tries it, badly and well."""
    seen = {}
    browser.open(base + "/docs/")
    type_into(browser, "#find", "createorder")
    seen["found"] = browser.wait("document.querySelector('#found li code')?.textContent")
    browser.run("document.querySelector('#find').dispatchEvent(new KeyboardEvent('keydown', {key: 'Enter'}))")
    browser.wait("document.querySelector('form.try') && location.pathname.endsWith('createOrder')")
    seen["address"] = browser.run("return location.pathname")
    seen["schema"] = browser.run("return document.querySelector('.tree').textContent")
    bad = '{"userId":1,"items":[{"productId":1,"quantity":0}]}'
    for name, body in (("bad", bad), ("good", bad.replace(":0}", ":1}"))):
        browser.run("document.querySelector('form.try textarea').value = arguments[0];"
                    "document.querySelector('form.try .result').replaceChildren();"
                    "document.querySelector('form.try').requestSubmit()", body)
        seen[name] = browser.wait("document.querySelector('.result b') && document.querySelector('.result').textContent")
    browser.open(base + "/docs/orders/schemas/NewOrder")
    seen["back"] = browser.run("history.back(); return true")
    seen["nodes"] = browser.run("return document.querySelectorAll('*').length")
    return seen


def accessibility(browser, base, script):
    """The rules of WCAG 2 A and AA that axe finds broken, by page."""
    found = {}
    for path in ("/docs/", "/docs/orders/", "/docs/orders/operations/createOrder", "/docs/orders/schemas/Order"):
        browser.open(base + path)
        browser.run(script)
        result = browser.call("POST", "/execute/async", {"script": (
            "const done = arguments[0]; axe.run({runOnly: ['wcag2a', 'wcag2aa']}).then((r) =>"
            " done(r.violations.map((v) => v.id + ': ' + v.nodes[0].html.slice(0, 160))))"), "args": []})
        if result:
            found[path] = result
    return found


def main():
    base, axe = sys.argv[1], sys.argv[2] if len(sys.argv) > 2 else None
    results = {}
    for number, (name, width, dark) in enumerate([("light", 1280, False), ("dark", 360, True)]):
        browser = Browser(19515 + number, width, 900, dark)
        try:
            seen = walk(browser, base)
            seen["overflow"] = browser.run(
                "return document.documentElement.scrollWidth > document.documentElement.clientWidth + 1")
            # The bad request's 400 is told there too.
            seen["complaints"] = [entry["message"] for entry in browser.log("browser")
                                  if "status of 400" not in entry["message"]]
            hosts = set()
            for entry in browser.log("performance"):
                message = json.loads(entry["message"])["message"]
                if message["method"] == "Network.requestWillBeSent":
                    hosts.add(message["params"]["request"]["url"].split("/")[2])
            seen["hosts"] = sorted(host for host in hosts if host)
            if axe:
                with open(axe, encoding="utf-8") as file:
                    seen["axe"] = accessibility(browser, base, file.read())
            results[name] = seen
        finally:
            browser.end()
    print(json.dumps(results, indent=2))


if __name__ == "__main__":
    main()
