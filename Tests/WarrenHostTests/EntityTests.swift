import Foundation
import Synchronization
import Testing
import Warren
import WarrenClient
import WarrenTestKit

/// Entities in a whole hub, in virtual time.
@Suite("Entities in a hub", .timeLimit(.minutes(5)))
struct EntityTests {
    private struct Account: EntityState, Equatable { var balance = 0 }
    private static let account = Entity<Account>("Account")
    private static let deposit = account.operation("deposit", Int.self, returning: Int.self)
    private static let withdraw = account.operation("withdraw", Int.self, returning: Int.self)
    private static let tell = account.operation("tell", String.self)
    private static let slow = account.operation("slow")
    private static let mark = account.operation("mark")
    private static let transfer = Orchestration<Int, Int>("Transfer")
    private static let stop = ExternalEvent<Void>("Stop")

    private func hub(replays: Bool = false, _ body: (TestHub) async throws -> Void) async throws {
        try await withTaskHub(TestHubOptions(replaysEveryEpisode: replays)) { hub in
            hub.register(Self.deposit) { account, amount, _ in
                account.balance += amount
                return account.balance
            }
            hub.register(Self.withdraw) { account, amount, context in
                try context.signal(Self.deposit, 1, on: "fees")
                account.balance -= amount
                if account.balance < 0 { throw FailureDetails(type: "Overdrawn", message: "No.") }
                return account.balance
            }
            hub.register(Self.tell) { account, key, context in
                try context.signal(Self.deposit, account.balance, on: key)
            }
            try await body(hub)
        }
    }

    @Test("A client's signals run in their order, the state is read as committed, and delete removes it")
    func client() async throws {
        try await hub { hub in
            let client = try await hub.client
            #expect(try await client.state(of: Self.account, "a") == nil)
            for amount in 1...20 { try await client.signal(Self.deposit, amount, on: "a") }
            try await client.signal(Self.tell, "b", on: "a")
            await hub.rest()
            #expect(try await client.state(of: Self.account, "a") == Account(balance: 210))
            #expect(try await client.state(of: Self.account, "b") == Account(balance: 210))
            try await client.signal(named: "DELETE", on: Self.account["b"])
            await hub.rest()
            #expect(try await client.state(of: Self.account, "b") == nil)
            let all = try await client.entities(matching: EntityQuery(name: "ACCOUNT", includeState: true))
            #expect(all.entities.map(\.id) == [Self.account["a"]])
            #expect(all.entities.first?.state?.json == #"{"balance":210}"#)
            let deleted = try await client.entities(matching: EntityQuery(prefix: "acc", includeDeleted: true))
            #expect(deleted.entities.map(\.exists).sorted { $0 && !$1 } == [true, false])
            // Entities are no instances.
            #expect(try await client.list().instances.isEmpty)
            #expect(try await client.cleanEntities() == EntityCleanup(emptyEntitiesRemoved: 1))
            await hub.rest()
            #expect(try await client.entity(Self.account["b"]) == nil)
        }
    }

    @Test(
        "An orchestrator calls, and a failure leaves the state and the signals of the operation undone",
        arguments: [false, true])
    func calls(replays: Bool) async throws {
        try await hub(replays: replays) { hub in
            hub.register(Self.transfer) { context, amount in
                _ = try await context.call(Self.deposit, 10, on: "a")
                do {
                    _ = try await context.call(Self.withdraw, amount, on: "a")
                } catch let failure as EntityFailure where failure.details.isCaused(by: "Overdrawn") {
                    return -1
                }
                return try await context.call(Self.deposit, 0, on: "a")
            }
            let client = try await hub.client
            #expect(try await hub.result(of: client.start(Self.transfer, 99)) == -1)
            #expect(try await client.state(of: Self.account, "a") == Account(balance: 10))
            #expect(try await client.state(of: Self.account, "fees") == nil)
            #expect(try await hub.result(of: client.start(Self.transfer, 5)) == 15)
            await hub.rest()
            #expect(try await client.state(of: Self.account, "fees") == Account(balance: 1))
        }
    }

    @Test(
        "A rewound orchestrator goes on asking entities, and what it had asked is not asked again",
        arguments: [false, true])
    func rewound(replays: Bool) async throws {
        let work = Activity<Int, Int>("Work")
        let isMended = Atomic(false)
        try await hub(replays: replays) { hub in
            hub.register(work) { number in
                if !isMended.load(ordering: .relaxed) { throw FailureDetails(type: "Broken", message: "No.") }
                return number
            }
            hub.register(Self.transfer) { context, amount in
                _ = try await context.call(Self.deposit, amount, on: "a")
                let more = try await context.call(work, 1)
                _ = try await context.call(Self.deposit, more, on: "a")
                return try await context.withLock(on: Self.account["a"]) {
                    try await context.call(Self.deposit, 0, on: "a")
                }
            }
            let client = try await hub.client
            let instance = try await client.start(Self.transfer, 5)
            await #expect(throws: OrchestrationFailure.self) { try await hub.result(of: instance) }
            isMended.store(true, ordering: .relaxed)
            try await client.rewind(instance.id)
            #expect(try await hub.result(of: client.instance(of: Self.transfer, id: instance.id)) == 6)
        }
    }

    @Test("A rewind to a point at which the instance waits for an entity is refused, by name")
    func rewoundInTheMidst() async throws {
        let work = Activity<Int, Int>("Work")
        let holder = Orchestration<Void, Void>("Holder")
        try await hub { hub in
            hub.register(work) { _ in throw FailureDetails(type: "Broken", message: "No.") }
            hub.register(holder) { context in
                try await context.withLock(on: Self.account["a"]) { try await context.wait(for: Self.stop) }
            }
            hub.register(Self.transfer) { context, amount in
                async let balance = context.call(Self.deposit, amount, on: "a")
                _ = try await context.call(work, 1)
                return try await balance
            }
            let client = try await hub.client
            let held = try await client.start(holder, ())
            await hub.rest()
            let instance = try await client.start(Self.transfer, 5)
            await #expect(throws: OrchestrationFailure.self) { try await hub.result(of: instance) }
            let error = await #expect(throws: ClientError.self) { try await client.rewind(instance.id) }
            #expect(error?.reason == "instance-holds-entities")
            #expect(error?.message.contains(instance.id) == true)
            #expect(try await instance.status()?.runtimeStatus == .failed)
            try await client.raise(Self.stop, (), to: held.id)
            try await hub.result(of: held)
        }
    }

    @Test("A scheduled signal runs at its time")
    func scheduled() async throws {
        try await hub { hub in
            let client = try await hub.client
            try await client.signal(Self.deposit, 5, on: "a", at: hub.now.addingTimeInterval(3600))
            try await hub.advance(by: .seconds(3599))
            #expect(try await client.state(of: Self.account, "a") == nil)
            try await hub.advance(by: .seconds(2))
            #expect(try await client.state(of: Self.account, "a") == Account(balance: 5))
        }
    }

    @Test("A slow operation delays its own entity only")
    func slow() async throws {
        let (gate, open) = AsyncStream<Void>.makeStream()
        let (began, begin) = AsyncStream<Void>.makeStream()
        let (marks, marked) = AsyncStream<String>.makeStream()
        try await hub { hub in
            hub.register(Self.mark) { _, context in marked.yield(context.entity.key) }
            hub.register(Self.slow) { account, _ in
                begin.yield()
                for await _ in gate { break }
                account.balance += 1000
            }
            let client = try await hub.client
            try await client.signal(Self.slow, on: "a")
            for await _ in began { break }
            try await client.signal(Self.deposit, 1, on: "a")
            // Keys that share its partition, and others.
            for key in 0..<8 { try await client.signal(Self.mark, on: "k\(key)") }
            var ran: Set<String> = []
            for await key in marks {
                ran.insert(key)
                if ran.count == 8 { break }
            }
            #expect(try await client.state(of: Self.account, "a") == nil)
            open.yield()
            open.finish()
            await hub.rest()
            #expect(try await client.state(of: Self.account, "a") == Account(balance: 1001))
        }
    }

    @Test(
        "A lock keeps others out until the code ends, and ends with an orchestration that is terminated",
        arguments: [false, true])
    func locks(replays: Bool) async throws {
        try await hub(replays: replays) { hub in
            hub.register(Self.transfer) { context, amount in
                try await context.withLock(on: Self.account["b"], Self.account["a"]) {
                    _ = try await context.call(Self.deposit, -amount, on: "a")
                    try await context.wait(for: Self.stop)
                    return try await context.call(Self.deposit, amount, on: "b")
                }
            }
            let client = try await hub.client
            let first = try await client.start(Self.transfer, 5, id: "first")
            await hub.rest()
            let second = try await client.start(Self.transfer, 7, id: "second")
            try await client.signal(Self.deposit, 100, on: "a")
            await hub.rest()
            #expect(try await client.state(of: Self.account, "a") == Account(balance: -5))
            #expect(try await client.entity(Self.account["a"])?.lockedBy == "first")
            let waits = try await client.status(of: "second")?.waits
            #expect(waits?.map(\.kind) == [.entity])
            try await client.raise(Self.stop, (), to: "first")
            #expect(try await hub.result(of: first) == 5)
            await hub.rest()
            #expect(try await client.entity(Self.account["a"])?.lockedBy == "second")
            try await client.terminate("second")
            await hub.rest()
            #expect(try await client.state(of: Self.account, "a") == Account(balance: 88))
            #expect(try await client.entity(Self.account["a"])?.lockedBy == nil)
            #expect(try await client.entity(Self.account["b"])?.lockedBy == nil)
            _ = second
        }
    }

    @Test("An entity that is one function gets every operation, by name")
    func dispatch() async throws {
        try await withTaskHub { hub in
            let counter = Entity<Int>("Counter")
            hub.register(counter) { state, call, _ -> Int in
                if call.isNamed("add") {
                    state = (state ?? 0) + (try call.input(as: Int.self))
                } else if !call.isNamed("get") {
                    throw UnknownOperation(call)
                }
                return state ?? 0
            }
            let ask = Orchestration<Void, [String]>("Ask")
            hub.register(ask) { context in
                let add = counter.operation("ADD", Int.self, returning: Int.self)
                let sum = try await context.call(add, 4, on: "")
                do {
                    try await context.call(counter.operation("nothing"), on: "")
                } catch let failure as EntityFailure {
                    return ["\(sum)", failure.details.type]
                }
                return []
            }
            let client = try await hub.client
            let asked = try await client.start(ask, ())
            #expect(try await hub.result(of: asked) == ["4", "UnknownOperation"])
            #expect(try await client.state(of: counter, "") == 4)
        }
    }
}
