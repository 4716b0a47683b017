import Warren
import WarrenSupport

/// Writes and reads the payloads of records.
enum JournalPayload {
    /// - Returns: the kind of the record.
    static func append(_ content: JournalContent, to writer: inout ByteWriter) -> JournalKind {
        switch content {
        case .genesis(let genesis):
            writer.signed(Int64(genesis.partition))
            writer.signed(Int64(genesis.partitionCount))
            writer.signed(Int64(genesis.schema))
            writer.data(genesis.secret)
            if genesis.continuesFile { writer.byte(1) }
            return .genesis
        case .claim(let claim):
            writer.text(claim.host)
            writer.text(claim.version)
            writer.number(claim.baseEpoch)
            writer.number(claim.baseSeq)
            writer.byte((claim.isCareful ? 1 : 0) | (claim.previousHost == nil ? 0 : 2))
            if let previousHost = claim.previousHost { writer.text(previousHost) }
            return .claim
        case .commits(let commits):
            for commit in commits { writer.data(commit) }
            return .commits
        case .part(let part):
            writer.raw(part.bytes)
            return .part(part.place)
        case .snapshot(let snapshot):
            writer.text(snapshot.stream)
            writer.number(snapshot.bytes)
            writer.data(snapshot.sha256)
            append(snapshot.position, to: &writer)
            return .snapshot
        case .release(let host):
            writer.text(host)
            return .release
        }
    }

    static func read(
        _ kind: JournalKind, count: UInt32, _ reader: inout ByteReader
    ) throws(ByteProblem) -> JournalContent {
        switch kind {
        case .genesis:
            return .genesis(try genesis(&reader))
        case .claim:
            return .claim(try claim(&reader))
        case .commits:
            guard UInt64(count) <= UInt64(reader.remaining) else { throw reader.problem(.lengthBeyondEnd) }
            var commits: [[UInt8]] = []
            for _ in 0..<count { commits.append(try reader.data()) }
            guard reader.isAtEnd else { throw reader.problem("something follows the last commit") }
            return .commits(commits)
        case .part(let place):
            return .part(JournalPart(place, reader.rest()))
        case .snapshot:
            return .snapshot(try snapshot(&reader))
        case .release:
            return .release(to: try reader.text())
        }
    }

    private static func genesis(_ reader: inout ByteReader) throws(ByteProblem) -> JournalGenesis {
        var genesis = JournalGenesis(
            partition: try int(&reader), partitionCount: try int(&reader), schema: try int(&reader),
            secret: try reader.data())
        if !reader.isAtEnd { genesis.continuesFile = try reader.byte() & 1 != 0 }
        return genesis
    }

    private static func claim(_ reader: inout ByteReader) throws(ByteProblem) -> JournalClaim {
        var claim = JournalClaim(
            host: try reader.text(), version: try reader.text(), baseEpoch: try reader.number(),
            baseSeq: try reader.number())
        let flags = try reader.byte()
        guard flags < 4 else { throw reader.problem("a claim has unknown flags") }
        claim.isCareful = flags & 1 != 0
        if flags & 2 != 0 { claim.previousHost = try reader.text() }
        return claim
    }

    private static func snapshot(_ reader: inout ByteReader) throws(ByteProblem) -> JournalSnapshot {
        let (stream, bytes, sha256) = (try reader.text(), try reader.number(), try reader.data())
        return JournalSnapshot(stream: stream, bytes: bytes, sha256: sha256, position: try position(&reader))
    }

    private static func append(_ position: JournalPosition, to writer: inout ByteWriter) {
        writer.fixed(position.journalID)
        writer.number(position.epoch)
        writer.fixed(position.claim)
        writer.byte(position.isReleased ? 1 : 0)
        writer.number(position.next)
        writer.signed(position.offset)
        writer.signed(position.at.microseconds)
        writer.signed(position.bytes)
        writer.signed(position.savedBytes)
    }

    private static func position(_ reader: inout ByteReader) throws(ByteProblem) -> JournalPosition {
        let (journalID, epoch) = (try reader.fixed(UInt128.self), try reader.number())
        let claim = try reader.fixed(UInt64.self)
        let flag = try reader.byte()
        guard flag < 2 else { throw reader.problem("a flag is neither 0 nor 1") }
        return JournalPosition(
            journalID: journalID, epoch: epoch, claim: claim, isReleased: flag == 1, next: try reader.number(),
            offset: try reader.signed(), at: Timestamp(microseconds: try reader.signed()), bytes: try reader.signed(),
            savedBytes: try reader.signed())
    }

    private static func int(_ reader: inout ByteReader) throws(ByteProblem) -> Int {
        guard let number = Int(exactly: try reader.signed()) else { throw reader.problem(.numberTooLarge) }
        return number
    }
}
