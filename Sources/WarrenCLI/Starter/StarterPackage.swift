/// A package with an orchestrator, an activity, a test, a host and a Dockerfile.
struct StarterPackage {
    let name: String
    let dependency: WarrenDependency

    /// The folder of the package in an image.
    private static let imageFolder = "/build/app"

    /// Whether the text can name a package and an executable.
    static func isValid(_ name: String) -> Bool {
        guard (1...63).contains(name.utf8.count), let first = name.first, first.isASCII, first.isLetter else {
            return false
        }
        let isWord = name.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "-" || $0 == "_") }
        return isWord && !["functions", "functionstests", "warren", "warrenhost"].contains(name.lowercased())
    }

    /// The files by their paths, in the order in which they are best read.
    var files: [(path: String, text: String)] {
        [
            ("README.md", readme), ("Package.swift", manifest),
            ("Sources/Functions/Greetings.swift", StarterSources.contract),
            ("Sources/Functions/RegisterFunctions.swift", StarterSources.functions),
            ("Sources/\(name)/Main.swift", main),
            ("Tests/FunctionsTests/GreetingsTests.swift", StarterSources.tests), ("Dockerfile", dockerfile),
            (".dockerignore", ".build\n.git\ndata\n"), (".gitignore", ".build/\ndata/\n"),
        ]
    }

    private func product(_ product: String) -> String {
        ".product(name: \"\(product)\", package: \"\(dependency.packageName)\")"
    }

    private var manifest: String {
        """
        // swift-tools-version: 6.2
        import PackageDescription

        let package = Package(
            name: "\(name)",
            platforms: [.macOS(.v15)],
            dependencies: [
                \(dependency.manifestLine)
            ],
            targets: [
                // The contract and the bodies: what tests run, and what every process of yours can share.
                .target(name: "Functions", dependencies: [\(product("Warren"))]),
                // The host.
                .executableTarget(
                    name: "\(name)",
                    dependencies: [
                        "Functions",
                        \(product("WarrenConfiguration")),
                        \(product("WarrenHost")),
                    ]),
                .testTarget(
                    name: "FunctionsTests",
                    dependencies: [
                        "Functions",
                        \(product("Warren")),
                        \(product("WarrenClient")),
                        \(product("WarrenTestKit")),
                    ]),
            ]
        )

        """
    }

    private var main: String {
        """
        import Foundation
        import Functions
        import WarrenConfiguration
        import WarrenHost

        /// Runs the host until SIGTERM or Ctrl-C; with `--replay-check PATH`, replays the histories at the path and ends.
        @main
        struct Main {
            static func main() async {
                await TaskHubHost.main {
                    // What --set, the environment and the file of --config do not say.
                    let loaded = try LoadedConfiguration.load(defaults: [
                        "hub": "\(hub)", "broker.url": "amqp://guest:guest@127.0.0.1:5672/", "storage.directory": "data",
                    ])
                    let host = try TaskHubHost(loaded.host)
                    for warning in loaded.warnings { FileHandle.standardError.write(Data("\\(warning)\\n".utf8)) }
                    registerFunctions(with: host)
                    if try host.replaysHistories(arguments: CommandLine.arguments) { return }
                    try await host.runUntilSignal()
                }
            }
        }

        """
    }

    /// The name of the hub: that of the package, which has the same rule.
    private var hub: String { name }

    private var dockerfile: String {
        let path = dependency.imagePath(besides: Self.imageFolder)
        let build =
            path == nil ? "docker build -t \(image) ." : "docker build --build-context warren=PATH -t \(image) ."
        let about = path == nil ? "" : ", where PATH is Warren's folder"
        let copy = path.map { "COPY --from=warren . \($0)\n" } ?? ""
        return """
            # Build it with '\(build)'\(about).
            FROM swift:6.3-bookworm AS build
            RUN apt-get update \\
                && apt-get install -y --no-install-recommends librabbitmq-dev libsqlite3-dev nettle-dev pkg-config \\
                && rm -rf /var/lib/apt/lists/*
            \(copy)WORKDIR \(Self.imageFolder)
            COPY Package.swift ./
            COPY Sources ./Sources
            COPY Tests ./Tests
            RUN swift build -c release --product \(name) \\
                && mkdir /stage \\
                && cp .build/release/\(name) /stage/

            FROM swift:6.3-bookworm-slim
            RUN apt-get update \\
                && apt-get install -y --no-install-recommends librabbitmq4 libsqlite3-0 libnettle8 ca-certificates \\
                && rm -rf /var/lib/apt/lists/* \\
                && useradd --system --uid 10001 --home-dir /var/lib/warren --shell /usr/sbin/nologin warren \\
                && install -d -o warren -g warren -m 0700 /var/lib/warren
            COPY --from=build /stage/ /usr/local/bin/
            USER warren
            WORKDIR /var/lib/warren
            VOLUME /var/lib/warren
            ENV WARREN_DATA=/var/lib/warren
            # SIGTERM makes a host stop its intake and finish what runs.
            STOPSIGNAL SIGTERM
            ENTRYPOINT ["\(name)"]

            """
    }

    /// The name of an image is in lower case.
    private var image: String { name.lowercased() }

    private var readme: String {
        """
        # \(name)

        A host of durable orchestrations with Warren over RabbitMQ: an orchestrator and an activity to replace by yours.

        | File | Holds |
        |---|---|
        | `Sources/Functions/Greetings.swift` | the contract: names and types |
        | `Sources/Functions/RegisterFunctions.swift` | the bodies |
        | `Sources/\(name)/Main.swift` | the host |
        | `Tests/FunctionsTests/GreetingsTests.swift` | a test: no broker, no waiting |

        ```sh
        swift test
        swift run \(name)                  # with a RabbitMQ on this machine, or WARREN_BROKER_URL, or --config FILE
        warren start HelloCities --input '["Tokyo","Seattle"]' --wait --hub \(hub)
        warren doctor --hub \(hub) --data data
        ```

        Before you deploy changed orchestrators, replay what is under way in production with them. The status is 1 if a history is not
        followed; put the second command into your continuous integration, with the file beside the tests:

        ```sh
        warren export --hub \(hub) --status Running --status Suspended --status Pending --to histories.jsonl
        swift run \(name) --replay-check histories.jsonl
        ```

        On Debian and Ubuntu it needs `librabbitmq-dev libsqlite3-dev nettle-dev pkg-config`; on macOS, `brew install rabbitmq-c nettle`.

        """
    }
}
