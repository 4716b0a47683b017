public import Warren

/// The secret with which a partition signs its work items and its messages to other partitions.
///
/// It is enough to answer for every activity of the partition, so it stays in the file: it is in no message, and
/// neither text nor mirror of the value shows it.
public struct PartitionSecret: Sendable, Hashable, CustomStringConvertible, CustomReflectable {
    /// 32 random bytes.
    public let bytes: [UInt8]
    /// Earlier versions signed with the store ID, which is published. Work that was asked for up to this time may be
    /// answered under such a signature. `nil` if the partition never signed that way.
    public let oldTokensUntil: Timestamp?

    /// Whether this opening gave a secret to a file that an earlier version wrote: unsigned messages to the partition
    /// may still be in its queue.
    public let isFirstUse: Bool

    /// A secret of 32 random bytes, kept with the partition.
    public init(bytes: [UInt8], oldTokensUntil: Timestamp? = nil, isFirstUse: Bool = false) {
        self.bytes = bytes
        self.oldTokensUntil = oldTokensUntil
        self.isFirstUse = isFirstUse
    }

    /// Shows nothing of the secret.
    public var description: String { "(secret)" }
    /// Shows nothing of the secret.
    public var customMirror: Mirror { Mirror(self, children: []) }

    /// A new random secret.
    public static func make() -> PartitionSecret { PartitionSecret(bytes: randomBytes()) }

    private static func randomBytes() -> [UInt8] {
        var generator = SystemRandomNumberGenerator()
        return (0..<32).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
    }

    /// Gives the file a secret if it has none. Part of the transaction that opens the file for writing.
    static func fill(in connection: Connection) throws(StorageError) {
        // A file that was opened before signed with its store ID until now. No instance was changed later than the last
        // one, so that bounds the time of its requests, whatever the machine's clock did.
        let fill = try connection.prepare(
            """
            UPDATE header
            SET secret = ?1,
                old_tokens_until = CASE WHEN epoch > 1 THEN (SELECT max(last_updated_at) FROM instances) END,
                secret_epoch = CASE WHEN epoch > 1 THEN epoch END
            WHERE id = 1 AND length(secret) = 0
            """)
        fill.bind(1, blob: randomBytes())
        try fill.run()
    }
}
