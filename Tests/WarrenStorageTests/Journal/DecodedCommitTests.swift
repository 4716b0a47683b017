import Testing
import Warren
import WarrenStorage
import WarrenTestKit

/// A store that applies decoded commits has the contents of one that applies the commits themselves.
@Suite(.timeLimit(.minutes(5)))
struct DecodedCommitTests {
    @Test(
        "Decoded commits leave the contents that the commits themselves leave",
        arguments: StoreKind.allCases, [1, 2, 3, 4, 5, 6, 7, 8] as [UInt64])
    func contents(kind: StoreKind, seed: UInt64) async throws {
        var sequence = AnySequence(seed: seed)
        try await withStore(kind) { direct in
            try await withStore(kind) { decoded in
                for _ in 0..<150 {
                    let commit = sequence.commit()
                    try await direct.outcome(of: commit).get()
                    let bytes = PartitionCommitCodec.encode(commit)
                    try await decoded.outcome(of: PartitionCommitCodec.decode(bytes)).get()
                }
                let expected = try StoreContents(of: direct, after: sequence)
                #expect(try StoreContents(of: decoded, after: sequence) == expected)
                #expect(expected.instances.count > 20 && expected.outbox.count > 10)
                #expect(!expected.timers.isEmpty && !expected.leases.isEmpty && !expected.heldEntries.isEmpty)
                #expect(expected.waiters.contains { !$0.isEmpty } && expected.inbox.contains { $0 == nil })
            }
        }
    }
}
