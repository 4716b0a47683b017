#!/usr/bin/env python3
"""Opens each dialog of the dashboard, and runs the lines that it shows in a shell instead of pressing its button.

    type_lines.py URL --broker AMQP-URL --warren PROGRAM [--pictures FOLDER]

URL is a running server's page over the hub of `DashboardHub.onBroker`, on the broker named. Every line is read off the page.
A dialog mostly has two, of amqp-publish and of warren, and each is tried on an instance of its own.

Status 0 if every line had the effect that the button has; 1 and the reason otherwise.
"""

import argparse
import json
import os
import pathlib
import subprocess
import sys
import time
import traceback
import urllib.parse
import urllib.request

sys.dont_write_bytecode = True

from chromium import Browser, BrowserError  # noqa: E402 (its folder is in PYTHONPATH)
from look_in_browser import Failure, Reader, check  # noqa: E402

# IDs that a shell, and a parser of options, would read as something else.
ODD = ["it's; echo `odd` $HOME", "--reason"]


class Typist(Reader):
    """Somebody who copies lines from the page into a terminal."""

    def __init__(self, browser, arguments):
        super().__init__(browser, argparse.Namespace(url=arguments.url, key=None, pictures=arguments.pictures), "lines")
        self.folder = pathlib.Path(arguments.warren).parent
        self.broker = arguments.broker
        self.typed = 0

    def ask(self, method, path, body=None):
        """Asks the API, to prepare something."""
        request = urllib.request.Request(
            self.url.removesuffix("ui/") + "api/v1/" + path, method=method,
            data=None if body is None else json.dumps(body).encode(), headers={"Content-Type": "application/json"})
        with urllib.request.urlopen(request) as answer:
            return json.load(answer)

    def begin(self, *ids, orchestration="LeaveApproval", **more):
        for identifier in ids:
            self.ask("POST", "instances", {"orchestration": orchestration, "id": identifier, "input": {"a": "ü'"}, **more})

    def lines(self):
        """The lines that the open dialog shows; then it is left."""
        self.there_is("dialog[open] .command code")
        found = self.page.evaluate("[...document.querySelectorAll('dialog[open] .command code')].map(e => e.textContent)")
        self.page.press("Escape")
        self.page.wait("!document.querySelector('dialog')", "Escape to close the dialog", 60)
        return found

    def type(self, line, program):
        """Runs a line. `$URL` is what the page says that it is; warren finds the broker where it always does."""
        check(line.startswith(program), f"this is no line of {program}: {line}")
        environment = {
            "PATH": f"{self.folder}:{os.environ['PATH']}", "HOME": os.environ.get("HOME", "/"), "URL": self.broker,
            "WARREN_BROKER_URL": self.broker, "LC_ALL": "C.UTF-8"}
        done = subprocess.run(["bash", "-c", line], env=environment, capture_output=True, text=True, timeout=60)
        check(done.returncode == 0, f"{line}\nended with {done.returncode}: {done.stdout}{done.stderr}")
        self.typed += 1
        return done.stdout

    def has_status(self, identifier, status):
        # As somebody who comes from elsewhere.
        self.go("#/instances")
        self.there_is(".instances tbody tr")
        self.open(identifier)
        self.sees(status, ".instance-head .pill")

    def is_gone(self, identifier):
        # A page that was opened before the purge hears of no purge: it is opened anew.
        self.go("#/instances")
        self.there_is(".instances, .empty")
        self.go(f"#/instances/{urllib.parse.quote(identifier, safe='')}")
        self.sees("This hub has no such instance")


PROGRAMS = ("amqp-publish", "warren")


def each(typist, *ids, deed, effect, fill=lambda: None):
    """Tries both lines of a deed, one on every other instance."""
    for index, identifier in enumerate(ids):
        typist.open(identifier)
        typist.click(f"[data-deed={deed}]")
        typist.there_is("dialog[open]")
        fill()
        lines = typist.lines()
        check(len(lines) == 2, f"{deed} shows {lines}")
        typist.type(lines[index % 2], PROGRAMS[index % 2])
        effect(identifier)


def steering(typist):
    """One instance: suspend, resume, raise, terminate, start again, purge."""
    ids = ["one", "two", *ODD]
    typist.begin(*ids)

    def reason():
        typist.write("dialog input", "it's <odd> $HOME")

    def event():
        typist.write("#raise-data", "{\"by\": \"Ann's `x`\"}")
        typist.sees("Ann", "dialog .command")

    each(typist, *ids[:2], deed="suspend", fill=reason, effect=lambda one: (
        typist.has_status(one, "Suspended"), typist.sees("it's <odd> $HOME", ".now-box")))
    each(typist, *ids[:2], deed="resume", effect=lambda one: typist.has_status(one, "Running"))
    each(typist, *ids, deed="raise", fill=event, effect=lambda one: (
        typist.has_status(one, "Completed"), typist.sees("Ann's `x`", ".now-box .json")))
    each(typist, *ids[:2], deed="restart", fill=lambda: typist.click("dialog [value=own]"),
         effect=lambda one: typist.has_status(one, "Running"))
    each(typist, *ids[:2], deed="terminate", fill=reason, effect=lambda one: (
        typist.has_status(one, "Terminated"), typist.sees("it's <odd> $HOME", ".now-box")))
    each(typist, *ids, deed="purge", effect=typist.is_gone)


def starting(typist):
    """The dialog that starts something."""
    for index, identifier in enumerate(["begun", "it's begun"]):
        typist.go("#/instances")
        typist.click_text("main .head button", "Start")
        typist.write("dialog input[list]", "LeaveApproval")
        typist.write("dialog label:nth-of-type(2) input", identifier)
        typist.write("dialog textarea", "{\"days\": [1, 2.50], \"why\": \"it's\"}")
        typist.page.evaluate("document.querySelector('dialog [placeholder^=team]').focus()")
        typist.page.write("team=blue green")
        typist.sees("blue green", "dialog .command")
        typist.type(typist.lines()[index], PROGRAMS[index])
        typist.has_status(identifier, "Running")
        typist.sees("team=blue green", ".facts")
        typist.open(identifier, "data")
        typist.sees("it's", ".json")


def many(typist):
    """What is done to all that meet some conditions."""
    for deed, status in (("suspend", "Suspended"), ("resume", "Running"), ("terminate", "Terminated"), ("restart", "Running"),
                         ("terminate", "Terminated")):
        ids = [f"many {number}'s" for number in range(2)]
        if deed == "suspend":
            typist.begin(*ids)
        typist.go("#/instances?prefix=many")
        typist.sees(ids[1], ".instances .id")
        typist.click("thead input")
        typist.click(".bulk [data-deed=everything]")
        typist.click(f".bulk [data-deed={deed}]")
        typist.sees("2 instances will be", "dialog .preview")
        for line in typist.lines():
            typist.type(line, "warren")
        for identifier in ids:
            typist.has_status(identifier, status)
    typist.begin("apart")
    typist.go("#/instances?prefix=many")
    typist.sees(ids[1], ".instances .id")
    typist.click("thead input")
    typist.click(".bulk [data-deed=everything]")
    typist.click(".bulk [data-deed=purge]")
    typist.sees("2 instances will be purged", "dialog .preview")
    for line in typist.lines():
        typist.type(line, "warren")
    for identifier in ids:
        typist.is_gone(identifier)
    typist.has_status("apart", "Running")


def letters(typist):
    """Dead letters: an event that came too early is published again, and a start that is no JSON is removed."""
    hub = typist.ask("GET", "hub")["hub"]
    typist.type(f"amqp-publish -u \"$URL\" -p -e {hub}.event -r late/Approval -H 'warren-hold-ms: 0' -b '\"at last\"'", "amqp-publish")
    typist.type(f"amqp-publish -u \"$URL\" -p -e {hub}.start -r LeaveApproval -C application/json -b '<one>'", "amqp-publish")

    def mark(text):
        """Opens the page until the letter is there, and marks it."""
        for _ in range(100):
            typist.go("#/instances")
            typist.go("#/dead")
            typist.page.wait("document.querySelector('.letter, .empty')", "the dead letters", 60)
            if typist.page.evaluate(f"[...document.querySelectorAll('.letter')].some(e => e.textContent.includes({json.dumps(text)}))"):
                break
        else:
            raise Failure(f"the letter '{text}' does not come")
        typist.page.evaluate(f"[...document.querySelectorAll('.letter')].find(e => e.textContent.includes({json.dumps(text)})).querySelector('input').click()")

    mark("late/Approval")
    typist.begin("late")
    typist.click_text(".bulk button", "Publish again")
    typist.type(typist.lines()[0], "warren")
    typist.has_status("late", "Completed")
    typist.sees("at last", ".now-box .json")
    mark("invalid-json")
    typist.click_text(".bulk button", "Remove")
    typist.type(typist.lines()[0], "warren")
    typist.go("#/instances")
    typist.go("#/dead")
    typist.sees("There are no dead letters")


def keeping(typist):
    """Schedules: create, replace, pause, resume, run now, delete."""
    def sees(name, text):
        typist.go("#/instances")
        typist.there_is(".instances tbody tr")
        typist.go(f"#/schedules/{urllib.parse.quote(name, safe='')}")
        typist.sees(name, "main h1")
        typist.sees(text)

    names = ["by hand", "--it's"]
    for index, name in enumerate(names):
        typist.go("#/schedules")
        typist.click_text("main .head button", "Create")
        typist.write("dialog label:nth-of-type(1) input", name)
        typist.write("dialog [list=scheduled]", "Conversation")
        typist.write("dialog [placeholder^='30 2']", "30 2 * * mon")
        typist.write("dialog [list=zones]", "Europe/Berlin")
        typist.write("dialog textarea", "{\"why\": \"it's\"}")
        typist.page.evaluate("(e => { e.value = 'all'; e.dispatchEvent(new Event('input')); })([...document.querySelectorAll('dialog select')][1])")
        typist.sees("catchUpLimit", "dialog .command")
        typist.type(typist.lines()[index], PROGRAMS[index])
        sees(name, "at 02:30, on Monday")
        for text in ("Europe/Berlin", "a run for each of the last 100", "it's"):
            typist.sees(text)
    for deed, text in (("pause", "Paused"), ("resume", "Active"), ("trigger", ":manual-1"), ("update", "every 2 hours"), ("delete", "Ended")):
        for index, name in enumerate(names):
            sees(name, "Rules")
            typist.click(f".instance-head [data-deed={deed}]")
            typist.there_is("dialog[open]")
            if deed == "update":
                typist.click("dialog [value=every]")
                typist.write("dialog [placeholder='5m']", "2h")
                typist.sees("7200", "dialog .command")
            lines = typist.lines()
            check(len(lines) == 2, f"{deed} shows {lines}")
            typist.type(lines[index], PROGRAMS[index])
            sees(name, text)


def signalling(typist):
    """Entities: signal, at once and later, delete the state, clean up."""
    for index, key in enumerate(["one's", "-two"]):
        for number in (1, 2):
            typist.go("#/instances")
            typist.go("#/entities")
            typist.click_text("main .head button", "Signal")
            typist.write("dialog label:nth-of-type(1) input", "Counter")
            typist.write("dialog label:nth-of-type(2) input", key)
            typist.write("#operation", "add")
            typist.write("#operation-input", "21")
            if number == 2:
                typist.page.evaluate("(e => { e.value = '2026-01-01T00:00:00'; e.dispatchEvent(new Event('input')); })(document.querySelector('dialog [type=datetime-local]'))")
                typist.sees("2026-01-01" if time.timezone == 0 else "-", "dialog .command")
            typist.type(typist.lines()[index], PROGRAMS[index])
            typist.go(f"#/entities/counter/{urllib.parse.quote(key, safe='')}")
            typist.sees(str(21 * number), "[aria-label=State] .json")
        typist.click("[data-deed=delete]")
        typist.there_is("dialog[open]")
        typist.type(typist.lines()[index], PROGRAMS[index])
        typist.sees("No state", ".instance-head .pill")
    typist.go("#/entities?deleted=true")
    typist.sees("-two", ".cards .id")
    typist.click_text("main .head button", "Clean up")
    typist.type(typist.lines()[0], "warren")
    typist.sees("no entities")


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("url")
    parser.add_argument("--broker", required=True)
    parser.add_argument("--warren", required=True)
    parser.add_argument("--pictures", type=pathlib.Path)
    arguments = parser.parse_args()
    with Browser() as browser:
        typist = Typist(browser, arguments)
        try:
            for part in (steering, starting, many, letters, keeping, signalling):
                part(typist)
            typist.leave()
        except (Failure, BrowserError, subprocess.TimeoutExpired) as failure:
            traceback.print_exc(limit=-3, file=sys.stdout)
            print(f"{failure}", *typist.page.complaints, sep="\n")
            return 1
        print(f"{typist.typed} lines did what they should")
    return 0


if __name__ == "__main__":
    sys.exit(main())
