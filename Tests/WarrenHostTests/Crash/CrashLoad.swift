import AMQPMessages
import Logging
import TestSupport
import Testing
import Warren
import WarrenClient
import WarrenMessaging

/// What the crash tests start, and what must come of it.
struct CrashLoad {
    struct Start {
        var orchestration: String
        var instanceID: String
        var input: String
        var expected: String
        /// The event for which it waits.
        var event: (name: String, input: String)?
        /// The number of activities that it and its children call.
        var activities: Int
        /// The number of its children.
        var children = 0

        /// The start, and what it waits for, as messages of a foreign client: with the same IDs every time.
        func messages(_ names: TaskHubName) -> [OutboundMessage] {
            var messages = [
                OutboundMessage(
                    exchange: names.startExchange, routingKey: orchestration,
                    properties: MessageProperties(
                        contentType: "application/json", headers: ["warren-instance-id": .string(instanceID)],
                        isPersistent: true, messageID: instanceID),
                    body: Array(input.utf8))
            ]
            if let event {
                messages.append(
                    OutboundMessage(
                        exchange: names.eventExchange, routingKey: "\(instanceID)/\(event.name)",
                        properties: MessageProperties(
                            contentType: "application/json", isPersistent: true,
                            messageID: "\(instanceID)-\(event.name)"),
                        body: Array(event.input.utf8)))
            }
            return messages
        }
    }

    var starts: [Start]

    /// - Parameters:
    ///   - width: the width of each fan-out.
    ///   - others: the number of instances that wait for an event, of those that wait for a timer, and of those with
    ///     children.
    init(sequences: Int, fanOuts: Int, width: Int, others: Int = 0) {
        starts = (0..<sequences).map { number in
            let cities = (0..<5).map { "City\(number)x\($0)" }
            return Start(
                orchestration: "HelloCities", instanceID: "sequence-\(number)",
                input: "[" + cities.map { "\"\($0)\"" }.joined(separator: ",") + "]",
                expected: "[" + cities.map { "\"Hello \($0)!\"" }.joined(separator: ",") + "]", activities: 5)
        }
        let sum = (1...width).map { $0 * $0 }.reduce(0, +)
        spread(fanOuts) { number in
            Start(
                orchestration: "SumOfSquares", instanceID: "fanout-\(number)", input: "\(width)", expected: "\(sum)",
                activities: width)
        }
        spread(others) { number in
            Start(
                orchestration: "Approval", instanceID: "event-\(number)", input: #"{"timeoutSeconds":36000}"#,
                expected: #"["Your project design proposal has been -  Approved!"]"#, event: ("Approval", "true"),
                activities: 1)
        }
        spread(others) { number in
            Start(
                orchestration: "Approval", instanceID: "timer-\(number)",
                input: #"{"timeoutSeconds":\#(1 + number % 5)}"#,
                expected: #"["ESCALATION : You have not approved the project design proposal - reassigning to your "#
                    + #"Manager! Head of department!"]"#, activities: 1)
        }
        spread(others) { number in
            Start(
                orchestration: "ProvisionNewDevices", instanceID: "parent-\(number)", input: "3",
                expected: "[" + (1...3).map { "\"device-\($0) registered and ready\"" }.joined(separator: ",") + "]",
                activities: 7, children: 3)
        }
    }

    /// Spreads starts of one kind evenly over the load.
    private mutating func spread(_ count: Int, _ start: (Int) -> Start) {
        let every = max(1, starts.count / max(1, count))
        for number in 0..<count { starts.insert(start(number), at: min(starts.count, number * (every + 1))) }
    }
}

extension CrashLoad {
    /// Publishes starts until each is confirmed, with the same message ID every time.
    static func publish(
        _ starts: ArraySlice<Start>, _ names: TaskHubName, _ transport: any MessageTransport
    ) async throws {
        var rest = starts.flatMap { $0.messages(names) }
        while !rest.isEmpty {
            let messages = rest
            let outcomes = try await transport.outcomes(of: messages)
            rest = zip(messages, outcomes).filter { $0.1 != .confirmed }.map(\.0)
        }
    }

    /// Exactly once: one end for each start, each of one execution only, each completed, with the output of a run without
    /// faults, and each result of an activity used once.
    func expectOnce(
        _ counter: EndCounter, hub: String, _ transport: any MessageTransport, logger: Logger
    ) async throws {
        #expect(counter.executions.count == starts.count)
        let twice = counter.executions.filter { $0.value.count != 1 }
        #expect(twice.isEmpty, "Instances with several executions: \(twice.keys.sorted())")
        #expect(counter.failures == [], "Instances that did not complete")
        let client = try await TaskHubClient(hub: hub, transport: transport, logger: logger)
        for start in starts {
            let output = try await client.output(of: start.instanceID)
            #expect(output.json == start.expected, "\(start.instanceID)")
            let status = try await client.status(of: start.instanceID, includeHistory: true)
            let events = try (status?.history ?? []).flatMap { event in
                try HistoryEvent.history(json: Payload(json: "[\(event.json)]"))
            }
            let answers = events.compactMap { event -> Int? in
                switch event {
                case .taskCompleted(let id, _), .subOrchestrationCompleted(let id, _), .timerFired(let id): id
                default: nil
                }
            }
            #expect(Set(answers).count == answers.count, "\(start.instanceID): \(answers)")
            let ends = events.count { if case .executionCompleted = $0 { true } else { false } }
            #expect(ends == 1, "\(start.instanceID)")
        }
        await client.close()
    }

    /// The number of children of all starts.
    var children: Int { starts.map(\.children).reduce(0, +) }

    /// The same of children.
    func expectChildren(_ counter: EndCounter) {
        #expect(counter.children.count == children)
        let twice = counter.children.filter { $0.value.count != 1 }
        #expect(twice.isEmpty, "Children with several executions: \(twice.keys.sorted())")
    }
}

/// Counts the ends of instances as lifecycle messages tell them, repeated ones once.
struct EndCounter {
    /// The executions that ended, by instance.
    private(set) var executions: [String: Set<String>] = [:]
    /// The same of instances that others have started.
    private(set) var children: [String: Set<String>] = [:]
    /// Instances that ended otherwise than completed.
    private(set) var failures: [String] = []
    private let subscription: any MessageSubscription
    private let roots: Set<String>
    private let rootPrefix: String?
    private var batches: AsyncThrowingStream<[InboundMessage], any Error>.AsyncIterator

    /// - Parameters:
    ///   - load: its starts.
    ///   - prefix: the beginning of the IDs of starts that come later. All other instances are children.
    init(_ subscription: any MessageSubscription, of load: CrashLoad, and prefix: String? = nil) {
        rootPrefix = prefix
        self.subscription = subscription
        roots = Set(load.starts.map(\.instanceID))
        batches = subscription.batches.makeAsyncIterator()
    }

    /// Reads until so many of the starts have ended, and so many children.
    mutating func wait(for count: Int, children number: Int = 0) async throws {
        while executions.count < count || children.count < number {
            let batch = try #require(try await batches.next(isolation: nil), "The queue of ends was closed.")
            for message in batch {
                let headers = message.properties.headers
                let instance = try #require(headers["warren-instance-id"]?.string)
                let execution = try #require(headers["warren-execution-id"]?.string)
                if roots.contains(instance) || rootPrefix.map(instance.hasPrefix) ?? false {
                    executions[instance, default: []].insert(execution)
                } else {
                    children[instance, default: []].insert(execution)
                }
                if !message.routingKey.hasPrefix("orchestration.Completed.") { failures.append(instance) }
            }
            subscription.acknowledge(batch.map(\.tag))
        }
    }
}
