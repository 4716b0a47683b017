import Testing
import Warren
import WarrenStorage
import WarrenTestKit

/// Warren's stores are run through the suite that stands in the test kit for every store.
@Suite("Stores keep what every store promises", .timeLimit(.minutes(5)))
struct StoreComplianceTests {
    @Test(
        "A store keeps the promise", arguments: StoreKind.allCases,
        StoreCompliance.checks + StoreCompliance.journalChecks)
    func keeps(kind: StoreKind, check: StoreCompliance.Check) async {
        let entry = await StoreCompliance.run(check, make: kind.make)
        #expect(entry.findings.isEmpty, "\(entry)")
    }

    @Test(
        "A file keeps the promise of what outlives a process",
        arguments: StoreCompliance.durableChecks + StoreCompliance.durableJournalChecks)
    func outlives(check: StoreCompliance.Check) async {
        let entry = await StoreCompliance.run(check, make: StoreKind.sqlite.make)
        #expect(entry.findings.isEmpty, "\(entry)")
    }

    @Test("A store that loses held messages, and one that never tells, are found out, with the promise by name")
    func seesFaults() async {
        let report = await StoreCompliance.check(outlivesProcess: false) { place in
            LossyStore(store: try InMemoryPartitionStore(journal: place.journal))
        }
        #expect(!report.complies)
        let broken = report.entries.filter { !$0.findings.isEmpty }.map(\.name)
        #expect(broken.contains("A held message's body is read when it is asked for"))
        #expect(!broken.contains("A listed instance is whole"))
        #expect(
            report.description.contains("\(report.entries.count) promises checked, \(broken.count) not kept"))
        #expect(report.entries.count == StoreCompliance.checks.count + StoreCompliance.journalChecks.count)
        // What has no memory of an earlier opening does not outlive its process.
        let late = await StoreCompliance.run(StoreCompliance.checks[0], limit: .milliseconds(200)) { _ in
            FaultInjectingStore(try InMemoryPartitionStore(), fault: .crashBefore(commit: 1))
        }
        #expect(late.findings.contains { $0.contains("takes longer") }, "\(late)")
        for check in StoreCompliance.durableChecks {
            #expect(await !StoreCompliance.run(check, make: StoreKind.memory.make).findings.isEmpty)
        }
    }
}

/// A store that loses held messages.
private final class LossyStore: ForwardingStore {
    let store: any PartitionStore

    init(store: any PartitionStore) {
        self.store = store
    }

    func commit(_ commit: PartitionCommit, completion: @escaping @Sendable (Result<Void, StorageError>) -> Void) {
        var commit = commit
        commit.held = []
        store.commit(commit, completion: completion)
    }
}
