extension HostConfiguration {
    /// The messages of a host: how many, how large, and for how long they are remembered.
    public struct Messages: Sendable {
        /// The maximum number of deliveries of one queue that are processed at once, 1 to 2000; 512 by default.
        public var prefetch: Int
        /// The largest message that is sent, in bytes of its body, 64 KiB to 64 MiB; 8 MiB by default. Keep it well below
        /// the broker's limit: RabbitMQ 4 accepts 16 MiB (`max_message_size`). A larger value ends with `PayloadTooLarge`:
        /// the call with this input, or the instance with this output. An activity host accepts input up to this size, so
        /// give it the same value. Messages from outside, and results of activities, have a limit of 1 MiB in any case.
        public var maximumSize: Int
        /// The maximum number of rows of unconfirmed messages in a partition's file, at least 4, 10,000 by default; a row
        /// holds what one step of one instance sends, at most 64 messages. From half of it on, starts, events and control
        /// messages wait in their queue; from all of it on, timers wait too. Results of activities are always taken.
        /// Without a broker it has no effect.
        public var maximumOutboxRows: Int
        /// The number of messages that a partition keeps for instances and orchestrations that do not exist yet, 10,000 by
        /// default; further ones are refused as `too-many-held`.
        public var maximumHeld: Int
        /// The number of bytes in its file that a partition uses for such messages, 64 MiB by default; a message takes up
        /// to twice its size there. None of it is in memory.
        public var maximumHeldSize: Int
        /// The number of times that the process may end over one message or instance before that is removed as poison, 2
        /// to 1000; 5 by default.
        public var maximumHostDeaths: Int
        /// The time for which the keys of messages that were taken are remembered, at least a minute; 7 days by default.
        public var duplicateMemory: Duration
        /// Prefixes of the names of queues to which answers may be sent, besides direct reply-to, `amq.gen-…`, `amq_…`,
        /// UUIDs and `reply.…`, `reply_…`, `reply-…`. None by default. A publisher names the queue, and the host publishes
        /// there with its own permissions: allow only queues that belong to the callers. The hub's own queues are never
        /// among them.
        public var replyQueuePrefixes: Set<String>
        /// Whether the header `baggage` of a message goes along with its trace: into the instance's row and history, and out to
        /// work items, sub-orchestrations and answers. Off by default: baggage can hold anything, names of people included,
        /// and would be kept as long as the instance, and shown to every worker.
        public var carriesBaggage: Bool

        /// Makes the settings with their defaults.
        public init() {
            prefetch = 512
            maximumSize = 8 << 20
            maximumOutboxRows = 10_000
            maximumHeld = 10_000
            maximumHeldSize = 64 << 20
            maximumHostDeaths = 5
            duplicateMemory = .seconds(7 * 24 * 3600)
            replyQueuePrefixes = []
            carriesBaggage = false
        }
    }
}
