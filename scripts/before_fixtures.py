#!/usr/bin/env python3
"""Makes what the tests of upgrading open: files and journals that the version before wrote, and then was killed.

    scripts/before_fixtures.py      writes Tests/WarrenHostTests/Fixtures/*; needs scripts/before, a broker and pika

A fixture is never made again for the same version, because its point is that it is old. For a new version before, add
one under another name (WARREN_BEFORE=COMMIT, and NAME in the environment: default `schema-5`), and a line in the tests.

`NAME.tar.gz` is the data directory of a hub `test` of two partitions, with its write-ahead logs, as `kill -9` left it.
`NAME.journal.NN.txt` has the records of a journalled hub's partition, one a line, in base64.
"""

import base64
import json
import os
import pathlib
import signal
import subprocess
import sys
import tarfile
import tempfile

import pika

ROOT = pathlib.Path(__file__).resolve().parent.parent
TARGET = ROOT / "Tests/WarrenHostTests/Fixtures"
NAME = os.environ.get("NAME", "schema-5")
BROKER = [str(ROOT / "scripts/broker"), "--name", f"fixtures-{os.getpid()}"]
CLEAN = {k: v for k, v in os.environ.items() if not k.startswith("WARREN_BROKER")}


def broker(*arguments):
    return subprocess.run([*BROKER, *arguments], check=True, text=True, stdout=subprocess.PIPE, env=CLEAN).stdout.strip()


class Version:
    """The programs of the version before, on one hub."""

    def __init__(self, programs, url, hub, data, *options):
        self.programs, self.url, self.hub = pathlib.Path(programs), url, hub
        place = ["--broker", url, "--hub", hub, "--data", str(data), "--partitions", "2", "--log-level", "warning"]
        self.command = [str(self.programs / "patterns"), *place, *options]
        self.host = None

    def start(self):
        self.host = subprocess.Popen(self.command, stdout=subprocess.PIPE, text=True)
        for line in self.host.stdout:
            if "ready" in line:
                return
        sys.exit("the host of the version before ended before it was ready")

    def kill(self):
        self.host.send_signal(signal.SIGKILL)
        self.host.wait()

    def warren(self, *arguments):
        environment = {**CLEAN, "WARREN_BROKER_URL": self.url, "WARREN_HUB": self.hub}
        done = subprocess.run([str(self.programs / "warren"), *arguments], text=True, stdout=subprocess.PIPE,
                              env=environment)
        return done.stdout

    def until(self, instance, is_there):
        """Asks for an instance until it is as wanted: the program tells nobody of what happens inside."""
        for _ in range(600):
            text = self.warren("status", instance, "--json")
            if text and is_there(json.loads(text)):
                return
        sys.exit(f"{instance} did not come to what was wanted: {text}")

    def fill(self):
        """Leaves an instance in each state that an upgrade can find."""
        self.warren("start", "HelloCities", "--id", "done", "--input", '["Oslo"]', "--tag", "team=blue", "--wait")
        self.warren("start", "SumOfSquares", "--id", "bad", "--input", '"x"', "--wait")
        self.warren("start", "ProvisionNewDevices", "--id", "devices", "--input", "2", "--wait")
        years = '{"timeoutSeconds":220000000}'
        for name in ("stopped", "held", "waits"):
            self.warren("start", "Approval", "--id", name, "--input", years)
        self.warren("terminate", "stopped", "--reason", "no more")
        self.warren("suspend", "held")
        # Kept until it is resumed.
        self.warren("raise", "held", "Approval", "--data", "true")
        self.warren("start", "Aggregator", "--id", "total")
        self.warren("raise", "total", "Add", "--data", "5")
        self.until("total", lambda status: status.get("customStatus") == 5)
        # A timer that is due when the files are opened, and a start that is.
        self.warren("start", "Counter", "--id", "counter", "--input", '{"value":7,"everySeconds":3600}')
        self.warren("start", "HelloCities", "--id", "later", "--input", '["Bergen"]', "--delay", "10h")
        # Held for its instance, which does not exist.
        self.warren("raise", "early", "Approval", "--data", "true", "--confirmed-only")
        self.warren("start", "MonitorJob", "--id", "watch", "--input", '{"job":"j","everySeconds":4}')
        self.until("watch", lambda status: status.get("customStatus"))


def local(programs, url):
    with tempfile.TemporaryDirectory() as folder:
        data = pathlib.Path(folder) / "data"
        version = Version(programs, url, "test", data)
        version.start()
        version.fill()
        # From here on the broker takes nothing, so the next look at the job stays in the outbox.
        broker("ctl", "set_vm_memory_high_watermark", "absolute", "1MB")
        sql = "SELECT count(*) FROM outbox"
        for _ in range(100_000):
            counts = [subprocess.run(["sqlite3", f"file:{data}/test.partition.{n:02}.sqlite?mode=ro", sql], text=True,
                                     check=True, stdout=subprocess.PIPE).stdout.strip() for n in range(2)]
            if any(int(count) > 0 for count in counts):
                break
        version.kill()
        broker("ctl", "set_vm_memory_high_watermark", "0.4")
        with tarfile.open(TARGET / f"{NAME}.tar.gz", "w:gz") as archive:
            for file in sorted(data.iterdir()):
                if file.is_file():
                    archive.add(file, file.name)


def journals(programs, url):
    with tempfile.TemporaryDirectory() as folder:
        version = Version(programs, url, "test-journal", pathlib.Path(folder) / "data", "--durability", "journal")
        version.start()
        version.fill()
        version.kill()
        for number in range(2):
            stream = f"test-journal.journal.{number:02}"
            lines = [base64.b64encode(body).decode() for body in records(url, stream)]
            (TARGET / f"{NAME}.journal.{number:02}.txt").write_text("\n".join(lines) + "\n")


def records(url, stream):
    connection = pika.BlockingConnection(pika.URLParameters(url))
    channel = connection.channel()
    channel.basic_qos(prefetch_count=100)
    # A stream does not say where it ends: what does not come within two seconds is not there.
    for method, _, body in channel.consume(stream, arguments={"x-stream-offset": "first"}, inactivity_timeout=2):
        if method is None:
            break
        channel.basic_ack(method.delivery_tag)
        yield body
    connection.close()


def main():
    TARGET.mkdir(parents=True, exist_ok=True)
    programs = subprocess.run([str(ROOT / "scripts/before")], check=True, text=True, stdout=subprocess.PIPE).stdout.strip()
    broker("start")
    try:
        local(programs, broker("url"))
        journals(programs, broker("url"))
    finally:
        broker("down", "--purge")


if __name__ == "__main__":
    main()
