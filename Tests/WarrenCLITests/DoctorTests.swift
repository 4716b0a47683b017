import Testing
import Warren
import WarrenMessaging

@testable import WarrenCLI

/// What the checks of `warren doctor` say of what they are shown.
@Suite("The doctor's judgement")
struct DoctorTests {
    private let hub = try? TaskHubName("orders")

    private func levels(_ findings: [Finding]) -> [String] { findings.map { "\($0.level): \($0.text)" } }

    @Test(
        "A broker that is too old is wrong, another product is advised against",
        arguments: [
            ("RabbitMQ", "3.10.8", Finding.Level.ok), ("RabbitMQ", "4.1.0", .ok), ("RabbitMQ", "3.9.27", .wrong),
            ("RabbitMQ", "", .wrong), ("LavinMQ", "2.0.0", .advice),
        ])
    func version(product: String, version: String, level: Finding.Level) {
        let facts = BrokerFacts(product: product, version: version, isEncrypted: false)
        #expect(BrokerCheck.version(facts).level == level)
    }

    @Test("A clock that differs by more than beats take is wrong, whichever way")
    func clocks() {
        let now = Timestamp(microseconds: 1_767_225_600_000_000)
        func host(_ name: String, _ sent: Timestamp) -> HostBeat {
            HostBeat(id: name, name: name, process: 7, startedAt: now, sentAt: sent)
        }
        let findings = HostsCheck.clocks(
            [
                host("a", now.advanced(by: .seconds(-1))), host("b", now.advanced(by: .seconds(-10))),
                host("c", now.advanced(by: .seconds(20))),
            ], now: now)
        #expect(
            levels(findings) == [
                "wrong: the clock of b (process 7) is 10 s behind this machine's",
                "wrong: the clock of c (process 7) is 20 s ahead of this machine's",
            ])
    }

    @Test("Dead letters, queues that nobody reads, and activities without a worker are told with what mends them")
    func queues() throws {
        let hub = try #require(hub)
        func load(_ queue: String, _ messages: Int, _ consumers: Int?) -> QueueLoad {
            QueueLoad(queue: queue, messages: messages, consumers: consumers)
        }
        let loads = [
            load("orders.dead", 1, 0), load("orders.intake", 0, 1), load("orders.query", 0, 0),
            load("orders.partition.00", QueuesCheck.backlog, 1), load("orders.partition.00.intake", 0, 1),
            load("orders.activity.ship", 3, 0), load("orders.activity.charge", 0, 0),
            load("orders.activity.tell", 9, 2),
            load("orders.console", 99_000, 0),
        ]
        let findings = QueuesCheck.judge(loads, called: ["ship", "charge", "tell", "mail"], hub, hasHost: true)
        #expect(
            levels(findings) == [
                "wrong: 1 dead letter", "wrong: nobody reads orders.query",
                "wrong: 10000 messages wait in orders.partition.00",
                "advice: no worker runs the activity 'charge', and 0 of its work items wait",
                "wrong: the activity 'mail' has no queue",
                "wrong: no worker runs the activity 'ship', and 3 of its work items wait",
                "advice: 99000 lines wait in the console queue",
            ])
        #expect(findings.first?.remedy == "warren dead list --hub orders; then warren dead redrive or purge")
        #expect(QueuesCheck.judge(loads, called: [], hub, hasHost: false).count == 3)
    }

    @Test("A finding is a line, with reason and remedy below it, and one JSON object")
    func finding() {
        let wrong = Finding.wrong("hub", "it is\u{7} gone", why: "so\u{202E}", remedy: "warren hub create")
        #expect(
            wrong.lines(Style(isColourful: false)) == [
                "wrong   hub         it is\u{FFFD} gone", "                    why:  so\u{FFFD}",
                "                    mend: warren hub create",
            ])
        #expect(
            wrong.json
                == #"{"check":"hub","level":"wrong","found":"it is\u0007 gone","why":"so\#u{202E}","remedy":"warren hub create"}"#
        )
        #expect(Finding.ok("hub", "there").lines(Style(isColourful: false)) == ["ok      hub         there"])
    }
}
