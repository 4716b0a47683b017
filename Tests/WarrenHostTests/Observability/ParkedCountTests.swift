import TestSupport
import Testing
import Warren
import WarrenStorage

@testable import WarrenHost

@Suite("The number of parked instances", .timeLimit(.minutes(1)))
struct ParkedCountTests {
    @Test("What the code cannot run is counted, and not what an operator suspended, or what runs")
    func count() async throws {
        let store = try InMemoryPartitionStore()
        defer { store.close() }
        #expect(try store.parkedInstances() == 0)
        let instances: [(RuntimeStatus, String)] = [
            (.suspended, #"{"cause":"nonDeterminism","reason":"line 7"}"#), (.suspended, #"{"cause":"version"}"#),
            (.suspended, #"{"cause":"operator"}"#), (.suspended, ""), (.running, ""), (.failed, ""),
        ]
        var commit = PartitionCommit()
        // More than a page of them.
        for number in 0..<(300 * instances.count) {
            let (status, condition) = instances[number % instances.count]
            var record = InstanceRecord(
                key: Int64(number + 1), instanceID: "i\(number)", executionID: "x", name: "Order", status: status,
                createdAt: Timestamp(microseconds: Int64(number)), lastUpdatedAt: Timestamp(microseconds: 1),
                input: .null)
            record.conditionBytes = Array(condition.utf8)
            commit.instances.append(InstanceWrite(.insert, record))
        }
        let outcome: Result<Void, StorageError> = try await untilKnown("the commit") { tell in
            store.commit(commit, completion: tell)
        }
        try outcome.get()
        #expect(try store.parkedInstances() == 600)
    }
}
