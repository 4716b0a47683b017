public import Warren

/// What a replay of exported histories found.
public struct ReplayReport: Sendable, CustomStringConvertible {
    /// A history that the code as it is now does not follow, or that cannot be read.
    public struct Disagreement: Sendable {
        /// The file, and the line in it: `orders.jsonl:42`.
        public var place: String
        /// The instance; `nil` if the line cannot be read.
        public var instanceID: String?
        /// The failure with which a host would report it. Its message names the source line.
        public var failure: FailureDetails
    }

    /// The number of histories that were replayed.
    public internal(set) var replayed = 0
    /// The number of lines that have no history to replay: instances that had not begun, orchestrations that are not
    /// registered here, and histories that were exported without payloads.
    public internal(set) var skipped = 0
    /// The histories that the code does not follow.
    public internal(set) var disagreements: [Disagreement] = []

    /// Whether every history is followed.
    public var agrees: Bool { disagreements.isEmpty }

    /// A line for each disagreement, and one that counts.
    public var description: String {
        let lines = disagreements.map { disagreement in
            "\(disagreement.place): \(disagreement.failure.type): \(disagreement.failure.message)"
        }
        let skipped = skipped > 0 ? ", \(skipped) skipped" : ""
        return (lines + ["\(replayed) histories replayed\(skipped), \(disagreements.count) not followed"])
            .joined(separator: "\n")
    }
}
