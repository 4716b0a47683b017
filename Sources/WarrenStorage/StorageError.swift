/// A failure of a partition's store.
package struct StorageError: Error, Sendable, CustomStringConvertible {
    /// What kind of failure it is.
    package struct Code: Sendable, Hashable, CustomStringConvertible {
        private enum Value: String, Sendable {
            case inUse, foreignFile, partitionCountMismatch, newerSchema, corrupt, fenced, full, io, closed, misuse
        }
        private let value: Value

        /// Another process has the file open. Stop it, or give this host another data directory.
        package static let inUse = Code(value: .inUse)
        /// The file belongs to another hub or partition, or is no Warren file.
        package static let foreignFile = Code(value: .foreignFile)
        /// The hub was created with another number of partitions; the number cannot change.
        package static let partitionCountMismatch = Code(value: .partitionCountMismatch)
        /// A newer Warren wrote the file. Run that version or a newer one.
        package static let newerSchema = Code(value: .newerSchema)
        /// The file fails its integrity check. Restore a backup.
        package static let corrupt = Code(value: .corrupt)
        /// Another process opened the file for writing after this one.
        package static let fenced = Code(value: .fenced)
        /// The disk is full.
        package static let full = Code(value: .full)
        /// The disk or file system failed.
        package static let io = Code(value: .io)
        /// The store was closed, or an earlier commit failed.
        package static let closed = Code(value: .closed)
        /// A fault of ours.
        package static let misuse = Code(value: .misuse)

        package var description: String { value.rawValue }
    }

    package var code: Code
    package var message: String
    /// The file concerned.
    package var path: String?

    package init(_ code: Code, _ message: String, path: String? = nil) {
        self.code = code
        self.message = message
        self.path = path
    }

    package var description: String { "\(code): \(message)" + (path.map { " (\($0))" } ?? "") }
}
