import Testing
import WarrenConfiguration
import WarrenHost

/// Secrets: from files, in addresses, and never in what is shown.
@Suite("Secrets of the configuration", .timeLimit(.minutes(1)))
struct SecretTests {
    @Test("A password comes from a file, without the line break at its end", arguments: ["", "\n", "\r\n"])
    func file(end: String) throws {
        try Folder.with { folder in
            let secret = try folder.file("password", "p@ss:w/rd?%" + end)
            let loaded = try LoadedConfiguration(
                ConfigurationSources(environment: [
                    "WARREN_BROKER_URL": "amqp://warren@one,two:5673/v?heartbeat=3",
                    "WARREN_BROKER_PASSWORD_FILE": secret,
                ]))
            #expect(loaded.host.broker.password == "p@ss:w/rd?%" && loaded.warnings == [])
            #expect(
                loaded.host.broker.address == "amqp://warren:p%40ss%3Aw%2Frd%3F%25@one,two:5673/v?heartbeat=3")
        }
    }

    @Test("A file with a secret that everyone can read makes a warning, which does not tell it")
    func open() throws {
        try Folder.with { folder in
            let secret = try folder.file("password", "geheim", mode: 0o644)
            let file = try folder.file("w.yaml", "broker: {url: 'amqp://u:geheim@h'}\nhub: a", mode: 0o644)
            let loaded = try LoadedConfiguration(
                ConfigurationSources(
                    environment: ["WARREN_BROKER_PASSWORD_FILE": secret], file: file))
            #expect(loaded.warnings.count == 2)
            #expect(loaded.warnings.contains { $0.hasPrefix("WARREN_BROKER_PASSWORD_FILE: every user") })
            #expect(loaded.warnings.contains { $0.hasPrefix("\(file):1: broker.url holds a secret") })
            #expect(!loaded.warnings.joined().contains("geheim"))
        }
    }

    @Test(
        "A secret that is refused is not told",
        arguments: [
            ["WARREN_BROKER_URL": "http://u:geheim@h"], ["WARREN_BROKER_URL": "amqp://u:geheim@h:x"],
            ["WARREN_BROKER_URL": "geheim"], ["WARREN_BROKER_URL": "amqp://u:geheim/x@h"],
            ["WARREN_BROKER_URL": "amqp://u:?geheim@h"], ["WARREN_BROKER_URL": "amqp://u:geheim@h?heartbeat=z"],
        ])
    func refused(environment: [String: String]) {
        let found = problems(ConfigurationSources(environment: environment))
        #expect(found.count == 1 && found.first?.contains("broker.url: the value is no address of a broker") == true)
        #expect(!found.joined().contains("geheim"))
    }

    @Test("A file that cannot be a secret is refused with its path")
    func noSecret() throws {
        try Folder.with { folder in
            for (text, message) in [("\n", "it is empty"), ("a\nb", "it has several lines")] {
                let path = try folder.file("secret", text)
                let found = problems(ConfigurationSources(environment: ["WARREN_BROKER_PASSWORD_FILE": path]))
                #expect(found.count == 1 && found.first?.contains(message) == true, "\(found)")
            }
            let file = try folder.file("w.yaml", "broker: {password: a, passwordFile: \(folder.path("secret"))}")
            #expect(problems(ConfigurationSources(file: file)).count == 1)
            _ = try folder.file("secret", "b")
            let both = problems(ConfigurationSources(file: file))
            #expect(both.first?.contains("has broker.password already; give one of the two.") == true, "\(both)")
        }
    }

    @Test("An address with a login of its own is not mixed with a login from a weaker place")
    func login() throws {
        try Folder.with { folder in
            let file = try folder.file("w.yaml", "broker: {username: a, password: b}")
            func address(_ url: String) throws -> String? {
                try LoadedConfiguration(ConfigurationSources(environment: ["WARREN_BROKER_URL": url], file: file)).host
                    .broker.address
            }
            #expect(try address("amqp://c:d@h") == "amqp://c:d@h")
            #expect(try address("amqp://c@h") == "amqp://c:b@h")
            #expect(try address("amqp://h") == "amqp://a:b@h")
        }
    }

    @Test(
        "User and password take their places in an address",
        arguments: [
            ("amqp://h", "u", "p", "amqp://u:p@h"), ("amqps://a:b@h:1/v?x=y", nil, "p", "amqps://a:p@h:1/v?x=y"),
            ("amqp://a:b@h", "u", nil, "amqp://u:b@h"), ("amqp://h/", nil, "p/", "amqp://guest:p%2F@h/"),
            ("amqp://a:b@h", nil, nil, "amqp://a:b@h"), ("nothing", "u", "p", "nothing"),
        ] as [(String, String?, String?, String)])
    func address(url: String, user: String?, password: String?, address: String) {
        #expect(HostConfiguration.Broker(url: url, username: user, password: password).address == address)
    }

    @Test("What is shown of a secret is not the secret")
    func shown() throws {
        let url = try #require(ConfigurationKey.all.first { $0.name == "broker.url" })
        #expect(url.shown("amqp://u:geheim@one,two:5/v?a=b") == "amqp://u:***@one,two:5/v?a=b")
        #expect(url.shown("amqp://u:ge/heim@one") == "***" && url.shown("u:geheim@one") == "***")
        #expect(url.shown("amqp://one") == "amqp://one")
        let password = try #require(ConfigurationKey.all.first { $0.name == "broker.password" })
        #expect(password.shown("geheim") == "***")
    }
}
