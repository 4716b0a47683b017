public import Logging
import Synchronization
import WarrenSupport

/// The keys that callers of the HTTP API need, from a file that `warren keys` writes.
///
/// The file is read at the start. A request looks at most once a second whether it has changed, and in any case for a
/// key that is not known: a created key works at once, and a revoked one is refused a second later at the latest.
public final class AccessKeys: Sendable {
    private struct State {
        var keys: [String: AccessKey]
        var stamp: FileStamp?
        var checkedAt: ContinuousClock.Instant
    }

    private let file: KeyFile
    private let logger: Logger
    private let state: Mutex<State>

    private static let patience: Duration = .seconds(1)

    /// Reads a key file.
    ///
    /// - Parameters:
    ///   - path: the file.
    ///   - logger: for faults of later versions of the file.
    /// - Throws: ``AccessKeyError`` if there is no such file, or it cannot be read.
    public init(file path: String, logger: Logger = Logger(label: "warren.http")) throws {
        file = KeyFile(path)
        self.logger = logger
        // The stamp is taken first: a change between the two is seen as one.
        let stamp = file.stamp
        let keys = try file.read()
        state = Mutex(State(keys: Self.byID(keys), stamp: stamp, checkedAt: .now))
    }

    /// The key that a caller's text stands for; `nil` if there is none.
    func key(for text: AccessKeyText) -> AccessKey? {
        if ContinuousClock.now - state.withLock({ $0.checkedAt }) >= Self.patience { refresh() }
        if let key = state.withLock({ $0.keys[text.id] }) { return key.matches(text) ? key : nil }
        refresh()
        return state.withLock { $0.keys[text.id] }.flatMap { $0.matches(text) ? $0 : nil }
    }

    /// Reads the file again if it has changed. One that cannot be read leaves the keys as they are; without a file there
    /// are no keys.
    private func refresh() {
        let stamp = file.stamp
        let hasChanged = state.withLock { state in
            state.checkedAt = .now
            guard state.stamp != stamp else { return false }
            state.stamp = stamp
            return true
        }
        guard hasChanged else { return }
        do {
            let keys = stamp == nil ? [] : try file.read()
            state.withLock { $0.keys = Self.byID(keys) }
            logger.notice("The access keys were read again", metadata: [LogKey.count: "\(keys.count)"])
        } catch {
            logger.error(
                "The access keys cannot be read again; those read before still count",
                metadata: [LogKey.error: "\(error)"])
        }
    }

    private static func byID(_ keys: [AccessKey]) -> [String: AccessKey] {
        Dictionary(keys.map { ($0.id, $0) }) { first, _ in first }
    }
}
