/// All metrics that Warren emits. The page "Metrics" of the documentation, the dashboard and the alert rules in
/// `docker/` are checked against this table.
///
/// Labels have closed sets of values: numbers of partitions, the names that are registered with the host (`other` for
/// any other name), the outcomes and reasons that the code knows. Never an instance ID.
package enum MetricTable {
    private static let ofPartition = ["hub", "partition"]
    private static let ofConnection = ["owner", "connection"]

    /// From 10 µs to a second: work of the processor.
    private static let short = [1e-5, 2.5e-5, 5e-5, 1e-4, 2.5e-4, 5e-4, 1e-3, 2.5e-3, 5e-3, 0.01, 0.05, 0.25, 1]
    /// From half a millisecond to a minute: disks, networks and brokers.
    private static let medium = [
        5e-4, 1e-3, 2.5e-3, 5e-3, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60,
    ]
    /// From a millisecond to a day: activities, late timers, and callers that wait for an instance.
    private static let long = [1e-3, 5e-3, 0.025, 0.1, 0.5, 1, 5, 15, 60, 300, 900, 3600, 21_600, 86_400]
    private static let counts: [Double] = [1, 2, 4, 8, 16, 32, 64, 128, 256]

    // MARK: - Partitions

    package static let roundInputs = MetricDefinition(
        "warren_round_inputs", .sizes, labels: ofPartition, buckets: counts,
        "Inputs taken in one round of a partition, which becomes one commit; its count is the number of rounds.")
    package static let roundsInFlight = MetricDefinition(
        "warren_rounds_in_flight", .gauge, labels: ofPartition,
        "Rounds with a commit that is not durable yet; at most 32.")
    package static let commitDuration = MetricDefinition(
        "warren_commit_duration_seconds", .timer, labels: ofPartition, buckets: medium,
        "Time from handing a round's commit to the store until it is durable, in a journalled hub by way of the "
            + "journal."
    )
    package static let storeFailures = MetricDefinition(
        "warren_store_failures_total", .counter, labels: ofPartition,
        "Failures of a partition's store, each of which makes the partition start again from what is durable.")
    package static let mailboxDepth = MetricDefinition(
        "warren_mailbox_depth", .gauge, labels: ofPartition, "Inputs that wait for a partition inside the host.")
    package static let outboxRows = MetricDefinition(
        "warren_outbox_rows", .gauge, labels: ofPartition,
        "Rows of messages that are committed and not confirmed by the broker yet, the parked ones included.")
    package static let parkedRows = MetricDefinition(
        "warren_outbox_parked_rows", .gauge, labels: ofPartition,
        "Rows of the outbox that wait for a destination that accepts nothing.")
    package static let outboxAge = MetricDefinition(
        "warren_outbox_oldest_seconds", .gauge, labels: ofPartition,
        "Age of the oldest row of the outbox, for rows of an earlier process since this one opened the "
            + "partition; 0 if there is none."
    )
    package static let gateClosed = MetricDefinition(
        "warren_gate_closed_seconds_total", .seconds, labels: ofPartition + ["gate"],
        "Time for which a partition took no starts, events and control messages (gate intake), or fired no "
            + "timers (gate timers), because too much was unconfirmed."
    )
    package static let held = MetricDefinition(
        "warren_held_messages", .gauge, labels: ofPartition,
        "Messages that wait for an instance or an orchestration that does not exist yet.")
    package static let statusReads = MetricDefinition(
        "warren_status_reads_total", .counter, labels: ofPartition + ["source"],
        "Statuses read past a partition's rounds, from the memory of the last ones (memory) or from its file (file).")
    package static let logBytes = MetricDefinition(
        "warren_store_log_bytes", .gauge, labels: ofPartition,
        "Size of the write-ahead log of a partition's file; it is moved into the file at 64 MiB at the latest.")
    package static let fileBytes = MetricDefinition(
        "warren_store_bytes", .gauge, labels: ofPartition, "Size of a partition's file without its log.")
    package static let partitions = MetricDefinition(
        "warren_partitions", .gauge, labels: ["hub"], "Partitions that the hub has.")
    package static let partitionOwned = MetricDefinition(
        "warren_partition_owned", .gauge, labels: ofPartition,
        "1 if this host owns the partition, otherwise 0; the sum is the number of partitions owned.")

    // MARK: - Journals

    package static let journalOffset = MetricDefinition(
        "warren_journal_offset", .gauge, labels: ofPartition,
        "Offset up to which this host has read a partition's journal; a follower lags by the difference to the "
            + "owner's, in records; 0 if it does not read it."
    )
    package static let journalLag = MetricDefinition(
        "warren_journal_lag_seconds", .gauge, labels: ofPartition,
        "Time between the writing of the newest record that this host has read and its reading, by both hosts' clocks.")
    package static let journalUnapplied = MetricDefinition(
        "warren_journal_unapplied_bytes", .gauge, labels: ofPartition,
        "Records that were read from a partition's journal and are not in the file yet.")
    package static let journalUnsaved = MetricDefinition(
        "warren_journal_unsaved_bytes", .gauge, labels: ofPartition,
        "Records of a partition's journal that no snapshot covers; at three quarters of the journal's size "
            + "commits wait."
    )

    // MARK: - Orchestrations

    package static let episodes = MetricDefinition(
        "warren_episodes_total", .counter, labels: ["hub", "orchestration", "source"],
        "Episodes run: by an orchestrator in memory (warm), by one rebuilt from its history (replay), or by a "
            + "new one (new)."
    )
    package static let episodeDuration = MetricDefinition(
        "warren_episode_duration_seconds", .timer, labels: ["hub", "orchestration"], buckets: short,
        "Time that an episode holds its partition, replay included.")
    package static let replayedEvents = MetricDefinition(
        "warren_replayed_events_total", .counter, labels: ["hub", "orchestration"],
        "Events of histories that were replayed to rebuild an orchestrator.")
    package static let instancesFailed = MetricDefinition(
        "warren_instances_failed_total", .counter, labels: ["hub", "orchestration"],
        "Instances that ended with a failure.")
    package static let timerLateness = MetricDefinition(
        "warren_timer_lateness_seconds", .timer, labels: ["hub"], buckets: long,
        "Time between the moment for which a timer was set and its firing, the time without a host included.")
    package static let activityRetries = MetricDefinition(
        "warren_activity_retries_total", .counter, labels: ["hub", "activity"],
        "Calls of an activity that orchestrators repeated because an attempt had failed.")
    package static let dispatchedAgain = MetricDefinition(
        "warren_work_dispatched_again_total", .counter, labels: ["hub", "activity", "reason"],
        "Work items dispatched once more because their worker was silent (silent) or gave them back (returned).")

    // MARK: - Activities

    package static let permitsWaiting = MetricDefinition(
        "warren_permits_waiting", .gauge, labels: ["hub", "activity"],
        "Calls of an activity with limits that wait for a permit, by the host that gives its permits out.")
    package static let permitsGiven = MetricDefinition(
        "warren_permits_given", .gauge, labels: ["hub", "activity"],
        "Permits of an activity with limits that calls have, by the host that gives them out.")
    package static let activitySlots = MetricDefinition(
        "warren_activity_slots", .gauge, labels: ["hub"], "Places in which this host runs activities.")
    package static let activitySlotsUsed = MetricDefinition(
        "warren_activity_slots_used", .gauge, labels: ["hub"], "Places in which an activity runs at present.")
    package static let activitySlotsLeased = MetricDefinition(
        "warren_activity_slots_leased", .gauge, labels: ["hub"], "Places held by long activities under a lease.")
    package static let activityDuration = MetricDefinition(
        "warren_activity_duration_seconds", .timer, labels: ["hub", "activity", "outcome"], buckets: long,
        "Time that an activity ran, by outcome: completed, failed, canceled, or returned when the host stopped.")

    // MARK: - Messages of a host

    package static let deadLetters = MetricDefinition(
        "warren_dead_letters_total", .counter, labels: ["hub", "reason"],
        "Messages that this host put among the hub's dead letters, by the reason in their routing key.")
    package static let publishRetries = MetricDefinition(
        "warren_publish_retries_total", .counter, labels: ["hub", "source"],
        "Messages published once more because it was not known whether they had arrived: of partitions (outbox) "
            + "and others (direct)."
    )

    // MARK: - Connections

    package static let publishes = MetricDefinition(
        "warren_amqp_publishes_total", .counter, labels: ofConnection + ["outcome"],
        "Messages published, by what became of them: confirmed, returned, refused (nack), invalid, too_large, "
            + "rejected or unknown."
    )
    package static let confirmDuration = MetricDefinition(
        "warren_amqp_confirm_duration_seconds", .timer, labels: ofConnection, buckets: medium,
        "Time from handing messages to the connection until the outcome of all of them is known.")
    package static let deliveries = MetricDefinition(
        "warren_amqp_deliveries_total", .counter, labels: ofConnection, "Messages that the broker delivered.")
    package static let connections = MetricDefinition(
        "warren_amqp_connections", .gauge, labels: ofConnection, "Connections to the broker that are open.")
    package static let connectionsLost = MetricDefinition(
        "warren_amqp_connections_lost_total", .counter, labels: ofConnection,
        "Connections to the broker that were lost.")
    package static let reconnects = MetricDefinition(
        "warren_amqp_reconnects_total", .counter, labels: ofConnection, "Connections to the broker that were restored.")
    package static let blocked = MetricDefinition(
        "warren_amqp_blocked", .gauge, labels: ofConnection,
        "Connections from which the broker reads nothing because it is in an alarm.")
    package static let blockedSeconds = MetricDefinition(
        "warren_amqp_blocked_seconds_total", .seconds, labels: ofConnection,
        "Time for which the broker read nothing from a connection because it was in an alarm.")

    // MARK: - Clients

    package static let requests = MetricDefinition(
        "warren_client_request_duration_seconds", .timer, labels: ["hub", "kind", "outcome"], buckets: long,
        "Time of a client's request until its answer, by kind, and by outcome: answered, timed_out, failed or "
            + "cancelled."
    )

    /// All metrics, by subject.
    package static let all: [MetricDefinition] = [
        roundInputs, roundsInFlight, commitDuration, storeFailures, mailboxDepth, outboxRows, parkedRows, outboxAge,
        gateClosed, held, statusReads, logBytes, fileBytes, partitions, partitionOwned,
        journalOffset, journalLag, journalUnapplied, journalUnsaved,
        episodes, episodeDuration, replayedEvents, instancesFailed, timerLateness, activityRetries, dispatchedAgain,
        permitsWaiting, permitsGiven, activitySlots, activitySlotsUsed, activitySlotsLeased, activityDuration,
        deadLetters, publishRetries,
        publishes, confirmDuration, deliveries, connections, connectionsLost, reconnects, blocked, blockedSeconds,
        requests,
    ]
}
