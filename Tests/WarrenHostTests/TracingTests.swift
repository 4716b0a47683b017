import AMQPMessages
import InMemoryTracing
import TestSupport
import Testing
import Tracing
import Warren
import WarrenClient
import WarrenMessaging
import WarrenStorage
import WarrenTestKit

@testable import WarrenHost

/// The spans that a tracer sees, and the trace contexts that messages carry with a tracer and without one.
@Suite("Traces", .timeLimit(.minutes(3)))
struct TracingTests {
    private static let say = Activity<String, String>("Say")
    private static let fails = Activity<String, String>("Fails")
    private static let approved = ExternalEvent<Int>("Approved")
    private static let noted = ExternalEvent<Int>("Noted")
    private static let child = Orchestration<String, String>("Child")
    private static let all = Orchestration<String, String>("All")
    private static let again = Orchestration<Int, Int>("Again")
    private static let breaks = Orchestration<Int, Int>("Breaks")

    private struct Declined: Error {}

    private static func register(_ host: some FunctionRegistrar) {
        host.register(say) { word, context in
            // The code's own span, below the activity's.
            withSpan("inside") { _ in word + (context.trace?.traceID ?? "") }
        }
        host.register(fails) { _, _ in throw Declined() }
        host.register(child) { context, word in try await context.call(say, word) }
        host.register(all) { context, word in
            _ = try await context.call(say, word)
            async let left = context.call(say, "left")
            async let right = context.call(say, "right")
            _ = try await (left, right)
            _ = try await context.wait(for: approved)
            _ = try await context.call(child, "child", id: "all-child")
            try await context.sleep(for: .hours(1))
            try context.send(noted, 1, to: "listener")
            do {
                return try await context.call(fails, "")
            } catch is TaskFailure {
                return "caught"
            }
        }
        host.register(again) { context, number in
            if number > 0 { try context.continueAsNew(number - 1) }
            return try await context.wait(for: noted)
        }
        host.register(breaks) { _, _ in throw Declined() }
    }

    enum Interruption: CaseIterable { case none, restart, everyReplay }

    @Test(
        "A tracer sees each span of an instance once, whatever is replayed in between",
        arguments: Interruption.allCases)
    func spans(interruption: Interruption) async throws {
        let tracer = TestTracer()
        try await withTracer(tracer) {
            try await Cluster.run { cluster in
                func start() async throws -> Cluster.Node {
                    try await cluster.start(
                        configure: { if interruption == .everyReplay { $0.orchestrations.warmInstances = 0 } },
                        register: Self.register)
                }
                var host = try await start()
                _ = try await cluster.client.start(Self.again, 0, id: "listener", awaitingEnd: false)
                let instance = try await cluster.client.start(Self.all, "first", id: "all")
                try await cluster.rest(host)
                if interruption == .restart {
                    try await host.stop()
                    host = try await start()
                }
                try await cluster.client.raise(Self.approved, 1, to: "all")
                try await cluster.rest(host)
                if interruption == .restart {
                    try await host.stop()
                    host = try await start()
                }
                host.pass(.seconds(3600))
                #expect(try await instance.result() == "caught")
                try await cluster.rest(host)
                try await host.stop()
            }
        }
        let call = ["  activity:Say client", "    activity:Say server", "      inside internal"]
        #expect(
            tracer.tree == [
                "create_orchestration:Again producer", "  orchestration:Again server",
                "  orchestration_event:Noted consumer",
                "create_orchestration:All producer", "  activity:Fails client", "    activity:Fails server failed",
            ] + call + call + call + [
                "  create_orchestration:Child producer",
                "    activity:Say client", "      activity:Say server", "        inside internal",
                "    orchestration:Child server",
                "  orchestration:All server", "  orchestration:All:timer internal",
                "  orchestration_event:Approved consumer", "  orchestration_event:Noted producer",
                "orchestration_event:Approved producer",
            ])
        // What was begun and not reported would be the span of a step that failed.
        #expect(tracer.memory.activeSpans.isEmpty)
        try checkAttributes(of: tracer)
    }

    private func checkAttributes(of tracer: TestTracer) throws {
        func attributes(_ name: String, _ kind: SpanKind) throws -> [String: String] {
            let span = try #require(tracer.spans(named: name).last { $0.kind == kind })
            var found: [String: String] = [:]
            span.attributes.forEach { key, value in
                // An execution's ID is another one in every run.
                found[key] =
                    switch value.toSpanAttribute() {
                    case .string(let text): key == "durabletask.task.execution_id" ? "an ID" : text
                    case .int64(let number): "\(number)"
                    default: "another type"
                    }
            }
            return found
        }
        let instance = [
            "durabletask.task.instance_id": "all", "durabletask.task.execution_id": "an ID",
        ]
        func expected(_ type: String, _ name: String, _ more: [String: String]) -> [String: String] {
            instance.merging(["durabletask.type": type, "durabletask.task.name": name]) { $1 }.merging(more) { $1 }
        }
        #expect(
            try attributes("orchestration:All", .server)
                == expected("orchestration", "All", ["durabletask.task.status": "Completed"]))
        #expect(
            try attributes("activity:Fails", .client)
                == expected("activity", "Fails", ["durabletask.task.task_id": "6"]))
        #expect(
            try attributes("activity:Fails", .server)
                == expected(
                    "activity", "Fails", ["durabletask.task.task_id": "6", "durabletask.task.status": "Failed"]))
        #expect(
            try attributes("orchestration_event:Noted", .producer)
                == expected("event", "Noted", ["durabletask.event.target_instance_id": "listener"]))
        #expect(
            try attributes("orchestration:All:timer", .internal)
                == expected(
                    "timer", "All",
                    ["durabletask.task.task_id": "4", "durabletask.fire_at": "2030-01-01T13:00:00Z"]))
        let timer = try #require(tracer.spans(named: "orchestration:All:timer").first)
        #expect(
            timer.endInstant.nanosecondsSinceEpoch - timer.startInstant.nanosecondsSinceEpoch == 3_600_000_000_000)
        // The orchestration's span lasts from its first episode on, although another process may have run that.
        let orchestration = try #require(tracer.spans(named: "orchestration:All").first)
        #expect(orchestration.startInstant.nanosecondsSinceEpoch == 1_893_499_200_000_000_000)
        #expect(orchestration.endInstant.nanosecondsSinceEpoch == timer.endInstant.nanosecondsSinceEpoch)
        let failed = try #require(tracer.spans(named: "activity:Fails").first { $0.kind == .server })
        #expect(failed.status?.message == "Declined")
    }

    @Test("A start without a trace begins one; generations, failure and termination have their spans in it")
    func ends() async throws {
        let tracer = TestTracer()
        try await withTracer(tracer) {
            try await Cluster.run { cluster in
                let host = try await cluster.start(register: Self.register)
                for (name, id) in [("Again", "again"), ("Breaks", "breaks"), ("Again", "stopped")] {
                    let outcome = try await cluster.transport.outcome(
                        of: OutboundMessage(
                            exchange: cluster.names.startExchange, routingKey: name,
                            properties: MessageProperties(headers: ["warren-instance-id": .string(id)]),
                            body: Array((id == "again" ? "2" : "0").utf8)))
                    #expect(outcome.verdict == .confirmed)
                }
                try await cluster.rest(host)
                try await cluster.client.terminate("stopped")
                let ending = OutboundMessage(
                    exchange: cluster.names.eventExchange, routingKey: "again/Noted", properties: MessageProperties(),
                    body: Array("1".utf8))
                _ = try await cluster.transport.outcome(of: ending)
                try await cluster.rest(host)
                try await host.stop()
            }
        }
        #expect(
            tracer.tree == [
                "create_orchestration:Again producer", "  orchestration:Again server",
                "create_orchestration:Again producer",
                "  orchestration:Again server", "  orchestration:Again server", "  orchestration:Again server",
                "create_orchestration:Breaks producer", "  orchestration:Breaks server failed",
            ])
        let statuses = tracer.spans(named: "orchestration:Again").map { span -> String in
            guard case .string(let text) = span.attributes["durabletask.task.status"]?.toSpanAttribute() else {
                return "none"
            }
            return text
        }
        #expect(statuses.sorted() == ["Completed", "ContinuedAsNew", "ContinuedAsNew", "Terminated"])
        #expect(Set(tracer.memory.finishedSpans.map(\.traceID)).count == 3)
    }

    @Test("The spans of a step that fails, and is done again, are seen once")
    func failedStep() async throws {
        let tracer = TestTracer()
        try await withTracer(tracer) {
            try await Cluster.run { cluster in
                let opened = Watched(Set<Int>())
                let host = try await cluster.start(
                    open: { partition, folder in
                        let store = try Cluster.files(partition, folder)
                        guard opened.change({ $0.insert(partition).inserted }) else { return store }
                        let failure = StorageError(.io, "The disk went away.")
                        return FaultInjectingStore(store, fault: .fail(commit: 1, failure))
                    }, register: Self.register)
                async let started = cluster.transport.outcome(
                    of: OutboundMessage(
                        exchange: cluster.names.startExchange, routingKey: "Breaks", properties: MessageProperties(),
                        body: Array("0".utf8)))
                try await host.log.wait(for: "A partition's store failed; it is opened again after a pause")
                host.pass(.seconds(1))
                #expect(try await started.verdict == .confirmed)
                try await cluster.rest(host)
                try await host.stop()
            }
        }
        #expect(
            tracer.tree == ["create_orchestration:Breaks producer", "  orchestration:Breaks server failed"])
        // Those of the step that failed were begun, and never reported.
        #expect(tracer.memory.activeSpans.count == 2)
    }

    @Test("What an event leads to links to the trace of its publisher, and the history keeps that")
    func links() async throws {
        let tracer = TestTracer()
        try await withTracer(tracer) {
            try await Cluster.run { cluster in
                let host = try await cluster.start { host in
                    host.register(Self.say) { word, _ in word }
                    host.register(Self.child) { context, word in
                        if word == "first" {
                            // The event that the first generation leaves unread begins the second one.
                            try await context.sleep(for: .hours(1))
                            try context.continueAsNew("second")
                        }
                        _ = try await context.wait(for: Self.approved)
                        _ = try await context.call(Self.say, word)
                        return try await context.call(Self.say, "later")
                    }
                }
                for (id, word) in [("one", "only"), ("two", "first")] {
                    _ = try await cluster.client.start(Self.child, word, id: id, awaitingEnd: false)
                    try await cluster.rest(host)
                    let raised = OutboundMessage(
                        exchange: cluster.names.eventExchange, routingKey: "\(id)/Approved",
                        properties: MessageProperties(headers: ["traceparent": .string(Self.parent)]),
                        body: Array("1".utf8))
                    #expect(try await cluster.transport.outcome(of: raised).verdict == .confirmed)
                    try await cluster.rest(host)
                }
                host.pass(.hours(1))
                try await cluster.rest(host)
                for id in ["one", "two"] {
                    let status = try #require(try await cluster.client.status(of: id, includeHistory: true))
                    #expect(status.runtimeStatus == .completed)
                    let event = try #require(status.history?.first { $0.json.contains("EventRaised") })
                    #expect(event.json.contains("\"traceparent\":\"\(Self.parent)\""), "\(event)")
                }
                try await host.stop()
            }
        }
        let linking = tracer.memory.finishedSpans.filter { !$0.links.isEmpty }
        #expect(
            linking.map { "\($0.operationName) \($0.kind)" }.sorted() == [
                "activity:Say client", "activity:Say client", "orchestration_event:Approved consumer",
                "orchestration_event:Approved consumer",
            ])
        for link in linking.flatMap(\.links) {
            let place = try #require(link.context.inMemorySpanContext)
            #expect("00-\(place.traceID)-\(place.spanID)-01" == Self.parent)
        }
    }

    @Test(
        "Baggage goes with the trace to activities, children and answers if the host carries it",
        arguments: [false, true])
    func baggage(withTracer isTraced: Bool) async throws {
        func run() async throws {
            try await Cluster.run { cluster in
                let seen = Watched<[String]>([])
                let host = try await cluster.start(configure: { $0.messages.carriesBaggage = true }) { host in
                    host.register(Self.say) { word, context in
                        seen.change { $0.append("\(word) \(context.trace?.baggage ?? "-")") }
                        return word
                    }
                    host.register(Self.child) { context, word in try await context.call(Self.say, word) }
                    host.register(Self.all) { context, word in
                        _ = try await context.call(Self.say, word)
                        return try await context.call(Self.child, "child")
                    }
                }
                let replies = try await cluster.transport.consumeReplies("reply.baggage")
                let outcome = try await cluster.transport.outcome(
                    of: OutboundMessage(
                        exchange: cluster.names.startExchange, routingKey: "All",
                        properties: MessageProperties(
                            headers: ["traceparent": .string(Self.parent), "baggage": "user=7,plan=gold"],
                            correlationID: "1", replyTo: "reply.baggage"),
                        body: Array("\"first\"".utf8)))
                #expect(outcome.verdict == .confirmed)
                let reply = try await first(of: replies)
                #expect(reply.body == Array("\"child\"".utf8))
                #expect(reply.properties.headers["baggage"] == "user=7,plan=gold")
                #expect(seen.value == ["first user=7,plan=gold", "child user=7,plan=gold"])
                await replies.close()
                try await cluster.rest(host)
                try await host.stop()
            }
        }
        if isTraced { try await withTracer(TestTracer()) { try await run() } } else { try await run() }
    }

    private static let parent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"

    @Test("Without a tracer a publisher's trace goes on as it came, over restarts, to everything that is sent")
    func passing() async throws {
        try await Cluster.run { cluster in
            let names = cluster.names
            let seen = Watched<[String]>([])
            func start() async throws -> Cluster.Node {
                try await cluster.start(configure: { $0.reports.lifecycle = [.completed] }) { host in
                    host.register(Self.say) { word, context in
                        seen.change { $0.append("\(word) \(context.trace?.stored ?? "-")") }
                        return word
                    }
                    host.register(Self.child) { context, word in
                        _ = try await context.wait(for: Self.approved)
                        return try await context.call(Self.say, word)
                    }
                    host.register(Self.all) { context, word in
                        _ = try await context.call(Self.say, "first")
                        let result = try await context.call(Self.child, "child", id: "the-child")
                        return try await context.call(Self.say, result + " and last")
                    }
                }
            }
            let replies = try await cluster.transport.consumeReplies("reply.traces")
            try await cluster.transport.provision(
                Topology(
                    queues: [.init(name: "ear")],
                    bindings: [.init(queue: "ear", exchange: names.lifecycleExchange, routingKey: "#.All")]))
            var host = try await start()
            let outcome = try await cluster.transport.outcome(
                of: OutboundMessage(
                    exchange: names.startExchange, routingKey: "All",
                    properties: MessageProperties(
                        headers: [
                            "warren-instance-id": "all", "warren-delay-ms": 60_000,
                            "traceparent": .string(Self.parent), "tracestate": "vendor=a b",
                            "baggage": "user=7",
                        ], correlationID: "1", replyTo: "reply.traces"),
                    body: Array("\"x\"".utf8)))
            #expect(outcome.verdict == .confirmed)
            try await cluster.rest(host)
            // The start is scheduled: nothing of the instance but its row is there.
            try await host.stop()
            host = try await start()
            host.pass(.seconds(60))
            try await cluster.rest(host)
            try await host.stop()
            host = try await start()
            try await cluster.client.raise(Self.approved, 1, to: "the-child")

            let trace = "\(Self.parent) vendor=a b"
            let reply = try await first(of: replies)
            #expect(TraceContext(of: reply.properties.headers)?.stored == trace)
            #expect(reply.body == Array("\"child and last\"".utf8))
            let ear = try await cluster.transport.consume("ear", prefetch: 10)
            #expect(TraceContext(of: try await first(of: ear).properties.headers)?.stored == trace)
            await ear.close()
            try await cluster.rest(host)
            #expect(seen.value == ["first", "child", "child and last"].map { "\($0) \(trace)" })
            let status = try #require(try await cluster.client.status(of: "the-child", includeHistory: true))
            let started = try #require(status.history?.first { $0.json.contains("ExecutionStarted") })
            #expect(started.json.contains("\"traceparent\":\"\(Self.parent)\",\"tracestate\":\"vendor=a b\""))
            await replies.close()
            try await host.stop()
        }
    }

    /// Takes the next message of a queue.
    private func first(of subscription: any MessageSubscription) async throws -> InboundMessage {
        var batches = subscription.batches.makeAsyncIterator()
        let batch = try #require(try await batches.next(isolation: nil), "The queue was closed.")
        subscription.acknowledge(batch.map(\.tag))
        return try #require(batch.first)
    }
}
