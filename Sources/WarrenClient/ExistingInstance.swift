package import WarrenMessaging

/// What a start does when there is an instance of the same ID already.
public struct ExistingInstance: Sendable, Hashable {
    package let policy: StartCommand.ExistingPolicy

    /// Leave it alone: the start has no effect and its result is the existing instance's.
    public static let ignore = ExistingInstance(policy: .ignore)
    /// Throw ``ClientError/Code/instanceExists``.
    public static let fail = ExistingInstance(policy: .fail)
    /// Start it anew if it has ended; throw ``ClientError/Code/instanceExists`` if it has not.
    public static let restart = ExistingInstance(policy: .restart)
}
