package import Warren
import WarrenSupport

/// Encodes commits for the journal of a partition.
///
/// A version byte, then the parts that are not empty, each a tag and its rows behind their number, in ascending order of
/// the tags, which is the order of application. Equal commits give equal bytes.
///
/// The store that applies the decoded commit has the same contents as the one that applies the commit itself. What no
/// store keeps is not encoded: the `damage` of a row, the origin of a payload, and the columns of an update that
/// `InstanceWrite.Kind.update` leaves unchanged (they are empty in the decoded commit).
///
/// Commits outlive the process that wrote them, and every reader of a journal has to arrive at the same contents:
/// - A change that older readers cannot apply gets a new version. A version reads itself and the one before it, and
///   refuses later ones by name.
/// - A tag from 64 on belongs to a part that does not affect the contents: its size, then its bytes. A reader skips
///   those that it does not know, and no version byte changes for them.
package enum PartitionCommitCodec {
    private static let version: UInt8 = 1
    /// The first tag of a part that may be skipped.
    private static let firstOptionalTag: UInt8 = 64
    /// The tag of the events that instances wait for: for each write of an instance that has any, its number in the
    /// commit and the encoded waits. No step depends on them. A reader that skips them, and has no place for them, shows
    /// none; a commit of an older writer has none, and the instance then waits for none as far as is known.
    private static let eventWaitsTag: UInt8 = 64
    /// The tag of the traces to which instances belong; see `appendTraces`.
    private static let tracesTag: UInt8 = 65
    /// The tag of the versions with which generations begin; see `appendVersions`.
    private static let versionsTag: UInt8 = 76
    /// The tag of why instances are suspended, and of bodies that have ended; see `appendConditions`.
    private static let conditionsTag: UInt8 = 77

    private enum Part: UInt8 {
        case setAside = 1
        case clearedInstances, purgedInstances, instances, history, timers, leases, outbox, inbox, held, waiters
        case removedTimers, removedLeases, removedOutbox, removedHeld, removedWaiters, forgetInboxBefore
    }

    package static func encode(_ commit: PartitionCommit) -> [UInt8] {
        var writer = ByteWriter(capacity: expectedSize(of: commit))
        writer.byte(version)
        func append<Row>(_ part: Part, _ rows: [Row], _ write: (inout ByteWriter, Row) -> Void) {
            guard !rows.isEmpty else { return }
            writer.byte(part.rawValue)
            writer.number(UInt64(rows.count))
            for row in rows { write(&writer, row) }
        }
        append(.setAside, commit.setAside) { $0.row($1) }
        append(.clearedInstances, commit.clearedInstances) { $0.signed($1) }
        append(.purgedInstances, commit.purgedInstances) { $0.signed($1) }
        append(.instances, commit.instances) { $0.row($1) }
        append(.history, commit.history) { $0.row($1) }
        append(.timers, commit.timers) { $0.row($1) }
        append(.leases, commit.leases) { $0.row($1) }
        append(.outbox, commit.outbox) { $0.row($1) }
        append(.inbox, commit.inbox) { $0.row($1) }
        append(.held, commit.held) { $0.row($1) }
        append(.waiters, commit.waiters) { $0.row($1) }
        append(.removedTimers, commit.removedTimers) { $0.key($1) }
        append(.removedLeases, commit.removedLeases) { $0.key($1) }
        append(.removedOutbox, commit.removedOutbox) { $0.signed($1) }
        append(.removedHeld, commit.removedHeld) { $0.signed($1) }
        append(.removedWaiters, commit.removedWaiters) { $0.signed($1) }
        if let time = commit.forgetInboxBefore {
            writer.byte(Part.forgetInboxBefore.rawValue)
            writer.time(time)
        }
        appendEventWaits(of: commit, to: &writer)
        appendTraces(of: commit, tag: tracesTag, to: &writer)
        appendVersions(of: commit, tag: versionsTag, to: &writer)
        appendConditions(of: commit, tag: conditionsTag, to: &writer)
        appendLeaseNotes(of: commit, to: &writer)
        return writer.bytes
    }

    /// - Throws: `StorageError` with code `newerSchema` for the bytes of a later version, with code `corrupt` for bytes
    ///   that no version wrote.
    package static func decode(_ bytes: [UInt8]) throws(StorageError) -> PartitionCommit {
        if let found = bytes.first, found > version {
            throw StorageError(
                .newerSchema,
                "The journal has a commit of version \(found); this host reads versions up to \(version). Run a newer "
                    + "Warren.")
        }
        do throws(ByteProblem) {
            return try bytes.withUnsafeBufferPointer { (buffer) throws(ByteProblem) in
                var reader = ByteReader(buffer)
                guard try reader.byte() == version else { throw reader.problem("version 0 was never written") }
                return try commit(&reader)
            }
        } catch {
            throw StorageError(
                .corrupt,
                "A commit in the journal cannot be read at byte \(error.position) of \(error.count): \(error.reason).")
        }
    }

    private static func commit(_ reader: inout ByteReader) throws(ByteProblem) -> PartitionCommit {
        var commit = PartitionCommit()
        var previous: UInt8 = 0
        while !reader.isAtEnd {
            let tag = try reader.byte()
            guard tag > previous else { throw reader.problem("part \(tag) follows part \(previous)") }
            previous = tag
            if let part = Part(rawValue: tag) {
                try read(part, &reader, into: &commit)
            } else if tag == eventWaitsTag {
                try readEventWaits(try reader.data(), into: &commit)
            } else if tag == tracesTag {
                try readTraces(try reader.data(), into: &commit)
            } else if tag == versionsTag {
                try readVersions(try reader.data(), into: &commit)
            } else if tag == conditionsTag {
                try readConditions(try reader.data(), into: &commit)
            } else if tag == leaseNotesTag {
                try readLeaseNotes(try reader.data(), into: &commit)
            } else if tag >= firstOptionalTag {
                _ = try reader.data()
            } else {
                throw reader.problem("part \(tag) is not known")
            }
        }
        return commit
    }

    private static func read(
        _ part: Part, _ reader: inout ByteReader, into commit: inout PartitionCommit
    ) throws(ByteProblem) {
        switch part {
        case .setAside: commit.setAside = try reader.rows { (r) throws(ByteProblem) in try r.damagedRow() }
        case .clearedInstances: commit.clearedInstances = try reader.keys()
        case .purgedInstances: commit.purgedInstances = try reader.keys()
        case .instances: commit.instances = try reader.rows { (r) throws(ByteProblem) in try r.instanceWrite() }
        case .history: commit.history = try reader.rows { (r) throws(ByteProblem) in try r.historyRow() }
        case .timers: commit.timers = try reader.rows { (r) throws(ByteProblem) in try r.timer() }
        case .leases: commit.leases = try reader.rows { (r) throws(ByteProblem) in try r.lease() }
        case .outbox: commit.outbox = try reader.rows { (r) throws(ByteProblem) in try r.outboxRow() }
        case .inbox: commit.inbox = try reader.rows { (r) throws(ByteProblem) in try r.inboxEntry() }
        case .held: commit.held = try reader.rows { (r) throws(ByteProblem) in try r.heldMessage() }
        case .waiters: commit.waiters = try reader.rows { (r) throws(ByteProblem) in try r.waiter() }
        case .removedTimers: commit.removedTimers = try reader.rows { (r) throws(ByteProblem) in try r.timerKey() }
        case .removedLeases: commit.removedLeases = try reader.rows { (r) throws(ByteProblem) in try r.leaseKey() }
        case .removedOutbox: commit.removedOutbox = try reader.keys()
        case .removedHeld: commit.removedHeld = try reader.keys()
        case .removedWaiters: commit.removedWaiters = try reader.keys()
        case .forgetInboxBefore: commit.forgetInboxBefore = try reader.time()
        }
    }

    private static func appendEventWaits(of commit: PartitionCommit, to writer: inout ByteWriter) {
        var size = 0
        for write in commit.instances where !write.record.eventWaits.isEmpty {
            size += write.record.eventWaits.count + 4
        }
        guard size > 0 else { return }
        var part = ByteWriter(capacity: size)
        for (index, write) in commit.instances.enumerated() where !write.record.eventWaits.isEmpty {
            part.int(index)
            part.data(write.record.eventWaits)
        }
        writer.byte(eventWaitsTag)
        writer.data(part.bytes)
    }

    private static func readEventWaits(_ part: [UInt8], into commit: inout PartitionCommit) throws(ByteProblem) {
        try part.withUnsafeBufferPointer { (buffer) throws(ByteProblem) in
            var reader = ByteReader(buffer)
            var least = 0
            while !reader.isAtEnd {
                let index = try reader.int()
                guard index >= least, index < commit.instances.count else {
                    throw reader.problem(
                        "write \(index) of an instance that waits for events is not there, or not next")
                }
                let waits = try reader.data()
                guard !waits.isEmpty else { throw reader.problem("an instance waits for no event") }
                commit.instances[index].record.eventWaits = waits
                least = index + 1
            }
        }
    }

    /// Reserves for the parts that are usually large. An update's input is not encoded, so `approximateSize` would
    /// reserve too much.
    private static func expectedSize(of commit: PartitionCommit) -> Int {
        var size = 128
        for row in commit.history { size += row.events.count + 16 }
        for row in commit.outbox { size += row.messages.count + 16 }
        return size
    }
}
