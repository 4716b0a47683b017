public import Warren
import WarrenPartition

extension HostConfiguration {
    /// What becomes of an instance with a version that a host does not run.
    public struct VersionMismatch: NamedChoice {
        let value: VersionRules.Mismatch

        /// It is left for another host: a start waits as for an unknown orchestration, and an instance under way is suspended until
        /// a host that runs its version has its partition.
        public static let reject = VersionMismatch(value: .reject)
        /// It fails with the type `VersionMismatch`, which is not retried.
        public static let fail = VersionMismatch(value: .fail)

        /// All values.
        public static let allCases = [reject, fail]

        /// The name.
        public var name: String { value.rawValue }
    }
}
