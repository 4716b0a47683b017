import Configuration
import Logging
import Testing
import WarrenConfiguration
import WarrenHost

/// The order of the sources, the environment, the command line, and readers of other programs.
@Suite("Sources of the configuration", .timeLimit(.minutes(1)))
struct SourceTests {
    @Test("The command line counts more than the environment, that more than the file, that more than the program")
    func order() throws {
        try Folder.with { folder in
            let file = try folder.file(
                "w.yaml", "hub: file\npartitionCount: 3\nmessages: {prefetch: 3}\ngraces: {stop: 3s}")
            let sources = ConfigurationSources(
                arguments: [.init("hub", "arguments", option: "--hub")],
                environment: [
                    "WARREN_HUB": "environment", "WARREN_PARTITION_COUNT": "2", "WARREN_CONFIG": "/not/this",
                ],
                file: file,
                defaults: [
                    "hub": "program", "partitionCount": "1", "messages.prefetch": "1", "activities.concurrency": "1",
                ])
            let loaded = try LoadedConfiguration(sources)
            #expect(loaded.host.hub == "arguments" && loaded.host.partitionCount == 2)
            #expect(loaded.host.messages.prefetch == 3 && loaded.host.activities.concurrency == 1)
            #expect(loaded.host.leases.duration == .seconds(60))
            let places = loaded.resolution.all.compactMap { key, setting in setting.map { "\(key.name) \($0.origin)" } }
            #expect(
                places.map { $0.replacing(file, with: "w.yaml") } == [
                    "hub --hub", "partitionCount WARREN_PARTITION_COUNT", "activities.concurrency the program",
                    "messages.prefetch w.yaml:3", "graces.stop w.yaml:4",
                ])
            #expect(loaded.reader.string(forKey: "hub") == "arguments")
        }
    }

    @Test("WARREN_CONFIG names the file, and --config another one")
    func file() throws {
        try Folder.with { folder in
            let first = try folder.file("first.yaml", "hub: first")
            let second = try folder.file("second.json", "{\"hub\": \"second\"}")
            var sources = ConfigurationSources(environment: ["WARREN_CONFIG": first])
            #expect(try LoadedConfiguration(sources).host.hub == "first")
            try sources.read(arguments: ["serve", "--config", second, "--set=activities.concurrency=7", "--other"])
            let loaded = try LoadedConfiguration(sources)
            #expect(loaded.host.hub == "second" && loaded.host.activities.concurrency == 7)
        }
    }

    @Test(
        "An option without a value or without a key is refused",
        arguments: [["--config"], ["--set"], ["--set", "hub"], ["--set", "=1"]])
    func options(words: [String]) {
        var sources = ConfigurationSources()
        #expect(throws: ConfigurationError.self) { try sources.read(arguments: words) }
    }

    @Test("A variable that was meant to be one of ours is refused with the nearest, and others have no effect")
    func variables() throws {
        #expect(
            problems(
                ConfigurationSources(environment: [
                    "WARREN_ACTIVITES_CONCURENCY": "5", "WARREN_LEASES_FREQUENCY": "5", "WARREN_HUB": "9",
                ])) == [
                    "WARREN_ACTIVITES_CONCURENCY: there is no such variable. Did you mean WARREN_ACTIVITIES_CONCURRENCY?",
                    "WARREN_LEASES_FREQUENCY: there is no such variable; there are WARREN_LEASES_AFTER, "
                        + "WARREN_LEASES_DURATION.",
                    "WARREN_HUB: hub: '9' is refused; it must be 1 to 63 letters, digits, '_' or '-', beginning with a letter.",
                ])
        let loaded = try LoadedConfiguration(
            ConfigurationSources(environment: [
                "WARREN_SOMETHING_ELSE": "x", "WARREN_HUB": "", "HUB": "no", "WARREN_DATA": "d", "WARREN_CHROMIUM": "x",
                // What Kubernetes makes of services with the names warren and warren-broker.
                "WARREN_SERVICE_HOST": "10.0.0.1", "WARREN_PORT": "tcp://10.0.0.1:80",
                "WARREN_BROKER_SERVICE_PORT_AMQP": "5672", "WARREN_BROKER_PORT": "tcp://10.0.0.2:5672",
                "WARREN_BROKER_PORT_5672_TCP_ADDR": "10.0.0.2", "WARREN_HTTP_PORT": "tcp://10.0.0.3:80",
            ]))
        #expect(loaded.host.hub == "warren" && loaded.host.storage.directory == "d")
        #expect(loaded.warnings == ["WARREN_SOMETHING_ELSE: there is no such variable, and it has no effect."])
    }

    @Test("Two variables for one value may not differ")
    func twice() {
        #expect(
            problems(ConfigurationSources(environment: ["WARREN_DATA": "a", "WARREN_STORAGE_DIRECTORY": "b"])) == [
                "WARREN_STORAGE_DIRECTORY: WARREN_DATA says otherwise; set one of the two."
            ])
        #expect(
            problems(ConfigurationSources(environment: ["WARREN_DATA": "a", "WARREN_STORAGE_DIRECTORY": "a"])) == [])
    }

    @Test("A misspelt key of the command line is refused with the nearest")
    func misspelt() {
        #expect(
            problems(ConfigurationSources(arguments: [.init("leases.durration", "1m")])) == [
                "--set leases.durration: leases.durration: there is no such key. Did you mean leases.duration?"
            ])
    }

    @Test("The values of programs are read and checked as others are")
    func program() throws {
        let loaded = try LoadedConfiguration(
            ConfigurationSources(environment: ["WARREN_HEALTH_PORT": "9464", "WARREN_LOG_LEVEL": "debug"]))
        #expect(loaded.logLevel == .debug && loaded.health?.address == "127.0.0.1" && loaded.health?.port == 9464)
        #expect(try LoadedConfiguration(ConfigurationSources()).health == nil)
        #expect(problems(ConfigurationSources(environment: ["WARREN_HEALTH_PORT": "65536"])).count == 1)
    }

    @Test("How the HTTP API is served comes from the same sources, with a default for everything")
    func http() throws {
        let standard = try LoadedConfiguration(ConfigurationSources()).http
        #expect(standard.address == "127.0.0.1" && standard.port == 7072 && standard.keys == nil && standard.tls == nil)
        #expect(standard.origins == [] && standard.requestsPerSecond == 20_000)
        #expect(standard.maximumBodyBytes == 1 << 20 && standard.maximumStreams == 200)
        let given = try LoadedConfiguration(
            ConfigurationSources(
                arguments: [
                    .init("http.origins", "https://a.example,null", option: "--cors"), .init("http.tlsKey", "k"),
                    .init("http.tlsCertificate", "c"),
                ],
                environment: ["WARREN_KEYS": "keys.json", "WARREN_HTTP_REQUESTS_PER_SECOND": "0"],
                defaults: ["http.address": "0.0.0.0", "http.maximumBody": "2MiB"])
        ).http
        #expect(given.keys == "keys.json" && given.requestsPerSecond == nil && given.address == "0.0.0.0")
        #expect(given.origins == ["https://a.example", "null"] && given.maximumBodyBytes == 2 << 20)
        #expect(given.tls == .some(.init(certificate: "c", key: "k")))
        #expect(
            problems(ConfigurationSources(arguments: [.init("http.tlsKey", "k", option: "--tls-key")])) == [
                "--tls-key: http.tlsKey: there is no http.tlsCertificate; the two go together."
            ])
        for origin in ["https://a.example/", "a.example", "*", "https://", "://a"] {
            #expect(problems(ConfigurationSources(arguments: [.init("http.origins", origin)])).count == 1, "\(origin)")
        }
    }

    @Test("Providers of swift-configuration give texts, numbers, flags and lists")
    func reader() throws {
        let reader = ConfigReader(providers: [
            EnvironmentVariablesProvider(environmentVariables: ["LEASES_DURATION": "2m", "PARTITION_COUNT": "2"]),
            InMemoryProvider(values: [
                "activities.concurrency": 5, "storage.acceptOlder": true, "partitionCount": 9,
                "activities.foreign": .init(.stringArray(["Charge"]), isSecret: false), "hub": "orders",
            ]),
        ])
        let configuration = try HostConfiguration(from: reader)
        #expect(configuration.hub == "orders" && configuration.activities.concurrency == 5)
        #expect(configuration.storage.acceptOlder && configuration.activities.foreign == ["Charge"])
        #expect(configuration.leases.duration == .seconds(120) && configuration.partitionCount == 2)
        let wrong = ConfigReader(provider: InMemoryProvider(values: ["messages.prefetch": 0, "graces.stop": 30]))
        let error = #expect(throws: ConfigurationError.self) { try HostConfiguration(from: wrong) }
        #expect(error?.problems.count == 2)
    }
}
