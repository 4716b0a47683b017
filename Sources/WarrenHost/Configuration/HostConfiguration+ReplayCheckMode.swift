public import Warren

extension HostConfiguration {
    /// The reaction of a host, before it takes anything, to open instances with histories that do not agree with its code.
    public struct ReplayCheckMode: NamedChoice {
        /// It does not look: an instance is noticed when something arrives for it.
        public static let off = ReplayCheckMode(name: "off")
        /// It parks them and goes on.
        public static let park = ReplayCheckMode(name: "park")
        /// It does not start. In a hub with journals, where partitions come and go while hosts run, it parks them.
        public static let refuse = ReplayCheckMode(name: "refuse")

        /// All values.
        public static let allCases = [off, park, refuse]

        /// The name.
        public let name: String
    }
}
