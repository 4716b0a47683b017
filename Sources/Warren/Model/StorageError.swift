/// A failure of a partition's store.
public struct StorageError: Error, Sendable, CustomStringConvertible {
    /// The kind of the failure.
    public struct Code: Sendable, Hashable, CustomStringConvertible {
        private enum Value: String, Sendable {
            case inUse, foreignFile, partitionCountMismatch, newerSchema, corrupt, damagedRow, fenced, full, io, closed
            case misuse, journal, unconfirmed, overtaken
        }
        private let value: Value

        /// Another process has the file open. Stop it, or give this host another data directory.
        public static let inUse = Code(value: .inUse)
        /// The file belongs to another hub or partition, or is no Warren file.
        public static let foreignFile = Code(value: .foreignFile)
        /// The hub was created with another number of partitions; the number cannot change.
        public static let partitionCountMismatch = Code(value: .partitionCountMismatch)
        /// A newer Warren wrote the file. Run that version or a newer one.
        public static let newerSchema = Code(value: .newerSchema)
        /// The file fails its integrity check. Restore a backup.
        public static let corrupt = Code(value: .corrupt)
        /// One row cannot be read; the rest of the file can. The instance or message of the row fails, everything else
        /// continues.
        public static let damagedRow = Code(value: .damagedRow)
        /// Another process opened the file for writing after this one.
        public static let fenced = Code(value: .fenced)
        /// The disk is full.
        public static let full = Code(value: .full)
        /// The disk or file system failed.
        public static let io = Code(value: .io)
        /// The store was closed, or an earlier commit failed.
        public static let closed = Code(value: .closed)
        /// A fault in Warren itself.
        public static let misuse = Code(value: .misuse)

        /// The partition's journal cannot be used: it is missing, damaged, cut, or another one. The message says what to
        /// do.
        public static let journal = Code(value: .journal)
        /// What was appended to the journal did not come back: it may count or not. Opening the partition again tells.
        public static let unconfirmed = Code(value: .unconfirmed)
        /// Another host claimed the partition.
        public static let overtaken = Code(value: .overtaken)

        /// The name of the code.
        public var description: String { value.rawValue }
    }

    /// The reach of a failure, which determines the reaction to it.
    public enum Reach: Sendable, Hashable {
        /// One row. Its instance fails or the row is set aside; the partition continues.
        case unit
        /// The file or the journal. The partition stops until an operator repairs it; another attempt is of no use.
        case file
        /// A disk, a lock, or a limit that may recover in a moment. The file is opened again after a pause.
        case passing
    }

    /// The kind of the failure.
    public var code: Code
    /// The description of the failure, for people.
    public var message: String
    /// The path of the file.
    public var path: String?
    /// The instance that a damaged row belongs to, by its key, if that is known.
    public var instance: Int64?

    /// A failure of a store.
    public init(_ code: Code, _ message: String, path: String? = nil, instance: Int64? = nil) {
        self.code = code
        self.message = message
        self.path = path
        self.instance = instance
    }

    /// The reach of the failure.
    public var reach: Reach {
        switch code {
        case .damagedRow: .unit
        case .corrupt, .foreignFile, .partitionCountMismatch, .newerSchema, .fenced, .journal, .overtaken: .file
        default: .passing
        }
    }

    /// The code, the message, and the path if there is one.
    public var description: String { "\(code): \(message)" + (path.map { " (\($0))" } ?? "") }
}

extension StorageError {
    /// Whether the cause is one partition's file, and not the setup of the host.
    public var isDamage: Bool {
        [.corrupt, .foreignFile, .partitionCountMismatch, .damagedRow, .journal].contains(code)
    }
}
