import CSQLite
import Foundation
import Testing
import Warren
import WarrenStorage
import WarrenTestKit

/// Questions in SQL over the files of a data directory.
@Suite("Queries over files", .timeLimit(.minutes(2)))
struct HubQueryTests {
    private static let start = Timestamp(microseconds: 1_767_225_600_000_000)

    /// The rows of a query, values as texts.
    private func rows(
        _ sql: String, in directory: TemporaryDirectory, timeout: Duration? = .seconds(30)
    ) throws -> [[String]] {
        let query = try HubQuery(PartitionFileList(directory: directory.path, hub: nil), timeout: timeout) { bytes in
            let text = String(decoding: bytes, as: UTF8.self)
            return [
                OutboxFacts(
                    exchange: "test.activity", routingKey: text, messageID: nil, correlationID: nil, type: nil,
                    contentType: nil, headers: "{}", body: bytes)
            ]
        }
        var rows: [[String]] = []
        try query.run(sql) { _ in
        } row: { row in
            rows.append(row.map(text))
            return true
        }
        return rows
    }

    private func text(_ value: SQLValue) -> String {
        switch value {
        case .null: "NULL"
        case .integer(let number): "\(number)"
        case .real(let number): "\(number)"
        case .text(let text): text
        case .json(let text): "json \(text)"
        case .blob(let bytes): "\(bytes)"
        }
    }

    /// One instance with two episodes, a timer and a message, and one that ended.
    private func fill(_ store: SQLitePartitionStore) async throws {
        try await store.write { commit in
            var order = InstanceRecord.sample(
                1, id: "order-1", created: Self.start.microseconds, tags: ["team": "blue"])
            order.episodes = 2
            var failed = InstanceRecord.sample(2, id: "order-2", status: .failed)
            failed.failure = FailureDetails(type: "Declined", message: "no funds")
            commit.instances = [.init(.insert, order), .init(.insert, failed)]
            commit.history = [
                HistoryRow(
                    instance: 1, generation: 0, episode: 0,
                    events: HistoryCodec.encode([
                        .orchestratorStarted(Self.start),
                        .executionStarted(
                            .init(name: "Order", instanceID: "order-1", executionID: "e", input: Payload(json: "5"))),
                        .taskScheduled(id: 0, name: "Charge", input: Payload(json: #"{"amount":12}"#)),
                    ])),
                HistoryRow(
                    instance: 1, generation: 0, episode: 1,
                    events: HistoryCodec.encode([
                        .orchestratorStarted(Self.start.advanced(by: .milliseconds(1500))),
                        .taskCompleted(id: 0, result: Payload(json: "true")), .timerCreated(id: 1, fireAt: Self.start),
                    ])),
            ]
            commit.timers = [TimerRow(key: .init(instance: 1, generation: 0, id: 1), fireAt: Self.start)]
            commit.outbox = [OutboxRow(id: 1, messages: bytes("Charge"))]
        }
    }

    @Test(
        "Instances, events, timers and messages are rows, beside a running host and after it, and nothing is left behind"
    )
    func tables() async throws {
        let directory = try TemporaryDirectory()
        let store = try openStore(in: directory.path, partitionCount: 1)
        try await fill(store)
        for isRunning in [true, false] {
            if !isRunning { store.close() }
            let names = try FileManager.default.contentsOfDirectory(atPath: directory.path).sorted()
            #expect(
                try rows(
                    "SELECT partition, instance_id, status, created_at, input, tags ->> 'team' FROM instances "
                        + "WHERE name = 'Order' ORDER BY instance_id LIMIT 1", in: directory)
                    == [["0", "order-1", "Running", "2026-01-01T00:00:00.000000Z", #"json {"n":1}"#, "blue"]])
            #expect(
                try rows("SELECT failure ->> '$.type' FROM instances WHERE status = 'Failed'", in: directory)
                    == [["Declined"]])
            #expect(
                try rows(
                    "SELECT number, episode, at, type, task_id, name FROM history WHERE instance_id = 'order-1'",
                    in: directory) == [
                        ["0", "0", "2026-01-01T00:00:00.000000Z", "OrchestratorStarted", "NULL", "NULL"],
                        ["1", "0", "2026-01-01T00:00:00.000000Z", "ExecutionStarted", "NULL", "Order"],
                        ["2", "0", "2026-01-01T00:00:00.000000Z", "TaskScheduled", "0", "Charge"],
                        ["3", "1", "2026-01-01T00:00:01.500000Z", "OrchestratorStarted", "NULL", "NULL"],
                        ["4", "1", "2026-01-01T00:00:01.500000Z", "TaskCompleted", "0", "NULL"],
                        ["5", "1", "2026-01-01T00:00:01.500000Z", "TimerCreated", "1", "NULL"],
                    ])
            #expect(
                try rows("SELECT sum(event ->> '$.input.amount') FROM history WHERE name = 'Charge'", in: directory)
                    == [["12"]])
            #expect(
                try rows("SELECT instance_id, task_id, fire_at FROM timers", in: directory)
                    == [["order-1", "1", "2026-01-01T00:00:00.000000Z"]])
            #expect(
                try rows("SELECT exchange, routing_key, body, body_bytes FROM outbox", in: directory)
                    == [["test.activity", "Charge", "Charge", "6"]])
            #expect(
                try rows("SELECT hub, partition_count, instance_count, is_closed FROM partitions", in: directory)
                    == [["test", "1", "2", isRunning ? "0" : "1"]])
            #expect(try FileManager.default.contentsOfDirectory(atPath: directory.path).sorted() == names)
        }
    }

    @Test(
        "A condition that an index answers gives the rows that it gives without the index",
        arguments: [
            "instance_id = 'order-1'", "instance_id = 'ORDER-1' COLLATE NOCASE", "instance_id = 7",
            "instance_id = NULL",
            "partition = 0", "partition = '0'", "partition = 0.0", "partition = 1",
            "name = 'Order' AND status = 'Failed'",
            "instance_id IN ('order-1', 'order-2', 'x')", "instance_id = 'order-2' OR name = 'Order'",
            "status = 'Failed' OR instance_id = 'order-1' OR partition = 3",
            "name = 'Order' AND partition = 0 AND instance_id = 'order-2'",
        ])
    func pushedDown(condition: String) async throws {
        let directory = try TemporaryDirectory()
        let store = try openStore(in: directory.path, partitionCount: 1)
        defer { store.close() }
        try await fill(store)
        let select = "SELECT instance_id, status FROM"
        let found = try rows("\(select) instances WHERE \(condition) ORDER BY 1", in: directory)
        // A copy of all rows has no index.
        let plain = "WITH copy AS MATERIALIZED (SELECT * FROM instances) \(select) copy WHERE \(condition) ORDER BY 1"
        #expect(try found == rows(plain, in: directory))
        #expect(
            try rows(
                "SELECT count(*) FROM instances a JOIN history h USING (partition, instance_id) JOIN instances b "
                    + "USING (partition, instance_id)", in: directory) == [["6"]])
        #expect(
            try rows(
                "SELECT count(*) FROM history WHERE instance_id = 'order-1' OR orchestration = 'Order'", in: directory)
                == [["6"]])
    }

    @Test("More partitions than SQLite attaches are one table, and an instance's ID leads to its partition")
    func manyPartitions() async throws {
        let directory = try TemporaryDirectory()
        let count = 12
        var expected: [[String]] = []
        for partition in 0..<count {
            let store = try openStore(in: directory.path, partition: partition, partitionCount: count)
            let id = try #require(
                (0...).lazy.map { "i\($0)" }.first { Self.partition(of: $0, count: count) == partition })
            try await store.write { $0.instances = [.init(.insert, .sample(1, id: id))] }
            store.close()
            expected.append(["\(partition)", id])
        }
        #expect(try rows("SELECT partition, instance_id FROM instances ORDER BY 1", in: directory) == expected)
        for row in expected {
            #expect(
                try rows("SELECT partition, instance_id FROM instances WHERE instance_id = '\(row[1])'", in: directory)
                    == [row])
        }
    }

    private static func partition(of id: String, count: Int) -> Int {
        Int(id.utf8.reduce(0x811C_9DC5 as UInt32) { ($0 ^ UInt32($1)) &* 0x0100_0193 }) % count
    }

    @Test(
        "What is no question is refused, and what SQLite does not understand is said in its words",
        arguments: [
            ("DELETE FROM instances", QueryError.Code.refused), ("PRAGMA journal_mode = DELETE", .refused),
            ("ATTACH 'x' AS y", .refused), ("CREATE TABLE x(y)", .refused), ("SELECT 1; SELECT 2", .refused),
            ("SELECT load_extension('x')", .refused), ("BEGIN", .refused),
            ("SELECT * FROM pragma_database_list", .refused),
            ("VACUUM INTO 'copy'", .refused), ("SELECT nothing FROM instances", .statement), ("SELEC", .statement),
            ("", .statement), ("SELECT \"Running\"", .statement),
        ])
    func refused(sql: String, code: QueryError.Code) async throws {
        let directory = try TemporaryDirectory()
        let store = try openStore(in: directory.path)
        store.close()
        let error = #expect(throws: QueryError.self) { try rows(sql, in: directory) }
        #expect(error?.code == code, "\(sql): \(String(describing: error))")
        #expect(try rows("SELECT 1 -- a comment", in: directory) == [["1"]])
    }

    @Test("What a host that died has left in its log is read")
    func log() async throws {
        let directory = try TemporaryDirectory()
        let store = try openStore(in: directory.path, partitionCount: 1)
        defer { store.close() }
        try await fill(store)
        let left = try TemporaryDirectory()
        for end in ["", "-wal"] {
            let name = "test.partition.00.sqlite" + end
            try FileManager.default.copyItem(atPath: "\(directory.path)/\(name)", toPath: "\(left.path)/\(name)")
        }
        #expect(try rows("SELECT count(*) FROM history", in: left) == [["6"]])
    }

    @Test("A damaged episode is a row that says so, and the others are read")
    func damaged() async throws {
        let directory = try TemporaryDirectory()
        let store = try openStore(in: directory.path, partitionCount: 1)
        try await fill(store)
        store.close()
        try execute("UPDATE history SET events = zeroblob(9) WHERE episode = 0", in: directory)
        #expect(
            try rows("SELECT episode, type, event ->> 'problem' FROM history LIMIT 2", in: directory)
                == [["0", "Unreadable", "it fails its checksum"], ["1", "OrchestratorStarted", "NULL"]])
    }

    @Test("A column of a later version changes nothing")
    func laterColumn() async throws {
        let directory = try TemporaryDirectory()
        let store = try openStore(in: directory.path, partitionCount: 1)
        try await fill(store)
        store.close()
        try execute("ALTER TABLE instances ADD COLUMN later TEXT", in: directory)
        #expect(try rows("SELECT count(*) FROM history", in: directory) == [["6"]])
    }

    @Test("A query ends when its time is up, also inside of a file")
    func timeLimit() async throws {
        let directory = try TemporaryDirectory()
        let store = try openStore(in: directory.path, partitionCount: 1)
        try await fill(store)
        store.close()
        for sql in [
            "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n",
            "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) "
                + "SELECT count(*) FROM n JOIN instances WHERE instance_id = 'x'",
        ] {
            let error = #expect(throws: QueryError.self) {
                try rows(sql, in: directory, timeout: .milliseconds(50))
            }
            #expect(error?.code == .timedOut)
        }
    }

    @Test("A host that begins to write a file during a query is noticed")
    func changed() async throws {
        let directory = try TemporaryDirectory()
        try openStore(in: directory.path, partitionCount: 1).close()
        let query = try HubQuery(PartitionFileList(directory: directory.path, hub: "test"), timeout: nil) { _ in [] }
        var host: SQLitePartitionStore?
        defer { host?.close() }
        let error = #expect(throws: QueryError.self) {
            try query.run("SELECT hub FROM partitions") { _ in
            } row: { _ in
                host = try openStore(in: directory.path, partitionCount: 1)
                return true
            }
        }
        #expect(error?.code == .changed)
    }

    @Test("A directory without files, or with those of several hubs, is said to be one")
    func directories() throws {
        let directory = try TemporaryDirectory()
        #expect(throws: QueryError.self) { try PartitionFileList(directory: directory.path + "/none", hub: nil) }
        #expect(throws: QueryError.self) { try PartitionFileList(directory: directory.path, hub: nil) }
        for hub in ["one", "two"] { try openStore(in: directory.path, hub: hub, partition: 3).close() }
        let error = #expect(throws: QueryError.self) { try PartitionFileList(directory: directory.path, hub: nil) }
        #expect(error?.message.contains("one, two") == true)
        let list = try PartitionFileList(directory: directory.path, hub: "two")
        #expect(list.files.map(\.partition) == [3])
        #expect(throws: QueryError.self) { try PartitionFileList(directory: directory.path, hub: "three") }
    }

    /// Runs a statement on the file of partition 0, as another program may.
    private func execute(_ sql: String, in directory: TemporaryDirectory) throws {
        var handle: OpaquePointer?
        defer { sqlite3_close(handle) }
        try #require(sqlite3_open("\(directory.path)/test.partition.00.sqlite", &handle) == SQLITE_OK)
        try #require(sqlite3_exec(handle, sql, nil, nil, nil) == SQLITE_OK)
    }
}
