#!/usr/bin/env python3
"""A reader signs in on the page of an operation and tries it; prints what came of it as JSON.

    sign_in.py http://127.0.0.1:8080/docs/test/operations/getA

Needs what browser.py needs.
"""

import json
import sys

from browser import Browser, type_into


def main():
    address, results = sys.argv[1], {}
    browser = Browser(19525, 1280, 900, False)
    try:
        for flow in ("authorizationCode", "clientCredentials"):
            browser.open(address)
            type_into(browser, "[data-signin=client]", "reader")
            if flow == "clientCredentials":
                type_into(browser, "[data-signin=secret]", "s3cret")
            browser.run("document.querySelector('[data-in=bearer]').dataset.old = 'yes';"
                        "document.querySelector(`[data-flow=${arguments[0]}]`).click()", flow)
            browser.wait("document.querySelector('[data-in=bearer]')?.dataset.old !== 'yes'"
                         " && document.querySelector('[data-in=bearer]')?.value")
            browser.run("document.querySelector('form.try').requestSubmit()")
            results[flow] = {
                "address": browser.run("return location.href"),
                "token": browser.run("return document.querySelector('[data-in=bearer]').value"),
                "reply": browser.wait("document.querySelector('.result b')?.textContent"),
            }
        # An answer that nobody asked for.
        browser.open(address.split("/docs/")[0] + "/docs/oauth2?code=stolen&state=guessed")
        results["unasked"] = browser.wait("document.querySelector('#signing.warning')?.textContent")
        results["left"] = browser.run("return location.search")
        results["complaints"] = [entry["message"] for entry in browser.log("browser")]
    finally:
        browser.end()
    print(json.dumps(results, indent=2))


if __name__ == "__main__":
    main()
