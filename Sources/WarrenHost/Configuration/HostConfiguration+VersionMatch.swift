import WarrenPartition

extension HostConfiguration {
    /// Which versions run on code that was registered without a version.
    public struct VersionMatch: Sendable, Hashable, CustomStringConvertible {
        let value: VersionRules.Match

        /// All of them.
        public static let none = VersionMatch(value: .none)
        /// The host's default version only; without one, only instances without a version.
        public static let strict = VersionMatch(value: .strict)
        /// The host's default version and older ones; without one, only instances without a version.
        public static let currentOrOlder = VersionMatch(value: .currentOrOlder)

        private init(value: VersionRules.Match) { self.value = value }

        /// A choice by its name, or `nil`.
        public init?(_ name: String) {
            guard let value = VersionRules.Match(rawValue: name) else { return nil }
            self.value = value
        }

        /// The names of all choices.
        public static var names: [String] { VersionRules.Match.allCases.map(\.rawValue) }

        /// The choice's name.
        public var description: String { value.rawValue }
    }
}
