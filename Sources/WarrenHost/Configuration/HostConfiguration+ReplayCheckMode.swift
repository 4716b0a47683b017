extension HostConfiguration {
    /// The reaction of a host, before it takes anything, to open instances with histories that do not agree with its code.
    public struct ReplayCheckMode: Sendable, Hashable, CustomStringConvertible {
        private enum Value: String, Sendable, CaseIterable { case off, park, refuse }
        private let value: Value

        /// It does not look: an instance is noticed when something arrives for it.
        public static let off = ReplayCheckMode(value: .off)
        /// It parks them and goes on.
        public static let park = ReplayCheckMode(value: .park)
        /// It does not start. In a hub with journals, where partitions come and go while hosts run, it parks them.
        public static let refuse = ReplayCheckMode(value: .refuse)

        private init(value: Value) { self.value = value }

        /// A choice by its name, or `nil`.
        public init?(_ name: String) {
            guard let value = Value(rawValue: name) else { return nil }
            self.value = value
        }

        /// The names of all choices.
        public static var names: [String] { Value.allCases.map(\.rawValue) }

        /// The choice's name.
        public var description: String { value.rawValue }
    }
}
