package import WarrenMessaging

/// The policy of a start when an instance of the same ID exists already.
public struct ExistingInstance: Sendable, Hashable {
    package let policy: StartCommand.ExistingPolicy

    /// Keep it: the start has no effect and its result is the existing instance's.
    public static let ignore = ExistingInstance(policy: .ignore)
    /// Throw ``ClientError/Code/instanceExists``.
    public static let fail = ExistingInstance(policy: .fail)
    /// Start it again if it has ended; throw ``ClientError/Code/instanceExists`` if it has not.
    public static let restart = ExistingInstance(policy: .restart)
}
