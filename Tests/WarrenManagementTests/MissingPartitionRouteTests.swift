#if HTTP
import Hummingbird
import TestSupport
import Testing
import Warren
import WarrenMessaging

@Suite("Management API: partitions that do not answer", .timeLimit(.minutes(5)))
struct MissingPartitionRouteTests {
    @Test("A listing without some partitions is 200, and a header names them; a complete one has no such header")
    func list() async throws {
        let name = try #require(HTTPFields.Element.Name("warren-incomplete"))
        let found = PartialHub.instance("a", createdAt: 5)
        for partitions in [[[found], nil, [], nil], [[found], [], [], []]] as [[[OrchestrationStatus]?]] {
            try await serving(partitions) { api in
                let answer = try await api.get("/instances")
                #expect(answer.status == 200)
                #expect(answer.headers[name] == (partitions[1] == nil ? "1,3" : nil))
                guard case .array(let rows) = try answer.json else {
                    Issue.record("no array: \(answer.body)")
                    return
                }
                #expect(rows.compactMap { $0["instanceId"]?.stringValue } == ["a"])
            }
        }
    }

    @Test("A purge names the partitions that did not answer, and how many instances the others had")
    func purge() async throws {
        try await serving([[PartialHub.instance("a", createdAt: 5)], nil]) { api in
            let answer = try await api.delete("/instances?createdTimeFrom=2020-01-01T00:00:00Z")
            #expect(answer.status == 504)
            #expect(answer.body.contains("partition 1 of hub 'test' did not answer"), "\(answer.body)")
            #expect(answer.body.contains("1 instance was removed"), "\(answer.body)")
        }
    }

    private func serving(
        _ partitions: [[OrchestrationStatus]?], _ body: @escaping @Sendable (API) async throws -> Void
    ) async throws {
        let transport = InProcessTransport()
        try await withCleanUp {
            try await PartialHub.serving("test", on: transport, partitions: partitions) {
                try await ServedHub.serving(transport, timeout: .seconds(2)) { try await body($0.api) }
            }
        } afterwards: {
            await transport.shutdown()
        }
    }
}
#endif
