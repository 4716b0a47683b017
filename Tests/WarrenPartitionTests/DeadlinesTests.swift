import Testing
import Warren

@testable import WarrenPartition

@Suite struct DeadlinesTests {
    private let key = TaskLease.Key(instance: 1, generation: 0, taskID: 0)
    private let now = Timestamp(microseconds: 1_000_000)

    @Test func `An activity whose work item may be lost gets a lease that expires, also if it was dispatched again`() {
        var deadlines = Deadlines()
        var commit = PartitionCommit()
        #expect(deadlines.dispatchAgain(key, after: 2, &commit) == 3)
        #expect(deadlines.next == nil, "the broker has it")
        deadlines.adoptLease(key, until: now, &commit)
        #expect(deadlines.next == now)
        #expect(deadlines.lease(key) == TaskLease(key: key, attempt: 3, expiresAt: now))
        #expect(commit.leases.last == deadlines.lease(key))
    }

    @Test func `An activity without a lease gets one, and that of a worker stays`() {
        var deadlines = Deadlines()
        var commit = PartitionCommit()
        deadlines.adoptLease(key, until: now, &commit)
        #expect(deadlines.lease(key)?.attempt == 1)
        deadlines.adoptLease(key, until: now.advanced(by: .seconds(1)), &commit)
        #expect(deadlines.next == now)
        #expect(commit.leases.count == 1)
    }
}
