public import Warren
import WarrenPartition

extension HostConfiguration {
    /// Which versions run on code that was registered without a version.
    public struct VersionMatch: NamedChoice {
        let value: VersionRules.Match

        /// All of them.
        public static let none = VersionMatch(value: .none)
        /// The host's default version only; without one, only instances without a version.
        public static let strict = VersionMatch(value: .strict)
        /// The host's default version and older ones; without one, only instances without a version.
        public static let currentOrOlder = VersionMatch(value: .currentOrOlder)

        /// All values.
        public static let allCases = [none, strict, currentOrOlder]

        /// The name.
        public var name: String { value.rawValue }
    }
}
