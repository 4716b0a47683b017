/// The runtime status of an orchestration instance.
///
/// The set is closed by the wire. The raw values are the one spelling of a status: in answers and lifecycle messages,
/// their routing keys and headers, the HTTP API, the command line, SQL, traces and stored rows. What reads a status from
/// outside takes it in any case.
public enum RuntimeStatus: String, Sendable, Hashable, Codable, CaseIterable {
    /// Accepted, not yet begun, or scheduled for a later time.
    case pending = "Pending"
    /// Begun and not ended, waiting included.
    case running = "Running"
    /// Suspended by an operator: messages that arrive are kept until it is resumed.
    case suspended = "Suspended"
    /// Ended with an output.
    case completed = "Completed"
    /// Ended with a failure.
    case failed = "Failed"
    /// Ended by an operator; the output is the reason given.
    case terminated = "Terminated"
    /// One generation ended and the next began; seen in histories, never as an instance's present status.
    case continuedAsNew = "ContinuedAsNew"
    /// Known from other implementations; Warren never sets it.
    case canceled = "Canceled"

    /// Whether the instance has ended and cannot change any more.
    public var isTerminal: Bool {
        switch self {
        case .completed, .failed, .terminated, .canceled: true
        case .pending, .running, .suspended, .continuedAsNew: false
        }
    }

    /// Reads a status from its name, in any case; `nil` if the text is none.
    public init?(anyCase text: String) {
        guard let status = Self.allCases.first(where: { $0.rawValue.lowercased() == text.lowercased() }) else {
            return nil
        }
        self = status
    }

    /// Reads a status from its name, in any case.
    ///
    /// - Throws: `DecodingError` with a text that names all of them.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        let text = try container.decode(String.self)
        guard let status = Self(rawValue: text) ?? Self(anyCase: text) else {
            throw DecodingError.dataCorruptedError(
                in: container, debugDescription: "'\(text.prefix(100))' is no status; there are \(Self.names).")
        }
        self = status
    }

    /// The names of all statuses, for texts that say what a reader may send.
    package static let names = allCases.map(\.rawValue).joined(separator: ", ")
}
