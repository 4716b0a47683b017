package import Warren

/// What a purge of one partition's instances came to.
package struct PurgeReply: Sendable, Hashable, Codable {
    /// How many instances are gone, their sub-orchestrations not counted.
    package var purged: Int
    /// Where to go on; `nil` when every match was looked at.
    package var next: InstanceQuery.Cursor?

    package init(purged: Int, next: InstanceQuery.Cursor? = nil) {
        self.purged = purged
        self.next = next
    }
}
