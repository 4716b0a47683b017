import Synchronization
package import Testing

/// Something that changes, and that tests watch until it is as they want it.
///
/// A test waits for nothing that does not listen to its cancellation, because that is how a time limit ends a test: what
/// never comes then costs that one test, and its error says what it was. A wait that did not listen would hold up the
/// whole run. Everything in the tests that waits is made of this, or of `untilKnown`.
package final class Watched<Value: Sendable>: Sendable {
    private struct State {
        var value: Value
        var watchers: [Int: AsyncStream<Void>.Continuation] = [:]
        var lastWatcher = 0
    }

    private let state: Mutex<State>

    package init(_ value: Value) {
        state = Mutex(State(value: value))
    }

    package var value: Value { state.withLock { $0.value } }

    /// Changes it, and lets those who wait look again.
    @discardableResult
    package func change<Result: Sendable>(_ change: (inout Value) -> Result) -> Result {
        let (result, watchers) = state.withLock { state in (change(&state.value), state.watchers) }
        for watcher in watchers.values { watcher.yield() }
        return result
    }

    /// Waits until something is to be found in it.
    ///
    /// - Parameter what: what is waited for, in a few words.
    /// - Throws: `NeverCame` when the test is cancelled first.
    @discardableResult
    package func wait<Found>(
        for what: @autoclosure () -> String, sourceLocation: SourceLocation = #_sourceLocation,
        until find: (Value) -> Found?
    ) async throws -> Found {
        let (changes, watcher) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        let number = state.withLock { state in
            state.lastWatcher += 1
            state.watchers[state.lastWatcher] = watcher
            return state.lastWatcher
        }
        defer { state.withLock { $0.watchers[number] = nil } }
        if let found = find(value) { return found }
        // Ends when the task is cancelled.
        for await _ in changes { if let found = find(value) { return found } }
        throw NeverCame(what: what(), state: String(describing: value), sourceLocation: sourceLocation)
    }
}
