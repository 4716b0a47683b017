/// What a compliance suite has found about an implementation.
public struct ComplianceReport: Sendable, CustomStringConvertible {
    /// One promise that was checked.
    public struct Entry: Sendable {
        /// The promise, in words.
        public var name: String
        /// The expectations that do not hold; empty if the promise is kept.
        public var findings: [String]
    }

    /// All promises that were checked, in the order of the suite.
    public internal(set) var entries: [Entry] = []

    /// Whether every promise is kept.
    public var complies: Bool { entries.allSatisfy(\.findings.isEmpty) }

    /// A line for each expectation that does not hold, and one that counts.
    public var description: String {
        let lines = entries.flatMap { entry in entry.findings.map { "\(entry.name): \($0)" } }
        let broken = entries.count { !$0.findings.isEmpty }
        return (lines + ["\(entries.count) promises checked, \(broken) not kept"]).joined(separator: "\n")
    }
}
