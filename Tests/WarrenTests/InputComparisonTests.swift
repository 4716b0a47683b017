import Testing

@testable import Warren

/// A set is written in another order by every process. These tests put the order of another process into the recorded
/// history by hand, so that they say the same in every process.
@Suite("Inputs on replay", .timeLimit(.minutes(5)))
struct InputComparisonTests {
    /// Not `Equatable`, and holding both things whose text has no order of its own.
    struct Order: Codable, Sendable {
        enum Part: String, Codable, Hashable, Sendable { case wheel, frame, saddle, chain }
        struct Line: Codable, Sendable {
            var tags: Set<String>
            var count: Int
        }
        var labels: Set<String> = ["a", "b", "c", "d"]
        var parts: [Part: Int] = [.wheel: 2, .frame: 1, .saddle: 1, .chain: 3]
        var lines: [String: Line] = ["x": Line(tags: ["p", "q", "r"], count: 1)]
        var amount = 5
    }

    /// The same, and `Equatable`.
    struct EqualOrder: Codable, Sendable, Equatable {
        var labels: Set<Int> = [1, 2, 3, 4, 5]
        var amount = 5
    }

    private static let ship = Activity<Order, Int>("Never")
    private static let shipEqual = Activity<EqualOrder, Int>("Never")
    private static let child = Orchestration<Order, Int>("Never")
    private static let event = ExternalEvent<Order>("Shipped")

    /// Records a history, changes its payloads, and replays it.
    private func replay(
        _ body: @escaping Orchestration<Void, Int>.Body, _ change: (Payload) -> Payload
    ) -> FailureDetails? {
        let functions = FunctionRegistry()
        functions.register(Orchestration<Void, Int>("Flow"), body: body)
        let host = ScriptedHost(functions, "Flow")
        host.activities = standardActivities
        host.run()
        #expect(!host.actions.isEmpty)
        let session = LocalOrchestratorRunner(functions: functions).session(
            replaying: host.history.map { $0.changing(change) })
        defer { session.evict() }
        guard case .failed(let failure) = session.advance([.orchestratorStarted(host.now)]).completion else {
            return nil
        }
        return failure
    }

    private static let bodies: [String: Orchestration<Void, Int>.Body] = [
        "activity": { context, _ in try await context.call(ship, Order()) },
        "equatable": { context, _ in try await context.call(shipEqual, EqualOrder()) },
        "retried": { context, _ in try await context.call(ship, Order(), retry: RetryPolicy(maxAttempts: 3)) },
        "child": { context, _ in try await context.call(child, Order()) },
        "event": { context, _ in
            try context.send(event, Order(), to: "other")
            return try await context.call(ship, Order())
        },
        "detached": { context, _ in
            _ = try context.startDetached(child, Order())
            return try await context.call(ship, Order())
        },
    ]

    @Test("an input written in the order of another process stands", arguments: bodies.keys.sorted())
    func permuted(kind: String) throws {
        let body = try #require(Self.bodies[kind])
        for seed in 0..<20 as Range<UInt64> {
            var generator = SplitMix64(state: seed)
            #expect(replay(body) { permuted($0, &generator) } == nil, "seed \(seed)")
        }
    }

    @Test("a real difference is found all the same", arguments: bodies.keys.sorted())
    func different(kind: String) throws {
        let body = try #require(Self.bodies[kind])
        let changed = replay(body) { Payload(json: $0.json.replacing(#""amount":5"#, with: #""amount":6"#)) }
        #expect(changed?.type == "NonDeterminism")
        let less = replay(body) { Payload(json: $0.json.replacing(#""labels":["#, with: #""labels":[0,"#)) }
        #expect(less?.type == "NonDeterminism")
    }

    @Test("the order of an array counts where the type tells it from a set")
    func arrays() {
        let list = Activity<[Int], Int>("Never")
        let failure = replay({ context, _ in try await context.call(list, [1, 2]) }) { _ in "[2,1]" }
        #expect(failure?.message.contains("the inputs differ") == true)
    }

    @Test("numbers of untyped inputs are compared digit for digit, however they are written")
    func numbers() {
        let raw = Activity<Payload, Int>("Never")
        func call(_ input: Payload, recorded: Payload) -> FailureDetails? {
            replay({ context, _ in try await context.call(raw, input) }) { _ in recorded }
        }
        #expect(call("[1e400]", recorded: "[1E+400]") == nil)
        #expect(call("[1.10,-0,100]", recorded: "[1.1,0,1e2]") == nil)
        #expect(call("12345678901234567890123", recorded: "12345678901234567890124") != nil)
        #expect(call(#"{"a":1,"b":2}"#, recorded: #"{"b":2, "a":1}"#) == nil)
        #expect(call(#"{"é":1}"#, recorded: "{\"e\u{301}\":1}") != nil)
    }

    @Test("payloads of a codec that never writes the same twice are compared as values")
    func codec() {
        struct Salted: PayloadCodec {
            let count = Counter()
            func encode<Value: Encodable>(_ value: Value) throws -> Payload {
                count.increment()
                return Payload(json: "[\(count.value),\(try JSONPayloadCodec().encode(value))]")
            }
            func decode<Value: Decodable>(_ type: Value.Type, from payload: Payload) throws -> Value {
                guard let value = try JSONNode(payload)[1] else { throw CancellationError() }
                return try JSONPayloadCodec().decode(type, from: value.payload)
            }
        }
        let codec = Salted()
        for value in [5, 6] {
            let order = Order(amount: value)
            let recorded = try? codec.encode(Order())
            #expect(recorded.map { InputComparison.isSame(order, $0, codec) } == (value == 5))
        }
    }

    @Test("the tester takes ends that differ only in the order of a set")
    func endings() {
        let functions = FunctionRegistry()
        functions.register(Orchestration<Void, Order>("Flow") { _ in Order() })
        let host = ScriptedHost(functions, "Flow")
        host.run()
        guard case .completed(let output)? = host.completion else { return }
        var generator = SplitMix64(state: 4)
        let end = HistoryEvent.executionCompleted(.completed, output: permuted(output, &generator), failure: nil)
        #expect(ReplayTester(functions: functions).fault(in: host.history + [end]) == nil)
    }

    /// The same value with the elements of every array in another order.
    private func permuted(_ payload: Payload, _ generator: inout SplitMix64) -> Payload {
        func permute(_ value: JSONValue, _ generator: inout SplitMix64) -> JSONValue {
            switch value {
            case .array(let elements):
                // Dictionaries with keys of an enumeration: pairs stay pairs.
                if elements.count % 2 == 0, elements.count == 8 {
                    let pairs = stride(from: 0, to: 8, by: 2).map { Array(elements[$0..<$0 + 2]) }
                    return .array(pairs.shuffled(using: &generator).flatMap { $0 })
                }
                return .array(elements.shuffled(using: &generator))
            case .object(let members):
                var result: [String: JSONValue] = [:]
                for (key, value) in members.sorted(by: { $0.key < $1.key }) { result[key] = permute(value, &generator) }
                return .object(result)
            default: return value
            }
        }
        return (try? JSONValue(payload)).map { Payload(permute($0, &generator)) } ?? payload
    }
}

extension HistoryEvent {
    /// This event with the input of what was asked for changed.
    fileprivate func changing(_ change: (Payload) -> Payload) -> HistoryEvent {
        switch self {
        case .taskScheduled(let id, let name, let input, let terms):
            .taskScheduled(id: id, name: name, input: change(input), terms: terms)
        case .subOrchestrationCreated(let id, let name, let instanceID, let input, _):
            .subOrchestrationCreated(id: id, name: name, instanceID: instanceID, input: change(input))
        case .eventSent(let id, let instanceID, let name, let input):
            .eventSent(id: id, instanceID: instanceID, name: name, input: change(input))
        case .orchestrationStarted(let id, let name, let instanceID, let input, let startAt, _):
            .orchestrationStarted(id: id, name: name, instanceID: instanceID, input: change(input), startAt: startAt)
        default: self
        }
    }
}
