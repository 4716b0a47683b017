/// Told of work that no transport sees: messages from partition to partition of one process, partitions that are woken, and
/// partitions that work something off. This is how a test knows that a hub is not at rest yet.
package protocol UnseenWork: Sendable {
    /// A message or a wake-up is on its way, or a partition begins.
    func begin()
    /// The message has taken effect, the wake-up has arrived, or the partition waits again; what that set off has begun
    /// already.
    func end()
}
