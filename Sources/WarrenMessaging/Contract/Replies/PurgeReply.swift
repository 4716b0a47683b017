package import Warren

/// The result of a purge of one partition's instances.
package struct PurgeReply: Sendable, Hashable, Codable {
    /// The number of purged instances, not counting their sub-orchestrations.
    package var purged: Int
    /// The place where the next purge continues; `nil` when every match was looked at.
    package var next: InstanceQuery.Cursor?

    package init(purged: Int, next: InstanceQuery.Cursor? = nil) {
        self.purged = purged
        self.next = next
    }
}
