import CSQLite
import Foundation
import Logging
import Synchronization
import Testing
import Warren
import WarrenStorage
import WarrenTestKit

/// Promises of durability, each with what would break it.
@Suite(.timeLimit(.minutes(5)))
struct SQLiteFailureTests {
    @Test("What was completed is there after kill -9 in the middle of commits", arguments: [1, 30, 400])
    func killed(commits: Int) async throws {
        let directory = try TemporaryDirectory()
        await #expect(processExitsWith: .signal(SIGKILL)) {
            [path = directory.path as String, commits = commits as Int] in
            let log = open("\(path)/completed", O_WRONLY | O_CREAT | O_APPEND, 0o600)
            let store = try openStore(in: path)
            for index in 1...5_000 {
                var commit = PartitionCommit()
                commit.instances = [.init(.insert, .sample(Int64(index)))]
                commit.addRows(of: Int64(index), generation: 0, episode: 0)
                commit.outbox = [OutboxRow(id: Int64(index), messages: bytes("\(index)"))]
                store.commit(commit) { result in
                    guard case .success = result else { exit(1) }
                    guard write(log, ".", 1) == 1 else { exit(2) }
                    if index == commits { kill(getpid(), SIGKILL) }
                }
            }
            // The kill comes from a completion.
            while true { pause() }
        }
        let completed = try Data(contentsOf: URL(filePath: "\(directory.path)/completed")).count
        #expect(completed == commits)

        // The lock went with the process; the file was not closed in order and passes its check.
        let store = try openStore(in: directory.path)
        #expect(store.identity.epoch == 2)
        let recovered = try store.recover()
        let count = recovered.outboxCount
        #expect(count >= completed)
        #expect(try store.outbox.map(\.id) == (0..<count).map { Int64($0 + 1) })
        #expect(recovered.lastInstanceKey == Int64(count))
        #expect(recovered.timers.count == count)
        #expect(try store.counts().instances == count)
        for index in 1...count {
            #expect(try store.history(of: Int64(index), generation: 0) == [bytes("\(index).0.0")])
        }
        try await store.write { $0.removedOutbox = [1] }
        store.close()
    }

    @Test("A store that lost its file to another opening writes nothing more")
    func fenced() async throws {
        let directory = try TemporaryDirectory()
        let store = try openStore(in: directory.path)
        try await store.write { $0.instances = [.init(.insert, .sample(1))] }
        // As on a file system whose locks do not reach the other host.
        SQLiteOpeningTests.execute(
            "UPDATE header SET epoch = epoch + 1", on: "\(directory.path)/test.partition.00.sqlite")
        let refused = try await store.failure { $0.instances = [.init(.insert, .sample(2))] }
        #expect(refused == .fenced)
        let later = try await store.failure { $0.instances = [.init(.insert, .sample(3))] }
        #expect(later == .closed)
        #expect(try store.counts().instances == 1)
        store.close()
    }

    @Test("A write-ahead log cut off anywhere gives a beginning of what was committed, in whole commits")
    func tornLog() async throws {
        let directory = try TemporaryDirectory()
        let commits = 40
        await #expect(processExitsWith: .signal(SIGKILL)) {
            [path = directory.path as String, commits = commits as Int] in
            let store = try openStore(in: path)
            for index in 1...commits {
                try await store.write {
                    $0.instances = [.init(.insert, .sample(Int64(index)))]
                    $0.outbox = [OutboxRow(id: Int64(index), messages: bytes("\(index)"))]
                }
            }
            kill(getpid(), SIGKILL)
        }
        let path = "\(directory.path)/test.partition.00.sqlite"
        let file = try Data(contentsOf: URL(filePath: path))
        let log = try Data(contentsOf: URL(filePath: "\(path)-wal"))
        var counts: [Int] = []
        for length in stride(from: log.count / 3, through: log.count, by: log.count / 40) {
            let copy = try TemporaryDirectory()
            try file.write(to: URL(filePath: "\(copy.path)/test.partition.00.sqlite"))
            try log.prefix(length).write(to: URL(filePath: "\(copy.path)/test.partition.00.sqlite-wal"))
            let store = try openStore(in: copy.path)
            let ids = try store.outbox.map(\.id)
            #expect(ids == (0..<ids.count).map { Int64($0 + 1) })
            #expect(try store.counts().instances == ids.count)
            #expect(try store.recover().lastInstanceKey == Int64(ids.count))
            counts.append(ids.count)
            store.close()
        }
        #expect(counts == counts.sorted())
        #expect(counts.contains { $0 > 0 && $0 < commits })
    }

    @Test("A full disk fails the commit whole, and the partition goes on when there is room again")
    func fullDisk() async throws {
        let directory = try TemporaryDirectory()
        let store = try openStore(in: directory.path, pageLimit: 60)
        var durable: Int64 = 0
        var failure: StorageError.Code?
        while failure == nil, durable < 1_000 {
            let next = durable + 1
            failure = try await store.failure {
                $0.instances = [.init(.insert, .sample(next))]
                $0.history = [
                    HistoryRow(instance: next, generation: 0, episode: 0, events: .init(repeating: 1, count: 9_000))
                ]
            }
            if failure == nil { durable = next }
        }
        #expect(failure == .full)
        #expect(durable > 0)
        let refused = try await store.failure { $0.outbox = [OutboxRow(id: 1, messages: [])] }
        #expect(refused == .closed)
        #expect(try store.counts().instances == Int(durable))
        store.close()

        let reopened = try openStore(in: directory.path)
        #expect(try reopened.counts() == PartitionCounts(instances: Int(durable), openInstances: Int(durable)))
        #expect(try reopened.recover().lastInstanceKey == durable)
        #expect(try reopened.history(of: durable + 1, generation: 0).isEmpty)
        try await reopened.write { $0.instances = [.init(.insert, .sample(durable + 1))] }
        reopened.close()
    }

    @Test("A large file is not read whole after its disk was full for a moment; it is after an end without a reason")
    func fullDiskCheck() async throws {
        let directory = try TemporaryDirectory()
        let path = "\(directory.path)/test.partition.00.sqlite"
        let lines = Lines()
        func open(pageLimit: Int? = nil) throws -> SQLitePartitionStore {
            lines.clear()
            return try SQLitePartitionStore.open(
                directory: directory.path, hub: "test", partition: 0, partitionCount: 4,
                logger: Logger(label: "test") { _ in LineHandler { line in lines.add(line) } },
                pageLimit: pageLimit)
        }
        // Larger than what is always checked.
        let blob = Payload(bytes: Array(repeating: 0x20, count: 5 << 20))
        let store = try open()
        for key in 1...14 {
            var record = InstanceRecord.sample(Int64(key))
            record.input = blob
            try await store.write { $0.instances = [.init(.insert, record)] }
        }
        store.close()

        // Room for nothing more.
        let pages = try #require(try FileManager.default.attributesOfItem(atPath: path)[.size] as? Int) / 4096
        let full = try open(pageLimit: pages + 10)
        var record = InstanceRecord.sample(99)
        record.input = blob
        let write = [InstanceWrite(.insert, record)]
        #expect(try await full.failure { $0.instances = write } == .full)
        full.close()
        let again = try open()
        #expect(lines.count(of: "log is read back") == 1)
        #expect(lines.count(of: "checking its file") == 0)
        #expect(try again.counts().instances == 14)
        again.close()

        SQLiteOpeningTests.execute("UPDATE header SET clean = 0", on: path)
        let checked = try open()
        #expect(lines.count(of: "checking its file") == 1)
        checked.close()
    }

    @Test("Under steady load the write-ahead log stays within a bound")
    func logBound() async throws {
        let directory = try TemporaryDirectory()
        let store = try openStore(in: directory.path)
        for id in Int64(1)...150 {
            try await store.write {
                $0.outbox = [OutboxRow(id: id, messages: .init(repeating: UInt8(id), count: 1 << 20))]
                $0.removedOutbox = [id - 1]
            }
        }
        let log = "\(directory.path)/test.partition.00.sqlite-wal"
        let size = try FileManager.default.attributesOfItem(atPath: log)[.size] as? Int
        #expect(try #require(size) < 70 << 20)
        store.close()
        // Closing in order leaves one file that can be copied.
        #expect(!FileManager.default.fileExists(atPath: log))
    }

    @Test("What a restored file brings along is not run")
    func triggers() async throws {
        let directory = try TemporaryDirectory()
        try openStore(in: directory.path).close()
        SQLiteOpeningTests.execute(
            "CREATE TRIGGER thief AFTER INSERT ON outbox BEGIN DELETE FROM outbox; END",
            on: "\(directory.path)/test.partition.00.sqlite")
        let store = try openStore(in: directory.path)
        try await store.write { $0.outbox = [OutboxRow(id: 1, messages: [])] }
        #expect(try store.outbox.count == 1)
        store.close()
    }

    @Test("Damaged bytes give an error or the right data, never a crash", arguments: [false, true])
    func damage(isWholePage: Bool) async throws {
        let directory = try TemporaryDirectory()
        let original = try openStore(in: directory.path)
        try await original.write { commit in
            for key in Int64(1)...60 {
                commit.instances.append(.init(.insert, .sample(key, tags: ["tag": "\(key % 3)"])))
                for episode in 0..<4 { commit.addRows(of: key, generation: 0, episode: episode) }
                commit.outbox.append(OutboxRow(id: key, messages: .init(repeating: UInt8(key), count: 700)))
                commit.inbox.append(InboxEntry(key: "key-\(key)", bodyHash: key, instanceID: "i", at: time(key)))
            }
        }
        let outbox = try original.outbox
        original.close()
        let path = "\(directory.path)/test.partition.00.sqlite"
        let intact = try Data(contentsOf: URL(filePath: path))
        var refused = 0
        for offset in stride(from: 0, to: intact.count, by: isWholePage ? 4_096 : 397) {
            var damaged = intact
            for index in offset..<min(offset + (isWholePage ? 4_096 : 1), intact.count) {
                damaged[index] ^= UInt8(truncatingIfNeeded: 0xa5 &+ index)
            }
            try damaged.write(to: URL(filePath: path))
            do {
                let store = try openStore(in: directory.path)
                defer { store.close() }
                for key in Int64(1)...60 {
                    try check(in: store) {
                        let history = try store.history(of: key, generation: 0)
                        #expect(history == (0..<4).map { bytes("\(key).0.\($0)") }, "offset \(offset)")
                    }
                    try check(in: store) {
                        let instance = try store.instance("order-\(key)")
                        #expect(instance?.key == key || instance?.damage != nil, "offset \(offset)")
                    }
                    try check(in: store) {
                        let entry = try store.inboxEntry("key-\(key)")
                        #expect(entry != nil, "offset \(offset)")
                    }
                }
                try check(in: store) {
                    let recovered = try store.outbox
                    #expect(recovered.filter { $0.damage == nil }.allSatisfy(outbox.contains), "offset \(offset)")
                }
                for query in [InstanceQuery(), InstanceQuery(tag: .init(key: "tag", value: "1"))] {
                    try check(in: store) { _ = try store.list(query) }
                }
                _ = try await store.failure {
                    $0.instances = [.init(.insert, .sample(100))]
                    $0.purgedInstances = Array(1...60)
                }
            } catch let error as StorageError {
                refused += 1
                #expect(
                    [.corrupt, .foreignFile, .newerSchema, .partitionCountMismatch].contains(error.code), "\(error)")
            }
        }
        #expect(refused > 0)
    }

    /// An error of the store is an answer as good as the right data.
    private func check(in store: SQLitePartitionStore, _ body: () throws -> Void) throws {
        do {
            try body()
        } catch let error as StorageError {
            #expect([.corrupt, .damagedRow].contains(error.code), "\(error)")
        }
    }
}

/// Hands over what is logged.
private struct LineHandler: LogHandler {
    var logLevel = Logger.Level.trace
    var metadata: Logger.Metadata = [:]
    let tell: @Sendable (String) -> Void

    init(_ tell: @escaping @Sendable (String) -> Void) { self.tell = tell }

    func log(event: LogEvent) { tell("\(event.message)") }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }
}

private final class Lines: Sendable {
    private let lines = Mutex<[String]>([])

    func clear() { lines.withLock { $0 = [] } }
    func add(_ line: String) { lines.withLock { $0.append(line) } }
    func count(of part: String) -> Int { lines.withLock { $0.count { $0.contains(part) } } }
}
