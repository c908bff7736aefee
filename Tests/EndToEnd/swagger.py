#!/usr/bin/env python3
"""Opens a page with Swagger UI in a real browser and prints what it shows as JSON.

    swagger.py http://127.0.0.1:8080/docs/swagger NAME OPERATION

NAME is the API to choose, OPERATION the id of an operation of it that is waited for.
"""

import json
import socket
import sys

from browser import Browser


def free_port():
    """A loopback port that nobody listened on a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def look(url, name, operation):
    """What Swagger UI makes of a document."""
    browser = Browser(free_port(), 1200, 900, False)
    try:
        browser.open(url)
        browser.wait("document.querySelector('.opblock, .errors-wrapper') !== null", 30)
        browser.run("""
            const choice = document.querySelector('#select');
            const option = choice && [...choice.options].find(one => one.text === arguments[0]);
            if (option) {
                Object.getOwnPropertyDescriptor(HTMLSelectElement.prototype, 'value').set.call(choice, option.value);
                choice.dispatchEvent(new Event('change', {bubbles: true}));
            }""", name)
        browser.wait(f"document.querySelector('[id$=\"-{operation}\"]') !== null", 20)
        return {
            "operations": browser.run("return [...document.querySelectorAll('.opblock')].map(one => one.id)"),
            "errors": browser.run("return document.querySelector('.errors-wrapper')?.innerText ?? ''"),
            "complaints": [entry["message"] for entry in browser.log("browser") if entry["level"] == "SEVERE"]}
    finally:
        browser.end()


if __name__ == "__main__":
    print(json.dumps(look(*sys.argv[1:])))
