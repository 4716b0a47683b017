#if HTTP
import Foundation
import Hummingbird
import Logging
import ServiceLifecycle
import TestSupport
import Testing
import Warren
import WarrenClient
import WarrenHost
import WarrenMessaging

@testable import WarrenManagement

@Suite("Health and metrics over HTTP", .timeLimit(.minutes(2)))
struct HealthTests {
    private static func checks(_ answer: Answer) throws -> [String: Bool] {
        struct Body: Decodable {
            struct Check: Decodable {
                var name: String
                var ready: Bool
                var detail: String
            }
            var status: String
            var checks: [Check]
        }
        let body = try JSONDecoder().decode(Body.self, from: Data(answer.body.utf8))
        #expect(body.status == (answer.status == 200 ? "ready" : "not ready"))
        #expect(body.checks.allSatisfy { !$0.detail.isEmpty })
        return Dictionary(body.checks.map { ($0.name, $0.ready) }) { first, _ in first }
    }

    private static func serving(
        _ hub: MeteredHub, over way: RouteClient.Way = .router,
        _ body: @escaping @Sendable (RouteClient) async throws -> Void
    ) async throws {
        let router = Router()
        HealthRoutes(host: hub.host, registry: hub.registry).add(to: router)
        try await RouteClient.serving(router, over: way, body)
    }

    @Test("Readiness is 503 while the broker is in an alarm or lost, with the reason, and 200 again afterwards")
    func broker() async throws {
        let transport = SwitchedTransport()
        try await MeteredHub.run(transport) { hub in
            try await Self.serving(hub) { http in
                let good = try await http.ask(.get, "/health/ready")
                #expect(good.status == 200 && good.headers[.cacheControl] == "no-store")
                #expect(
                    try Self.checks(good) == ["host": true, "broker": true, "stores": true, "partitions": true])
                // One line for each check, for people with curl.
                #expect(good.body.split(separator: "\n").count == 6)

                transport.block("low on memory")
                let blocked = try await http.ask(.get, "/health/ready")
                #expect(blocked.status == 503 && blocked.body.contains("low on memory"))
                #expect(try Self.checks(blocked)["broker"] == false)
                #expect(try await http.ask(.head, "/health/ready").status == 503)
                #expect(try await http.ask(.get, "/health/live").status == 200)
                transport.block(nil)
                #expect(try await http.ask(.get, "/health/ready").status == 200)

                transport.lose(true)
                let lost = try await http.ask(.get, "/health/ready")
                #expect(try lost.status == 503 && Self.checks(lost)["broker"] == false)
                transport.lose(false)
                #expect(try await http.ask(.get, "/health/ready").status == 200)
            }
        }
    }

    @Test("A host that has not begun, or has ended, is not ready, and its process is alive")
    func beforeAndAfter() async throws {
        let host = try TaskHubHost(HostConfiguration(hub: "test", partitionCount: 1))
        let router = Router()
        HealthRoutes(host: host).add(to: router)
        try await RouteClient.serving(router) { http in
            let before = try await http.ask(.get, "/health/ready")
            #expect(before.status == 503 && before.body.contains("is starting"))
            let running = Task { try await host.run() }
            #expect(await host.isReady)
            #expect(try await http.ask(.get, "/health/ready").status == 200)
            running.cancel()
            _ = await running.result
            let after = try await http.ask(.get, "/health/ready")
            #expect(after.status == 503 && after.body.contains("has ended"))
            #expect(try await http.ask(.get, "/health/live").status == 200)
            #expect(try await http.ask(.get, "/metrics").status == 404)
        }
    }

    @Test("A scrape is a text that Prometheus reads, with gauges of this moment")
    func scrape() async throws {
        try await MeteredHub.run(InProcessTransport()) { hub in
            _ = try await hub.client.start(MeteredHub.waits, ())
            try await Self.serving(hub) { http in
                let answer = try await http.ask(.get, "/metrics")
                #expect(answer.status == 200)
                #expect(answer.headers[.contentType] == "text/plain; version=0.0.4; charset=utf-8")
                let text = try Exposition(answer.body)
                #expect(text.total("warren_partition_owned") == 1 && text.total("warren_store_bytes") > 0)
            }
        }
    }

    @Test("The service says where it listens, serves over a socket, and ends with its group")
    func service() async throws {
        try await MeteredHub.run(InProcessTransport()) { hub in
            let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
            let service = HealthService(host: hub.host, registry: hub.registry, port: 0, logger: logger)
            let group = ServiceGroup(services: [service], logger: logger)
            let running = Task { try await group.run() }
            let address = try #require(await service.address)
            let port = try #require(URL(string: address)?.port)
            #expect(address == "http://127.0.0.1:\(port)")
            let http = RouteClient(port: port)
            #expect(try await http.ask(.get, "/health/ready").status == 200)
            #expect(try Exposition(try await http.ask(.get, "/metrics").body).total("warren_partitions") == 1)
            // A port that is taken is named.
            let second = HealthService(host: hub.host, port: port, logger: logger)
            let error = await #expect(throws: (any Error).self) { try await second.run() }
            #expect("\(error.map { "\($0)" } ?? "")".contains("127.0.0.1:\(port)"))
            #expect(await second.address == nil)
            await group.triggerGracefulShutdown()
            try await running.ended()
        }
    }
}
#endif
