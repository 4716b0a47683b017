import WarrenPartition

extension HostConfiguration {
    /// What becomes of an instance with a version that a host does not run.
    public struct VersionMismatch: Sendable, Hashable, CustomStringConvertible {
        let value: VersionRules.Mismatch

        /// It is left for another host: a start waits as for an unknown orchestration, and an instance under way is suspended until
        /// a host that runs its version has its partition.
        public static let reject = VersionMismatch(value: .reject)
        /// It fails with the type `VersionMismatch`, which is not retried.
        public static let fail = VersionMismatch(value: .fail)

        private init(value: VersionRules.Mismatch) { self.value = value }

        /// A choice by its name, or `nil`.
        public init?(_ name: String) {
            guard let value = VersionRules.Mismatch(rawValue: name) else { return nil }
            self.value = value
        }

        /// The names of all choices.
        public static var names: [String] { VersionRules.Mismatch.allCases.map(\.rawValue) }

        /// The choice's name.
        public var description: String { value.rawValue }
    }
}
