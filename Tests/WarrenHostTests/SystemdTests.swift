#if os(Linux)
import Foundation
import ServiceLifecycle
import TestSupport
import Testing
import Warren

@testable import WarrenHost

/// A host says to systemd what a unit of `Type=notify` waits for.
@Suite("systemd", .timeLimit(.minutes(1)))
struct SystemdTests {
    /// The place where systemd listens.
    private final class Listener: Sendable {
        let path: String
        private let descriptor: Int32

        init() throws {
            path = FileManager.default.temporaryDirectory.appendingPathComponent("notify-\(UUID())").path
            descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue), 0)
            var address = sockaddr_un()
            address.sun_family = sa_family_t(AF_UNIX)
            withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: Array(path.utf8)) }
            let bound = withUnsafePointer(to: &address) { pointer in
                pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
                }
            }
            try #require(descriptor >= 0 && bound == 0, "\(String(cString: strerror(errno)))")
        }

        deinit {
            close(descriptor)
            unlink(path)
        }

        /// Waits for the next message, on a thread of its own.
        func next() async throws -> String {
            try await untilKnown("a message to systemd") { tell in
                Thread.detachNewThread { [self] in
                    var buffer = [UInt8](repeating: 0, count: 512)
                    let count = recv(descriptor, &buffer, buffer.count, 0)
                    tell(String(decoding: buffer.prefix(max(0, count)), as: UTF8.self))
                }
            }
        }
    }

    @Test("It is told when the host is ready, that it lives, and that it stops")
    func notices() async throws {
        let listener = try Listener()
        let host = try TaskHubHost(HostConfiguration(hub: "notify"), logger: LogLines().logger)
        let notifier = SystemdNotifier(
            host: host, environment: ["NOTIFY_SOCKET": listener.path, "WATCHDOG_USEC": "200000"])
        let group = ServiceGroup(services: [host, notifier], logger: LogLines().logger)
        let running = Task { try await group.run() }
        var heard: [String] = []
        while !heard.contains(where: { $0.hasPrefix("READY=1\n") }) || !heard.contains("WATCHDOG=1") {
            heard.append(try await listener.next())
        }
        await group.triggerGracefulShutdown()
        while heard.last?.hasPrefix("STOPPING=1\n") != true { heard.append(try await listener.next()) }
        try await running.ended()
        #expect(heard.count { $0.hasPrefix("READY=1") } == 1 && heard.count { $0.hasPrefix("STOPPING=1") } == 1)
    }

    @Test("A socket that is not there is logged once, and without systemd nothing is said")
    func nobody() async throws {
        for (environment, lines) in [
            (["NOTIFY_SOCKET": "/nowhere/at/all", "WATCHDOG_USEC": "2000"], 1), ([:], 0), (["NOTIFY_SOCKET": "x"], 0),
        ] {
            let log = LogLines()
            let host = try TaskHubHost(HostConfiguration(hub: "notify"), logger: log.logger)
            let group = ServiceGroup(
                services: [host, SystemdNotifier(host: host, environment: environment)], logger: log.logger)
            let running = Task { try await group.run() }
            #expect(try await host.becomesReady())
            await group.triggerGracefulShutdown()
            try await running.ended()
            #expect(log.count(of: "systemd cannot be told") == lines)
        }
    }
}
#endif
