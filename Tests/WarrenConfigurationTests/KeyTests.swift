import Configuration
import Foundation
import Testing
import WarrenConfiguration
import WarrenHost

/// The list of keys: that nothing is missing in it, and that everything in it works.
@Suite("The keys of the configuration", .timeLimit(.minutes(1)))
struct KeyTests {
    @Test("Every value of a host's configuration has a key with its path, and no key has another path")
    func complete() {
        var paths: [String] = []
        for child in Mirror(reflecting: HostConfiguration()).children {
            guard let name = child.label, name != "metrics" else { continue }
            let group = Mirror(reflecting: child.value)
            if group.displayStyle == .struct, "\(type(of: child.value))" != "Role" {
                paths += group.children.compactMap { inner in inner.label.map { "\(name).\($0)" } }
            } else {
                paths.append(name)
            }
        }
        let ofPrograms = ConfigurationKey.all.map(\.name).filter(Self.isOfPrograms)
        #expect(paths.count > 30)
        #expect(Set(paths).union(ofPrograms) == Set(ConfigurationKey.all.map(\.name)))
        #expect(Set(paths).isDisjoint(with: ofPrograms))
        #expect(ConfigurationKey.all.count == Set(ConfigurationKey.all.map(\.name)).count)
    }

    @Test("Every default is good, is written as it can be read, and is the one of a host", arguments: names)
    func defaults(name: String) throws {
        let key = try #require(ConfigurationKey.all.first { $0.name == name })
        guard let value = key.value(HostConfiguration()) else { return }
        #expect(key.type.complaint(about: value) == nil)
        #expect(try key.type.read(.text(value.description)) == value)
        #expect(key.summary.hasSuffix("."))
    }

    @Test("Every key sets the value with its name, and no other", arguments: names)
    func set(name: String) throws {
        let key = try #require(ConfigurationKey.all.first { $0.name == name })
        let other = try #require(Self.others[name])
        var configuration = HostConfiguration()
        let before = ConfigurationKey.all.map { $0.value(configuration) }
        key.set(&configuration, try key.type.read(.text(other)))
        let changed = zip(ConfigurationKey.all, before).filter { $0.0.value(configuration) != $0.1 }.map(\.0.name)
        #expect(changed == (Self.isOfPrograms(name) ? [] : [name]))
        if !Self.isOfPrograms(name) { #expect(key.value(configuration)?.description == other) }
    }

    @Test("The variables are those that swift-configuration derives from the keys", arguments: names)
    func variables(name: String) throws {
        let key = try #require(ConfigurationKey.all.first { $0.name == name })
        let reader = ConfigReader(
            provider: EnvironmentVariablesProvider(environmentVariables: [key.variable: "found"]))
        #expect(reader.scoped(to: "warren").string(forKey: ConfigKey(name)) == "found")
    }

    @Test("The page has the table of keys as it is")
    func page() throws {
        let page = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appendingPathComponent("../../Sources/Warren/Warren.docc/Configuration.md")
        let text = try String(contentsOf: page, encoding: .utf8)
        let opening = try #require(text.range(of: KeyTable.opening + "\n\n"))
        let closing = try #require(text.range(of: "\n" + KeyTable.closing))
        #expect(
            text[opening.upperBound..<closing.lowerBound] == KeyTable.markdown,
            "print it anew: warren config keys --markdown")
    }

    /// Whether a key is of what a program does beside its host.
    private static func isOfPrograms(_ name: String) -> Bool {
        ["log.", "health.", "http."].contains { name.hasPrefix($0) }
    }

    private static let names = ConfigurationKey.all.map(\.name)

    /// A value for each key that is not its default.
    private static let others = [
        "hub": "orders", "roles": "activity", "partitionCount": "8", "broker.url": "amqp://one,two/v",
        "broker.username": "u", "broker.password": "p", "storage.directory": "data", "storage.durability": "journal",
        "storage.acceptOlder": "true", "journal.size": "64MiB", "journal.followers": "2",
        "orchestrations.concurrency": "3", "orchestrations.warmInstances": "0", "orchestrations.retired": "A,B",
        "orchestrations.onNonDeterminism": "fail", "orchestrations.replayCheck": "park",
        "orchestrations.maximumHistory": "20000", "orchestrations.defaultVersion": "2.0",
        "orchestrations.versionMatch": "strict", "orchestrations.versionMismatch": "fail",
        "activities.concurrency": "64", "activities.maximumDeliveries": "7", "activities.foreign": "Charge,Ship",
        "activities.limits": "Charge concurrency=0 rate=100/m burst=10 patience=30s,Ship rate=5/s",
        "activities.dispatch": "prefer-local", "activities.dispatchExceptions": "Charge,Ship",
        "leases.after": "1s", "leases.duration": "1m30s", "messages.prefetch": "16", "messages.maximumSize": "1MiB",
        "messages.maximumOutboxRows": "40", "messages.maximumHeld": "0", "messages.maximumHeldSize": "1MiB",
        "messages.maximumHostDeaths": "2", "messages.duplicateMemory": "1d", "messages.replyQueuePrefixes": "orders",
        "messages.carriesBaggage": "true", "payloads.directory": "payloads", "payloads.threshold": "8KiB",
        "retention.completed": "30d", "retention.failed": "1m", "retention.terminated": "1h30m", "retention.rate": "1",
        "retention.exportDirectory": "ended",
        "graces.stop": "10s", "graces.unknownOrchestration": "0s", "graces.earlyEvent": "1s",
        "graces.unknownActivity": "1ms", "reports.console": "everything", "reports.lifecycle": "Completed",
        "log.level": "debug", "health.port": "0", "health.address": "0.0.0.0",
        "http.address": "0.0.0.0", "http.port": "0", "http.keys": "keys.json", "http.origins": "https://a,http://b:1",
        "http.requestsPerSecond": "0", "http.maximumBody": "64KiB", "http.maximumStreams": "0",
        "http.tlsCertificate": "cert.pem", "http.tlsKey": "key.pem",
    ]
}
