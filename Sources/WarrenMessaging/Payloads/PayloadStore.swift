package import Warren

/// Keeps large payloads, apart for each instance, for all processes of a hub.
///
/// Calls block. A payload is durable when `put` returns, and every process that uses the store sees it then.
package protocol PayloadStore: Sendable {
    /// Stores a payload for instances. One that is there already counts as stored now.
    ///
    /// - Returns: the reference under which each of them finds it.
    func put(_ payload: [UInt8], for instanceIDs: [String]) throws(PayloadStoreError) -> PayloadReference

    /// Returns a payload of an instance.
    ///
    /// - Throws: `.missing` if the instance has none of that name, `.damaged` if its bytes are not those of the name.
    func get(_ reference: PayloadReference, of instanceID: String) throws(PayloadStoreError) -> [UInt8]

    /// Whether payloads are stored for an instance.
    func holdsAny(of instanceID: String) -> Bool

    /// Removes payloads of an instance, by their digests: each if it was stored last before the time given for it.
    func remove(_ payloads: [String: Timestamp], of instanceID: String) throws(PayloadStoreError)

    /// Removes what was stored before a time and is not needed any more.
    ///
    /// - Parameter needed: for an instance that has old payloads, which of their digests are still needed; `nil` to leave
    ///   the instance alone. Called for one instance after the other.
    /// - Returns: the number of payloads that were removed.
    func sweep(
        before time: Timestamp, needed: (_ instanceID: String, _ digests: Set<String>) throws -> Set<String>?
    ) throws -> Int
}

/// The reason why a payload is not stored, or not found.
package struct PayloadStoreError: Error, Sendable, CustomStringConvertible {
    /// The kind of a failure.
    package enum Code: Sendable, Hashable {
        /// The instance has no such payload. Another attempt finds none either.
        case missing
        /// The stored bytes are not those that were put.
        case damaged
        /// The payload is not JSON.
        case invalid
        /// The payload is larger than the store takes.
        case tooLarge
        /// The disk is full.
        case full
        /// The folder cannot be used at present.
        case unavailable
    }

    package var code: Code
    package var message: String

    package init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    /// Whether another attempt may have another outcome.
    package var isPassing: Bool { code == .full || code == .unavailable }

    package var description: String { message }
}
