# SPDX-License-Identifier: Apache-2.0
"""Drives headless Chromium by its DevTools protocol: just what these tests need."""

import base64
import contextlib
import json
import os
import pathlib
import shutil
import signal
import subprocess
import tempfile

from websockets.sync.client import connect

DEADLINE = 20  # seconds for any one thing; a busy two-core machine needs some of them
POLL = 25  # milliseconds between two looks at a page


class Chromium:
    """One browser process with a profile of its own; each page is its own private session."""

    def __init__(self):
        self.profile = tempfile.mkdtemp(prefix="tally-chromium-")
        program = shutil.which("chromium") or shutil.which("chromium-browser")
        if program is None:
            raise RuntimeError("chromium is missing: `make test` installs it")
        self.process = subprocess.Popen(
            [
                program,
                "--headless=new",
                "--remote-debugging-port=0",
                f"--user-data-dir={self.profile}",
                "--no-first-run",
                "--disable-gpu",
                "--hide-scrollbars",
                "--disable-dev-shm-usage",
                # Its sandbox refuses to run as root; what is opened here is our own page.
                *(["--no-sandbox"] if os.geteuid() == 0 else []),
                "about:blank",
            ],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            start_new_session=True,
            text=True,
        )
        self.resources = contextlib.ExitStack()
        self.socket = self.resources.enter_context(
            connect(self._address(), max_size=None, proxy=None, ping_interval=None)
        )
        self.next_id = 0
        self.events = []

    def _address(self):
        for line in self.process.stderr:
            if "DevTools listening on " in line:
                return line.split("DevTools listening on ")[1].strip()
        raise RuntimeError(f"chromium ended with status {self.process.wait()}")

    def call(self, method, session=None, **parameters):
        self.next_id += 1
        request = {"id": self.next_id, "method": method, "params": parameters}
        if session:
            request["sessionId"] = session
        self.socket.send(json.dumps(request))
        while True:
            message = json.loads(self.socket.recv(timeout=DEADLINE))
            if message.get("id") == request["id"]:
                if "error" in message:
                    raise RuntimeError(f"{method}: {message['error']['message']}")
                return message["result"]
            self.events.append(message)

    def open(self, url, width=1280, height=860, scheme="light"):
        return Page(self, url, width, height, scheme)

    def close(self):
        self.resources.close()
        os.killpg(self.process.pid, signal.SIGTERM)
        try:
            self.process.wait(DEADLINE)
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait(DEADLINE)
        self.process.stderr.close()
        shutil.rmtree(self.profile, ignore_errors=True)


class Page:
    def __init__(self, browser, url, width, height, scheme):
        self.browser = browser
        context = browser.call("Target.createBrowserContext")["browserContextId"]
        target = browser.call("Target.createTarget", url="about:blank", browserContextId=context)
        attached = browser.call(
            "Target.attachToTarget", targetId=target["targetId"], flatten=True
        )
        self.session = attached["sessionId"]
        for domain in ("Page", "Runtime", "Log"):
            self.call(f"{domain}.enable")
        self.resize(width, height)
        self.call(
            "Emulation.setEmulatedMedia",
            features=[
                {"name": "prefers-color-scheme", "value": scheme},
                # Screenshots show the page at rest.
                {"name": "prefers-reduced-motion", "value": "reduce"},
            ],
        )
        self.call("Page.navigate", url=url)
        self.wait_for("document.readyState === 'complete'")

    def call(self, method, **parameters):
        return self.browser.call(method, self.session, **parameters)

    def resize(self, width, height):
        self.call(
            "Emulation.setDeviceMetricsOverride",
            width=width,
            height=height,
            deviceScaleFactor=1,
            mobile=width < 600,
        )

    def evaluate(self, expression):
        """The value of a JavaScript expression; a promise is awaited."""
        answer = self.call(
            "Runtime.evaluate", expression=expression, awaitPromise=True, returnByValue=True
        )
        if "exceptionDetails" in answer:
            raise AssertionError(answer["exceptionDetails"]["exception"].get("description"))
        return answer["result"].get("value")

    def wait_for(self, condition, seconds=DEADLINE - 5):
        """Waits until a JavaScript expression is true; answers its value."""
        value = self.evaluate(
            f"""new Promise((resolve) => {{
                const end = Date.now() + {seconds * 1000};
                const look = () => {{
                    const value = (() => {{ try {{ return {condition}; }} catch {{}} }})();
                    if (value || Date.now() > end) resolve(value);
                    else setTimeout(look, {POLL});
                }};
                look();
            }})"""
        )
        if not value:
            shown = self.evaluate("document.body.innerText")
            raise AssertionError(f"never true: {condition}\nThe page shows:\n{shown}")
        return value

    def text(self, selector):
        return self.evaluate(f"document.querySelector({json.dumps(selector)})?.textContent")

    def wait_for_text(self, selector, text, seconds=DEADLINE - 5):
        chosen, wanted = json.dumps(selector), json.dumps(text)
        self.wait_for(
            f"[...document.querySelectorAll({chosen})]"
            f".some((element) => element.textContent.includes({wanted}))",
            seconds,
        )

    def click(self, selector):
        """A real click where the element is shown, so that a covered button fails the test."""
        chosen = json.dumps(selector)
        self.wait_for(f"!document.querySelector({chosen}).disabled")
        x, y = self.evaluate(
            f"""(() => {{
                const element = document.querySelector({chosen});
                element.scrollIntoView({{ block: "nearest", behavior: "instant" }});
                const box = element.getBoundingClientRect();
                const point = [box.x + box.width / 2, box.y + box.height / 2];
                const hit = document.elementFromPoint(...point);
                if (!element.contains(hit)) throw new Error(`covered: ${{element.outerHTML}}`);
                return point;
            }})()"""
        )
        for kind in ("mousePressed", "mouseReleased"):
            self.call(
                "Input.dispatchMouseEvent", type=kind, x=x, y=y, button="left", clickCount=1
            )

    def type(self, selector, text):
        self.click(selector)
        self.call("Input.insertText", text=text)

    def press_enter(self):
        key = {"key": "Enter", "code": "Enter", "windowsVirtualKeyCode": 13, "text": "\r"}
        for kind in ("keyDown", "keyUp"):
            self.call("Input.dispatchKeyEvent", type=kind, **key)

    def screenshot(self, path):
        pathlib.Path(path).parent.mkdir(parents=True, exist_ok=True)
        picture = self.call("Page.captureScreenshot", format="png")["data"]
        pathlib.Path(path).write_bytes(base64.b64decode(picture))

    def complaints(self):
        """Exceptions and errors of the page so far; a lost connection is none of them."""
        self.evaluate("1")  # what has happened until now has been reported by then
        found = []
        for event in self.browser.events:
            if event.get("sessionId") != self.session:
                continue
            if event["method"] == "Runtime.exceptionThrown":
                details = event["params"]["exceptionDetails"]
                found.append(details.get("exception", {}).get("description", details["text"]))
            if event["method"] == "Log.entryAdded":
                entry = event["params"]["entry"]
                if entry["level"] == "error" and entry["source"] != "network":
                    found.append(entry["text"])
        return [text for text in found if "WebSocket connection to" not in text]
