"""The part of scripts/soundness that checks the checks: each mistake is planted in a copy and has to be found."""

import pathlib
import shutil
import subprocess
import tempfile

# check: (file, text to append or, as a pair, text to replace and its replacement)
PLANTS = [
    ("formatting", "Sources/Warren/Planted.swift", "struct   Planted{let a:Int}\n"),
    ("formatting", "Sources/Warren/Planted.swift", "public struct Planted {}\n"),
    ("imports", "Sources/AMQP/Planted.swift", "import Warren\n"),
    ("imports", "Sources/WarrenSupport/Planted.swift", "import Warren\n"),
    ("imports", "Sources/WarrenHost/Planted.swift", "import CRabbitMQ\n"),
    ("imports", "Sources/WarrenMessaging/Planted.swift", "package import CSQLite\n"),
    ("imports", "Sources/Warren/Planted.swift", "@preconcurrency internal import struct WarrenHost.Host\n"),
    ("imports", "Sources/Samples/Patterns/Planted.swift", "import WarrenStorage\n"),
    ("imports", "Sources/Samples/Orders/Planted.swift", "import CSQLite\n"),
    ("imports", "Sources/WarrenHost/Planted.swift", "import Hummingbird\n"),
    ("imports", "Sources/Elsewhere/Planted.swift", "import Warren\n"),
    ("environment", "Sources/WarrenClient/Planted.swift", "let a = ProcessInfo.processInfo.environment\n"),
    ("environment", "Sources/AMQP/Planted.swift", 'let a = getenv("HOME")\n'),
    ("environment", "Sources/WarrenHost/Planted.swift", "let a = CommandLine.arguments\n"),
    ("determinism", "Sources/Warren/Planted.swift", "let a = Date()\n"),
    ("determinism", "Sources/Warren/Planted.swift", "let a = UUID()\n"),
    ("determinism", "Sources/Warren/Planted.swift", "let a = Int.random(in: 0..<max(1, 2))\n"),
    ("determinism", "Sources/Warren/Planted.swift", "func a() async throws { try await Task.sleep(for: .seconds(1)) }\n"),
    ("determinism", "Sources/Warren/Planted.swift", "var a = SystemRandomNumberGenerator()\n"),
    ("determinism", "Sources/Warren/Planted.swift", 'let a = "https://a" + "\\"//" + String(describing: Date())\n'),
    ("purity", "Sources/WarrenPartition/Planted.swift", "import Logging\n"),
    ("purity", "Sources/WarrenPartition/Planted.swift", "package import Synchronization\n"),
    ("purity", "Sources/WarrenPartition/Planted.swift", "func a() async {}\n"),
    ("purity", "Sources/WarrenPartition/Planted.swift", "let a = Task { b() }\n"),
    ("purity", "Sources/WarrenPartition/Planted.swift", "let a = Mutex(0)\n"),
    ("purity", "Sources/WarrenPartition/Planted.swift", "let a = Int.random(in: 0..<9)\n"),
    ("purity", "Sources/WarrenPartition/Planted.swift", "let a = setup.clock.now\n"),
    ("imports", "Sources/WarrenPartition/Planted.swift", "import WarrenStorage\n"),
    ("imports", "Sources/WarrenPartition/Planted.swift", "import AMQP\n"),
    ("imports", "Sources/AMQPMessages/Planted.swift", "import CRabbitMQ\n"),
    ("imports", "Sources/AMQPMessages/Planted.swift", "import AMQP\n"),
    ("purity", "Sources/AMQPMessages/Planted.swift", "import Logging\n"),
    ("purity", "Sources/AMQPMessages/Planted.swift", "func a() async {}\n"),
    ("log_keys", "Sources/WarrenHost/Planted.swift", 'let a: Logger.Metadata = ["instance": b]\n'),
    ("log_keys", "Sources/AMQP/Planted.swift", 'func a() { logger.info("b", metadata: ["c": "d"]) }\n'),
    ("log_keys", "Sources/Warren/Planted.swift", 'func a() { logger[metadataKey: "instance"] = b }\n'),
    ("log_keys", "Sources/WarrenClient/Planted.swift", 'let a = [LogKey.error: b,\n"queue": "\\(c)"]\n'),
    ("swallowed", "Sources/AMQP/Planted.swift", "let a = try? f()\n"),
    ("swallowed", "Sources/WarrenStorage/Planted.swift", "let a = try? f()\n"),
    ("swallowed", "Sources/WarrenHost/Planted.swift", "let a = try? f()\n"),
    ("swallowed", "Sources/WarrenMessaging/Planted.swift", "let a = try? f()\n"),
    ("unchecked", "Sources/WarrenHost/Planted.swift", "final class Planted: @unchecked Sendable {}\n"),
    ("traps", "Sources/WarrenHost/Planted.swift", 'func a() { fatalError("no") }\n'),
    ("traps", "Sources/WarrenClient/Planted.swift", 'func a() { preconditionFailure("no") }\n'),
    ("traps", "Sources/AMQP/Planted.swift", "func a(b: Int) { precondition(b > 0) }\n"),
    ("traps", "Sources/WarrenCLI/Planted.swift", "let a = try! f()\n"),
    ("traps", "Sources/Warren/Planted.swift", "let a = b as! Int\n"),
    ("traps", "Sources/WarrenStorage/Planted.swift", "let a = b!\n"),
    ("traps", "Sources/WarrenManagement/Planted.swift", "let a = b[1]!.c\n"),
    ("traps", "Sources/WarrenManagement/Planted.swift", 'let a = URL(string: "a")!\n'),
    ("traps", "Sources/WarrenMessaging/Planted.swift", "let a = c { b }!\n"),
    ("traps", "Sources/WarrenHost/Planted.swift", "func a() { b { [unowned self] in c() } }\n"),
    ("traps", "Sources/WarrenHost/Planted.swift", "let a = Dictionary(uniqueKeysWithValues: b)\n"),
    ("traps", "Sources/WarrenHost/Planted.swift", "let a = UInt8(b)\n"),
    ("traps", "Sources/WarrenHost/Planted.swift", "let a = Int32(b.count)\n"),
    ("traps", "Sources/WarrenHost/Planted.swift", "let a = b[0]\n"),
    ("traps", "Sources/WarrenHost/Planted.swift", "// Never happens.\nlet a = b!\n"),
    ("traps", "Sources/WarrenHost/Planted.swift", "// trap:\nlet a = b!\n"),
    ("machine_paths", "Tests/WarrenTests/Planted.swift", 'let a = "/home/' + 'ann/data"\n'),
    ("machine_paths", "scripts/planted", "#!/bin/sh\ncat /tmp/" + "x\n"),
    ("length", "Sources/Warren/Planted.swift", "\n" * 401),
    ("unfinished", "Sources/Warren/Planted.swift", "// TO" + "DO: later\n"),
    ("failure_types", "Sources/WarrenHost/Planted.swift", 'let a = FailureDetails(\n    type: "Unlisted", message: "")\n'),
    ("failure_types", "Sources/Warren/Planted.swift", 'enum FaultType {\n    static let planted = "Planted"\n}\n'),
    ("module_graph", "Package.swift", ('name: "WarrenStorage", dependencies: ["WarrenSupport",', 'name: "WarrenStorage", dependencies: ["AMQP",')),
    ("module_graph", "Sources/Warren/Warren.docc/Design.md", ("WarrenPartition     ──►", "WarrenPartition  ──► WarrenStorage,")),
    ("package_settings", "Package.swift", ('"ExistentialAny"', '"ExistensialAny"')),
    ("package_settings", "Package.swift", (".treatAllWarnings(as: .error),", "")),
    ("package_settings", "Package.swift", ("swiftSettings: settings", "swiftSettings: []")),
    ("documentation", "Sources/Samples/Orders/Workers/order.py", ("patience=5", "patience=6")),
    ("documentation", "Sources/Warren/Warren.docc/Billing.md", ("<!-- snippet: Sources/Samples/Billing/RegisterBilling.swift -->\n", "")),
    ("documentation", "Sources/WarrenClient/WarrenClient.docc/WarrenClient.md", ("import WarrenClient\n", "import WarrenHost\n")),
    ("documentation", "Tests/SamplesTests/Catalogs/HostCatalog.swift", ("roles: [.activity]", "roles: [.client]")),
    ("shell_scripts", "scripts/lib.sh", "if true; then\n"),
    ("shell_scripts", "scripts/test", "exit 0\n"),
    ("shell_scripts", "scripts/test", "swift build || true\n"),
    ("shell_scripts", "scripts/planted", "#!/usr/bin/env bash\necho planted\n"),
    ("docker_files", "docker/Dockerfile", ("USER ", "LABEL user=")),
    ("docker_files", "docker/Dockerfile", "FORM debian:12\n"),
    ("docker_files", "docker/Dockerfile", ("--from=build", "--from=bulid")),
    ("docker_files", "docker/Dockerfile", ("COPY Package.swift", "COPY Pakage.swift")),
    ("docker_files", "docker/compose.yaml", "services: [\n"),
    ("docker_files", "docker/compose.yaml", ("healthcheck:", "x-healthcheck:")),
    ("docker_files", "docker/compose.yaml", ("./rabbitmq.conf", "./missing.conf")),
    ("docker_files", "docker/compose.yaml", ("127.0.0.1:5672:5672", "5672:5672")),
    ("documentation", "README.md", "\n[nowhere](Sources/Nowhere.swift)\n"),
    ("documentation", "README.md", "\nRun `scripts/nothing`.\n"),
    ("documentation", "Sources/Warren/Warren.docc/Planted.md", "# Planted\n\nSee <doc:Nowhere>.\n"),
    ("documentation", "Sources/Warren/Warren.docc/Planted.md", "# Planted\n\nSee ``NoSuchType``.\n"),
    ("documentation", "Sources/WarrenHost/WarrenHost.docc/WarrenHost.md", "\nSee ``Orchestration``.\n"),
    ("documentation", "Sources/WarrenHost/WarrenHost.docc/WarrenHost.md", "\nSee <doc:Errors>.\n"),
]

# What looks like a mistake and is none.
INNOCENT = [
    ("determinism", "Sources/Warren/Planted.swift", "// Never Date() here.\nlet a = Date(timeIntervalSince1970: 0)\n"),
    ("determinism", "Sources/Warren/Planted.swift", "let a = Int.random(in: 0..<9, using: &generator)\n"),
    ("purity", "Sources/WarrenPartition/Planted.swift", "/// A task, asked of a Task.\nlet task = tasks[0]\n"),
    ("swallowed", "Sources/AMQP/Planted.swift", '/* no /* try? */ here */ let a = "try? \\" try?"\n'),
    ("failure_types", "Sources/Warren/Planted.swift", '/// FailureDetails(type: "CardDeclined", message: "")\nlet a = 1\n'),
    ("traps", "Sources/AMQP/Planted.swift", 'let a = !b && c != d && e !== f // fatalError("no")\nlet g = "h!"\n'),
    ("traps", "Sources/AMQP/Planted.swift", "let a = UInt8(truncatingIfNeeded: b) + UInt8(1) + [0][...]\n"),
    ("traps", "Sources/AMQP/Planted.swift", "// trap: b is set in init.\nlet a = b!\nlet c = d! // trap: as b.\n"),
    ("unchecked", "Sources/AMQP/Planted.swift", "// One owner.\nfinal class Planted: @unchecked Sendable {}\n"),
]


def run(root, make_tree, checks):
    """Prints what was missed; status 0 if nothing was."""
    wrong = 0
    original = make_tree(root)
    with tempfile.TemporaryDirectory() as folder:
        copy = pathlib.Path(folder).resolve() / "copy"
        copy.mkdir()
        for name in original.names:
            (copy / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(root / name, copy / name)
        subprocess.run(["git", "init", "--quiet"], cwd=copy, check=True)
        before = {name: set(check(make_tree(copy))) for name, check in checks.items()}
        for check, name, plant in PLANTS + INNOCENT:
            innocent = (check, name, plant) in INNOCENT
            with planted(copy, name, plant) as changed:
                if not changed:
                    wrong += 1
                    print(f"self-test: {check}: {name} has no '{plant[0]}' to replace")
                    continue
                # A file with two mistakes of a kind has to show both, so compare what is new.
                new = set(checks[check](make_tree(copy))) - before[check]
                if bool(new) == innocent:
                    wrong += 1
                    print(f"self-test: {check} {'complains about' if innocent else 'misses'} in {name}: {plant!r}")
    unplanted = set(checks) - {check for check, _, _ in PLANTS}
    for check in sorted(unplanted):
        print(f"self-test: nothing is planted for {check}")
    print(f"scripts/soundness --self-test: {len(PLANTS)} mistakes planted, {wrong} missed or false")
    return 1 if wrong or unplanted else 0


class planted:
    """A file of the copy with a plant in it, put back afterwards."""

    def __init__(self, copy, name, plant):
        self.path, self.plant = copy / name, plant

    def __enter__(self):
        self.old = self.path.read_text(encoding="utf-8") if self.path.exists() else None
        if isinstance(self.plant, tuple):
            text = (self.old or "").replace(*self.plant, 1)
        else:
            text = (self.old or "") + self.plant
        if text == (self.old or ""):
            return False
        mode = self.path.stat().st_mode if self.path.exists() else None
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self.path.write_text(text, encoding="utf-8")
        if mode:
            self.path.chmod(mode)
        return True

    def __exit__(self, *_):
        if self.old is None:
            self.path.unlink(missing_ok=True)
        else:
            self.path.write_text(self.old, encoding="utf-8")
