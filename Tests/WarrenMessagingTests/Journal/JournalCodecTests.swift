import Foundation
import TestSupport
import Testing
import Warren
import WarrenSupport

@testable import WarrenMessaging

@Suite(.timeLimit(.minutes(5))) struct JournalCodecTests {
    @Test func `any record comes back as it was`() throws {
        var any = AnyRecord(seed: 1)
        for number in 0..<5000 {
            let record = any.record()
            #expect(try JournalCodec.decode(JournalCodec.encode(record)) == record, "\(number)")
        }
    }

    @Test func `a single changed bit is found by the checksum`() throws {
        let bytes = try JournalCodec.encode(Self.sample(.commits([[1, 2, 3], []])))
        for place in bytes.indices {
            for bit in 0..<8 as Range<UInt8> {
                var changed = bytes
                changed[place] ^= 1 << bit
                let isNewer = place == 2 && bit > 0
                #expect(
                    kind(of: changed) == (place < 2 ? .foreign : isNewer ? .newer : .damaged),
                    "byte \(place), bit \(bit)")
            }
        }
    }

    @Test func `bytes cut anywhere or followed by others are refused`() throws {
        let bytes = try JournalCodec.encode(Self.sample(.release(to: "web-2")))
        for length in bytes.indices {
            #expect(kind(of: Array(bytes[..<length])) == (length < 2 ? .foreign : .damaged), "\(length)")
        }
        #expect(kind(of: bytes + [0]) == .damaged)
    }

    @Test func `changed bytes under a right checksum are read or refused, and never trap`() throws {
        var any = AnyRecord(seed: 2)
        var outcomes = (read: 0, refused: 0)
        for _ in 0..<5000 {
            var bytes = try JournalCodec.encode(any.record())
            for _ in 0...any.random.below(3) {
                switch any.random.below(3) {
                case 0: bytes[any.random.below(bytes.count)] ^= 1 << UInt8(any.random.below(8))
                case 1: bytes.removeLast(any.random.below(max(1, bytes.count - 60)))
                default: bytes.insert(contentsOf: any.random.bytes(most: 9), at: any.random.below(bytes.count + 1))
                }
            }
            if let record = try? JournalCodec.decode(sealed(bytes)) {
                #expect(try JournalCodec.decode(JournalCodec.encode(record)) == record)
                outcomes.read += 1
            } else {
                outcomes.refused += 1
            }
        }
        #expect(outcomes.read > 300 && outcomes.refused > 300, "\(outcomes)")
    }

    @Test func `anything at all is refused with a reason`() {
        var any = AnyRecord(seed: 3)
        for _ in 0..<5000 {
            #expect(kind(of: any.random.bytes(most: 100)) == .foreign)
            #expect(kind(of: Array("WJ".utf8) + [1] + any.random.bytes(most: 100)) == .damaged)
        }
        #expect(kind(of: []) == .foreign)
        #expect(kind(of: Array("WJ".utf8) + [0]) == .damaged)
        #expect(kind(of: Array("WJ".utf8) + [2]) == .newer)
        #expect(kind(of: Array(repeating: 0, count: 2 << 20)) == .foreign)
        #expect(kind(of: Array("WJ".utf8) + [1] + Array(repeating: 0, count: 2 << 20)) == .damaged)
    }

    @Test func `a later version may add fields to a payload, but not to commits`() throws {
        for content in [JournalContent.claim(JournalClaim(host: "a", version: "1")), .release(to: "b")] {
            let record = Self.sample(content)
            let longer = sealed(try JournalCodec.encode(record) + [1, 2, 3])
            #expect(try JournalCodec.decode(longer) == record)
        }
        let commits = try JournalCodec.encode(Self.sample(.commits([[1]])))
        #expect(kind(of: sealed(commits + [1, 2, 3])) == .damaged)
        // A number of commits other than there are.
        var fewer = commits
        fewer[52] = 0
        #expect(kind(of: sealed(fewer)) == .damaged)
        var more = commits
        more.replaceSubrange(52..<56, with: [255, 255, 255, 255])
        #expect(kind(of: sealed(more)) == .damaged)
    }

    @Test func `commits are distributed over records in order, the large ones in parts`() throws {
        let most = JournalCodec.maximumPayloadBytes
        let sizes = [0, 1, 1000, most - 5, most - 4, most - 3, most, most + 1, 3 * most, 10, most / 2, most / 2, 7]
        let commits = sizes.enumerated().map { number, size in Array(repeating: UInt8(number), count: size) }
        let contents = try JournalContent.fitting(commits)
        #expect(contents.count < 20)
        var fold = JournalFold(
            at: JournalPosition(
                journalID: 1, epoch: 1, claim: 2, isReleased: false, next: 0, offset: 10,
                at: Timestamp(microseconds: 0)))
        var read: [[UInt8]] = []
        for (seq, content) in contents.enumerated() {
            let bytes = try JournalCodec.encode(
                JournalRecord(
                    journalID: 1, epoch: 1, claim: 2, seq: UInt64(seq), at: Timestamp(microseconds: 5),
                    content: content))
            #expect(bytes.count <= JournalCodec.maximumBytes)
            switch fold.fold(try JournalCodec.decode(bytes), offset: Int64(10 + seq), size: bytes.count) {
            case .commits(let commits): read += commits
            case .part: continue
            case let other: Issue.record("\(other)")
            }
        }
        #expect(read == commits)
        #expect(fold.position?.next == UInt64(contents.count))
        #expect(try JournalContent.fitting([]) == [])
    }

    @Test func `what does not fit is never written`() {
        let huge = Array(repeating: 0 as UInt8, count: JournalCodec.maximumCommitBytes + 1)
        #expect(throws: JournalProblem.self) { try JournalContent.fitting([huge]) }
        let large = Array(huge.prefix(JournalCodec.maximumPayloadBytes))
        #expect(throws: JournalProblem.self) { try JournalCodec.encode(Self.sample(.commits([large]))) }
    }

    @Test(arguments: golden.indices)
    func `a record of the first version is written as recorded and read for as long as there are journals`(
        index: Int
    ) throws {
        let (name, content) = Self.golden[index]
        let record = Self.sample(content)
        let resources = Bundle.module.resourceURL
        try GoldenBytes.check("journal-\(name)", JournalCodec.encode(record), in: resources)
        #expect(try JournalCodec.decode(GoldenBytes.read("journal-\(name)", in: resources)) == record)
    }

    private static let golden: [(String, JournalContent)] = [
        ("genesis", .genesis(JournalGenesis(partition: 3, partitionCount: 8, schema: 12, secret: [1, 2, 3, 4]))),
        (
            "genesis-continuing",
            .genesis(
                JournalGenesis(
                    partition: 3, partitionCount: 8, schema: 12, secret: [1, 2, 3, 4], continuesFile: true))
        ),
        (
            "claim",
            .claim(
                JournalClaim(
                    host: "web-2", version: "1.4.0", baseEpoch: 6, baseSeq: 300, previousHost: "web-1",
                    isCareful: true))
        ),
        ("commits", .commits([[1, 17, 2], [1]])),
        ("part-first", .part(JournalPart(.first, [1, 2]))),
        ("part-middle", .part(JournalPart(.middle, [3]))),
        ("part-last", .part(JournalPart(.last, [4, 5, 6]))),
        (
            "snapshot",
            .snapshot(
                JournalSnapshot(
                    stream: "shop.snapshot.03.1f", bytes: 5_800_000, sha256: Array(0..<32),
                    position: JournalPosition(
                        journalID: 0x0011_2233_4455_6677_8899_AABB_CCDD_EEFF, epoch: 6, claim: 0xA1, isReleased: true,
                        next: 301, offset: 70_000, at: Timestamp(microseconds: 1_772_366_400_000_000),
                        bytes: 1_200_000, savedBytes: 900_000)))
        ),
        ("release", .release(to: "web-3")),
    ]

    private static func sample(_ content: JournalContent) -> JournalRecord {
        JournalRecord(
            journalID: 0x0011_2233_4455_6677_8899_AABB_CCDD_EEFF, epoch: 7, claim: 0xC1C2_C3C4_C5C6_C7C8, seq: 0x0102,
            at: Timestamp(microseconds: 1_772_366_400_250_000), content: content)
    }

    /// The bytes with the checksum that they should have.
    private func sealed(_ bytes: [UInt8]) -> [UInt8] {
        guard bytes.count >= 60 else { return bytes }
        var checksum = CRC32C(Array(bytes[..<56]))
        bytes[60...].withUnsafeBytes { checksum.add($0) }
        var sealed = bytes
        for place in 0..<4 { sealed[56 + place] = UInt8(truncatingIfNeeded: checksum.value >> UInt32(8 * place)) }
        return sealed
    }

    private func kind(of bytes: [UInt8]) -> JournalProblem.Kind? {
        do throws(JournalProblem) {
            _ = try JournalCodec.decode(bytes)
            return nil
        } catch {
            return error.kind
        }
    }
}
