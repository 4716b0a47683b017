import AMQPMessages
import Warren
import WarrenMessaging
import WarrenStorage

/// What counts in a partition's journal: the truth, computed from what the broker stores.
final class SimJournal {
    let stream: SimStream
    /// The contents of a partition that has applied everything that counts.
    let disk: SimDisk
    /// The number of the claims that counted.
    private(set) var claims = 0
    /// The number of snapshots that counted.
    private(set) var snapshots = 0
    /// Whether the broker removes what the newest snapshot has. That is the most that a journal's size lets it do, less the
    /// record from which a reader of the snapshot goes on.
    var isCut = false
    private var fold = JournalFold()
    private let world: SimWorld

    init(_ stream: SimStream, _ disk: SimDisk, _ world: SimWorld) {
        self.stream = stream
        self.disk = disk
        self.world = world
        stream.onStored = { [weak self] offset, body in self?.stored(body, at: offset) }
    }

    var position: JournalPosition? { fold.position }

    private func stored(_ body: [UInt8], at offset: Int64) {
        let verdict = Self.fold(body, at: offset, &fold)
        world.trace {
            var ignored = ""
            if case .ignored(let reason) = verdict { ignored = " counts for nobody: \(reason)" }
            return "\(stream.entity)@\(offset) \(Self.text(body))\(ignored)"
        }
        switch verdict {
        case .claimed: claims += 1
        case .snapshot(let snapshot):
            snapshots += 1
            guard isCut else { break }
            let wait = world.draws.delay("cut", stream.entity, snapshots, most: 200_000)
            world.after(wait) { [stream] in stream.cut(before: Int(clamping: snapshot.position.offset) - 1) }
        case .commits(let encoded):
            do {
                try disk.apply(try encoded.map { try PartitionCommitCodec.decode($0) })
            } catch {
                world.fail("J1", disk.entity, "what counts cannot be applied: \(error)")
            }
        default: break
        }
    }

    private static func fold(_ body: [UInt8], at offset: Int64, _ fold: inout JournalFold) -> JournalVerdict? {
        guard let record = try? JournalCodec.decode(body) else {
            fold.skip(size: body.count)
            return nil
        }
        return fold.fold(record, offset: offset, size: body.count)
    }

    static func isClaim(_ body: [UInt8]) -> Bool {
        guard case .claim? = (try? JournalCodec.decode(body))?.content else { return false }
        return true
    }

    static func text(_ body: [UInt8]) -> String {
        guard let record = try? JournalCodec.decode(body) else { return "mark" }
        let claim = String(record.claim % 0x10000, radix: 16)
        return switch record.content {
        case .genesis: "G"
        case .claim: "C\(record.epoch) \(claim)"
        case .commits(let commits): "R \(claim)/\(record.seq) of \(commits.count)"
        case .snapshot(let snapshot): "S \(claim)/\(record.seq) \(snapshot.stream)"
        case .release: "L \(claim)/\(record.seq)"
        default: "\(claim)/\(record.seq)"
        }
    }

    /// Finds what is wrong with a file: it must hold what counts up to its position, which is one that everybody
    /// reaches.
    func fault(of file: SimDisk) throws -> String? {
        guard let position = file.rows.position else {
            return file.commits == 0 ? nil : "it has commits, and no position"
        }
        var fold = JournalFold()
        var rows = SteppedPartition()
        for (offset, record) in stream.records.enumerated() {
            if case .commits(let encoded) = Self.fold(record.body, at: Int64(offset), &fold) {
                try rows.apply(try encoded.map { try PartitionCommitCodec.decode($0) }, at: fold.position)
            }
            guard fold.position == position else { continue }
            return Self.difference(of: file.rows, rows)
        }
        return
            "it is at offset \(position.offset), epoch \(position.epoch), number \(position.next), where nobody comes"
    }

    /// Names the first kind of rows that differ.
    private static func difference(of file: SteppedPartition, _ truth: SteppedPartition) -> String? {
        let (a, b) = (file.contents, truth.contents)
        if PartitionCommitCodec.encode(a) == PartitionCommitCodec.encode(b) { return nil }
        let lists: [(String, [String], [String])] = [
            ("instances", a.instances.map { "\($0)" }, b.instances.map { "\($0)" }),
            ("history", a.history.map { "\($0)" }, b.history.map { "\($0)" }),
            ("timers", a.timers.map { "\($0)" }, b.timers.map { "\($0)" }),
            ("leases", a.leases.map { "\($0)" }, b.leases.map { "\($0)" }),
            ("outbox", a.outbox.map { "\($0.id)" }, b.outbox.map { "\($0.id)" }),
            ("inbox", a.inbox.map { "\($0)" }, b.inbox.map { "\($0)" }),
            ("held", a.held.map { "\($0.id)" }, b.held.map { "\($0.id)" }),
        ]
        for (name, file, truth) in lists where file != truth {
            let extra = file.filter { !truth.contains($0) }
            let missing = truth.filter { !file.contains($0) }
            return "its \(name) differ from what counts; only in it: \(extra); not in it: \(missing)"
        }
        return "its rows differ from what counts"
    }
}
