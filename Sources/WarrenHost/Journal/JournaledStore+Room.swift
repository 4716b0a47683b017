import Logging
import Synchronization
import Warren
import WarrenMessaging
import WarrenSupport

/// Keeps new work away from a partition that soon has no room in its journal.
extension JournaledStore {
    /// What is known of the journal's room.
    struct Room {
        var present = JournalRoom.ample
        /// What was logged while this host owned the partition.
        var told = JournalRoom.ample
        /// Called when there is more room, or less.
        var observer: (@Sendable () -> Void)?
    }

    /// The room of the journal, as of the newest record that was read.
    var room: JournalRoom { state.withLock { $0.room.present } }

    /// Calls an observer at each change of `room` while this host owns the partition. It must return quickly.
    func observeRoom(_ observer: @escaping @Sendable () -> Void) {
        state.withLock { $0.room.observer = observer }
    }

    /// Notes the room after records were read.
    func noteRoom() {
        let limit = Int64(around.journalBytes)
        let (unsaved, before, now, observer) = state.withLock { state in
            let unsaved = state.writer.position?.unsavedBytes ?? 0
            let before = state.room.told
            state.room.present = state.room.present.with(unsaved, of: limit)
            if state.writer.isOwning { state.room.told = state.room.present }
            return (unsaved, before, state.room.told, state.room.observer)
        }
        guard before != now else { return }
        observer?()
        let metadata: Logger.Metadata = [
            LogKey.partition: "\(around.journal.partition)", LogKey.bytes: "\(unsaved)", LogKey.limit: "\(limit)",
        ]
        switch now {
        case .ample:
            around.logger.notice(
                "There is room in a partition's journal again; it takes starts, events and control messages",
                metadata: metadata)
        case .scarce:
            around.logger.warning(
                """
                Half of a partition's journal is behind its newest snapshot: it takes no new starts, events and control \
                messages, which wait in their queue, and what is under way goes on. See why no snapshot is made
                """, metadata: metadata)
        case .full:
            around.logger.error(
                """
                Three quarters of a partition's journal are behind its newest snapshot: the partition stands still until \
                a snapshot is made, and nothing is lost. See why none is made
                """, metadata: metadata)
        }
    }
}
