#!/usr/bin/env python3
"""Plays the dungeon's page in headless Chromium, as people do.

    play_in_browser.py URL GAME… [--pictures FOLDER]

URL is a running host's page; GAME is what to play: victory, keyboard, names, rules, file, texts, death, texts_of_the_dead. Those
of the dead want a host that gives little time to confirm (--confirm-within 1s), the others one that gives minutes; all like --monitor-every 1s.
With --pictures, every stage is photographed at 400 and at 1600 pixels, light and dark.

Status 0 if all went as it should; 1 and the reason otherwise, with a picture of the page at that moment.
"""

import argparse
import json
import pathlib
import sys
import tempfile
import time
import traceback
import urllib.parse
import urllib.request
import uuid

sys.dont_write_bytecode = True
from chromium import Browser, BrowserError  # noqa: E402 (its folder is in PYTHONPATH)

WORKFLOWS = ["RunUserParallelWorkflow", "UserConfirmationWorkflow", "RunUserSequentialWorkflow",
             "GameMonitorWorkflow", "UserMonitorWorkflow"]

# What people are not called, as a rule. Each must be seen on the page exactly as it is written.
NAMES = ["<img src=x onerror=alert(1)>", "\"'><svg/onload=alert(2)>", "</script><script>alert(3)</script>",
         "javascript:alert`4`//%3Cb%3E", "Zoë & Søn 🐉 #?%2F", "W" * 90]


class Failure(Exception):
    """The page does not do what it should."""


def check(condition, message):
    if not condition:
        raise Failure(message)


def expected(text):
    """Chromium complains of every answer that is not 200, and the API says 404 and 400 where nothing is wrong."""
    return "status of 40" in text and "/api/" in text


class Player:
    """Somebody in front of the page."""

    def __init__(self, browser, url, stage, pictures, width=1280):
        self.url, self.stage, self.pictures = url, stage, pictures
        self.places = [url, "data:"]  # where the page may ask for anything
        self.name = f"{stage}-{uuid.uuid4().hex[:6]}"
        self.page = browser.open(url, width=width, ignored=expected)

    # ---- What one does

    def enter(self, name=None):
        """Writes a name and presses New User."""
        self.name = name or self.name
        self.page.click("#username")
        self.page.evaluate("document.activeElement.select()")
        self.page.write(self.name)
        self.page.click("#new-user")

    def act(self, place):
        """Picks a thing by its chip and presses Action."""
        self.page.click(f".chip[data-place={place}]")
        self.page.click("#act")

    def tab_to(self, selector):
        """Presses Tab until the focus is there. Wherever it stops on the way, one can see it."""
        for _ in range(40):
            self.page.press("Tab")
            focus = self.page.evaluate(f"""(() => {{
                const focused = document.activeElement, style = getComputedStyle(focused);
                return {{ there: focused.matches({json.dumps(selector)}), what: focused.outerHTML.slice(0, 80),
                          ring: style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2,
                          page: focused === document.body }};
            }})()""")
            check(focus["ring"] or focus["page"], f"no focus ring on {focus['what']}")
            if focus["there"]:
                return
        raise Failure(f"Tab never comes to {selector}")

    # ---- What one sees

    def sees(self, text, selector="#description"):
        says = f"document.querySelector('{selector}').textContent.includes({json.dumps(text)})"
        self.page.wait(says, f"{selector} to say {text}")

    def sees_thing(self, place):
        self.page.wait(f"document.querySelector('.chip[data-place={place}]')", f"something to be {place}")
        return self.page.evaluate(f"document.querySelector('.chip[data-place={place}]').dataset.item")

    def sees_states(self, **states):
        for name in WORKFLOWS:
            state = states.get(name, "completed")
            self.page.wait(f"document.querySelector('[data-workflow={name}]').classList.contains('{state}')",
                           f"{name} to be {state}")
            text = self.page.text(f"[data-workflow={name}] .state")
            check(text.lower().startswith(state), f"{name} is {state} and says {text}")

    def may_confirm(self):
        self.page.wait("states.UserConfirmationWorkflow === 'running'", "the time to confirm")
        self.sees(f"The Universe is Waiting for {self.name}")

    def photograph(self, moment):
        """Looks at the page in all four ways: nothing may stick out at the side."""
        for width, height in [(1600, 1000), (400, 860)]:
            for dark in (False, True):
                self.page.look(width, height, dark)
                across = self.page.evaluate("document.documentElement.scrollWidth")
                check(across <= width, f"{self.stage}, {moment}: {across} pixels wide in a window of {width}")
                if self.pictures:
                    look = "dark" if dark else "light"
                    self.page.picture(self.pictures / f"{self.stage}-{moment}-{width}-{look}.png")
        self.page.look(1280, 900)

    def leave(self):
        """What must hold for every page, whatever was played on it."""
        check(not self.page.dialogs, f"a dialog said {self.page.dialogs}")
        check(not self.page.complaints, "the browser complained: " + "\n".join(self.page.complaints))
        strangers = [url for url in self.page.requests if not url.startswith(tuple(self.places))]
        check(not strangers, f"the page asked others: {strangers}")
        odd = self.page.evaluate(
            "[...document.querySelectorAll('img, iframe, object, script ~ *')].map(element => element.outerHTML)")
        check(not odd and self.page.evaluate("document.scripts.length") == 1, f"markup came from a name: {odd}")
        self.page.close()


def victory(player):
    """A whole game with the mouse, and what is said about it."""
    player.photograph("empty")
    player.sees("The Universe is Empty")
    player.enter()
    player.may_confirm()
    player.sees("Look out!", "#lines")
    player.photograph("waiting")
    player.page.click("#confirm")
    weapon = player.sees_thing("floor")
    monster, treasure = player.sees_thing("monster"), player.sees_thing("lair")
    for text in ["You are standing in a ", f"Inside the room is a {monster}.", f"It is holding onto a {treasure}.",
                 f"On the floor {player.name} sees a {weapon}"]:
        player.sees(text)
    player.photograph("room")
    player.act("floor")
    check(player.sees_thing("held") == weapon, "what was taken is not held")
    player.sees(f"{player.name} is holding onto: {weapon}")
    player.page.click(".chip[data-place=monster]")
    check(player.page.evaluate("[verb.value, target.value, weapon.value]") == ["kill", monster, weapon],
          "the chip of the monster does not fill the boxes")
    player.photograph("armed")
    player.page.click("#act")
    player.sees(f"There is a dead {monster} on the floor.")
    check(player.sees_thing("floor") == treasure, "the treasure is not on the floor")
    player.act("floor")
    player.sees(f"{player.name} won the game!")
    player.sees_states()
    player.sees(f"{player.name} has won the game!", "#lines")
    player.photograph("won")


def keyboard(player):
    """A whole game without a mouse: Tab, Enter, Space and letters."""
    page = player.page
    player.tab_to("#username")
    page.write(player.name)
    page.press("Enter")
    player.may_confirm()
    player.tab_to("#confirm")
    page.press("Space")
    for place, key in [("floor", "Enter"), ("monster", "Space"), ("floor", "Enter")]:
        item = player.sees_thing(place)
        player.tab_to(f".chip[data-place={place}]")
        page.press(key)
        page.wait(f"target.value === {json.dumps(item)}", "the chip to fill the box")
        player.tab_to("#target")
        page.press("Enter")
        if place == "monster":
            player.sees("There is a dead")
        elif page.evaluate("game.monster.isAlive"):
            player.sees_thing("held")
    player.sees(f"{player.name} won the game!")
    unlabelled = page.evaluate(
        "[...document.querySelectorAll('input, select')].filter(box => box.labels.length === 0).length")
    check(unlabelled == 0, f"{unlabelled} boxes have no label")
    for pane in ["#description", "#error", "#lines"]:
        check(page.evaluate(f"['polite', 'assertive'].includes(document.querySelector('{pane}').ariaLive)"),
              f"{pane} is not read aloud when it changes")


def names(player):
    """Names that would be markup, code or paths if anybody took them for it."""
    suffix = player.name[-4:]
    for index, name in enumerate(NAMES):
        player.enter(name + suffix)
        player.may_confirm()
        # In both worlds: with entities, no database tells of the user.
        player.sees(f"has been prepared for {player.name}!", "#lines")
        if index == 0:
            player.page.click("#confirm")
            player.sees_thing("floor")
            player.sees(f"On the floor {player.name} sees a ")
        player.page.look(400, 860)
        across = player.page.evaluate("document.documentElement.scrollWidth")
        check(across <= 400, f"{across} pixels wide with the name {player.name}")
        check(not player.page.dialogs, f"{player.name} opened a dialog")
    player.photograph("long")
    player.page.evaluate("$('mine').click()")
    shown = player.page.evaluate("""[...$("lines").children].filter(line => line.offsetHeight > 0)
        .every(line => line.textContent.includes(username.value))""")
    check(shown, "lines of others are shown though only my game is wanted")


def connect(page, online):
    """Pulls the plug, or puts it back."""
    page.call("Network.emulateNetworkConditions", {
        "offline": not online, "latency": 0, "downloadThroughput": -1, "uploadThroughput": -1})


def rules(player):
    """When the page asks, when it does not, and what it says when it is refused."""
    page = player.page
    asked = lambda: sum("/CheckStatus/" in url or "/GameStatus/" in url for url in page.requests)  # noqa: E731

    check(page.text("#pause") == "Pause", "the page does not begin active")
    page.click("#new-user")
    player.sees("NewUser failed: User name is required..", "#error")
    player.page.click("#username")
    page.write("A")
    before = asked()
    page.evaluate("tick()")
    check(asked() == before, "the page asks about a name of one letter")
    page.write("nonymous" + player.name)
    player.name = "Anonymous" + player.name
    page.click("#confirm")
    player.sees("ConfirmUser failed: Username does not exist..", "#error")
    page.click("#act")
    player.sees("Action failed: Dead or missing username is not allowed..", "#error")
    player.photograph("refused")
    check(page.evaluate("($('new-user').click(), buttons.every(button => button.disabled))"),
          "buttons can be pressed while one is at work")
    page.wait("$('error').textContent === '' && !$('act').disabled", "success to clear the last error")
    player.may_confirm()

    page.click("#pause")
    check(page.text("#pause") == "Run", "the button does not say how to go on")
    settled = "new Promise(done => { const look = () => asking ? setTimeout(look, 10) : done(); look(); })"
    page.evaluate(settled)
    before = asked()
    page.evaluate("tick()")
    check(asked() == before, "the page asks while it is paused")
    page.click("#pause")
    page.click("#pause")
    page.evaluate(settled)
    asks = asked() - before
    check(asks >= 6 and asks % 6 == 0, f"a tick asks for five workflows and the game; {asks} requests were seen")
    page.click("#pause")

    check(page.evaluate("TICK") == 500, "the page does not ask twice a second")
    # D42: three statuses have a look of their own; any other, and none, is unknown.
    for status, look in [("Running", "running"), ("Completed", "completed"), ("Failed", "failed"),
                         ("Terminated", "unknown"), ("Suspended", "unknown"), ("Pending", "unknown"), (None, "unknown")]:
        answer = json.dumps(status and {"status": status, "created": "2026-01-01T00:00:00Z"})
        looks = page.evaluate(f"""(showWorkflow("GameMonitorWorkflow", {answer}),
            document.querySelector("[data-workflow=GameMonitorWorkflow]").className)""")
        check(looks == f"chamber {look}", f"a workflow that is {status} looks {looks}")

    page.evaluate("$('target').value = $('with').value = 'Moon'")
    page.click("#act")
    player.sees("Action failed: Target not found..", "#error")
    check(page.evaluate("$('target').value + $('with').value") == "", "an action leaves its words in the boxes")
    # Two message IDs are two lines, however often each of them comes. Other lines may come in between.
    text = f"A line for {player.name}"
    line = json.dumps(json.dumps({"text": text, "level": "info", "at": "2026-01-01T00:00:00Z"}))
    page.evaluate(f"for (const id of ['x', 'y', 'x']) heard({{ lastEventId: id, data: {line} }})")
    lines = page.text("#lines").split("\n").count(text)
    check(lines == 2, f"two lines, one of them delivered twice, are shown as {lines}")

    connect(page, False)
    player.sees("The Universe is Chaos")
    player.photograph("chaos")
    connect(page, True)
    player.sees(f"The Universe is Waiting for {player.name}")
    page.complaints = [text for text in page.complaints if "ERR_INTERNET_DISCONNECTED" not in text]


def file(player):
    """The page as a file on the disk: its origin is `null`, so all that it asks for goes to another origin."""
    page, there = player.page, "http://localhost:7071/api"
    with urllib.request.urlopen(player.url) as answer:
        text = answer.read().decode()
    check(text.count(there) == 1, "the page as a file does not ask the port of the original")
    with tempfile.TemporaryDirectory() as folder:
        copy = pathlib.Path(folder, "index.html")
        copy.write_text(text.replace(there, player.url + "api"), encoding="utf-8")
        player.places.append(copy.as_uri())
        page.call("Page.navigate", {"url": copy.as_uri()})
        page.wait("document.readyState === 'complete' && location.protocol === 'file:'", "the file to load")
        check(page.evaluate("self.origin") == "null", "a file has an origin")
        player.enter()
        player.may_confirm()
        page.click("#confirm")
        weapon = player.sees_thing("floor")
        player.act("floor")
        player.sees(f"{player.name} is holding onto: {weapon}")
        player.sees(f"User {player.name} successfully grabbed {weapon}.", "#lines")
        page.click("#new-user")
        player.sees("NewUser failed: Duplicate username is not allowed..", "#error")


def death(player):
    """Who does not confirm in time dies."""
    player.enter()
    player.sees(f"{player.name} is Dead")
    player.sees_states(RunUserSequentialWorkflow="unknown", GameMonitorWorkflow="unknown")
    player.sees(f"Unfortunately user {player.name} died from waiting too long!", "#lines")
    player.photograph("dead")
    player.page.click("#confirm")
    player.sees("ConfirmUser failed: 404 Not Found.", "#error")


def opened_as_text_reader(player):
    """Leaves the page for one that reads the API's answers as that of the original game does: items are text."""
    page, there = player.page, "http://localhost:7071/api"
    text = pathlib.Path(__file__).resolve().with_name("text_reader.html").read_text(encoding="utf-8")
    check(text.count(there) == 1, "the page does not say where it asks")
    folder = tempfile.TemporaryDirectory()
    copy = pathlib.Path(folder.name, "text_reader.html")
    copy.write_text(text.replace(there, player.url + "api"), encoding="utf-8")
    player.places.append(copy.as_uri())
    page.call("Page.navigate", {"url": copy.as_uri()})
    page.wait("document.readyState === 'complete' && location.protocol === 'file:'", "the page to load")
    return folder


def does(player, verb, target, weapon=""):
    """Fills the boxes of that page and presses Action."""
    player.page.evaluate(f"""(() => {{ $("verb").value = {json.dumps(verb)}; $("target").value = {json.dumps(target)};
        $("with").value = {json.dumps(weapon)}; }})()""")
    player.page.click("#act")


def texts(player):
    """A whole game on a page that reads items as text: split at commas, trimmed, empty for none."""
    data = "document.querySelector('#description').dataset"
    with opened_as_text_reader(player):
        player.sees("")
        player.enter()
        player.sees(f"The Universe is Waiting for {player.name}")
        player.page.click("#confirm")
        player.page.wait(f"{data}.floor", "a weapon to be on the floor")
        weapon, monster = player.page.evaluate(f"[{data}.floor, {data}.monster]")
        player.sees(f"On the floor {player.name} sees a {weapon}.")
        player.sees("It is holding onto a ")
        does(player, "get", "Moon")
        player.sees("Action failed: Target not found..", "#error")
        does(player, "get", weapon)
        player.sees(f"{player.name} is holding onto: {weapon}.")
        player.page.wait(f"{data}.held === {json.dumps(weapon)}", "one thing to be held")
        check("On the floor" not in player.page.text("#description"), "an empty text is taken for something")
        does(player, "kill", monster, weapon)
        player.sees(f"There is a dead {monster} on the floor.")
        check("It is holding" not in player.page.text("#description"), "a dead monster holds something")
        treasure = player.page.evaluate(f"{data}.floor")
        does(player, "get", treasure)
        player.sees(f"{player.name} is holding onto: {weapon},{treasure}.")
        player.sees(f"{player.name} won the game!")
        for name in WORKFLOWS:
            player.page.wait(f"$('{name}').className === 'completed'", f"{name} to be completed")
        player.photograph("texts")
        player.leave()


def texts_of_the_dead(player):
    """On that page, somebody that does not confirm is dead."""
    with opened_as_text_reader(player):
        player.enter()
        player.sees(f"{player.name} is Dead")
        for name in ("GameMonitorWorkflow", "RunUserSequentialWorkflow"):
            check(player.page.evaluate(f"$('{name}').className") == "unknown", f"{name} is known")
        player.page.click("#confirm")
        player.sees("ConfirmUser failed: .", "#error")
        player.leave()


GAMES = {game.__name__: game for game in (
    victory, keyboard, names, rules, file, death, texts, texts_of_the_dead)}


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("url")
    parser.add_argument("games", nargs="+", choices=GAMES, metavar="GAME")
    parser.add_argument("--pictures", type=pathlib.Path)
    arguments = parser.parse_args()
    address = urllib.parse.urlsplit(arguments.url)
    url = f"{address.scheme}://{address.netloc}/"
    if arguments.pictures:
        arguments.pictures.mkdir(parents=True, exist_ok=True)
    with Browser() as browser:
        for game in arguments.games:
            began = time.monotonic()
            player = Player(browser, url, game, arguments.pictures)
            try:
                GAMES[game](player)
                if player.page.session in browser.pages:
                    player.leave()
            except (Failure, BrowserError) as failure:
                traceback.print_exc(limit=-3, file=sys.stdout)
                print(f"{game}: {failure}", *player.page.complaints, sep="\n")
                if arguments.pictures:
                    player.page.picture(arguments.pictures / f"{game}-failure.png")
                return 1
            print(f"{game}: as it should, {time.monotonic() - began:.1f} s", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
