import Foundation
import Testing
import Warren
import WarrenClient
import WarrenTestKit

/// Queries, updates, labels and searches through client, intake, partitions and outbox, in virtual time.
@Suite("Queries and updates: flow", .timeLimit(.minutes(5)))
struct QueryFlowTests {
    private struct Full: Error {}

    private enum Cart {
        static let flow = Orchestration<Int, [String]>("Cart")
        static let items = Query<Void, [String]>("items")
        static let first = Query<Int, [String]>("first")
        static let addItem = Update<String, Int>("addItem")
        static let drop = Update<Void, Void>("drop")
        static let open = ExternalEvent<Void>("Open")
    }

    private func hub(_ body: (TestHub, TaskHubClient) async throws -> Void) async throws {
        for replays in [false, true] {
            try await withTaskHub(TestHubOptions(partitionCount: 4, replaysEveryEpisode: replays)) { hub in
                hub.register(Cart.flow) { context, wanted in
                    var items: [String] = []
                    context.answer(Cart.items) { items }
                    context.answer(Cart.first) { count in
                        if count < 0 { throw Full() }
                        return Array(items.prefix(count))
                    }
                    if wanted == 0 { try await context.wait(for: Cart.open) }
                    context.accept(
                        Cart.addItem, validate: { if items.contains($0) { throw Full() } },
                        handler: { item in
                            if item == "poison" { throw Full() }
                            items.append(item)
                            try context.setTag("last", item)
                            return items.count
                        })
                    context.accept(Cart.drop) { items = [] }
                    try await context.wait { items.count >= max(2, wanted) }
                    return items
                }
                try await body(hub, hub.client)
            }
        }
    }

    @Test("queries answer while it runs and when it has ended, updates change it, and refusals are told apart")
    func flow() async throws {
        try await hub { hub, client in
            let cart = try await client.start(Cart.flow, 2, id: "c")
            #expect(try await cart.query(Cart.items) == [])
            #expect(try await cart.update(Cart.addItem, "tea") == 1)
            #expect(try await cart.query(Cart.items) == ["tea"])
            #expect(try await client.query(named: "first", Payload(json: "1"), of: "c").json == #"["tea"]"#)

            let refused = await #expect(throws: ClientError.self) { try await cart.update(Cart.addItem, "tea") }
            #expect(refused?.code == .updateRefused)
            #expect((refused?.cause as? HandlerFailure)?.details.type == "Full")
            let failed = await #expect(throws: HandlerFailure.self) { try await cart.update(Cart.addItem, "poison") }
            #expect(failed?.details.type == "Full")
            await #expect(throws: HandlerFailure.self) { try await cart.query(Cart.first, -1) }
            let unknown = await #expect(throws: ClientError.self) {
                try await client.query(named: "nothing", of: "c")
            }
            #expect(unknown?.code == .unknownHandler)
            #expect(unknown?.message.contains("first, items") == true)

            // A copy of an update takes effect once, and gets the same answer.
            try await cart.update(Cart.drop)
            #expect(try await cart.update(Cart.addItem, "milk", updateID: "m") == 1)
            #expect(try await cart.update(Cart.addItem, "milk", updateID: "m") == 1)
            #expect(try await cart.update(Cart.addItem, "tea") == 2)
            #expect(try await hub.result(of: cart) == ["milk", "tea"])

            #expect(try await cart.query(Cart.items) == ["milk", "tea"])
            #expect(try await cart.update(Cart.addItem, "milk", updateID: "m") == 1)
            let ended = await #expect(throws: ClientError.self) { try await cart.update(Cart.addItem, "late") }
            #expect(ended?.code == .instanceFinished)
            let nobody = await #expect(throws: ClientError.self) { try await client.query(Cart.items, of: "nobody") }
            #expect(nobody?.code == .instanceNotFound)
        }
    }

    @Test("an update with a handler that calls activities is answered when they have, beside other updates")
    func waitingHandlers() async throws {
        let charge = Activity<Int, String>("Charge")
        let begun = Activity<Void, Void>("Begun")
        let pay = Update<Int, String>("pay")
        let flow = Orchestration<Void, [String]>("Till")
        for replays in [false, true] {
            try await withTaskHub(TestHubOptions(replaysEveryEpisode: replays)) { hub in
                let (begins, begin) = AsyncStream.makeStream(of: Void.self)
                hub.register(begun) { begin.yield() }
                hub.register(charge) { amount in "charged \(amount)" }
                hub.register(flow) { context in
                    var receipts: [String] = []
                    context.accept(pay, validate: { if $0 <= 0 { throw Full() } }) { amount in
                        try await context.call(begun)
                        try await context.sleep(for: .seconds(amount))
                        let receipt = try await context.call(charge, amount)
                        receipts.append(receipt)
                        return receipt
                    }
                    try await context.wait { receipts.count == 2 }
                    return receipts
                }
                let client = try await hub.client
                let till = try await client.start(flow)
                async let slow = till.update(pay, 5, updateID: "slow")
                async let fast = till.update(pay, 3)
                let refused = await #expect(throws: ClientError.self) { try await till.update(pay, 0) }
                #expect(refused?.code == .updateRefused)
                var iterator = begins.makeAsyncIterator()
                for _ in 0..<2 { await iterator.next() }
                #expect(try await hub.result(of: till) == ["charged 3", "charged 5"])
                #expect(try await [slow, fast] == ["charged 5", "charged 3"])
                #expect(try await till.update(pay, 5, updateID: "slow") == "charged 5")
            }
        }
    }

    @Test("an update for which there is no handler yet is refused at once by a test hub; a suspended instance refuses")
    func refusals() async throws {
        try await hub { hub, client in
            let cart = try await client.start(Cart.flow, 0, id: "c")
            let early = await #expect(throws: ClientError.self) { try await cart.update(Cart.addItem, "tea") }
            #expect(early?.code == .unknownHandler)
            try await client.raise(Cart.open, (), to: "c")
            #expect(try await cart.update(Cart.addItem, "tea") == 1)
            let never = await #expect(throws: ClientError.self) { try await client.update(named: "never", of: "c") }
            #expect(never?.message.contains("addItem, drop") == true)
            try await client.suspend("c")
            let refused = await #expect(throws: ClientError.self) { try await cart.update(Cart.addItem, "milk") }
            #expect(refused?.code == .instanceSuspended)
            #expect(try await cart.query(Cart.items) == ["tea"])
            try await client.resume("c")
            #expect(try await cart.update(Cart.addItem, "milk") == 2)
            #expect(try await hub.result(of: cart) == ["tea", "milk"])
        }
    }

    @Test("an instance that has not begun answers no query; a terminated one answers with its last state")
    func ends() async throws {
        try await hub { hub, client in
            let later = try await client.start(
                Cart.flow, 3, id: "l", startAt: Timestamp(hub.now.addingTimeInterval(60)))
            let refused = await #expect(throws: ClientError.self) { try await later.query(Cart.items) }
            #expect(refused?.code == .instanceNotBegun)
            try await hub.advance(by: .seconds(60))
            #expect(try await later.update(Cart.addItem, "tea") == 1)
            try await client.terminate("l")
            await hub.rest()
            #expect(try await later.query(Cart.items) == ["tea"])
        }
    }

    @Test("labels that the code sets are in the status and are found; inputs are found however they are written")
    func search() async throws {
        try await hub { hub, client in
            let cart = try await client.start(Cart.flow, 3, id: "c", tags: ["shop": "1"])
            _ = try await client.start(named: "Cart", input: Payload(json: "4"), id: "d")
            try await cart.update(Cart.addItem, "tea")
            #expect(try await cart.status()?.tags == ["shop": "1", "last": "tea"])
            try await cart.update(Cart.addItem, "milk")
            func found(_ query: InstanceQuery) async throws -> [String] {
                try await client.list(query).instances.map(\.instanceID).sorted()
            }
            #expect(try await found(InstanceQuery(tag: .init(key: "last", value: "milk"))) == ["c"])
            #expect(try await found(InstanceQuery(tag: .init(key: "last", value: "tea"))) == [])
            #expect(try await found(InstanceQuery(tag: .init(key: "shop", value: "1"))) == ["c"])
            #expect(try await found(InstanceQuery(name: "Cart", withInput: Payload(json: "3.0"))) == ["c"])
            #expect(try await found(InstanceQuery(name: "Cart", withInput: Payload(json: "40e-1"))) == ["d"])
            #expect(try await found(InstanceQuery(name: "Cart", withInput: .null)) == [])
        }
    }
}
