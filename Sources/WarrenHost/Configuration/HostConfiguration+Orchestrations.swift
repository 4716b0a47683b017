public import Warren
import WarrenPartition

extension HostConfiguration {
    /// The orchestrations of a process.
    public struct Orchestrations: Sendable {
        /// The maximum number of partitions that run orchestrators at the same moment, 1 to 100,000; `nil`, the default, for
        /// all of them.
        public var concurrency: Int?
        /// The maximum number of waiting instances of this process that stay in memory, 0 to 10,000,000; 20,000 by default,
        /// with an equal share for each partition. The others are replayed when something happens to them. 0 replays at
        /// every step. An instance takes about 4 KB and the memory that its code holds.
        public var warmInstances: Int
        /// Orchestrations that are not to be run any more: their open instances fail with `OrchestrationNotRegistered` at
        /// the next message or timer for them. None by default, and a host with open instances in its files that it cannot
        /// run does not start: it may be the old version of a program, and the new one would find them failed.
        public var retired: Set<String>
        /// The treatment of an instance with a history that does not agree with the code; `.park` by default. A registration
        /// may choose for itself.
        public var onNonDeterminism: OnNonDeterminism
        /// Whether the host replays the histories of all open instances before it takes anything, and what it does about
        /// those that do not agree with the code; `.off` by default.
        public var replayCheck: ReplayCheckMode
        /// The maximum number of events in the history of one execution, 10,000 to 100,000,000; 1,000,000 by default. The
        /// execution fails with `HistoryTooLong` at the next event. From 10,000 events on,
        /// `OrchestrationContext.shouldContinueAsNew` is `true`.
        public var maximumHistory: Int
        /// The version of this host's code: instances that are started without a version begin with it. None by default.
        public var defaultVersion: String?
        /// Which versions run on code that was registered without a version; `.currentOrOlder` by default.
        public var versionMatch: VersionMatch
        /// What becomes of an instance with a version that this host does not run; `.reject` by default.
        public var versionMismatch: VersionMismatch

        /// Makes the settings with their defaults.
        public init() {
            concurrency = nil
            warmInstances = 20_000
            retired = []
            onNonDeterminism = .park
            replayCheck = .off
            maximumHistory = 1_000_000
            defaultVersion = nil
            versionMatch = .currentOrOlder
            versionMismatch = .reject
        }
    }
}

extension VersionRules {
    /// Makes the rules of a host.
    init(_ configuration: HostConfiguration.Orchestrations) {
        let version = configuration.defaultVersion.flatMap { $0.isEmpty ? nil : $0 }
        self.init(
            defaultVersion: version, match: configuration.versionMatch.value,
            mismatch: configuration.versionMismatch.value)
    }
}
