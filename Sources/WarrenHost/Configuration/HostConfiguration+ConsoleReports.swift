public import Warren

extension HostConfiguration {
    /// The selection of lines about instances that go to the console queue.
    public struct ConsoleReports: NamedChoice {
        /// No lines.
        public static let nothing = ConsoleReports(name: "nothing")
        /// Lines about instances that failed or were terminated.
        public static let failures = ConsoleReports(name: "failures")
        /// Lines about every start and every end.
        public static let everything = ConsoleReports(name: "everything")

        /// All values.
        public static let allCases = [nothing, failures, everything]

        /// The name.
        public let name: String
    }
}
