import Testing
import Warren
import WarrenStorage
import WarrenTestKit

@Suite("What leases keep", .timeLimit(.minutes(5)))
struct LeaseNotesTests {
    @Test("A lease keeps what its worker reported, and a view of its instance shows it", arguments: StoreKind.allCases)
    func leaseNotes(kind: StoreKind) async throws {
        try await withStore(kind) { store in
            var lease = TaskLease(
                key: .init(instance: 1, generation: 0, taskID: 4), attempt: 2, expiresAt: time(5),
                details: Payload(json: "{\"row\":3}"), worker: "reply.w", limit: .seconds(10))
            let record = InstanceRecord(
                key: 1, instanceID: "i", executionID: "e", name: "N", status: .running, createdAt: time(1),
                lastUpdatedAt: time(1))
            try await store.write {
                $0.instances = [InstanceWrite(.insert, record)]
                $0.leases = [lease]
            }
            #expect(try store.recover().leases == [lease])
            #expect(try store.view(of: "i", from: 0, bytes: .max)?.heartbeats == [4: Payload(json: "{\"row\":3}")])
            lease.details = nil
            lease.worker = nil
            lease.limit = nil
            try await store.write { $0.leases = [lease] }
            #expect(try store.recover().leases == [lease])
            #expect(try store.view(of: "i", from: 0, bytes: .max)?.heartbeats == [4: nil])
            try await store.write { $0.removedLeases = [lease.key] }
            #expect(try store.recover().leases == [])
        }
    }
}
