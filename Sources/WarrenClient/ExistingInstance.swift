package import WarrenMessaging

/// The policy of a start when an instance of the same ID exists already.
public struct ExistingInstance: Sendable, Hashable {
    package let policy: StartCommand.ExistingPolicy

    /// Keep it: the start has no effect and its result is the existing instance's.
    public static let ignore = ExistingInstance(policy: .ignore)
    /// Throw ``ClientError/Code/instanceExists``.
    public static let fail = ExistingInstance(policy: .fail)
    /// Replace it if it has ended; throw ``ClientError/Code/instanceExists`` if it has not. The ended instance's history
    /// is gone then.
    public static let replaceFinished = ExistingInstance(policy: .restart)
    /// Replace it, whatever its status: one that has not ended is terminated first, with its sub-orchestrations.
    public static let replaceAlways = ExistingInstance(policy: .replaceAlways)
    /// Another name of ``replaceFinished``.
    public static let restart = ExistingInstance.replaceFinished
}
