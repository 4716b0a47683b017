/// The facts with which a journal begins.
package struct JournalGenesis: Sendable, Hashable {
    package var partition: Int
    package var partitionCount: Int
    /// The version of the schema of the files that apply the journal.
    package var schema: Int
    /// Signs the tokens of work items, so that the results of work under way reach the next owner.
    package var secret: [UInt8]
    /// Whether the journal continues a file from the time before the partition had one. A reader of such a journal needs
    /// a snapshot: its records alone are not everything.
    package var continuesFile: Bool

    package init(partition: Int, partitionCount: Int, schema: Int, secret: [UInt8], continuesFile: Bool = false) {
        self.partition = partition
        self.partitionCount = partitionCount
        self.schema = schema
        self.secret = secret
        self.continuesFile = continuesFile
    }
}

extension JournalGenesis: CustomStringConvertible {
    /// The facts without the secret.
    package var description: String { "partition \(partition) of \(partitionCount), schema \(schema)" }
}
