/// The result of a purge that had a limited time.
public struct PurgeResult: Sendable, Hashable {
    /// The number of instances that met the conditions and were removed, not counting their sub-orchestrations.
    public var purged: Int
    /// Whether every instance was looked at; if not, call it again for the rest.
    public var isComplete: Bool

    /// The result of a purge that had a limited time.
    public init(purged: Int, isComplete: Bool) {
        self.purged = purged
        self.isComplete = isComplete
    }
}
