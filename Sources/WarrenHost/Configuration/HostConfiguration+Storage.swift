public import Warren

extension HostConfiguration {
    /// The files of a host, and what it needs of them.
    public struct Storage: Sendable {
        /// The directory that keeps history, one file per partition; it is created with mode 0700 if it is missing. `nil`,
        /// the default, keeps history in memory: it ends with the process. A hub belongs to the directory with which it
        /// was first started: a host with another one is refused.
        public var directory: String?
        /// The place where the hub keeps what it has acknowledged; `.local` by default. It is fixed when the hub is
        /// created, by 'warren hub create' or by the first host, whatever its role; an orchestrator host with another value
        /// is refused. `.journal` needs a broker and a data directory.
        public var durability: Durability
        /// Whether the host starts on files that are older than what it has acknowledged. If not, which is the default, it
        /// reports what is missing and since when, and does not start. Set it for one start, to continue from a backup.
        public var acceptOlder: Bool

        /// Makes the settings for a directory; history is kept in memory without one.
        public init(directory: String? = nil) {
            self.directory = directory
            durability = .local
            acceptOlder = false
        }
    }
}
