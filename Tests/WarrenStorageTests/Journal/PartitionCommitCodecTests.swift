import Foundation
import TestSupport
import Testing
import Warren
import WarrenTestKit

@testable import WarrenStorage

@Suite(.timeLimit(.minutes(5)))
struct PartitionCommitCodecTests {
    @Test("Any commit comes back as it was, and its bytes are written again as they were")
    func roundTrip() throws {
        var any = AnyCommit(seed: 1)
        for number in 0..<5000 {
            let commit = any.commit()
            let bytes = PartitionCommitCodec.encode(commit)
            let decoded = try PartitionCommitCodec.decode(bytes)
            #expect(decoded == commit.asEncoded, "\(number)")
            // Swift takes two spellings of a text for equal; bytes do not.
            #expect(PartitionCommitCodec.encode(decoded) == bytes, "\(number)")
            #expect(decoded.isEmpty == commit.isEmpty)
        }
    }

    @Test("Every property of a commit is in its bytes")
    func completeness() throws {
        // A property that is added to the commit fails here until the codec has it.
        var any = AnyCommit(seed: 2)
        var missing = Set(Mirror(reflecting: PartitionCommit()).children.compactMap(\.label))
        #expect(missing.count == 17)
        for _ in 0..<100 where !missing.isEmpty {
            let decoded = try PartitionCommitCodec.decode(PartitionCommitCodec.encode(any.commit()))
            let empty = Dictionary(
                Mirror(reflecting: PartitionCommit()).children.map { ($0.label ?? "", "\($0.value)") }
            ) { first, _ in first }
            for child in Mirror(reflecting: decoded).children where "\(child.value)" != empty[child.label ?? ""] {
                missing.remove(child.label ?? "")
            }
        }
        #expect(missing == [])
    }

    @Test("An update does not carry the columns that it leaves unchanged")
    func updates() throws {
        var commit = PartitionCommit()
        var record = InstanceRecord.full
        record.input = Payload(bytes: Array(repeating: 1, count: 10_000))
        commit.instances = [.init(.update, record)]
        #expect(PartitionCommitCodec.encode(commit).count < 200)
        commit.instances = [.init(.replace, record)]
        #expect(PartitionCommitCodec.encode(commit).count > 10_000)
    }

    @Test("Bytes cut anywhere are read as a shorter commit or refused, and never trap")
    func cut() throws {
        let bytes = PartitionCommitCodec.encode(.golden)
        var refused = 0
        for length in 0..<bytes.count {
            do throws(StorageError) {
                _ = try PartitionCommitCodec.decode(Array(bytes[..<length]))
            } catch {
                #expect(error.code == .corrupt)
                #expect(error.description.contains("at byte"))
                refused += 1
            }
        }
        // Only between two parts is there a commit: the number of parts, the first one after the version byte.
        #expect(bytes.count - refused == 17)
    }

    @Test("Changed bytes are read or refused with a reason, and never trap")
    func fuzz() {
        var random = SeededGenerator(seed: 3)
        var any = AnyCommit(seed: 3)
        var outcomes = (read: 0, refused: 0)
        for _ in 0..<4000 {
            var bytes = PartitionCommitCodec.encode(any.commit())
            for _ in 0...random.below(4) {
                switch random.below(3) {
                case 0: bytes[random.below(bytes.count)] ^= 1 << UInt8(random.below(8))
                case 1: bytes.removeLast(random.below(bytes.count))
                default: bytes.insert(contentsOf: random.bytes(most: 9), at: random.below(bytes.count + 1))
                }
            }
            do throws(StorageError) {
                let commit = try PartitionCommitCodec.decode(bytes)
                _ = PartitionCommitCodec.encode(commit)
                outcomes.read += 1
            } catch {
                #expect(error.code == .corrupt || error.code == .newerSchema)
                outcomes.refused += 1
            }
        }
        #expect(outcomes.read > 50 && outcomes.refused > 1000, "\(outcomes)")
    }

    @Test("A number of rows beyond the end is refused before anything is reserved")
    func hugeCounts() {
        let huge: [UInt8] = [0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x7F]
        for part: UInt8 in 1...16 {
            #expect(code(of: [1, part] + huge) == .corrupt, "\(part)")
        }
    }

    @Test("A later version is refused by name, a part for later is skipped, and every other surprise is refused")
    func versions() throws {
        let bytes = PartitionCommitCodec.encode(.golden)
        #expect(code(of: [2] + bytes.dropFirst()) == .newerSchema)
        #expect(code(of: [0] + bytes.dropFirst()) == .corrupt)
        #expect(code(of: []) == .corrupt)
        // Part 200 with three bytes.
        #expect(try PartitionCommitCodec.decode(bytes + [200, 3, 9, 9, 9]) == PartitionCommit.golden.asEncoded)
        #expect(code(of: bytes + [200, 3, 9, 9]) == .corrupt)
        #expect(code(of: bytes + [18, 0]) == .corrupt)
        // A part twice.
        #expect(code(of: [1, 14, 1, 2, 14, 1, 2]) == .corrupt)
        #expect(try PartitionCommitCodec.decode([1]).isEmpty)
    }

    @Test("What leases keep is a part that older readers skip, and the commits of others are as before")
    func leaseNotes() throws {
        var commit = PartitionCommit()
        commit.leases = (0..<4).map {
            TaskLease(key: .init(instance: 1, generation: 0, taskID: $0), attempt: 1, expiresAt: .init(microseconds: 9))
        }
        let plain = PartitionCommitCodec.encode(commit)
        commit.leases[1].details = Payload(json: "{\"row\":3}")
        commit.leases[3].worker = "reply.w"
        commit.leases[3].limit = .seconds(10)
        let bytes = PartitionCommitCodec.encode(commit)
        #expect(bytes.starts(with: plain) && bytes[plain.count] == 80)
        #expect(try PartitionCommitCodec.decode(bytes) == commit)
        // A lease that is not there, flags that nobody wrote.
        #expect(code(of: plain + [80, 2, 8, 1]) == .corrupt)
        #expect(code(of: plain + [80, 2, 0, 8]) == .corrupt)
        #expect(code(of: plain + [80, 2, 0, 0]) == .corrupt)
    }

    @Test("Waits for events are a part that older readers skip: to them the commit is the same without them")
    func eventWaits() throws {
        let bytes = PartitionCommitCodec.encode(.goldenWaits)
        #expect(try PartitionCommitCodec.decode(bytes) == PartitionCommit.goldenWaits.asEncoded)
        var without = PartitionCommit.goldenWaits
        for index in without.instances.indices { without.instances[index].record.eventWaits = [] }
        let prefix = PartitionCommitCodec.encode(without)
        // An older reader has all of this, then a tag of at least 64 and the size of the rest.
        #expect(bytes.starts(with: prefix) && bytes[prefix.count] == 64)
        // 31, 28 and 31 bytes of waits, each behind its number and size.
        #expect(Int(bytes[prefix.count + 1]) == bytes.count - prefix.count - 2)
        // An instance that the commit does not have, one twice, and waits that are none.
        for part: [UInt8] in [[64, 3, 9, 1, 91], [64, 6, 0, 1, 91, 0, 1, 91], [64, 2, 0, 0]] {
            #expect(code(of: prefix + part) == .corrupt, "\(part)")
        }
    }

    @Test("Versions and conditions are parts that older readers skip, and damaged ones are refused")
    func versionsAndConditions() throws {
        let bytes = PartitionCommitCodec.encode(.goldenVersions)
        #expect(try PartitionCommitCodec.decode(bytes) == PartitionCommit.goldenVersions.asEncoded)
        var without = PartitionCommit.goldenVersions
        for index in without.instances.indices {
            without.instances[index].record.version = nil
            without.instances[index].record.conditionBytes = []
        }
        let prefix = PartitionCommitCodec.encode(without)
        #expect(bytes.starts(with: prefix) && bytes[prefix.count] == 76)
        // An instance that the commit does not have, and one twice.
        for part: [UInt8] in [[76, 3, 18, 1, 49], [77, 3, 18, 1, 91], [76, 6, 2, 1, 49, 2, 1, 49]] {
            #expect(code(of: prefix + part) == .corrupt, "\(part)")
        }
    }

    @Test("Causes of a failure nested without end are cut when they are written and refused when they are read")
    func deepFailure() throws {
        var failure = FailureDetails(type: "T", message: "")
        for _ in 0..<1000 { failure = FailureDetails(type: "T", message: "", inner: [failure]) }
        var commit = PartitionCommit()
        var record = InstanceRecord.sample(1)
        record.failure = failure
        commit.instances = [.init(.update, record)]
        let decoded = try PartitionCommitCodec.decode(PartitionCommitCodec.encode(commit))
        var depth = 0
        var rest = try #require(decoded.instances.first?.record.failure)
        while let inner = rest.inner.first { (rest, depth) = (inner, depth + 1) }
        #expect(depth == 256)

        // Kind, fields, key, generation, status, time, episodes, then failures of one cause each.
        let cause: [UInt8] = [0, 0, 0, 1]
        #expect(
            code(of: [1, 4, 1, 1, 8, 2, 0, 1, 0, 0] + Array(repeatElement(cause, count: 100_000).joined()))
                == .corrupt)
    }

    @Test("A commit of the first version is written as recorded and read for as long as there are journals")
    func golden() throws {
        let resources = Bundle.module.resourceURL
        try GoldenBytes.check("commit-1-event-waits", PartitionCommitCodec.encode(.goldenWaits), in: resources)
        let waits = try GoldenBytes.read("commit-1-event-waits", in: resources)
        #expect(try PartitionCommitCodec.decode(waits) == PartitionCommit.goldenWaits.asEncoded)
        try GoldenBytes.check("commit-1-traces", PartitionCommitCodec.encode(.goldenTraces), in: resources)
        let traces = try GoldenBytes.read("commit-1-traces", in: resources)
        #expect(try PartitionCommitCodec.decode(traces) == PartitionCommit.goldenTraces.asEncoded)
        try GoldenBytes.check("commit-1-versions", PartitionCommitCodec.encode(.goldenVersions), in: resources)
        let versions = try GoldenBytes.read("commit-1-versions", in: resources)
        #expect(try PartitionCommitCodec.decode(versions) == PartitionCommit.goldenVersions.asEncoded)
        try GoldenBytes.check("commit-1", PartitionCommitCodec.encode(.golden), in: resources)
        let recorded = try GoldenBytes.read("commit-1", in: resources)
        #expect(try PartitionCommitCodec.decode(recorded) == PartitionCommit.golden.asEncoded)
    }

    private func code(of bytes: [UInt8]) -> StorageError.Code? {
        do throws(StorageError) {
            _ = try PartitionCommitCodec.decode(bytes)
            return nil
        } catch {
            return error.code
        }
    }
}
