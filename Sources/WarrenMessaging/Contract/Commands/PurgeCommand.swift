package import Warren

/// Removes ended instances of one partition, at most one page of the query.
///
/// Applied twice it removes nothing more, so it needs no message key.
package struct PurgeCommand: Sendable, Hashable {
    package var query: InstanceQuery
    /// The partition.
    package var partition: Int
    package var context: CommandContext

    package init(_ query: InstanceQuery, partition: Int = 0, context: CommandContext = .init()) {
        self.query = query
        self.partition = partition
        self.context = context
    }
}
