import WarrenMessaging

extension HostConfiguration {
    /// The folder for payloads that are too large for messages: inputs, results, outputs and events.
    ///
    /// A payload above ``threshold`` is stored there once for each instance that has it, and travels as a reference. Every
    /// host, worker and client of the hub needs the same folder: a directory of one machine, or one that all machines mount.
    public struct Payloads: Sendable {
        /// The path of the folder; `nil`, the default, for none: then payloads travel whole, up to
        /// `messages.maximumSize`.
        public var directory: String?
        /// The size in bytes above which a payload is stored there, 4 KiB to 1 MiB; 256 KiB by default.
        public var threshold: Int

        /// Makes the settings with their defaults.
        public init() {
            directory = nil
            threshold = ClaimCheck.usualThreshold
        }
    }

    /// The number of messages of the intake at once, in a hub with a payload folder.
    var intakeWindow: IntakeWindow? { payloads.directory.map { _ in IntakeWindow(most: messages.prefetch) } }

    /// Opens the payload folder; `nil` if there is none.
    ///
    /// - Throws: `HostError` with the code `storage` if the folder cannot be used.
    func openClaimCheck() throws(HostError) -> ClaimCheck? {
        guard let directory = payloads.directory else { return nil }
        do {
            return try ClaimCheck.open(directory: directory, hub: hub, threshold: payloads.threshold)
        } catch {
            throw HostError(.storage, "payloads.directory: \(error.message)", cause: error)
        }
    }
}
