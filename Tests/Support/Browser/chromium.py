"""Headless Chromium, driven over the pipe of its DevTools protocol: Python's standard library is all it takes.

https://chromedevtools.github.io/devtools-protocol/ describes the methods. Messages are JSON, each ended by a zero
byte; Chromium reads them from descriptor 3 and answers on descriptor 4.
"""

import base64
import fcntl
import json
import os
import pathlib
import select
import shutil
import subprocess
import tempfile
import time

NAMES = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable",
         "/Applications/Chromium.app/Contents/MacOS/Chromium",
         "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"]

# What a key press consists of, apart from letters.
KEYS = {"Tab": (9, ""), "Enter": (13, "\r"), "Space": (32, " "), "ArrowDown": (40, ""), "ArrowUp": (38, ""),
        "ArrowLeft": (37, ""), "ArrowRight": (39, ""), "Home": (36, ""), "End": (35, ""), "Escape": (27, ""), "Backspace": (8, "")}


class BrowserError(Exception):
    """The browser does not start, or does not do what it is told."""


def program():
    """Where Chromium is on this machine."""
    for name in [os.environ.get("WARREN_CHROMIUM"), *NAMES]:
        found = shutil.which(name) if name else None
        if found:
            return found
    raise BrowserError("There is no Chromium here. On Debian: apt-get install chromium. Or set WARREN_CHROMIUM.")


class Browser:
    """A Chromium of its own, with an empty profile that is deleted at the end."""

    def __init__(self):
        self.profile = tempfile.mkdtemp(prefix="warren-chromium-")
        self.log = open(os.path.join(self.profile, "chromium.log"), "w+b")
        to_browser, self.output = os.pipe()
        self.input, from_browser = os.pipe()
        # Out of the way of 3 and 4, which are made from them in the child.
        ends = [fcntl.fcntl(end, fcntl.F_DUPFD, 20) for end in (to_browser, from_browser)]

        def take_ends():
            os.dup2(ends[0], 3)
            os.dup2(ends[1], 4)

        arguments = [
            program(), "--headless=new", "--remote-debugging-pipe", f"--user-data-dir={self.profile}", "--no-first-run",
            "--no-default-browser-check", "--disable-extensions", "--disable-background-networking",
            "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage", "--disable-gpu", "--mute-audio",
            "--hide-scrollbars", "--force-color-profile=srgb", "--password-store=basic", "--use-mock-keychain",
            "--lang=en-GB", "about:blank",
        ]
        if hasattr(os, "geteuid") and os.geteuid() == 0:
            arguments.insert(1, "--no-sandbox")  # Chromium refuses to run as root with one.
        self.process = subprocess.Popen(
            arguments, stdin=subprocess.DEVNULL, stdout=self.log, stderr=self.log, pass_fds=(3, 4),
            preexec_fn=take_ends, start_new_session=True, env={**os.environ, "TZ": "UTC"})
        for end in (to_browser, from_browser, *ends):
            os.close(end)
        self.number, self.rest, self.answers, self.pages = 0, b"", {}, {}
        self.call("Browser.getVersion", seconds=180)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        try:
            self.call("Browser.close", seconds=10)
            self.process.wait(10)
        except (BrowserError, subprocess.TimeoutExpired):
            self.process.kill()
            self.process.wait()
        self.log.close()
        shutil.rmtree(self.profile, ignore_errors=True)

    def call(self, method, parameters=None, session=None, seconds=180):
        """Calls a method and returns its result; what else arrives meanwhile goes to the pages."""
        self.number += 1
        number = self.number
        message = {"id": number, "method": method, "params": parameters or {}}
        if session:
            message["sessionId"] = session
        try:
            os.write(self.output, json.dumps(message).encode() + b"\0")
        except BrokenPipeError:
            raise BrowserError(f"Chromium is gone: {self.words()}") from None
        end = time.monotonic() + seconds
        while number not in self.answers:
            self.read(end - time.monotonic(), method)
        answer = self.answers.pop(number)
        if "error" in answer:
            raise BrowserError(f"{method}: {answer['error'].get('message')}")
        return answer["result"]

    def read(self, seconds, doing):
        """Takes in what Chromium has written, and waits for it."""
        if seconds <= 0 or not select.select([self.input], [], [], seconds)[0]:
            raise BrowserError(f"Chromium did not answer in time to {doing}: {self.words()}")
        data = os.read(self.input, 1 << 20)
        if not data:
            raise BrowserError(f"Chromium ended: {self.words()}")
        *messages, self.rest = (self.rest + data).split(b"\0")
        for message in map(json.loads, messages):
            if "id" in message:
                self.answers[message["id"]] = message
            elif message.get("sessionId") in self.pages:
                self.pages[message["sessionId"]].happened(message["method"], message["params"])

    def words(self):
        """What Chromium said on standard error, its end."""
        self.log.flush()
        return pathlib.Path(self.log.name).read_text(errors="replace")[-2000:]

    def open(self, url, **options):
        """A page in a fresh context: no cookies and no storage of the pages before."""
        context = self.call("Target.createBrowserContext")["browserContextId"]
        target = self.call("Target.createTarget", {"url": "about:blank", "browserContextId": context})["targetId"]
        session = self.call("Target.attachToTarget", {"targetId": target, "flatten": True})["sessionId"]
        return Page(self, session, target, url, **options)


class Page:
    """A page, and all that went wrong in it."""

    def __init__(self, browser, session, target, url, width=1280, height=900, dark=False, ignored=None):
        self.browser, self.session, self.target, self.url = browser, session, target, url
        self.requests, self.complaints, self.dialogs = [], [], []
        self.ignored = ignored or (lambda text: False)
        browser.pages[session] = self
        for domain in ("Page", "Runtime", "Log", "Network"):
            self.call(f"{domain}.enable")
        self.look(width, height, dark)
        self.call("Page.navigate", {"url": url})
        self.wait("document.readyState === 'complete' && location.href !== 'about:blank'", "the page to load")

    def close(self):
        self.browser.call("Target.closeTarget", {"targetId": self.target})
        del self.browser.pages[self.session]

    def call(self, method, parameters=None, seconds=180):
        return self.browser.call(method, parameters, self.session, seconds)

    def happened(self, event, details):
        if event == "Network.requestWillBeSent":
            self.requests.append(details["request"]["url"])
        elif event == "Runtime.exceptionThrown":
            thrown = details["exceptionDetails"]
            self.complain(thrown.get("exception", {}).get("description") or thrown["text"])
        elif event == "Runtime.consoleAPICalled" and details["type"] in ("error", "warning", "assert"):
            self.complain(" ".join(str(part.get("value", part.get("description"))) for part in details["args"]))
        elif event == "Log.entryAdded" and details["entry"]["level"] in ("error", "warning"):
            self.complain(f"{details['entry']['text']} {details['entry'].get('url', '')}")
        elif event == "Page.javascriptDialogOpening":
            self.dialogs.append(details["message"])
            # Not `call`: this runs inside of one. The answer is of no interest.
            self.browser.number += 1
            os.write(self.browser.output, json.dumps({
                "id": self.browser.number, "sessionId": self.session, "method": "Page.handleJavaScriptDialog",
                "params": {"accept": False}}).encode() + b"\0")

    def complain(self, text):
        if not self.ignored(text):
            self.complaints.append(text)

    def look(self, width, height, dark=False, still=True):
        """The size of the window, the colours, and whether things may move."""
        self.call("Emulation.setDeviceMetricsOverride", {
            "width": width, "height": height, "deviceScaleFactor": 1, "mobile": False})
        self.call("Emulation.setEmulatedMedia", {"features": [
            {"name": "prefers-color-scheme", "value": "dark" if dark else "light"},
            {"name": "prefers-reduced-motion", "value": "reduce" if still else "no-preference"}]})

    def evaluate(self, expression, seconds=180):
        """The value of a JavaScript expression in the page; a promise is awaited."""
        result = self.call("Runtime.evaluate", {
            "expression": expression, "awaitPromise": True, "returnByValue": True}, seconds)
        if "exceptionDetails" in result:
            thrown = result["exceptionDetails"]
            raise BrowserError(thrown.get("exception", {}).get("description") or thrown["text"])
        return result["result"].get("value")

    def wait(self, condition, what, seconds=180):
        """Waits until a JavaScript condition holds: looks again whenever the page changes."""
        held = self.evaluate(f"""new Promise(resolve => {{
            const done = value => {{ observer.disconnect(); clearTimeout(timer); resolve(value); }};
            const look = () => {{ if ({condition}) done(true); }};
            const observer = new MutationObserver(look);
            const timer = setTimeout(() => done(false), {seconds * 1000});
            observer.observe(document, {{ subtree: true, childList: true, characterData: true, attributes: true }});
            addEventListener("load", look);
            look();
        }})""", seconds + 30)
        if not held:
            raise BrowserError(f"Waited {seconds} s in vain for {what}. The page says:\n{self.text('body')}")

    def text(self, selector):
        """What a reader sees in an element."""
        return self.evaluate(f"document.querySelector({json.dumps(selector)})?.innerText ?? ''")

    def click(self, selector):
        """Clicks where the element is, as a hand would: something else that lies on top of it gets the click."""
        for _ in range(3):
            at = self.place(selector)
            # The pointer comes before the press. What loads meanwhile may move the element away from under it: then the hand follows.
            for _ in range(20):
                self.call("Input.dispatchMouseEvent", {"type": "mouseMoved", **at})
                before, at = at, self.place(selector)
                if at == before:
                    break
            self.evaluate(f"""addEventListener("click", event => {{
                window.hit = Boolean(event.target.closest({json.dumps(selector)}));
            }}, {{ capture: true, once: true }}), window.hit = "nothing" """)
            for kind in ("mousePressed", "mouseReleased"):
                self.call("Input.dispatchMouseEvent", {"type": kind, **at, "button": "left", "clickCount": 1})
            if self.evaluate("window.hit") not in (False, "nothing"):
                return
            # What moves away before the click, or is exchanged between its two halves, does not get it, and a hand clicks again.
            # What lies on top of it stays there.
            at = self.place(selector)
            top = f"document.elementFromPoint({at['x']}, {at['y']})?.closest({json.dumps(selector)})"
            if not self.evaluate(f"Boolean({top})"):
                return

    def drag(self, selector, start, end):
        """Drags over an element, from one share of its width to another."""
        self.place(selector)
        box = self.evaluate(f"""(() => {{
            const {{ x, y, width, height }} = document.querySelector({json.dumps(selector)}).getBoundingClientRect();
            return {{ x, y: y + height / 2, width }};
        }})()""")
        for kind, share, button in (("mouseMoved", start, "none"), ("mousePressed", start, "left"),
                                    ("mouseMoved", (start + end) / 2, "left"), ("mouseMoved", end, "left"), ("mouseReleased", end, "left")):
            self.call("Input.dispatchMouseEvent", {
                "type": kind, "x": box["x"] + box["width"] * share, "y": box["y"], "button": button, "clickCount": 1})

    def place(self, selector):
        """The middle of an element that has come to rest."""
        at = self.evaluate(f"""(async () => {{
            const frame = () => new Promise(requestAnimationFrame);
            let before = null;
            // What loads above an element moves it: the hand waits until it has been still for two frames.
            for (let frames = 0, still = 0; frames < 60 && still < 2; frames++) {{
                const element = document.querySelector({json.dumps(selector)});
                if (!element) return null;
                element.scrollIntoView({{ block: "center", behavior: "instant" }});
                const box = element.getBoundingClientRect();
                const at = {{ x: box.x + box.width / 2, y: box.y + box.height / 2 }};
                still = before && before.x === at.x && before.y === at.y ? still + 1 : 0;
                before = at;
                await frame();
            }}
            return before;
        }})()""")
        if at is None:
            raise BrowserError(f"There is nothing to click at {selector}. The page says:\n{self.text('body')}")
        return at

    def write(self, text):
        """Types into what has the focus."""
        self.call("Input.insertText", {"text": text})

    def press(self, key, shift=False):
        code, text = KEYS.get(key, (ord(key.upper()[0]), key))
        name = " " if key == "Space" else key
        common = {"key": name, "code": key, "windowsVirtualKeyCode": code, "modifiers": 8 if shift else 0}
        self.call("Input.dispatchKeyEvent", {"type": "keyDown" if text else "rawKeyDown", "text": text, **common})
        self.call("Input.dispatchKeyEvent", {"type": "keyUp", **common})

    def picture(self, file, whole=True):
        """A screenshot of the whole page, or of the window."""
        data = self.call("Page.captureScreenshot", {"format": "png", "captureBeyondViewport": whole})["data"]
        pathlib.Path(file).write_bytes(base64.b64decode(data))
