// swift-tools-version: 6.2

import PackageDescription

let settings: [SwiftSetting] = [
    .treatAllWarnings(as: .error),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
]

let logging: Target.Dependency = .product(name: "Logging", package: "swift-log")
// The API of metrics alone: a program chooses what collects them.
let metrics: Target.Dependency = .product(name: "CoreMetrics", package: "swift-metrics")
let metricsTests: Target.Dependency = .product(name: "MetricsTestKit", package: "swift-metrics")
let deque: Target.Dependency = .product(name: "DequeModule", package: "swift-collections")
let heap: Target.Dependency = .product(name: "HeapModule", package: "swift-collections")
let lifecycle: Target.Dependency = .product(name: "ServiceLifecycle", package: "swift-service-lifecycle")
let signals: Target.Dependency = .product(name: "UnixSignals", package: "swift-service-lifecycle")
let arguments: Target.Dependency = .product(name: "ArgumentParser", package: "swift-argument-parser")
// The HTTP server and its dependencies are resolved and built only with the trait `HTTP`.
let withHTTP: TargetDependencyCondition? = .when(traits: ["HTTP"])
let http: Target.Dependency = .product(name: "Hummingbird", package: "hummingbird", condition: withHTTP)
let httpCore: Target.Dependency = .product(name: "HummingbirdCore", package: "hummingbird", condition: withHTTP)
// Parts of SwiftNIO for the tests' client of HTTP routes. Hummingbird depends on the same.
let nio: [Target.Dependency] = ["NIOCore", "NIOEmbedded", "NIOHTTP1", "NIOPosix"]
    .map { .product(name: $0, package: "swift-nio", condition: withHTTP) }
// BoringSSL takes a minute of both cores to build: TLS of the HTTP API is a trait of its own.
let tls: Target.Dependency = .product(name: "NIOSSL", package: "swift-nio-ssl", condition: .when(traits: ["HTTPTLS"]))
let tracing: Target.Dependency = .product(name: "Tracing", package: "swift-distributed-tracing")
let inMemoryTracing: Target.Dependency = .product(name: "InMemoryTracing", package: "swift-distributed-tracing")
// Reads configuration; in the module WarrenConfiguration and nowhere else. Its JSON and YAML are left out: that module reads files
// by itself, with the lines of what is wrong.
let configuration: Target.Dependency = .product(name: "Configuration", package: "swift-configuration")
let yams: Target.Dependency = .product(name: "Yams", package: "Yams")
let subprocess: Target.Dependency = .product(name: "Subprocess", package: "swift-subprocess")

let sample = [logging, lifecycle, arguments, http]

let package = Package(
    name: "warren",
    platforms: [.macOS(.v15)],
    products: [
        .library(name: "Warren", targets: ["Warren"]),
        .library(name: "WarrenHost", targets: ["WarrenHost"]),
        .library(name: "WarrenConfiguration", targets: ["WarrenConfiguration"]),
        .library(name: "WarrenClient", targets: ["WarrenClient"]),
        // A product of its own, so that a host without calls over HTTP links no libcurl.
        .library(name: "WarrenHTTPClient", targets: ["WarrenHTTPClient"]),
        .library(name: "WarrenTestKit", targets: ["WarrenTestKit"]),
        // For stores and transports of your own; no part of the stable interface. See the page Testing.
        .library(name: "WarrenBackends", targets: ["AMQPMessages", "WarrenMessaging", "WarrenStorage"]),
        .executable(name: "warren", targets: ["WarrenCLI"]),
        .executable(name: "warren-bench", targets: ["WarrenBench"]),
        .executable(name: "warren-sim", targets: ["WarrenSim"]),
        .library(name: "WarrenManagement", targets: ["WarrenManagement"]),
        .executable(name: "patterns", targets: ["Patterns"]),
        .executable(name: "dungeon", targets: ["Dungeon"]),
        .executable(name: "event-workflow", targets: ["EventWorkflow"]),
        .executable(name: "approval", targets: ["Approval"]),
        .executable(name: "orders", targets: ["Orders"]),
        .executable(name: "billing", targets: ["Billing"]),
    ],
    traits: [
        .trait(name: "HTTP", description: "The HTTP API (WarrenManagement), and the pages of the samples."),
        .trait(name: "HTTPTLS", description: "The HTTP API with TLS of its own.", enabledTraits: ["HTTP"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-log", from: "1.16.0"),
        .package(url: "https://github.com/apple/swift-metrics", from: "2.13.0"),
        .package(url: "https://github.com/apple/swift-collections", from: "1.6.0"),
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-configuration", from: "1.4.0", traits: []),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
        .package(url: "https://github.com/apple/swift-distributed-tracing", from: "1.7.3"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
        .package(url: "https://github.com/swiftlang/swift-subprocess", from: "1.0.0"),
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.0", traits: []),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.0"),
        .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.0"),
        .package(url: "https://github.com/swiftlang/swift-docc-plugin", from: "1.5.0"),
    ],
    targets: [
        // C libraries of the system, nothing else.
        .systemLibrary(
            name: "CRabbitMQ", pkgConfig: "librabbitmq",
            providers: [.apt(["librabbitmq-dev"]), .brew(["rabbitmq-c"])]),
        .systemLibrary(
            name: "CSQLite", pkgConfig: "sqlite3",
            providers: [.apt(["libsqlite3-dev"]), .brew(["sqlite"])]),
        .systemLibrary(
            name: "CNettle", pkgConfig: "nettle",
            providers: [.apt(["nettle-dev"]), .brew(["nettle"])]),
        .systemLibrary(
            name: "CCurl", pkgConfig: "libcurl",
            providers: [.apt(["libcurl4-openssl-dev"]), .brew(["curl"])]),

        // Libraries. Who may import what is checked by scripts/soundness.
        .target(name: "WarrenSupport", dependencies: [metrics], swiftSettings: settings),
        .target(name: "AMQPMessages", swiftSettings: settings),
        .target(
            name: "AMQP", dependencies: ["WarrenSupport", "AMQPMessages", "CRabbitMQ", logging, metrics, deque],
            swiftSettings: settings),
        .target(
            name: "Warren", dependencies: ["WarrenSupport", "CNettle", logging, deque], swiftSettings: settings),
        .target(
            name: "WarrenMessaging",
            dependencies: [
                "WarrenSupport", "Warren", "AMQPMessages", "AMQP", "CNettle", logging, metrics, tracing, deque,
            ],
            swiftSettings: settings),
        .target(
            name: "WarrenStorage", dependencies: ["WarrenSupport", "Warren", "CSQLite", logging],
            swiftSettings: settings),
        .target(
            name: "WarrenPartition",
            dependencies: ["WarrenSupport", "Warren", "AMQPMessages", "WarrenMessaging", deque, heap],
            swiftSettings: settings),
        .target(
            name: "WarrenHost",
            dependencies: [
                "WarrenSupport", "Warren", "AMQPMessages", "AMQP", "WarrenMessaging", "WarrenPartition",
                "WarrenStorage", logging, metrics, tracing, lifecycle, signals, deque,
            ],
            swiftSettings: settings),
        .target(
            name: "WarrenConfiguration", dependencies: ["WarrenHost", logging, configuration, yams],
            swiftSettings: settings),
        .target(
            name: "WarrenClient",
            dependencies: ["WarrenSupport", "Warren", "AMQPMessages", "WarrenMessaging", logging, metrics, tracing],
            swiftSettings: settings),
        .target(
            name: "WarrenHTTPClient", dependencies: ["WarrenSupport", "Warren", "CCurl"], swiftSettings: settings),
        .target(
            name: "WarrenManagement",
            dependencies: [
                "WarrenSupport", "Warren", "WarrenHost", "WarrenClient", logging, metrics, lifecycle, http, httpCore,
                tls,
            ] + nio,
            resources: [.embedInCode("API/openapi.json"), .embedInCode("UI/Files")], swiftSettings: settings),
        .target(
            name: "WarrenTestKit",
            dependencies: [
                "WarrenSupport", "Warren", "AMQPMessages", "WarrenMessaging", "WarrenStorage", "WarrenHost",
                "WarrenClient", logging, deque, heap,
            ],
            swiftSettings: settings),

        // Executables.
        .executableTarget(
            name: "WarrenSim",
            dependencies: ["Warren", "WarrenTestKit", logging, arguments],
            swiftSettings: settings),
        .executableTarget(
            name: "WarrenCLI",
            dependencies: [
                "WarrenSupport", "Warren", "WarrenMessaging", "WarrenStorage", "WarrenHost", "WarrenConfiguration",
                "WarrenClient", .byName(name: "WarrenManagement", condition: withHTTP), logging, lifecycle, signals,
                arguments,
            ],
            swiftSettings: settings),
        .target(
            name: "SampleSupport",
            dependencies: [
                "Warren", "WarrenHost", "WarrenConfiguration", "WarrenClient", "WarrenManagement", logging, metrics,
                lifecycle, signals, arguments, http,
            ],
            path: "Sources/Samples/Support", swiftSettings: settings),
        .target(
            name: "SampleDatabase", dependencies: ["CSQLite"], path: "Sources/Samples/Database",
            swiftSettings: settings),
        .executableTarget(
            name: "Patterns",
            dependencies: [
                "Warren", "WarrenHost", "WarrenClient", "WarrenHTTPClient", "WarrenManagement", "SampleSupport",
            ] + sample,
            path: "Sources/Samples/Patterns", swiftSettings: settings),
        .executableTarget(
            name: "Dungeon",
            dependencies: ["Warren", "WarrenHost", "WarrenClient", "SampleSupport", "SampleDatabase"] + sample,
            path: "Sources/Samples/Dungeon", resources: [.embedInCode("Page/index.html")], swiftSettings: settings),
        .executableTarget(
            name: "EventWorkflow",
            dependencies: ["Warren", "WarrenHost", "WarrenClient", "WarrenManagement", "SampleSupport"] + sample,
            path: "Sources/Samples/EventWorkflow", swiftSettings: settings),
        .executableTarget(
            name: "Approval",
            dependencies: ["Warren", "WarrenHost", "WarrenClient", "WarrenManagement", "SampleSupport"] + sample,
            path: "Sources/Samples/Approval", swiftSettings: settings),
        .executableTarget(
            name: "Orders",
            dependencies: [
                "Warren", "WarrenHost", "WarrenClient", "WarrenManagement", "SampleSupport", "SampleDatabase",
            ] + sample,
            path: "Sources/Samples/Orders", exclude: ["Workers"], swiftSettings: settings),
        .executableTarget(
            name: "Billing",
            dependencies: [
                "Warren", "WarrenHost", "WarrenClient", "WarrenManagement", "SampleSupport", "SampleDatabase",
            ] + sample,
            path: "Sources/Samples/Billing", swiftSettings: settings),
        // Counts the allocations of a process that links it. For the benchmarks alone.
        .target(name: "CAllocationCount", swiftSettings: settings),
        .executableTarget(
            name: "WarrenBench",
            dependencies: [
                "CAllocationCount",
                "Warren", "AMQPMessages", "AMQP", "WarrenMessaging", "WarrenStorage", "WarrenHost", "WarrenClient",
                .byName(name: "WarrenManagement", condition: withHTTP), logging, lifecycle, arguments,
            ],
            path: "Sources/Benchmarks", swiftSettings: settings),

        // Tests.
        .executableTarget(
            name: "PoisonHost", dependencies: ["Warren", "WarrenHost", "WarrenStorage", logging],
            path: "Tests/PoisonHost", swiftSettings: settings),
        .target(
            name: "TestSupport",
            dependencies: [
                "WarrenSupport", "Warren", "AMQPMessages", "AMQP", "WarrenMessaging", "WarrenClient", logging, http,
                subprocess, tracing, inMemoryTracing,
            ] + nio,
            path: "Tests/Support", resources: [.copy("Browser/chromium.py")], swiftSettings: settings),
        .testTarget(name: "TestSupportTests", dependencies: ["TestSupport", http], swiftSettings: settings),
        .testTarget(name: "WarrenSupportTests", dependencies: ["WarrenSupport"], swiftSettings: settings),
        .testTarget(
            name: "AMQPTests",
            dependencies: ["WarrenSupport", "AMQPMessages", "AMQP", "TestSupport", logging, subprocess],
            swiftSettings: settings),
        .testTarget(
            name: "WarrenTests", dependencies: ["WarrenSupport", "Warren", "TestSupport", logging],
            resources: [.copy("Fixtures")],
            swiftSettings: settings),
        .testTarget(
            name: "WarrenStorageTests",
            dependencies: ["Warren", "WarrenStorage", "WarrenTestKit", "CSQLite", "TestSupport", logging, subprocess],
            resources: [.copy("Golden")],
            swiftSettings: settings),
        .testTarget(
            name: "WarrenConfigurationTests",
            dependencies: ["Warren", "WarrenHost", "WarrenConfiguration", logging, configuration],
            swiftSettings: settings),
        .testTarget(
            name: "WarrenMessagingTests",
            dependencies: [
                "WarrenSupport", "Warren", "AMQPMessages", "AMQP", "WarrenMessaging", "WarrenTestKit", "TestSupport",
                logging,
            ],
            resources: [.copy("Golden")],
            swiftSettings: settings),
        .testTarget(
            name: "WarrenPartitionTests",
            dependencies: ["Warren", "AMQPMessages", "WarrenMessaging", "WarrenPartition", "WarrenStorage"],
            swiftSettings: settings),
        .testTarget(
            name: "WarrenClientTests",
            dependencies: ["Warren", "AMQPMessages", "WarrenMessaging", "WarrenClient", "TestSupport", logging],
            swiftSettings: settings),
        .testTarget(
            name: "WarrenHTTPClientTests",
            dependencies: [
                "WarrenSupport", "Warren", "WarrenClient", "WarrenHTTPClient", "WarrenTestKit", "TestSupport",
            ],
            swiftSettings: settings),
        .testTarget(
            name: "WarrenCLITests",
            dependencies: [
                "WarrenSupport", "Warren", "WarrenMessaging", "WarrenStorage", "WarrenHost", "WarrenClient",
                "WarrenTestKit", "WarrenCLI", "Patterns", "TestSupport", logging, metrics, http,
            ],
            swiftSettings: settings),
        // Sees what other packages see.
        .testTarget(
            name: "BackendTests",
            dependencies: [
                "Warren", "AMQPMessages", "WarrenMessaging", "WarrenStorage", "WarrenHost", "WarrenClient",
                "WarrenTestKit", logging,
            ],
            packageAccess: false, swiftSettings: settings),
        .testTarget(
            name: "WarrenBenchTests", dependencies: ["Warren", "WarrenMessaging", "WarrenBench", logging],
            swiftSettings: settings),
        .testTarget(
            name: "WarrenHostTests",
            dependencies: [
                "Warren", "AMQPMessages", "AMQP", "WarrenMessaging", "WarrenPartition", "WarrenStorage", "WarrenHost",
                "WarrenClient", "WarrenTestKit", "Patterns", "PoisonHost", "WarrenSupport", "TestSupport", logging,
                metrics, metricsTests, lifecycle, signals, tracing, inMemoryTracing,
            ],
            resources: [
                .copy("Programs/pika_roles.py"), .copy("Programs/pika_reject.py"),
                .copy("Programs/strangers.py"), .copy("Programs/pika_anything.py"),
                .copy("Programs/pika_trace.py"), .copy("Fixtures"),
            ], swiftSettings: settings),
        .testTarget(
            name: "WarrenManagementTests",
            dependencies: [
                "Warren", "AMQPMessages", "WarrenMessaging", "WarrenHost", "WarrenClient", "WarrenManagement",
                "WarrenCLI", "WarrenPartition", "WarrenStorage",
                "WarrenTestKit",
                "WarrenSupport", "TestSupport", logging, metrics, lifecycle, http,
            ],
            resources: [.copy("Browser/look_in_browser.py"), .copy("Browser/type_lines.py")], swiftSettings: settings),
        .testTarget(
            name: "SamplesTests",
            dependencies: [
                "Warren", "WarrenHost", "WarrenClient", "WarrenManagement", "WarrenTestKit", "Patterns",
                "EventWorkflow",
                "Approval", "Orders", "Billing", "TestSupport", logging, lifecycle, signals, http, subprocess,
            ], swiftSettings: settings),
        .testTarget(
            name: "DungeonTests",
            dependencies: [
                "Warren", "WarrenClient", "WarrenHost", "WarrenTestKit", "Dungeon", "SampleDatabase", "TestSupport",
                logging, http, subprocess,
            ],
            resources: [
                .copy("Browser/play_in_browser.py"), .copy("Browser/text_reader.html"),
            ], swiftSettings: settings),
    ],
    swiftLanguageModes: [.v6]
)
