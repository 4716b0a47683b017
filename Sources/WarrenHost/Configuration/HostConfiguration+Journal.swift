import WarrenMessaging

extension HostConfiguration {
    /// The journals of a hub with the durability `.journal`. All hosts of a hub should have the same values.
    public struct Journal: Sendable {
        /// The size of each partition's journal on the broker, in bytes, 64 MiB to 1 TiB; 1 GiB by default. It counts when
        /// the hub is created with the durability `.journal`; a hub that exists keeps its size.
        public var size: Int
        /// The number of hosts, beside its owner, that keep a copy of each partition at the end of its journal, 0 to 99; 1
        /// by default. One of them takes the partition over within a moment when its owner is gone. With 0, or when all of
        /// them are gone too, the next host has to read what it lacks first.
        public var followers: Int

        /// Makes the settings with their defaults.
        public init() {
            size = TaskHubTopology.journalBytes
            followers = 1
        }
    }
}
