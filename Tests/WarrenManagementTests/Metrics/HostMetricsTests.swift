import AMQPMessages
import Foundation
import Logging
import TestSupport
import Testing
import Warren
import WarrenClient
import WarrenMessaging
import WarrenPartition
import WarrenStorage
import WarrenSupport

@testable import WarrenHost
@testable import WarrenManagement

@Suite("Metrics: a host and its client", .timeLimit(.minutes(2)))
struct HostMetricsTests {
    /// The metrics of the table that a hub has without a broker and without journals.
    private static var expected: [MetricDefinition] {
        MetricTable.all.filter { !$0.name.hasPrefix("warren_amqp_") && !$0.name.hasPrefix("warren_journal_") }
    }

    @Test("A real run emits every metric of the table, with its kind, its help and its labels")
    func everything() async throws {
        try await MeteredHub.run(InProcessTransport()) { hub in
            try await hub.exercise()
            let text = try hub.scrape()
            for definition in Self.expected { text.expect(definition) }
            let known = Set(Self.expected.map(\.name)).union(["warren_metrics_series", "warren_metrics_refused_total"])
            #expect(Set(text.types.keys) == known)
            #expect(text.total("warren_metrics_refused_total") == 0)
        }
    }

    @Test("What a run does is what its metrics say")
    func values() async throws {
        try await MeteredHub.run(InProcessTransport()) { hub in
            try await hub.exercise()
            // The round that clears the outbox follows the last answer.
            try await untilSeen("the last round to end") {
                let text = try hub.scrape()
                return text.total("warren_rounds_in_flight") == 0 && text.total("warren_mailbox_depth") == 0
            }
            let text = try hub.scrape()
            func of(_ orchestration: String, _ more: [String: String] = [:]) -> [String: String] {
                more.merging(["orchestration": orchestration, "hub": hub.hub]) { $1 }
            }
            #expect(text.total("warren_round_inputs_count", ["partition": "0"]) > 5)
            #expect(text.total("warren_commit_duration_seconds_count") > 5)
            #expect(text.total("warren_episodes_total", of("Waits", ["source": "new"])) == 1)
            #expect(text.total("warren_episodes_total", of("Waits", ["source": "replay"])) == 1)
            #expect(text.total("warren_replayed_events_total", of("Waits")) >= 2)
            #expect(text.total("warren_episodes_total", of("Works", ["source": "warm"])) >= 3)
            #expect(
                text.total("warren_episode_duration_seconds_count", of("Works"))
                    == text.total("warren_episodes_total", of("Works")))
            #expect(text.total("warren_instances_failed_total", of("Fails")) == 1)
            #expect(text.total("warren_instances_failed_total") == 1)
            #expect(text.total("warren_timer_lateness_seconds_count") == 2)
            #expect(text.total("warren_activity_retries_total", ["activity": "Flaky"]) == 1)
            let runs = "warren_activity_duration_seconds_count"
            #expect(text.total(runs, ["activity": "Flaky", "outcome": "failed"]) == 1)
            #expect(text.total(runs, ["activity": "Flaky", "outcome": "completed"]) == 1)
            #expect(text.total("warren_activity_slots") == 256 && text.total("warren_activity_slots_used") == 0)
            #expect(text.total("warren_partitions") == 1 && text.total("warren_partition_owned") == 1)
            #expect(text.total("warren_store_bytes") > 0)
            let requests = "warren_client_request_duration_seconds_count"
            #expect(text.total(requests, ["kind": "start", "outcome": "answered"]) == 23)
            #expect(text.total(requests, ["kind": "raise", "outcome": "answered"]) == 1)
            #expect(text.total(requests, ["kind": "wait", "outcome": "answered"]) >= 1)
        }
    }

    @Test("Invented names make no series: labels have the registered names, 'other', and what the code knows")
    func closed() async throws {
        let transport = InProcessTransport()
        try await MeteredHub.run(transport) { hub in
            let before = try hub.scrape().total("warren_metrics_series")
            try await hub.exercise()
            let caller = try await hub.client.start(MeteredHub.calls, "InventedActivity")
            await #expect(throws: OrchestrationFailure.self) { try await caller.result() }
            // A publisher of its own, which is told by a dead letter alone.
            let names = try TaskHubName(hub.hub)
            for number in 0..<20 {
                transport.publish([
                    OutboundMessage(
                        exchange: names.startExchange, routingKey: "Invented\(number)",
                        properties: MessageProperties(contentType: "application/json"), body: Array("null".utf8))
                ]) { _ in }
            }
            try await untilSeen("all to be refused") {
                try hub.scrape().total("warren_dead_letters_total", ["reason": "unknown-orchestration"]) == 20
            }
            let text = try hub.scrape()
            #expect(text.total("warren_metrics_series") == before)
            #expect(text.values(of: "orchestration") == ["Waits", "Works", "Fails", "Calls", "other"])
            #expect(text.values(of: "activity") == ["Flaky", "other"])
            #expect(text.values(of: "reason").isSubset(of: Refusal.Reason.all.union(["other", "silent", "returned"])))
            #expect(text.values(of: "hub") == [hub.hub])
        }
    }

    @Test("Operations of entities count by name and outcome, and invented names make no series")
    func entities() async throws {
        try await MeteredHub.run(InProcessTransport()) { hub in
            let before = try hub.scrape().total("warren_metrics_series")
            for number in [1, 2, 0, 3] { try await hub.client.signal(MeteredHub.add, number, on: "a") }
            try await hub.client.signal(named: "invented", on: MeteredHub.counter["a"])
            for number in 0..<20 {
                // No host knows it, so that it becomes a dead letter; some are refused before that.
                try await hub.client.signal(
                    named: "add", .null, on: EntityID(name: "invented\(number)", key: "a"), until: .confirmed)
            }
            let runs = "warren_entity_operation_duration_seconds_count"
            try await untilSeen("all of them to have run") {
                try hub.scrape().total(runs, ["entity": "counter"]) == 5
            }
            try await untilSeen("the others to be refused") {
                try hub.scrape().total("warren_dead_letters_total", ["reason": "unknown-entity"]) == 20
            }
            let text = try hub.scrape()
            #expect(text.total(runs, ["entity": "counter", "outcome": "completed"]) == 3)
            #expect(text.total(runs, ["entity": "counter", "outcome": "failed"]) == 2)
            #expect(text.values(of: "entity") == ["counter", "other"])
            #expect(text.total("warren_entity_operations_taken_out_total") == 0)
            #expect(text.total("warren_metrics_series") == before)
            #expect(try await hub.client.state(of: MeteredHub.counter, "a") == 6)
        }
    }

    @Test("An operation over which processes died is taken out once, and counted by the entity's name")
    func takenOut() async throws {
        let record = FlightRecord()
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let now = Timestamp(Date())
        for _ in 0..<HostConfiguration(hub: "metered").messages.maximumHostDeaths {
            let ledger = CrashLedger(record, limit: 3, now: now, logger: logger)
            // The first message that the partition keeps.
            let operation = QueuedOperation(id: 1, name: "add", request: EntityRequest(isSignal: true))
            _ = await ledger.operations.begin(MeteredHub.counter["a"], operation, now: now)
        }
        try await MeteredHub.run(InProcessTransport(), record: record) { hub in
            try await hub.client.signal(MeteredHub.add, 1, on: "a")
            let taken = "warren_entity_operations_taken_out_total"
            try await untilSeen("it to be taken out") { try hub.scrape().total(taken, ["entity": "counter"]) == 1 }
            try await hub.client.signal(MeteredHub.add, 2, on: "a")
            try await untilSeen("the next one to have run") {
                try await hub.client.state(of: MeteredHub.counter, "a") == 2
            }
            let text = try hub.scrape()
            #expect(text.total(taken) == 1)
            #expect(text.total("warren_dead_letters_total", ["reason": "poison"]) == 1)
        }
    }

    @Test("A request without an answer in time counts as timed out")
    func timeOut() async throws {
        let registry = PrometheusRegistry()
        let transport = InProcessTransport()
        try await transport.provision(TaskHubTopology.hub(TaskHubName("nobody"), partitions: 1))
        let client = try await TaskHubClient(
            hub: "nobody", transport: transport, timeout: .milliseconds(50), metrics: registry)
        await #expect(throws: ClientError.self) { try await client.orchestrations() }
        await client.close()
        await transport.shutdown()
        let text = try Exposition(registry.text())
        let labels = ["hub": "nobody", "kind": "describe", "outcome": "timed_out"]
        #expect(text.total("warren_client_request_duration_seconds_count", labels) == 1)
    }
}

extension Refusal.Reason {
    fileprivate static var all: Set<String> { Set(allCases.map(\.rawValue)) }
}

extension Exposition {
    /// Expects a metric of the table to be there, with the kind, the help and exactly the labels that the table gives it.
    func expect(_ definition: MetricDefinition, sourceLocation: SourceLocation = #_sourceLocation) {
        let (type, sample): (String, String) =
            switch definition.kind {
            case .counter, .seconds: ("counter", definition.name)
            case .gauge: ("gauge", definition.name)
            case .sizes, .timer: ("histogram", definition.name + "_count")
            }
        #expect(types[definition.name] == type, "\(definition.name)", sourceLocation: sourceLocation)
        #expect(helps[definition.name] == definition.help, "\(definition.name)", sourceLocation: sourceLocation)
        let series = samples.filter { $0.name == sample }
        #expect(!series.isEmpty, "\(definition.name)", sourceLocation: sourceLocation)
        for series in series {
            #expect(
                Set(series.labels.keys) == Set(definition.labels), "\(definition.name)", sourceLocation: sourceLocation)
        }
    }
}
