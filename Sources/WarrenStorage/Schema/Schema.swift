/// The tables of a partition's file.
///
/// Rows are appended under an integer and found by one small unique index, instead of being clustered by their key:
/// a clustered key touches a page per instance, twice (WAL and checkpoint), and is five times slower.
enum Schema {
    /// Marks a file as Warren's (`WRRN`), in the place that SQLite reserves for it.
    static let applicationID: Int64 = 0x5752_524e

    /// The migrations; a file's schema version is the number of those that it has applied.
    static let migrations: [Migration] = [
        Migration(
            name: "partition",
            sql: """
                CREATE TABLE migrations (
                    number INTEGER PRIMARY KEY,
                    name TEXT NOT NULL
                ) STRICT;

                -- One row: whose data this is, and the counters that must survive the rows they counted.
                CREATE TABLE header (
                    id INTEGER PRIMARY KEY CHECK (id = 1),
                    hub TEXT NOT NULL,
                    partition INTEGER NOT NULL,
                    partition_count INTEGER NOT NULL,
                    store_id TEXT NOT NULL,
                    epoch INTEGER NOT NULL,
                    clean INTEGER NOT NULL,
                    last_instance_key INTEGER NOT NULL,
                    last_outbox_id INTEGER NOT NULL,
                    last_held_id INTEGER NOT NULL,
                    instance_count INTEGER NOT NULL
                ) STRICT;

                CREATE TABLE instances (
                    key INTEGER PRIMARY KEY,
                    instance_id TEXT NOT NULL,
                    execution_id TEXT NOT NULL,
                    generation INTEGER NOT NULL,
                    name TEXT NOT NULL,
                    status TEXT NOT NULL,
                    created_at INTEGER NOT NULL,
                    last_updated_at INTEGER NOT NULL,
                    completed_at INTEGER,
                    scheduled_start INTEGER,
                    episodes INTEGER NOT NULL,
                    output BLOB,
                    custom_status BLOB,
                    failure TEXT,
                    waiters BLOB NOT NULL,
                    parent_name TEXT,
                    parent_instance_id TEXT,
                    parent_execution_id TEXT,
                    parent_task_id INTEGER,
                    has_tags INTEGER NOT NULL
                ) STRICT;
                -- Every lookup by ID; listings by prefix.
                CREATE UNIQUE INDEX instances_by_id ON instances (instance_id);
                -- Listings without another condition.
                CREATE INDEX instances_by_created ON instances (created_at);
                -- Listings of one orchestration.
                CREATE INDEX instances_by_name ON instances (name, created_at);
                -- Listings by status; the count of open instances.
                CREATE INDEX instances_by_status ON instances (status, created_at);

                -- Apart from the instance, because an update writes the whole row again and an input can be large.
                CREATE TABLE inputs (
                    instance INTEGER PRIMARY KEY,
                    input BLOB NOT NULL
                ) STRICT;

                CREATE TABLE tags (
                    position INTEGER PRIMARY KEY,
                    instance INTEGER NOT NULL,
                    key TEXT NOT NULL,
                    value TEXT NOT NULL
                ) STRICT;
                -- The tags of an instance that is read, replaced or purged.
                CREATE UNIQUE INDEX tags_of_instance ON tags (instance, key);
                -- Listings by tag.
                CREATE INDEX tags_by_value ON tags (key, value);

                CREATE TABLE history (
                    position INTEGER PRIMARY KEY,
                    instance INTEGER NOT NULL,
                    generation INTEGER NOT NULL,
                    episode INTEGER NOT NULL,
                    checksum INTEGER NOT NULL,
                    events BLOB NOT NULL
                ) STRICT;
                -- The history of a generation in order; the removal of earlier ones.
                CREATE UNIQUE INDEX history_of_execution ON history (instance, generation, episode);

                CREATE TABLE inbox (
                    position INTEGER PRIMARY KEY,
                    key TEXT NOT NULL,
                    body_hash INTEGER NOT NULL,
                    instance_id TEXT NOT NULL,
                    taken_at INTEGER NOT NULL
                ) STRICT;
                -- Whether a message was taken before.
                CREATE UNIQUE INDEX inbox_by_key ON inbox (key);
                -- Forgetting old entries.
                CREATE INDEX inbox_by_time ON inbox (taken_at);

                CREATE TABLE timers (
                    position INTEGER PRIMARY KEY,
                    instance INTEGER NOT NULL,
                    generation INTEGER NOT NULL,
                    id INTEGER NOT NULL,
                    fire_at INTEGER NOT NULL
                ) STRICT;
                -- Removing a timer that fired or was cancelled, and those of earlier generations.
                CREATE UNIQUE INDEX timers_by_key ON timers (instance, generation, id);

                CREATE TABLE leases (
                    position INTEGER PRIMARY KEY,
                    instance INTEGER NOT NULL,
                    generation INTEGER NOT NULL,
                    task_id INTEGER NOT NULL,
                    attempt INTEGER NOT NULL,
                    expires_at INTEGER NOT NULL
                ) STRICT;
                -- Renewing and removing a lease, and those of earlier generations.
                CREATE UNIQUE INDEX leases_by_key ON leases (instance, generation, task_id);

                CREATE TABLE outbox (
                    id INTEGER PRIMARY KEY,
                    checksum INTEGER NOT NULL,
                    messages BLOB NOT NULL
                ) STRICT;

                CREATE TABLE held (
                    id INTEGER PRIMARY KEY,
                    subject TEXT NOT NULL,
                    expires_at INTEGER NOT NULL,
                    checksum INTEGER NOT NULL,
                    message BLOB NOT NULL
                ) STRICT;
                """),
        Migration(
            name: "secret",
            sql: """
                -- What the partition signs with. It leaves the file for no message and no log. Empty until the
                -- transaction that adds the column, or the row, fills it.
                ALTER TABLE header ADD COLUMN secret BLOB NOT NULL DEFAULT x'';
                -- Work asked for up to then (microseconds) is signed with the store ID. NULL: there is none.
                ALTER TABLE header ADD COLUMN old_tokens_until INTEGER;
                -- The epoch in which a file that had no secret got one. NULL: it always had one.
                ALTER TABLE header ADD COLUMN secret_epoch INTEGER;
                """),
        Migration(
            name: "waiters",
            sql: """
                -- Who else wants to be told of an instance's end: the row of the instance has room for the first ones only.
                CREATE TABLE waiters (
                    position INTEGER PRIMARY KEY,
                    instance INTEGER NOT NULL,
                    address BLOB NOT NULL
                ) STRICT;
                -- Those of an instance that ends or is purged.
                CREATE INDEX waiters_of_instance ON waiters (instance);
                """),
        Migration(
            name: "damage",
            sql: """
                -- How many transactions the file has had, and when the last one was: an older state of the file has fewer.
                ALTER TABLE header ADD COLUMN commits INTEGER NOT NULL DEFAULT 0;
                ALTER TABLE header ADD COLUMN committed_at INTEGER NOT NULL DEFAULT 0;
                -- Checksums of rows. NULL: written by an earlier version, not checked.
                -- An instance has two, because a step writes a part of its row: of what stays in a generation, and of the rest.
                ALTER TABLE instances ADD COLUMN checksum INTEGER;
                ALTER TABLE instances ADD COLUMN step_checksum INTEGER;
                ALTER TABLE inputs ADD COLUMN checksum INTEGER;
                ALTER TABLE timers ADD COLUMN checksum INTEGER;
                ALTER TABLE leases ADD COLUMN checksum INTEGER;

                -- Rows that cannot be read, out of the way.
                CREATE TABLE damaged (
                    id INTEGER PRIMARY KEY,
                    source TEXT NOT NULL,
                    row_key INTEGER NOT NULL,
                    reason TEXT NOT NULL,
                    bytes BLOB NOT NULL,
                    set_aside_at INTEGER NOT NULL
                ) STRICT;
                """),
        Migration(
            name: "journal",
            sql: """
                -- Up to where the file has applied the journal of its partition. NULL: nothing yet, or there is no
                -- journal. Unsigned numbers of 64 bits are stored as signed ones of the same bits.
                ALTER TABLE header ADD COLUMN journal_id BLOB;
                ALTER TABLE header ADD COLUMN journal_epoch INTEGER;
                ALTER TABLE header ADD COLUMN journal_claim INTEGER;
                ALTER TABLE header ADD COLUMN journal_released INTEGER;
                ALTER TABLE header ADD COLUMN journal_next INTEGER;
                ALTER TABLE header ADD COLUMN journal_offset INTEGER;
                ALTER TABLE header ADD COLUMN journal_at INTEGER;
                ALTER TABLE header ADD COLUMN journal_bytes INTEGER;
                ALTER TABLE header ADD COLUMN journal_saved_bytes INTEGER;
                ALTER TABLE header ADD COLUMN journal_snapshot TEXT;
                """),
        Migration(
            name: "event waits",
            sql: """
                -- The external events that an open instance waits for, which its history does not show: JSON as in
                -- [["Approval",1796000000000000],5], names with the times (microseconds) since when, then the number of
                -- those not named. NULL: none, or the instance has not moved since the column is there. Listings that
                -- ask for it read the rows of open instances; an index would be written in every step.
                ALTER TABLE instances ADD COLUMN event_waits TEXT;
                """),
        Migration(
            name: "children",
            sql: """
                -- Listings of the sub-orchestrations of an instance. Others have no entry, and a step assigns no column
                -- of it: it is written when a sub-orchestration begins, is replaced, or is removed.
                CREATE INDEX instances_by_parent ON instances (parent_instance_id) WHERE parent_instance_id IS NOT NULL;
                """),
        Migration(
            name: "traces",
            sql: """
                -- The distributed trace to which a generation belongs: traceparent, and a space and tracestate if there
                -- is one, as the W3C recommendation "Trace Context" writes them. NULL: none.
                ALTER TABLE instances ADD COLUMN trace TEXT;
                """),
        Migration(
            name: "versions and conditions",
            sql: """
                -- The version with which a generation began. NULL: none.
                ALTER TABLE instances ADD COLUMN version TEXT;
                -- Why an open instance is suspended, and how its body ended while tasks keep it open: JSON as in
                -- {"bodyEnd":"Completed"} or {"cause":"operator","reason":"…","since":1796000000000000}. NULL: neither.
                ALTER TABLE instances ADD COLUMN condition TEXT;
                """),
        Migration(
            name: "heartbeats",
            sql: """
                -- What a lease keeps beside its time: the details of the latest heartbeat (JSON), the queue of the worker,
                -- and the longest time between two heartbeats that the call allows (microseconds). NULL: none.
                ALTER TABLE leases ADD COLUMN details BLOB;
                ALTER TABLE leases ADD COLUMN worker TEXT;
                ALTER TABLE leases ADD COLUMN heartbeat_limit INTEGER;
                """),
        Migration(
            name: "ends",
            sql: """
                -- The instances of a status that ended first: those that are removed when they have an age. Open instances
                -- have no entry, and their steps write none.
                CREATE INDEX instances_by_end ON instances (status, completed_at) WHERE completed_at IS NOT NULL;
                """),
    ]
}
