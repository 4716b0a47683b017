package import Warren

/// Removes ended instances of the partition that is asked, as many as a page of the query holds.
///
/// Taken twice it removes nothing more, so it needs no message key.
package struct PurgeCommand: Sendable, Hashable {
    package var query: InstanceQuery
    /// The partition that is asked.
    package var partition: Int
    package var context: CommandContext

    package init(_ query: InstanceQuery, partition: Int = 0, context: CommandContext = .init()) {
        self.query = query
        self.partition = partition
        self.context = context
    }
}
