import Warren
import WarrenSupport

/// Records as bytes, little endian:
///
/// ```
/// "WJ" · u8 version · u8 kind · u128 journalID · u64 epoch · u64 claim · u64 seq · i64 at (µs) · u32 count · u32 CRC-32C
/// payload
/// ```
///
/// The checksum is that of all other bytes: the header before it, then the payload. `count` is the number of commits
/// that the record completes. The kind is a letter; `JournalKind` has the flags of large commits.
///
/// Records outlive the process that wrote them. A change that older readers must not skip gets a new version; a version
/// reads itself and the one before it, and refuses later ones. The payloads of all kinds but commits may get more fields
/// at their end without a new version: a reader ignores bytes behind the fields that it knows.
package enum JournalCodec {
    private static let version: UInt8 = 1
    private static let headerBytes = 60
    /// The place of the checksum in the header.
    private static let checksumPlace = 56

    /// The maximum size of a record. It belongs to the version, like every limit here: readers with other limits would
    /// disagree about what counts.
    package static let maximumBytes = 1 << 20
    /// The maximum size of a commit that is distributed over several records.
    package static let maximumCommitBytes = 256 << 20
    static let maximumPayloadBytes = maximumBytes - headerBytes
    /// The maximum size of a commit's length, which precedes it.
    static let maximumCountBytes = 4

    /// - Throws: `JournalProblem` of kind `tooLarge`.
    package static func encode(_ record: JournalRecord) throws(JournalProblem) -> [UInt8] {
        var payload = ByteWriter()
        let kind = JournalPayload.append(record.content, to: &payload)
        guard payload.bytes.count <= maximumPayloadBytes else {
            throw JournalProblem(
                .tooLarge,
                "A record has a payload of \(payload.bytes.count) bytes, more than \(maximumPayloadBytes).")
        }
        var writer = ByteWriter(capacity: headerBytes + payload.bytes.count)
        writer.raw(Array("WJ".utf8))
        writer.byte(version)
        writer.byte(kind.byte)
        writer.fixed(record.journalID)
        writer.fixed(record.epoch)
        writer.fixed(record.claim)
        writer.fixed(record.seq)
        writer.fixed(UInt64(bitPattern: record.at.microseconds))
        writer.fixed(count(of: record.content))
        writer.fixed(checksum(header: writer.bytes, payload: payload.bytes))
        writer.raw(payload.bytes)
        return writer.bytes
    }

    /// - Throws: `JournalProblem` of kind `foreign`, `newer` or `damaged`.
    package static func decode(_ bytes: [UInt8]) throws(JournalProblem) -> JournalRecord {
        guard bytes.starts(with: "WJ".utf8) else {
            throw JournalProblem(.foreign, "The bytes do not begin like a record of a journal.")
        }
        do throws(ByteProblem) {
            return try bytes.withUnsafeBufferPointer { (buffer) throws(ByteProblem) in
                var reader = ByteReader(buffer)
                return try record(&reader)
            }
        } catch {
            if let found = newerVersion(of: bytes) {
                throw JournalProblem(
                    .newer,
                    "The journal has a record of version \(found); this host reads versions up to \(version). Run a "
                        + "newer Warren.")
            }
            throw JournalProblem(
                .damaged, "A record cannot be read at byte \(error.position) of \(error.count): \(error.reason).")
        }
    }

    private static func newerVersion(of bytes: [UInt8]) -> UInt8? {
        bytes.dropFirst(2).first.flatMap { $0 > version ? $0 : nil }
    }

    private static func record(_ reader: inout ByteReader) throws(ByteProblem) -> JournalRecord {
        guard reader.remaining <= maximumBytes else { throw reader.problem("it is larger than \(maximumBytes) bytes") }
        let expected = try checksum(of: reader)
        _ = try reader.fixed(UInt16.self)
        let found = try reader.byte()
        guard found == version else { throw reader.problem("version \(found) is not known") }
        let number = try reader.byte()
        guard let kind = JournalKind(byte: number) else { throw reader.problem("kind \(number) is not known") }
        let journalID = try reader.fixed(UInt128.self)
        let epoch = try reader.fixed(UInt64.self)
        let claim = try reader.fixed(UInt64.self)
        let seq = try reader.fixed(UInt64.self)
        let at = Timestamp(microseconds: Int64(bitPattern: try reader.fixed(UInt64.self)))
        let count = try reader.fixed(UInt32.self)
        guard try reader.fixed(UInt32.self) == expected else { throw reader.problem("the checksum is wrong") }
        let content = try JournalPayload.read(kind, count: count, &reader)
        guard self.count(of: content) == count else { throw reader.problem("it states \(count) commits") }
        return JournalRecord(
            journalID: journalID, epoch: epoch, claim: claim, seq: seq, at: at, content: content)
    }

    /// The number of commits that a record completes. A record of 1 MiB has fewer than fit into 32 bits.
    private static func count(of content: JournalContent) -> UInt32 { UInt32(clamping: content.completedCommits) }

    private static func checksum(header: [UInt8], payload: [UInt8]) -> UInt32 {
        var checksum = CRC32C(header)
        payload.withUnsafeBytes { checksum.add($0) }
        return checksum.value
    }

    /// The checksum of a record that a reader has at its beginning.
    private static func checksum(of reader: ByteReader) throws(ByteProblem) -> UInt32 {
        guard reader.remaining >= headerBytes else { throw reader.problem(.endsEarly) }
        var checksum = CRC32C()
        checksum.add(reader.unread(from: 0, to: checksumPlace))
        checksum.add(reader.unread(from: headerBytes, to: reader.remaining))
        return checksum.value
    }
}
