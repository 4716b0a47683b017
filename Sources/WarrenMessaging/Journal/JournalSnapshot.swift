package import Warren

/// A complete copy of the partition's file, from which a reader begins.
package struct JournalSnapshot: Sendable, Hashable {
    /// The stream that holds the copy.
    package var stream: String
    /// The size of the copy, in bytes.
    package var bytes: UInt64
    /// The SHA-256 of the copy: 32 bytes.
    package var sha256: [UInt8]
    /// The position up to which the copy has applied the journal. Readers continue there.
    package var position: JournalPosition

    package init(stream: String, bytes: UInt64, sha256: [UInt8], position: JournalPosition) {
        self.stream = stream
        self.bytes = bytes
        self.sha256 = sha256
        self.position = position
    }
}
