import Synchronization
import Warren

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Tracks the progress of a file, and reports it to a mirror outside of the file, which is not reset with an older
/// state of the file.
final class CommitProgress: Sendable {
    private struct State {
        var last: CommitMark
        var mirror: (@Sendable (CommitMark) -> Void)?
    }

    private let state: Mutex<State>

    init(_ last: CommitMark) {
        state = Mutex(State(last: last))
    }

    var last: CommitMark { state.withLock { $0.last } }

    /// Reports each durable commit to `mirror` from now on, on the writer thread; the last one at once.
    func mirror(_ mirror: @escaping @Sendable (CommitMark) -> Void) {
        state.withLock { state in
            state.mirror = mirror
            mirror(state.last)
        }
    }

    /// Records that a commit is durable.
    func note(_ mark: CommitMark) {
        state.withLock { state in
            state.last = mark
            state.mirror?(mark)
        }
    }
}

extension Timestamp {
    /// The time of the machine's clock: people compare it with their notes, so a test's clock is not used.
    static var wall: Timestamp { Timestamp(Date()) }
}
