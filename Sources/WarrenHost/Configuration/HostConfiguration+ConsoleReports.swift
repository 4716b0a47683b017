extension HostConfiguration {
    /// The selection of lines about instances that go to the console queue.
    public struct ConsoleReports: Sendable, Hashable {
        private enum Value: Sendable { case nothing, failures, everything }
        private let value: Value

        /// No lines.
        public static let nothing = ConsoleReports(value: .nothing)
        /// Lines about instances that failed or were terminated.
        public static let failures = ConsoleReports(value: .failures)
        /// Lines about every start and every end.
        public static let everything = ConsoleReports(value: .everything)
    }
}
