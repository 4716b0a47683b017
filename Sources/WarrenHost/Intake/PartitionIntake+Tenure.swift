import Logging
import Synchronization

/// A partition that comes to this host and leaves it, any number of times.
///
/// Order holds over all of it, because the direct way is opened only by a marker that was published behind everything
/// that this host has sent the detour, and that this ownership's reader has found in the queue:
/// - a marker of an earlier ownership has another number, and opens nothing when it returns; one of another host or
///   process is acknowledged by its reader;
/// - when this host begins to read the intake's queue, or another host may have read it meanwhile (`beginRelay`), what
///   that one has sent the detour is older than what comes now: a new marker is needed;
/// - when the reader of the detour queue begins (`beginReading`), the host before may have taken a marker out of the
///   queue and nothing else would bring it back: a new one is published.
extension PartitionIntake {
    /// Begins an ownership: messages go into this mailbox once a marker has returned by the detour queue. An earlier
    /// mailbox is left first. For the present one it only ends a halt.
    func attach(_ mailbox: PartitionMailbox) {
        let isNew = state.withLock { state in
            guard state.mailbox !== mailbox || state.isHalted else { return false }
            restart(&state)
            state.former = nil
            state.mailbox = mailbox
            state.isHalted = false
            state.isHolding = false
            return true
        }
        if isNew { pump() }
    }

    /// Puts nothing more into the mailbox, and withdraws what the partition has not begun with, so that it can come to
    /// an end. What arrives waits here, because what the partition has begun with may still be put back; as everywhere,
    /// not for longer than `longPatience` when it is more than a share.
    func halt() {
        state.withLock { state in
            guard state.mailbox != nil, !state.isHalted else { return }
            restart(&state)
            state.isHalted = true
            state.isHolding = true
        }
    }

    /// Ends an ownership: everything takes the detour, first of all what is in the mailbox. The partition has ended and
    /// its mailbox is closed; what one puts back later is withdrawn by another call.
    func detach() {
        state.withLock { state in
            restart(&state)
            state.former = state.mailbox ?? state.former
            state.mailbox = nil
            state.isHalted = false
            state.isHolding = false
        }
        pump()
    }

    /// Handles that messages of the intake's queue come to this host over a new channel: another host may have read the
    /// queue meanwhile.
    func beginRelay() {
        guard tenure == .changing else { return }
        state.withLock { state in
            // The messages in the mailbox stay: they are older, and the ones that come now include them again.
            if state.mailbox != nil { forget(&state) }
        }
        pump()
    }

    /// Handles that messages of the detour queue come to this host over a new channel.
    ///
    /// - Parameter marker: the number of the marker that is the first message, if it is one of this process.
    func beginReading(at marker: Int?) {
        guard tenure == .changing else { return }
        state.withLock { state in
            if state.marker != marker { state.marker = nil }
        }
        pump()
    }

    /// Begins the detour, whatever the mode: first what is in the mailbox, then what waits here.
    func restart(_ state: inout State) {
        let withdrawn = (state.mailbox ?? state.former)?.withdraw(share) ?? []
        state.pending = withdrawn + state.pending
        forget(&state)
    }

    private func forget(_ state: inout State) {
        if state.mode == .direct { remember(true) }
        state.mode = .detour
        // A marker that is on its way means nothing any more.
        state.marker = nil
        state.pending += state.waiting
        state.waiting = []
    }
}
