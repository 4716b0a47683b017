#!/usr/bin/env python3
"""Uses the dashboard in headless Chromium, as people do.

    look_in_browser.py URL STAGE… [--key KEY] [--pictures FOLDER]

URL is a running server's page, /ui/ included; STAGE is what to do there: listing, raising, following, views, timeline, hostile,
steering, bulk, system, dead, lines, keyboard, colours, axe, locked, rules, scheduling, entities. The hub has the instances that `DashboardTests.swift` starts. With --pictures,
pages are photographed at 400 and at 1600 pixels, light and dark.

Status 0 if all went as it should; 1 and the reason otherwise, with a picture of the page at that moment.
"""

import argparse
import json
import os
import pathlib
import re
import sys
import time
import traceback
import urllib.parse
import urllib.request

sys.dont_write_bytecode = True

from chromium import Browser, BrowserError  # noqa: E402 (its folder is in PYTHONPATH)

# IDs that are markup. Each must be seen exactly as it is written.
HOSTILE = ["<img src=x onerror=alert(1)>", "\"'><svg onload=alert(2)>", "javascript:alert(3)", "Zoë & Søn 🐉 %2F"]


class Failure(Exception):
    """The page does not do what it should."""


def check(condition, message):
    if not condition:
        raise Failure(message)


def expected(text):
    """Chromium complains of every answer that is not 200, and these stages ask for what is not there."""
    return re.search("status of 40[0149]", text) and "/api/v1/" in text


class Reader:
    """Somebody in front of the page."""

    def __init__(self, browser, arguments, stage, width=1280):
        self.browser, self.url, self.key, self.pictures, self.stage = (
            browser, arguments.url, arguments.key, arguments.pictures, stage)
        self.page = browser.open(self.url, width=width, ignored=expected)

    def go(self, address):
        self.page.evaluate(f"location.hash = {json.dumps(address)}")

    def open(self, instance, tab=None):
        self.go(f"#/instances/{urllib.parse.quote(instance, safe='')}" + (f"?tab={tab}" if tab else ""))
        self.sees(instance, "main h1")

    def sees(self, text, selector="main"):
        says = f"[...document.querySelectorAll({json.dumps(selector)})].some(e => e.textContent.includes({json.dumps(text)}))"
        self.page.wait(says, f"{selector} to say {text}", 60)

    def sees_no(self, text, selector="main"):
        says = f"![...document.querySelectorAll({json.dumps(selector)})].some(e => e.textContent.includes({json.dumps(text)}))"
        self.page.wait(says, f"{selector} not to say {text}", 60)

    def there_is(self, selector):
        self.page.wait(f"document.querySelector({json.dumps(selector)})", f"{selector} to be there", 60)

    def click(self, selector):
        self.there_is(selector)
        self.page.click(selector)

    def click_text(self, selector, text):
        """Clicks the first element of these that says this."""
        self.sees(text, selector)
        self.page.evaluate(f"""[...document.querySelectorAll({json.dumps(selector)})].find(e => e.textContent.includes({json.dumps(text)}))
            .setAttribute("data-clicked", "")""")
        self.page.click("[data-clicked]")
        self.page.evaluate("document.querySelectorAll('[data-clicked]').forEach(e => e.removeAttribute('data-clicked'))")

    def write(self, selector, text):
        self.click(selector)
        self.page.evaluate("document.activeElement.select()")
        self.page.write(text)

    def confirm(self):
        """Presses the button of the open dialog, and sees it close."""
        self.click("dialog[open] button[type=submit]")
        self.page.wait("!document.querySelector('dialog[open]')", "the dialog to close", 60)

    def address(self):
        return urllib.parse.unquote(self.page.evaluate("location.hash"))

    def ids(self):
        return self.page.evaluate("[...document.querySelectorAll('.instances tbody .id')].map(e => e.textContent)")

    def tab_to(self, selector, most=60):
        """Presses Tab until the focus is there. Wherever it stops on the way, one can see it."""
        for _ in range(most):
            self.page.press("Tab")
            focus = self.page.evaluate(f"""(() => {{
                const focused = document.activeElement, style = getComputedStyle(focused);
                return {{ there: focused.matches({json.dumps(selector)}), what: focused.outerHTML.slice(0, 90),
                          ring: style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2, page: focused === document.body }};
            }})()""")
            check(focus["ring"] or focus["page"], f"no focus ring on {focus['what']}")
            if focus["there"]:
                return
        raise Failure(f"Tab never comes to {selector}")

    def photograph(self, moment):
        """Looks at the page, wide and narrow: nothing may stick out at the side. Pictures are taken in both themes."""
        for width, height in [(1600, 1000), (400, 860)]:
            for dark in (False, True) if self.pictures else (False,):
                self.page.look(width, height, dark)
                across = self.page.evaluate("document.documentElement.scrollWidth")
                check(across <= width, f"{self.stage}, {moment}: {across} pixels wide in a window of {width}")
                if self.pictures:
                    look = "dark" if dark else "light"
                    self.page.picture(self.pictures / f"dashboard-{moment}-{width}-{look}.png", whole=width < 1000)
        self.page.look(1280, 900)

    def leave(self):
        """What must hold for every page, whatever was done on it."""
        check(not self.page.dialogs, f"a dialog said {self.page.dialogs}")
        check(not self.page.complaints, "the browser complained: " + "\n".join(self.page.complaints))
        origin = self.url.removesuffix("ui/")
        strangers = [url for url in self.page.requests if not url.startswith((origin, "data:image/svg"))]
        check(not strangers, f"the page asked others: {strangers}")
        odd = self.page.evaluate("[...document.querySelectorAll('img, iframe, object, b b, main script')].map(e => e.outerHTML)")
        check(not odd and self.page.evaluate("document.scripts.length") == 2, f"markup came from data: {odd}")
        self.page.close()


def listing(reader):
    """Loads, counts, filters by address and by field, pages, and follows the histogram by keys."""
    reader.sees("Live", "#wire")
    reader.sees("approve-me", ".instances .id")
    reader.sees("1", "[data-status=Failed] .count")
    reader.photograph("instances")
    reader.click("[data-status=Failed]")
    reader.sees("broken-1", ".instances .id")
    reader.sees_no("approve-me", ".instances")
    check("status=Failed" in reader.address(), f"the address does not have the status: {reader.address()}")
    reader.sees("PaymentDeclined", ".instances .failure")
    reader.click("[data-status=Failed]")
    reader.sees("approve-me", ".instances .id")
    reader.write("#filter-prefix", "quick-")
    reader.page.wait("location.hash.includes('prefix=quick-')", "the address to have the prefix", 60)
    reader.sees_no("approve-me", ".instances .id")
    reader.sees("quick-", ".instances .id")
    first = reader.ids()
    check(len(first) == 50 and all(text.startswith("quick-") for text in first), f"the first page is {first}")
    reader.click("#older")
    reader.page.wait("document.querySelectorAll('.instances tbody tr').length === 10", "the second page", 60)
    second = reader.ids()
    check(len(set(first + second)) == 60, f"two pages have {len(set(first + second))} instances of 60")
    # Whoever has the address sees the same.
    other = Reader(reader.browser, argparse.Namespace(url=reader.url + reader.page.evaluate("location.hash"), key=None, pictures=None), "address")
    other.sees("quick-", ".instances .id")
    check(other.ids() == second, "another reader of the address sees another page")
    other.url = reader.url
    other.leave()
    reader.go("#/instances?status=Running&waits=event:&sort=waiting")
    reader.sees("event Approval", ".instances .waits")
    reader.sees_no("order-1", ".instances")
    reader.go("#/instances")
    reader.page.evaluate("document.querySelector('.track').focus()")
    reader.page.press("End")
    reader.page.wait("/Completed.* 1 failed then/.test(document.querySelector('.track').getAttribute('aria-valuetext'))", "the last bar to be read", 60)
    reader.page.press("Enter", shift=True)
    reader.page.wait("/status=Failed.*changed=.*until=/.test(location.hash)", "the time in which instances failed to become a condition", 60)
    reader.sees("broken-1", ".instances .id")
    reader.sees_no("order-1", ".instances .id")
    reader.go("#/instances")
    reader.sees("order-1", ".instances .id")
    reader.page.evaluate("document.querySelector('.track').focus()")
    reader.page.press("End")
    reader.page.press("Enter")
    reader.page.wait("/from=.*to=/.test(location.hash)", "the time of a bar to become a condition", 60)
    reader.sees("order-1", ".instances .id")
    # A tab that is not seen hears nothing, and hears again when it is.
    for hidden, word in (("true", "Paused"), ("false", "Live")):
        reader.page.evaluate(f"Object.defineProperty(document, 'hidden', {{ value: {hidden}, configurable: true }}); document.dispatchEvent(new Event('visibilitychange'))")
        reader.sees(word, "#wire")
    reader.go("#/instances?prefix=nothing-begins-so")
    reader.sees("Nothing meets these conditions")


def raising(reader):
    """Raises an event that is offered, and sees the instance end without loading anything again."""
    reader.open("approve-me")
    reader.sees("event Approval", ".now-box")
    reader.sees("event Withdrawn", ".now-box")
    reader.photograph("waiting")
    loads = len([url for url in reader.page.requests if url.endswith("/ui/")])
    reader.page.press("e")
    reader.there_is("dialog[open]")
    offered = reader.page.evaluate("[...document.querySelectorAll('dialog .choice')][0].innerText")
    check("Approval" in offered and "Withdrawn" in offered, f"the dialog offers {offered}")
    reader.click_text("dialog .choice button", "Approval")
    reader.write("#raise-data", "{\"approved\": ")
    reader.click("dialog[open] button[type=submit]")
    reader.sees("no JSON", "dialog .wrong")
    reader.write("#raise-data", "{\"by\": \"<i>Ann's</i>\"}")
    reader.sees("approve-me/Approval", "dialog .command")
    reader.sees("""'{"by":"<i>Ann'\\''s</i>"}'""", "dialog .command")
    if reader.pictures:
        reader.page.picture(reader.pictures / "dashboard-raise.png", whole=False)
    reader.confirm()
    reader.sees("Raised Approval", "#notes")
    reader.sees("Completed", ".instance-head .pill")
    reader.sees("<i>Ann's</i>", ".now-box .json")
    check(len([url for url in reader.page.requests if url.endswith("/ui/")]) == loads, "the page was loaded again")
    reader.click("#tab-history")
    reader.sees("EventRaised", ".history")


def following(reader):
    """Sees the history of an open instance grow by its stream alone: one stream, whatever comes, until the instance has ended."""
    def streams():
        return len([url for url in reader.page.requests if "/instances/talk-1/history" in url and "follow=true" in url])

    def say(word):
        request = urllib.request.Request(
            reader.url.removesuffix("ui/") + "api/v1/instances/talk-1/events/Say", json.dumps(word).encode(),
            {"Content-Type": "application/json"}, method="POST")
        urllib.request.urlopen(request, timeout=60).close()

    raised = "[...document.querySelectorAll('.history tbody tr')].filter(e => e.textContent.includes('EventRaised')).length"
    reader.open("talk-1", tab="history")
    reader.sees("ExecutionStarted", ".history")
    reader.page.wait("document.querySelector('.instance-head .pill').textContent.includes('Running')", "it to run", 60)
    # From now on a history that is read as a whole is refused: what is seen comes from the stream.
    reader.page.evaluate("""(() => {
        const real = window.fetch;
        window.fetch = (address, options) => /history(?!.*follow=true)/.test(String(address?.url ?? address))
            ? Promise.resolve(new Response('{"status":503,"detail":"refused by the test"}', { status: 503,
                headers: { "content-type": "application/problem+json" } }))
            : real(address, options);
    })()""")
    for number, word in enumerate(["one", "two", "three"], start=1):
        say(word)
        reader.page.wait(f"{raised} === {number}", f"{number} events in the history", 60)
        check(streams() == 1, f"{streams()} streams after {number} events")
    say("bye")
    reader.sees("ExecutionCompleted", ".history")
    reader.sees("Completed", ".instance-head .pill")
    reader.page.wait(f"{raised} === 4", "all events in the history", 60)
    check(streams() == 1, f"{streams()} streams at the end")


def views(reader):
    """The views of an order with attempts and a child, and of a failure with its causes."""
    reader.open("order-1")
    for name in ("ReserveStock", "ChargeCard", "ShipParcel"):
        reader.sees(name, ".lanes")
    bars = reader.page.evaluate("[...document.querySelectorAll('.lane')].find(e => e.textContent.includes('ChargeCard')).querySelectorAll('.bar').length")
    check(bars == 3, f"three attempts are shown as {bars} bars")
    reader.click_text(".lane-name", "ChargeCard")
    reader.sees("GatewayError", ".lane-details")
    reader.photograph("timeline")
    reader.click("[data-turn=true]")
    reader.sees("turn 1", ".timeline .axis")
    reader.click("#tab-sequence")
    reader.sees("start OrderFulfilment", ".sequence")
    reader.sees("✕ GatewayError", ".sequence")
    reader.photograph("sequence")
    reader.click("#tab-history")
    reader.sees("SubOrchestrationCreated", ".history")
    reader.click(".history tbody button")
    reader.there_is(".opened .json")
    reader.photograph("history")
    reader.click("#tab-data")
    reader.sees("<b>fragile</b>", ".json")
    reader.click("#tab-tree")
    reader.sees("Completed", ".tree .family .family .pill")
    reader.click(".tree .family .family a.id")
    reader.sees("ShipParcel", ".facts a")
    reader.click("#tab-tree")
    reader.sees("order-1", ".tree a.id")
    check("tab=tree" in reader.address(), "the address does not have the view")
    reader.open("broken-1")
    for text in ("PaymentDeclined", "because CardExpired", "because GatewayError"):
        reader.sees(text, ".now-box")
    reader.photograph("failure")
    reader.open("no-such-instance")
    reader.sees("no such instance")


def timeline(reader):
    """Many lanes: they are shown in parts, and the part of the time that is shown is chosen by keys and by dragging."""
    reader.open("wide-1")
    reader.sees("more of 300 lanes", ".timeline")
    lanes = "document.querySelectorAll('.lane').length"
    check(reader.page.evaluate(lanes) == 120, f"{reader.page.evaluate(lanes)} lanes at first")
    reader.click_text(".timeline button", "more of 300")
    reader.page.wait(f"{lanes} === 240", "more lanes", 60)
    reader.open("order-1")
    reader.there_is(".lane .bar")
    check(reader.page.evaluate("document.querySelector('[data-zoom=all]').disabled"), "all is shown, and 'All' can be pressed")
    reader.click("[data-turn=true]")
    reader.page.evaluate("document.querySelector('.timeline .chart').focus()")
    for key in ("+", "+", "ArrowRight", "End"):
        reader.page.press(key)
    reader.sees("lanes", ".timeline .shown")
    reader.sees("ShipParcel", ".lanes")
    reader.sees_no("ReserveStock", ".lanes")
    check(reader.page.evaluate("[...document.querySelectorAll('.lane .bar')].every(e => e.offsetLeft + e.offsetWidth <= e.parentElement.offsetWidth + 5)"),
          "a bar sticks out of the part that is shown")
    reader.page.press("Home")
    reader.sees("ReserveStock", ".lanes")
    reader.page.press("0")
    reader.page.wait("document.querySelector('.timeline .shown').textContent === ''", "all to be shown", 60)
    reader.page.drag(".timeline .axis", 0.5, 0.9)
    reader.sees("turns", ".timeline .shown")
    reader.click("[data-turn=false]")
    reader.page.wait("document.querySelector('.timeline .shown').textContent === ''", "another scale to show all", 60)
    reader.click("[data-zoom=in]")
    reader.sees("lanes", ".timeline .shown")
    reader.click("[data-zoom=all]")


def hostile(reader):
    """Names and payloads that are markup stay text, on every page that shows them."""
    reader.there_is(".attention li")
    for name in HOSTILE:
        reader.go(f"#/instances?prefix={urllib.parse.quote(name[:8])}")
        reader.page.wait("document.querySelectorAll('.instances tbody tr').length === 1", "the list to have one row", 60)
        reader.sees(name, ".instances .id")
        reader.sees("<script>alert('custom')</script>", ".instances .now")
        reader.click(".instances tbody a.id")
        reader.sees(name, "main h1")
        check(reader.page.text("main h1") == name, f"{name} is shown as {reader.page.text('main h1')}")
        reader.click("#tab-data")
        reader.sees("</pre><script>alert('input')</script>", ".json")
        reader.click("#tab-sequence")
        reader.there_is(".sequence svg")
        links = reader.page.evaluate("[...document.querySelectorAll('a[href]')].map(e => e.getAttribute('href'))")
        check(all(link.startswith("#") for link in links), f"a link leads elsewhere: {links}")


def steering(reader):
    """Suspends, resumes, terminates, starts again and purges, each with its confirmation."""
    reader.open("steer-me")
    reader.click("[data-deed=suspend]")
    reader.write("dialog input", "a look at <it>")
    reader.sees("steer-me/suspend", "dialog .command")
    reader.sees("warren suspend", "dialog .command")
    reader.confirm()
    reader.sees("Suspended", ".instance-head .pill")
    reader.sees("a look at <it>", ".now-box")
    reader.click("[data-deed=resume]")
    reader.confirm()
    reader.sees("Running", ".instance-head .pill")
    reader.click("[data-deed=terminate]")
    reader.page.press("Escape")
    reader.page.wait("!document.querySelector('dialog')", "Escape to close the dialog", 60)
    check(reader.page.evaluate("document.activeElement.dataset.deed") == "terminate", "the focus does not come back")
    reader.click("[data-deed=terminate]")
    reader.confirm()
    reader.sees("Terminated", ".instance-head .pill")
    reader.click("[data-deed=restart]")
    reader.click("dialog [value=own]")
    reader.sees("--if-exists restart", "dialog .command")
    reader.confirm()
    reader.sees("Running", ".instance-head .pill")
    reader.click("[data-deed=terminate]")
    reader.confirm()
    reader.click("[data-deed=purge]")
    reader.confirm()
    reader.sees("Purged steer-me", "#notes")
    reader.page.wait("location.hash === '#/instances'", "the list to be shown again", 60)
    reader.go("#/instances?prefix=steer-me")
    reader.sees("Nothing meets these conditions")
    # What the server refuses is said in the dialog.
    reader.click_text("main .head button", "Start")
    reader.write("dialog input[list]", "LeaveApproval")
    reader.write("dialog label:nth-of-type(2) input", "order-1")
    reader.click("dialog[open] button[type=submit]")
    reader.there_is("dialog .problem")
    reader.page.press("Escape")


def bulk(reader):
    """Ends those that are marked, then purges all that meet the conditions; each time it says first how many."""
    reader.go("#/instances?prefix=bulk-")
    reader.sees_no("order-1", ".instances .id")
    reader.sees("bulk-3", ".instances .id")
    reader.page.evaluate("document.querySelector('.instances tbody a.id').focus()")
    reader.page.press("x")
    reader.page.press("j")
    reader.page.press("x")
    reader.sees("2 marked instances", ".bulk")
    reader.click(".bulk [data-deed=terminate]")
    reader.sees("2 instances will be terminated", "dialog .preview")
    reader.confirm()
    reader.sees("2 instances terminated", "#notes")
    reader.sees("Terminated", ".instances .pill")
    reader.click("thead input")
    reader.click(".bulk [data-deed=everything]")
    reader.click(".bulk [data-deed=purge]")
    reader.sees("2 instances will be purged", "dialog .preview")
    reader.sees("warren purge", "dialog .command")
    reader.photograph("bulk")
    reader.confirm()
    reader.page.wait("document.querySelectorAll('.instances tbody tr').length === 1", "one to be left", 60)


def system(reader):
    """Owners, backlog, queues, and the activity that nobody serves."""
    reader.sees("Nobody serves PrintLabel", ".attention")
    reader.go("#/system")
    reader.sees("PrintLabel")
    reader.sees("nobody serves it", "td")
    reader.sees(".intake", "td code")
    reader.there_is(".partition .count")
    for text in ("a second", "Half within", "ms", "of the turns"):
        reader.sees(text, ".partition .figures")
    reader.sees("a second", "[aria-label=Hosts] td")
    reader.there_is(".head a[href='/metrics']")
    reader.photograph("system")


def dead(reader):
    """A dead letter with its reason, its body and its remedy; then it is removed."""
    reader.go("#/dead")
    reader.sees("invalid-json", ".letter")
    reader.click(".letter summary")
    reader.sees("<not json>", ".letter .json")
    reader.photograph("dead")
    reader.click(".letter input")
    reader.click_text(".bulk button", "Publish again")
    reader.sees("warren dead redrive", "dialog .command")
    reader.page.press("Escape")
    reader.click_text(".bulk button", "Remove")
    reader.sees("warren dead purge", "dialog .command")
    reader.confirm()
    reader.sees("There are no dead letters")


def lines(reader):
    """Lines of the console as they are printed."""
    reader.go("#/console")
    reader.sees("Listening", ".console-tools .wire")
    reader.page.evaluate("""fetch('../api/v1/instances', { method: 'POST', headers: { 'Content-Type': 'application/json' },
        body: JSON.stringify({ orchestration: 'Invoice', id: 'printer' }) })""")
    reader.sees("<u>printed</u> by printer", ".lines .text")
    reader.photograph("console")
    reader.write(".console-tools [placeholder=Text]", "no such line")
    reader.page.wait("[...document.querySelectorAll('.lines .row')].every(e => e.hidden)", "the lines to be filtered", 60)


def keyboard(reader):
    """Everything by keys: what has the focus is seen, and shortcuts do what they say."""
    reader.sees("order-1", ".instances .id")
    reader.tab_to(".skip", 2)
    for selector in ("nav a[aria-current]", "#jump-id", "#theme", ".track", "[data-status=Running]", "#filter-prefix", ".instances tbody a.id"):
        reader.tab_to(selector)
    reader.page.press("j")
    reader.page.press("Enter")
    reader.page.wait("/^#.instances.+/.test(location.hash)", "Enter to open the instance", 60)
    reader.there_is("[role=tab][aria-selected=true]")
    reader.page.press("u")
    reader.there_is(".instances tbody a.id")
    reader.page.press("g")
    reader.page.press("s")
    reader.page.wait("location.hash === '#/system'", "g s to lead to the system", 60)
    reader.page.press("?")
    reader.sees("Keyboard", "dialog h2")
    reader.page.press("Escape")
    reader.page.wait("!document.querySelector('dialog')", "Escape to close the list of keys", 60)
    reader.page.press("/")
    reader.page.write("order-1")
    reader.page.press("Enter")
    reader.sees("order-1", "main h1")
    reader.page.evaluate("document.querySelector('[role=tab][aria-selected=true]').focus()")
    reader.page.press("ArrowRight")
    reader.page.wait("document.activeElement.id === 'tab-sequence'", "an arrow to lead to the next view", 60)


def colours(reader):
    """Pairs of colours have the contrast of WCAG AA in both themes, and the switch keeps its choice."""
    with urllib.request.urlopen(reader.url + "base.css") as answer:
        css = answer.read().decode()
    tokens = {name: (light, dark) for name, light, dark in re.findall(r"--([\w-]+): light-dark\((#\w+), (#\w+)\)", css)}
    texts = [(text, ground) for text in ("ink", "soft", "accent", "fail", "run", "susp", "done", "term", "timer", "event", "child", "pend")
             for ground in ("panel", "well", "ground", "lit")]
    texts += [(name, f"{name}-in") for name in ("run", "done", "fail", "susp", "pend", "term")]
    texts += [("on-accent", "accent"), ("on-accent", "fail"), ("on-bar", "bar"), ("bar-soft", "bar"), ("ink", "susp-in"), ("ink", "fail-in")]
    edges = [(edge, ground) for edge in ("edge", "focus", "accent", "fail", "term") for ground in ("panel", "well", "ground")]
    for need, pairs in ((4.5, texts), (3, edges)):
        for one, other in pairs:
            for theme in (0, 1):
                found = contrast(tokens[one][theme], tokens[other][theme])
                check(found >= need, f"{one} on {other} has the contrast {found:.2f} in the {('light', 'dark')[theme]} theme")
    reader.click("#theme")
    reader.click("#theme")
    reader.page.call("Page.reload")
    reader.page.wait("document.readyState === 'complete' && document.documentElement.dataset.theme === 'dark'", "the choice to stay", 60)
    reader.sees("order-1", ".instances .id")


def contrast(one, other):
    def luminance(colour):
        parts = [int(colour[at:at + 2], 16) / 255 for at in (1, 3, 5)]
        red, green, blue = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


# What axe looks at: an address, and the text of which element says that the page is there.
PLACES = [
    ("#/instances", "order-1", ".instances .id"), ("#/instances?prefix=nothing", "Nothing meets", "main"),
    ("#/instances/order-1", "ChargeCard", ".lanes"), ("#/instances/order-1?tab=sequence", "OrderFulfilment", ".sequence"),
    ("#/instances/order-1?tab=history", "TaskScheduled", ".history"), ("#/instances/order-1?tab=data", "fragile", ".json"),
    ("#/instances/order-1?tab=tree", "ShipParcel", ".tree"), ("#/instances/broken-1", "PaymentDeclined", ".now-box"),
    ("#/schedules", "nightly", ".cards .id"), ("#/schedules/nightly", "Completed", ".cards .pill"), ("#/schedules/none", "no such schedule", "main"),
    ("#/entities", "counter", ".cards"), ("#/entities/counter/held", "buyer-1", ".cards"),
    ("#/system", "PrintLabel", "main"), ("#/dead", "letter", "main"), ("#/console", "Listening", ".console-tools"),
]


def axe(reader):
    """axe-core finds nothing on any page in either theme, and nothing in a dialog: https://github.com/dequelabs/axe-core."""
    try:
        import axe_core_python
    except ImportError:
        check(not os.environ.get("CI"), "axe-core-python is not installed: see scripts/python-requirements.txt")
        print("axe-core-python is not installed: nothing is looked at")
        return
    reader.page.evaluate(pathlib.Path(axe_core_python.__file__).with_name("axe.min.js").read_text() + "; null")

    def found(rules="null"):
        return reader.page.evaluate("(rules => " + """axe.run(document, { resultTypes: ['violations'], ...rules && { runOnly: rules } }).then(({ violations }) => violations.map(({ id, help, nodes }) =>
            `${id}: ${help}: ${nodes.slice(0, 3).map(({ html, failureSummary }) => `${html.slice(0, 160)} ${failureSummary}`).join(' | ')}`)))""" + f"({rules})")

    def look(what):
        # Of the other theme only colours differ.
        faults = found("['color-contrast']" if theme == "dark" else "null")
        check(not faults, f"{what}: " + "\n".join(faults))

    # A button without a name is found: otherwise nothing would be.
    reader.page.evaluate("document.querySelector('main').append(Object.assign(document.createElement('button'), { id: 'nameless' }))")
    check(any(fault.startswith("button-name") for fault in found()), "axe does not find what is wrong")
    reader.page.evaluate("document.getElementById('nameless').remove()")
    for theme in ("light", "dark"):
        reader.page.evaluate(f"document.documentElement.dataset.theme = '{theme}'")
        for address, text, selector in PLACES:
            reader.go(address)
            reader.sees(text, selector)
            look(f"{address}, {theme}")
        reader.open("bulk-3")
        for deed in ("raise", "terminate"):
            reader.click(f"[data-deed={deed}]")
            reader.there_is("dialog[open]")
            look(f"the dialog '{deed}', {theme}")
            reader.page.press("Escape")
            reader.page.wait("!document.querySelector('dialog')", "Escape to close the dialog", 60)
        for address, deed in (("#/schedules/nightly", "update"), ("#/schedules/nightly", "pause"), ("#/entities/counter/held", "signal")):
            reader.go(address)
            reader.click(f".instance-head [data-deed={deed}]")
            reader.there_is("dialog[open]")
            look(f"the dialog '{deed}' of {address}, {theme}")
            reader.page.press("Escape")
            reader.page.wait("!document.querySelector('dialog')", "Escape to close the dialog", 60)


def locked(reader):
    """A server with keys asks for one, refuses a wrong one, and says what a key may not do."""
    reader.there_is("dialog[open] input[type=password]")
    reader.page.write("wk_wrong")
    reader.page.press("Enter")
    reader.page.wait("document.querySelectorAll('dialog[open]').length === 1 && document.querySelector('dialog input').value === ''", "to be asked again", 60)
    reader.page.write(reader.key)
    reader.page.press("Enter")
    reader.sees("Live", "#wire")
    reader.sees("order-1", ".instances .id")
    reader.open("steer-again")
    reader.page.wait("document.querySelector('[data-deed=terminate]')?.disabled", "a deed that the key may not do to be disabled", 60)
    check("control" in reader.page.evaluate("document.querySelector('[data-deed=terminate]').title"), "nothing says why")
    reader.go("#/schedules/nightly")
    reader.page.wait("document.querySelector('[data-deed=pause]')?.disabled", "what the key may not do to a schedule to be disabled", 60)
    reader.go("#/entities/counter/held")
    reader.page.wait("document.querySelector('[data-deed=delete]')?.disabled && !document.querySelector('[data-deed=signal]').disabled", "what the key may do to an entity", 60)
    check(reader.key not in reader.page.evaluate("location.href + document.documentElement.outerHTML"), "the key is in the page")
    reader.page.call("Page.reload")
    reader.sees("held", "main h1")


# Fields of cron, and how the page says them.
RULES = {
    "30 2 * * *": "at 02:30, every day", "* * * * *": "every minute", "*/5 * * * *": "every 5 minutes",
    "0 9-17 * * mon-fri": "at minute 0 of hour 09 to 17, on Monday to Friday", "0 */2 * * *": "at minute 0 of every 2nd hour",
    "15,45 6 * jan,mar *": "at 06:15 and 06:45, in January and March", "30 2 13 * fri": "at 02:30, on day 13 of the month or on Friday",
    "@weekly": "at 00:00, on Sunday", "0 12 * * 0,7": "at 12:00, on Sunday", "0 0 1-7/2 * *": "at 00:00, on every 2nd day from 1 to 7 of the month",
    "once upon a time in": None, "61": None,
}


def rules(reader):
    """The fields of cron, and intervals, in words; what is not understood has none."""
    module = reader.url + "cron.js"
    for fields, words in RULES.items():
        found = reader.page.evaluate(f"import({json.dumps(module)}).then(({{ cronWords }}) => cronWords({json.dumps(fields)}))")
        check(found == words, f"'{fields}' is '{found}'")
    for text, seconds, words in (("90s", 90, "every 90 seconds"), ("5m", 300, "every 5 minutes"), ("1h", 3600, "every hour"), ("2d", 172800, "every 2 days")):
        found = reader.page.evaluate(f"""import({json.dumps(module)}).then(({{ everySeconds, everyText, everyWords }}) =>
            [everySeconds({json.dumps(text)}), everyText({seconds}), everyWords({seconds})])""")
        check(found == [seconds, text, words], f"{text} is {found}")


def scheduling(reader):
    """Schedules: found, created, edited, paused by somebody else and by a button, triggered and deleted; markup stays text."""
    def row(name):
        return f"[...document.querySelectorAll('.cards tbody tr')].find(e => e.querySelector('a.id').textContent === {json.dumps(name)})"

    def ask(method, path, body=None):
        request = urllib.request.Request(
            reader.url.removesuffix("ui/") + "api/v1/" + path, None if body is None else json.dumps(body).encode(),
            {"Content-Type": "application/json"}, method=method)
        urllib.request.urlopen(request, timeout=60).close()

    ask("POST", "schedules/refunds/trigger")
    reader.page.press("g")
    reader.page.press("h")
    reader.sees("nightly", ".cards .id")
    reader.sees("at 02:30, on Monday to Friday", ".cards td")
    reader.sees("Europe/Berlin", ".cards td")
    reader.page.wait(f"{row('refunds')}?.querySelector('.runs a[aria-label*=Failed]')", "the failed run in the list", 60)
    reader.page.wait(f"{row('asleep')}.textContent.includes('Paused')", "the paused one to say so", 60)
    reader.photograph("schedules")
    reader.click("[data-state=paused]")
    reader.page.wait("document.querySelectorAll('.cards tbody tr').length === 1 && /state=paused/.test(location.hash)", "the paused one alone", 60)
    reader.click("[data-state=paused]")
    reader.write("#schedule-words", "refund")
    reader.page.wait("document.querySelectorAll('.cards tbody tr').length === 1 && /words=refund/.test(location.hash)", "the filter to be in the address", 60)
    reader.go("#/schedules")
    # Somebody else pauses it: this page hears of it.
    reader.page.wait(row("nightly"), "all schedules", 60)
    ask("POST", "schedules/nightly/pause")
    reader.page.wait(f"{row('nightly')}.textContent.includes('Paused')", "the change to be seen live", 60)
    reader.go("#/schedules/nightly")
    reader.sees("Paused", ".instance-head .pill")
    reader.sees("none while it is paused", "[aria-label=Due]")
    reader.click("[data-deed=resume]")
    reader.sees("warren schedule resume", "dialog .command")
    reader.confirm()
    reader.sees("Active", ".instance-head .pill")
    reader.click("[data-deed=trigger]")
    reader.confirm()
    reader.sees("nightly:manual-3", ".cards .id")
    reader.sees("Completed", ".cards .pill")
    reader.photograph("schedule")
    reader.click("[data-deed=update]")
    reader.there_is("dialog[open]")
    check(reader.page.evaluate("document.querySelector('dialog [list=zones]').value") == "Europe/Berlin", "the dialog does not begin with the zone")
    reader.write("dialog [placeholder^='30 2']", "15 4 1 * *")
    reader.sees("at 04:15, on day 1 of the month", "dialog [role=status]")
    reader.confirm()
    reader.sees("at 04:15, on day 1 of the month", "[aria-label=Due] h2")
    reader.click(".cards a.id")
    reader.sees("nightly:manual-3", "main h1")
    # One that is markup, with markup as its input.
    name = HOSTILE[0]
    reader.go(f"#/schedules/{urllib.parse.quote(name, safe='')}")
    reader.sees(name, "main h1")
    reader.sees("<script>alert('input')</script>", ".json")
    ask("POST", f"schedules/{urllib.parse.quote(name, safe='')}/trigger")
    reader.sees(f"{name}:manual-1", ".cards .id")
    reader.sees("<script>alert('custom')</script>", ".cards td")
    reader.click("[data-deed=delete]")
    reader.confirm()
    reader.sees("Ended", ".instance-head .pill")
    reader.go("#/schedules")
    reader.page.wait(f"document.querySelector('.cards tbody tr') && !{row(name)}", "the deleted one to be gone", 60)
    # A new one; what the server refuses is said in the dialog.
    reader.click_text("main .head button", "Create")
    reader.write("dialog label:nth-of-type(1) input", "often")
    reader.write("dialog [list=scheduled]", "Invoice")
    reader.write("dialog [placeholder^='30 2']", "61 * * * *")
    reader.click("dialog[open] button[type=submit]")
    reader.sees("minute", "dialog .problem")
    reader.click("dialog [value=every]")
    reader.write("dialog [placeholder='5m']", "90m")
    reader.sees("every 90 minutes", "dialog [role=status]")
    reader.confirm()
    reader.page.wait(f"{row('often')}?.textContent.includes('every 90 minutes')", "the new one in the list", 60)
    reader.go("#/schedules/no-such-one")
    reader.sees("no such schedule")


def entities(reader):
    """Entities: found by name and key, paged, read, signalled, deleted; a lock names its holder, and who waits is listed."""
    def ids():
        return reader.page.evaluate("[...document.querySelectorAll('.cards tbody a.id')].filter(e => e.hash.startsWith('#/entities')).map(e => e.textContent)")

    reader.page.press("g")
    reader.page.press("e")
    reader.sees("page-159", ".cards .id")
    reader.photograph("entities")
    reader.write("#entity-name", "counter")
    reader.page.wait("location.hash.includes('name=counter')", "the address to have the name", 60)
    reader.write("#entity-prefix", "page-")
    reader.page.wait("location.hash.includes('prefix=page-')", "the address to have the beginning of the key", 60)
    reader.sees_no("visits", ".cards .id")
    reader.page.wait("document.querySelectorAll('.cards tbody tr').length === 50 && document.querySelector('#older') !== null", "a page", 60)
    # Other conditions, and the list is not loaded yet: the way to the next page of the former ones is gone at once.
    ways = reader.page.evaluate(
        "new Promise(done => { addEventListener('hashchange', () => done(document.querySelectorAll('#older').length), { once: true });"
        " location.hash = '#/entities?name=counter&prefix=page-1'; })")
    check(ways == 0, "a link leads to the next page of former conditions")
    reader.page.wait("document.querySelector('#older')?.hash.includes('prefix=page-1')", "the way to the next page", 60)
    first = ids()
    reader.click("#older")
    reader.page.wait("document.querySelectorAll('.cards tbody tr').length === 10", "the second page", 60)
    check(len(set(first + ids())) == 60, f"two pages have {len(set(first + ids()))} entities of 60")
    reader.go("#/entities?name=counter&prefix=vis")
    reader.sees("visits", ".cards .id")
    reader.click(".cards a.id")
    reader.sees("visits", "main h1")
    reader.sees("5", "[aria-label=State] .json")
    reader.page.press("e")
    reader.write("#operation", "add")
    reader.write("#operation-input", "{")
    reader.click("dialog[open] button[type=submit]")
    reader.sees("no JSON", "dialog .wrong")
    reader.write("#operation-input", "37")
    reader.sees("counter/visits/add", "dialog .command")
    reader.sees("warren entity signal", "dialog .command")
    reader.confirm()
    reader.sees("42", "[aria-label=State] .json")
    reader.click("[data-deed=delete]")
    reader.confirm()
    reader.sees("No state", ".instance-head .pill")
    # Who has it, and who waits for it.
    reader.go("#/entities/counter/held")
    reader.sees("Locked", ".instance-head .pill")
    reader.sees("holder-1", "[aria-label=Facts] a.id")
    reader.sees("buyer-1", ".cards .id")
    reader.photograph("entity")
    reader.click(".cards a.id")
    reader.sees("@counter@held", ".now-box")
    reader.click(".now-box a.id")
    reader.sees("held", "main h1")
    reader.go("#/entities/counter/$")
    reader.sees("(empty key)", "main h1")
    for name in HOSTILE[1:3]:
        reader.go(f"#/entities/counter/{urllib.parse.quote(name, safe='')}")
        reader.sees(name, "main h1")
        reader.sees("5", "[aria-label=State] .json")
        links = reader.page.evaluate("[...document.querySelectorAll('a[href]')].map(e => e.getAttribute('href'))")
        check(all(link.startswith("#") for link in links), f"a link leads elsewhere: {links}")
    reader.go("#/entities/counter/nobody")
    reader.sees("no such entity")
    reader.go("#/entities?name=counter")
    reader.click_text("main .head button", "Clean up")
    reader.sees("warren entity clean", "dialog .command")
    reader.confirm()
    reader.sees("Asked 1 to go", "#notes")


STAGES = {stage.__name__: stage for stage in (
    listing, raising, following, views, timeline, hostile, steering, bulk, system, dead, lines, keyboard, colours, axe, locked,
    rules, scheduling, entities)}


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("url")
    parser.add_argument("stages", nargs="+", choices=STAGES, metavar="STAGE")
    parser.add_argument("--key")
    parser.add_argument("--pictures", type=pathlib.Path)
    arguments = parser.parse_args()
    if arguments.pictures:
        arguments.pictures.mkdir(parents=True, exist_ok=True)
    with Browser() as browser:
        for stage in arguments.stages:
            began = time.monotonic()
            reader = Reader(browser, arguments, stage)
            try:
                STAGES[stage](reader)
                reader.leave()
            except (Failure, BrowserError) as failure:
                traceback.print_exc(limit=-3, file=sys.stdout)
                print(f"{stage}: {failure}", *reader.page.complaints, sep="\n")
                if arguments.pictures:
                    reader.page.picture(arguments.pictures / f"dashboard-{stage}-failure.png")
                return 1
            print(f"{stage}: as it should, {time.monotonic() - began:.1f} s", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
