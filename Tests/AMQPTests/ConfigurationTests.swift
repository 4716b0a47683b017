import Testing

@testable import AMQP

@Suite("Configuration from a URL")
struct ConfigurationTests {
    @Test("All parts are read and percent-decoded")
    func parts() throws {
        let configuration = try AMQPConfiguration(
            url: "amqp://us%40er:p%3Aa%2Fss@broker.example:1234/a%2fb?heartbeat=5&connection_name=my%20host"
                + "&connection_timeout=1500")
        #expect(configuration.user == "us@er")
        #expect(configuration.password.unsafeText == "p:a/ss")
        #expect(configuration.host == "broker.example")
        #expect(configuration.port == 1234)
        #expect(configuration.virtualHost == "a/b")
        #expect(configuration.heartbeat == .seconds(5))
        #expect(configuration.connectionName == "my host")
        #expect(configuration.connectTimeout == .milliseconds(1500))
        #expect(configuration.tls == nil)
    }

    @Test(
        "What is left out has its default",
        arguments: [
            ("amqp://", "127.0.0.1", 5672), ("amqp://host", "host", 5672), ("amqp://host/", "host", 5672),
            ("amqps://host/", "host", 5671), ("amqp://[::1]:99/", "::1", 99), ("amqp://:77", "127.0.0.1", 77),
        ])
    func defaults(url: String, host: String, port: Int) throws {
        let configuration = try AMQPConfiguration(url: url)
        #expect(configuration.host == host)
        #expect(configuration.port == port)
        #expect(configuration.virtualHost == "/")
        #expect(configuration.user == "guest")
        #expect(configuration.heartbeat == .seconds(10))
    }

    @Test("Nodes of a cluster are separated by commas, and what one of them leaves out has its default")
    func nodes() throws {
        let configuration = try AMQPConfiguration(url: "amqp://u:hidden@one,two:99,[::1]:7,%2c/v?heartbeat=3")
        #expect(configuration.nodes.map(\.description) == ["one:5672", "two:99", "[::1]:7", ",:5672"])
        #expect(configuration.host == "one" && configuration.virtualHost == "v")
        #expect("\(configuration)" == "amqp://u:***@one:5672,two:99,[::1]:7,,:5672/v")
        let second = configuration.at(configuration.nodes[1])
        #expect("\(second)" == "amqp://u:***@two:99/v" && second.heartbeat == .seconds(3))
    }

    @Test("A node that was lost is tried last, and the one behind it first")
    func order() throws {
        let configuration = try AMQPConfiguration(url: "amqp://a,b,c")
        func order(after lost: Int?) -> String {
            configuration.nodes(after: lost.map { configuration.nodes[$0] }).map(\.host).joined()
        }
        #expect([nil, 0, 1, 2].map(order) == ["abc", "bca", "cab", "abc"])
        let alone = try AMQPConfiguration(url: "amqp://a")
        #expect(alone.nodes(after: alone.nodes[0]) == alone.nodes)
    }

    @Test("TLS is verified by default and takes its files from options")
    func tls() throws {
        let plain = try #require(try AMQPConfiguration(url: "amqps://host").tls)
        #expect(plain.verifiesHostName && !plain.unsafeSkipsPeerVerification)
        let options = try #require(
            try AMQPConfiguration(url: "amqps://host?cacertfile=/ca&certfile=/c&keyfile=/k&verify=verify_none").tls)
        #expect(options.authorityFile == "/ca" && options.certificateFile == "/c" && options.keyFile == "/k")
        #expect(options.unsafeSkipsPeerVerification)
    }

    @Test(
        "What cannot be understood is refused without showing the password",
        arguments: [
            "http://u:hidden@host", "amqp://u:hidden@host:0", "amqp://u:hidden@host:x", "amqp://u:hidden%4@host",
            "amqp://u:hidden@host?colour=red", "amqp://u:hidden@host?heartbeat=soon", "amqps://u:hidden@h?certfile=/c",
            "amqp://u:hidden@host?cacertfile=/ca", "amqp://u:hidden@[::1", "amqp://u:hidden@host/%ff",
            "amqps://u:hidden@host?verify=maybe", "amqp://u:hidden@a,,b", "amqp://u:hidden@a,",
            "amqp://u:hidden@a:1,b:x",
            // Cut short by a character that had to be encoded.
            "amqp://u:hidden/x@host", "amqp://u:x/hidden@host", "amqp://u:1/hidden@host", "amqp://u:x?hidden@host",
            "amqp://u:1?hidden=1@host", "amqp://u:p@x/hidden@host", "amqp://u:hidden?x@host",
        ])
    func refused(url: String) {
        let error = #expect(throws: AMQPError.self) { try AMQPConfiguration(url: url) }
        #expect(error?.code == .invalidConfiguration)
        #expect(error?.description.contains("hidden") == false)
    }

    @Test("No way of printing a configuration shows the password")
    func redaction() throws {
        let configuration = try AMQPConfiguration(url: "amqp://user:hidden@host:1/v")
        var dumped = ""
        dump(configuration, to: &dumped)
        for text in ["\(configuration)", String(reflecting: configuration), dumped, "\(configuration.password)"] {
            #expect(!text.contains("hidden"))
        }
        #expect("\(configuration)" == "amqp://user:***@host:1/v")
    }
}
