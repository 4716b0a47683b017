import Logging
import Warren
import WarrenHost

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// A host with orchestrations that end its process when they are told to, or never let go of a thread:
/// `PoisonHost URL HUB FOLDER DEATHS [GRACE] [journal]`, the period of grace in seconds. With journals, every process has a
/// folder of its own, as if the disk had been lost with the last one.
@main
struct PoisonHost {
    static let echo = Activity<String, String>("Echo")
    static let good = Orchestration<String, String>("Good")
    static let atStart = Orchestration<String, String>("AtStart")
    static let atEvent = Orchestration<String, String>("AtEvent")
    static let atTimer = Orchestration<String, String>("AtTimer")
    static let atResult = Orchestration<String, String>("AtResult")
    static let atReplay = Orchestration<String, String>("AtReplay")
    static let atChild = Orchestration<String, String>("AtChild")
    static let spins = Orchestration<String, String>("Spins")
    static let busy = Orchestration<String, String>("Busy")
    static let go = ExternalEvent<String>("Go")
    static let asks = Orchestration<String, String>("Asks")
    static let bomb = Entity("Bomb", initial: 0)
    static let light = bomb.operation("light", String.self, returning: Int.self)

    static func main() async {
        await TaskHubHost.main { try await run() }
    }

    private static func run() async throws {
        let arguments = CommandLine.arguments
        var configuration = HostConfiguration(
            hub: arguments[2], broker: arguments[1], dataDirectory: arguments[3], partitionCount: 2)
        configuration.messages.maximumHostDeaths = Int(arguments[4]) ?? 0
        if arguments.count > 5 { configuration.graces.stop = .seconds(Int(arguments[5]) ?? 25) }
        if arguments.count > 6 {
            configuration.storage.durability = .journal
            configuration.storage.directory = "\(arguments[3])/\(UInt64.random(in: 0 ... .max))"
        }
        var logger = Logger(label: "poison", factory: { StreamLogHandler.standardError(label: $0) })
        logger.logLevel = .error
        var environment = HostEnvironment.production(for: configuration)
        let open = environment.store
        environment.store = { PoisonStore(try open($0, $1, $2)) }
        let host = try TaskHubHost(configuration, environment: environment, logger: logger)
        host.register(echo) { text in text }
        host.register(good) { context, text in
            var text = text
            for _ in 0..<3 { text = try await context.call(echo, text) + "!" }
            return text
        }
        host.register(atStart) { _, text in end(if: text) }
        host.register(atEvent) { context, _ in end(if: try await context.wait(for: go)) }
        host.register(atTimer) { context, text in
            try await context.sleep(for: .milliseconds(100))
            return end(if: text)
        }
        host.register(atResult) { context, text in end(if: try await context.call(echo, text)) }
        host.register(atReplay) { context, text -> String in
            // The first process is none the worse for it.
            if context.isReplaying { _ = end(if: text) }
            while true { try await context.sleep(for: .milliseconds(200)) }
        }
        host.register(atChild) { context, text in
            do { return try await context.call(atStart, text) } catch let failure as TaskFailure {
                return failure.details.type
            }
        }
        host.register(light) { count, text, _ in
            // Neighbours run at the same time.
            if text == "slow" { try await Task.sleep(for: .milliseconds(300)) }
            _ = end(if: text)
            count += 1
            return count
        }
        host.register(asks) { context, text in
            do { return "\(try await context.call(light, text, on: "asked"))" } catch let failure as EntityFailure {
                return failure.details.type
            }
        }
        host.register(spins) { _, _ -> String in
            say("spinning\n")
            while true { block() }
        }
        host.register(busy) { context, _ -> String in
            say("busy\n")
            while true { try await context.sleep(for: .zero) }
        }

        try await host.runUntilSignal()
    }

    /// Blocks its thread for a moment, as code under test that never gives the thread back. Nothing waits for it.
    private static func block() { usleep(100) }

    private static func say(_ text: String) {
        // Whether anybody reads it is not this process's concern.
        _ = text.utf8.withContiguousStorageIfAvailable { write(STDERR_FILENO, $0.baseAddress, $0.count) }
    }

    /// What no host survives.
    static func end(if text: String) -> String {
        if text == "boom" { fatalError("boom") }
        return text
    }
}
