import Synchronization
import Warren

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Knows how far a file has come, and tells a mirror outside of the file, which an older state of the file does not take
/// back with it.
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

    /// From now on each durable commit is told to `mirror`, on the writer thread; the last one at once.
    func mirror(_ mirror: @escaping @Sendable (CommitMark) -> Void) {
        state.withLock { state in
            state.mirror = mirror
            mirror(state.last)
        }
    }

    /// A commit is durable.
    func note(_ mark: CommitMark) {
        state.withLock { state in
            state.last = mark
            state.mirror?(mark)
        }
    }
}

extension Timestamp {
    /// What the machine's clock shows: files are compared with what people noted, not with a test's time.
    static var wall: Timestamp { Timestamp(Date()) }
}
