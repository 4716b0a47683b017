extension HostConfiguration {
    /// The selection of lines about instances that go to the console queue.
    public struct ConsoleReports: Sendable, Hashable, CustomStringConvertible {
        private enum Value: String, Sendable, CaseIterable { case nothing, failures, everything }
        private let value: Value

        /// No lines.
        public static let nothing = ConsoleReports(value: .nothing)
        /// Lines about instances that failed or were terminated.
        public static let failures = ConsoleReports(value: .failures)
        /// Lines about every start and every end.
        public static let everything = ConsoleReports(value: .everything)

        private init(value: Value) { self.value = value }

        /// A selection by its name, or `nil`.
        public init?(_ name: String) {
            guard let value = Value(rawValue: name) else { return nil }
            self.value = value
        }

        /// The names of all selections.
        public static var names: [String] { Value.allCases.map(\.rawValue) }

        /// The selection's name.
        public var description: String { value.rawValue }
    }
}
