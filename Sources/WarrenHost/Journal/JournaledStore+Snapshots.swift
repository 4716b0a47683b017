import Synchronization
import Warren
import WarrenMessaging
import WarrenStorage
import WarrenSupport

/// What hosts tell each other about snapshots, by the journal.
///
/// A host that is about to make a snapshot *announces* its name, with bytes that are no record: of several that choose the
/// same name, the first in the journal has it. A follower *offers* the snapshot that it has made: a record without a claim,
/// which counts for nobody. The owner *adopts* it, with a record of its own.
extension JournaledStore {
    /// What is known of the announcements and offers.
    struct Snapshots {
        var duty = SnapshotDuty.ofOwner
        /// What announced each name first.
        var announced: [String: [UInt8]] = [:]
        /// Waits for a snapshot to count that this host offered.
        var offer: (stream: String, counts: OneShot<Bool>)?
    }

    private static let prefix = Array("snapshot ".utf8)
    /// The number of announcements that are remembered: they matter only while one is on its way.
    private static let mostAnnounced = 64
    /// The time for which an owner may take to adopt an offer.
    private static let adoptionPatience = Duration.seconds(30)

    /// Notes which host makes the snapshots.
    func setSnapshotDuty(_ duty: SnapshotDuty) { state.withLock { $0.snapshots.duty = duty } }

    /// Announces the name of a snapshot.
    ///
    /// - Returns: whether this host has it.
    func announce(_ stream: String) async throws -> Bool {
        let bytes = Self.prefix + Array("\(stream) \(around.random.next()) \(around.random.next())".utf8)
        try await readBack(bytes)
        return state.withLock { $0.snapshots.announced[stream] == bytes }
    }

    /// Offers a snapshot to the partition's owner.
    ///
    /// - Returns: whether it counts.
    func offer(_ snapshot: JournalSnapshot) async throws -> Bool {
        let counts = OneShot<Bool>()
        let position = state.withLock { state in
            state.snapshots.offer = (snapshot.stream, counts)
            return state.writer.position
        }
        guard let position, failure == nil else { return false }
        let record = JournalRecord(
            journalID: position.journalID, epoch: position.epoch, claim: 0, seq: 0, at: around.clock.now,
            content: .snapshot(snapshot))
        around.journal.append([try around.journal.encoded(record)]) { _ in }
        let patience = around.clock.makeAlarm { counts.set(false) }
        patience.set(after: Self.adoptionPatience)
        defer { patience.set(to: nil) }
        return await counts.value
    }

    /// Notes what was read of announcements and offers.
    ///
    /// - Returns: a snapshot that another host offers to this one, which owns the partition.
    func note(_ entry: JournalEntry, in state: inout State) -> JournalSnapshot? {
        switch entry.content {
        case .foreign(let bytes):
            state.marks[bytes]?.set(true)
            if let position = state.writer.position { state.trials.note(bytes, under: position.claim) }
            guard bytes.starts(with: Self.prefix), bytes.count <= 400 else { return nil }
            let text = String(decoding: bytes.dropFirst(Self.prefix.count), as: UTF8.self)
            guard let name = text.split(separator: " ").first.map(String.init) else { return nil }
            if state.snapshots.announced.count >= Self.mostAnnounced { state.snapshots.announced = [:] }
            if state.snapshots.announced[name] == nil { state.snapshots.announced[name] = bytes }
            return nil
        case .record(let record):
            if case .claim(let claim) = record.content, state.writer.position?.claim == record.claim {
                state.trials.note(claim)
            }
            guard case .snapshot(let snapshot) = record.content, let position = state.writer.position else {
                return nil
            }
            if let offer = state.snapshots.offer, position.snapshot == offer.stream { offer.counts.set(true) }
            let isOffer = record.claim == 0 && record.journalID == position.journalID && state.writer.isOwning
            return isOffer ? snapshot : nil
        }
    }
}
