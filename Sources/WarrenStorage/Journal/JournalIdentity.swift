/// The identity that the files of a partition get from its journal, so that others take all of them for one partition.
public struct JournalIdentity: Sendable, Hashable, CustomStringConvertible, CustomReflectable {
    /// The number of the journal, made with it.
    public var id: UInt128
    /// The secret with which the partition signs, in place of one of the file's own.
    public var secret: [UInt8]

    /// The identity of a journal.
    public init(id: UInt128, secret: [UInt8]) {
        self.id = id
        self.secret = secret
    }

    /// The number without the secret.
    public var description: String { "journal \(PartitionIdentity.hexadecimal(id)) (secret)" }
    /// The number without the secret.
    public var customMirror: Mirror { Mirror(self, children: ["id": id]) }
}

extension PartitionIdentity {
    private static let journalPrefix = "journal:"

    /// The store ID of every file of a partition with that journal.
    public static func storeID(ofJournal id: UInt128) -> String { journalPrefix + hexadecimal(id) }

    /// Whether a store ID is that of a partition with a journal.
    package static func isJournalled(_ storeID: String) -> Bool { storeID.hasPrefix(journalPrefix) }

    /// The number of the partition's journal; `nil` for a partition without one.
    package var journalID: UInt128? {
        guard Self.isJournalled(storeID) else { return nil }
        return UInt128(storeID.dropFirst(Self.journalPrefix.count), radix: 16)
    }

    /// 32 digits.
    static func hexadecimal(_ number: UInt128) -> String {
        let digits = String(number, radix: 16)
        return String(repeating: "0", count: 32 - digits.count) + digits
    }
}
