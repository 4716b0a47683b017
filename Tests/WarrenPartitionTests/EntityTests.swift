import AMQPMessages
import Testing
import Warren
import WarrenMessaging
import WarrenStorage

@testable import WarrenPartition

/// Entities in a partition.
@Suite("Entities in a partition", .timeLimit(.minutes(5)))
struct EntityTests {
    private let id = "@counter@a"

    private func signal(
        _ operation: String, _ input: String = "1", key: String? = nil, to entity: String = "@counter@a",
        due: Timestamp? = nil
    ) -> Work {
        .command(
            .raise(
                RaiseCommand(
                    instanceID: entity, eventName: operation,
                    payload: EntityRequest(isSignal: true, input: Payload(json: input), due: due).payload,
                    context: CommandContext(messageKey: key, bodyHash: 1))))
    }

    /// A request of an execution.
    private func request(
        _ operation: String, _ number: Int, after: Int? = nil, isSignal: Bool = false, execution: String = "x",
        lockSet: [String] = [], lock: Int? = nil, to entity: String = "@counter@a"
    ) -> Work {
        .command(
            .raise(
                RaiseCommand(
                    instanceID: entity, eventName: operation,
                    payload: EntityRequest(
                        isSignal: isSignal, input: Payload(json: "1"),
                        caller: .init(instanceID: "i", executionID: execution, taskID: lock ?? number), after: after,
                        lockSet: lockSet
                    ).payload,
                    context: CommandContext(messageKey: "send:\(execution):\(number)", bodyHash: 1))))
    }

    /// The end of the operations that run, with a state.
    private func ended(_ bench: PartitionBench, _ state: String?, _ outcomes: [EntityOutcome]? = nil) throws -> Work {
        let last = bench.executor.batches.popLast()
        let batch = try #require(last)
        return .operationsEnded(
            EntityRunEnd(
                ticket: batch.ticket, state: state.map { Payload(json: $0) },
                outcomes: outcomes ?? batch.operations.map { _ in .completed(Payload(json: "7"), []) }))
    }

    /// The events that a step sends to instances and entities: target, name, value.
    private func raised(_ bench: PartitionBench, _ step: Step) -> [String] {
        step.rows.flatMap(\.encoded).compactMap { message in
            guard case .success(.raise(let raise)) = bench.wire.decode(message) else { return nil }
            return "\(raise.instanceID) \(raise.eventName) \(raise.payload.json)"
        }
    }

    private func running(_ bench: PartitionBench) -> [String]? { bench.executor.batches.last?.operations.map(\.name) }

    @Test("The first operation makes the entity; what arrives meanwhile waits, and nothing is kept of what has run")
    func signals() throws {
        let bench = try PartitionBench()
        try bench.keep(bench.step(signal("add", key: "1"), signal("add", key: "2")))
        #expect(running(bench) == ["add"])
        #expect(bench.executor.batches[0].state == nil)
        #expect(bench.instance(id)?.customStatus?.json == #"{"entityExists":false}"#)
        // The same message once more, and another one, while the first operation runs.
        try bench.keep(bench.step(signal("add", key: "1"), signal("get", key: "3")))
        #expect(bench.executor.batches.count == 1)
        try bench.keep(bench.step(try ended(bench, "1")))
        #expect(bench.instance(id)?.output?.json == "1")
        #expect(running(bench) == ["add", "get"])
        #expect(bench.executor.batches[0].state?.json == "1")
        let last = try bench.keep(bench.step(try ended(bench, "2")))
        #expect(bench.instance(id)?.customStatus?.json == #"{"entityExists":true}"#)
        #expect(bench.instance(id)?.lastUpdatedAt == last.now)
        #expect(bench.rows.recover().held.isEmpty)
        #expect(bench.instance(id)?.episodes == 0)
    }

    @Test("A call is answered with its result; a failed operation changes nothing and sends nothing")
    func calls() throws {
        let bench = try PartitionBench()
        try bench.keep(bench.step(request("add", 4)))
        let target = EntityID(name: "account", key: "b")
        let answered = try bench.keep(
            bench.step(
                try ended(
                    bench, "1",
                    [
                        .completed(
                            Payload(json: "5"),
                            [.signal(target, operation: "note", EntityRequest(isSignal: true))])
                    ])))
        #expect(
            raised(bench, answered) == [
                #"i @4 {"execution":"x","result":5}"#, #"@account@b note {"signal":true,"input":null}"#,
            ])
        try bench.keep(bench.step(request("add", 5, after: 4), signal("add")))
        let failure = FailureDetails(type: "Bad", message: "no")
        let failed = try bench.keep(
            bench.step(try ended(bench, "1", [.failed(failure)])))
        #expect(raised(bench, failed).count == 1)
        #expect(raised(bench, failed)[0].hasPrefix(#"i @5 {"execution":"x","failure":{"type":"Bad""#))
        #expect(bench.instance(id)?.output?.json == "1")
        // The failure of a signal is only reported.
        let alone = try bench.keep(bench.step(try ended(bench, "1", [.failed(failure)])))
        #expect(raised(bench, alone) == [])
        let reports = alone.observations.filter { if case .operationFailed = $0 { true } else { false } }
        #expect(reports.count == 1)
    }

    @Test(
        "An operation over which processes died leaves the state; its caller gets a failure, a signal is a dead letter")
    func killers() throws {
        let bench = try PartitionBench()
        let deaths = OperationDeaths(count: 5, since: bench.now, subject: "@operation:\(id)")
        func taken(_ step: Step) -> Bool {
            step.clearedSubjects == [deaths.subject]
                && step.observations.contains { if case .killerTakenOut = $0 { true } else { false } }
        }
        try bench.keep(bench.step(request("add", 4)))
        try bench.keep(bench.step(try ended(bench, "7")))
        try bench.keep(bench.step(request("add", 5, after: 4)))
        let called = try bench.keep(bench.step(try ended(bench, "7", [.killed(deaths)])))
        #expect(taken(called))
        #expect(raised(bench, called).count == 1)
        #expect(raised(bench, called)[0].hasPrefix(#"i @5 {"execution":"x","failure":{"type":"KillsHost""#))

        try bench.keep(bench.step(signal("add")))
        let signalled = try bench.keep(bench.step(try ended(bench, "7", [.killed(deaths)])))
        #expect(taken(signalled))
        let refusals = signalled.observations.compactMap { observation -> Refusal? in
            if case .messageRefused(let refusal) = observation { refusal } else { nil }
        }
        #expect(refusals.map(\.reason) == [.poison])
        #expect(refusals.first?.detail.contains("ended 5 times while the operation 'add'") == true)
        #expect(bench.instance(id)?.output?.json == "7")
        #expect(bench.rows.recover().held.isEmpty)
    }

    @Test("An outcome that is not awaited any more is dropped; a host that starts runs the operations again")
    func restart() throws {
        let bench = try PartitionBench()
        try bench.keep(bench.step(request("add", 0)))
        let late = try ended(bench, "1")
        bench.restart()
        let again = try bench.keep(bench.step(late, alarms: true))
        #expect(raised(bench, again) == [])
        #expect(running(bench) == ["add"])
        let answered = try bench.keep(bench.step(try ended(bench, "1")))
        #expect(raised(bench, answered).count == 1)
        #expect(bench.rows.recover().held.isEmpty)
    }

    @Test("Requests of one sender run in its order, however they arrive, and not later than the order is kept")
    func order() throws {
        let bench = try PartitionBench()
        try bench.keep(bench.step(request("second", 1, after: 0, isSignal: true)))
        #expect(running(bench) == nil)
        try bench.keep(bench.step(request("third", 2, after: 1, isSignal: true)))
        try bench.keep(bench.step(request("first", 0, isSignal: true)))
        var order = running(bench) ?? []
        try bench.keep(bench.step(try ended(bench, "1")))
        order += running(bench) ?? []
        #expect(order == ["first", "second", "third"])
        try bench.keep(bench.step(try ended(bench, "1")))
        // One that never arrives delays the next for half an hour.
        try bench.keep(bench.step(request("lonely", 9, after: 8, isSignal: true)))
        bench.now = bench.now.advanced(by: .seconds(29 * 60))
        try bench.keep(bench.step(alarms: true))
        #expect(running(bench) == nil)
        bench.now = bench.now.advanced(by: .seconds(61))
        try bench.keep(bench.step(alarms: true))
        #expect(running(bench) == ["lonely"])
    }

    @Test("A scheduled signal runs at its time, also after a restart, and is taken once")
    func scheduled() throws {
        let bench = try PartitionBench()
        let due = bench.now.advanced(by: .seconds(60))
        try bench.keep(bench.step(signal("add", key: "k", due: due), signal("add", key: "k", due: due)))
        #expect(running(bench) == nil)
        bench.restart()
        try bench.keep(bench.step(alarms: true))
        #expect(running(bench) == nil)
        bench.now = due
        try bench.keep(bench.step(alarms: true))
        #expect(running(bench) == ["add"])
        try bench.keep(bench.step(try ended(bench, "1")))
        #expect(bench.rows.recover().held.isEmpty)
    }

    @Test(
        "A lock passes from entity to entity; until its release only operations of its owner run"
    )
    func locks() throws {
        let bench = try PartitionBench()
        let set = ["@account@b", "@counter@a"]
        let passed = try bench.keep(bench.step(request("@lock", 0, lockSet: set, to: "@account@b")))
        let forwarded = try #require(passed.rows.flatMap(\.encoded).first)
        let next = try bench.wire.decode(forwarded).get()
        guard case .raise(let raise) = next else { return #expect(Bool(false)) }
        #expect(raise.instanceID == id)
        #expect(raise.eventName == "@lock")
        let granted = try bench.keep(bench.step(.command(next)))
        #expect(raised(bench, granted) == [#"i @0 {"execution":"x","locked":["@account@b","@counter@a"]}"#])
        #expect(bench.instance(id)?.customStatus?.json.contains(#""lockedBy":"i""#) == true)
        // Another sender waits, the owner does not.
        try bench.keep(bench.step(signal("other"), request("own", 1)))
        #expect(running(bench) == ["own"])
        try bench.keep(bench.step(try ended(bench, "1")))
        #expect(running(bench) == nil)
        // A release of another execution changes nothing.
        try bench.keep(bench.step(request("@release", 5, isSignal: true, execution: "y", lock: 0)))
        #expect(running(bench) == nil)
        // The owner's next lock waits for its turn, behind what came before it.
        try bench.keep(bench.step(request("@lock", 7, lockSet: [id])))
        bench.restart()
        try bench.keep(bench.step(request("@release", 2, isSignal: true, lock: 0), alarms: true))
        #expect(running(bench) == ["other"])
        #expect(bench.instance(id)?.customStatus?.json == #"{"entityExists":true}"#)
        let after = try bench.keep(bench.step(try ended(bench, "2")))
        #expect(raised(bench, after) == [#"i @7 {"execution":"x","locked":["@counter@a"]}"#])
        // A release of the former lock that comes late changes nothing.
        try bench.keep(bench.step(request("@release", 9, isSignal: true, lock: 0)))
        #expect(bench.instance(id)?.customStatus?.json.contains(#""lock":7"#) == true)
    }

    /// Starts an instance that has locked the entity.
    private func holder(_ bench: PartitionBench) throws -> String {
        let lock = EntityRequest(
            isSignal: false, caller: .init(instanceID: "i", executionID: "", taskID: 0), lockSet: [id])
        bench.executor.script = { event in
            switch event {
            case .executionStarted(let facts):
                var lock = lock
                lock.caller?.executionID = facts.executionID
                return EpisodeOutcome(actions: [
                    .sendEvent(id: 0, instanceID: "@counter@a", name: "@lock", input: lock.payload)
                ])
            case .eventRaised(let name, _, _) where name == "again":
                return EpisodeOutcome(completion: .continuedAsNew(.null, unprocessedEvents: []))
            default: return EpisodeOutcome()
            }
        }
        let started = try bench.keep(
            bench.step(.command(.start(StartCommand(name: "Known", instanceID: "i", context: CommandContext())))))
        let execution = try #require(bench.instance("i")?.executionID)
        let asked = try #require(started.rows.flatMap(\.encoded).first { $0.properties.type == WireType.raise })
        let granted = try bench.keep(bench.step(.command(try bench.wire.decode(asked).get())))
        let answer = try #require(granted.rows.flatMap(\.encoded).first)
        try bench.keep(bench.step(.command(try bench.wire.decode(answer).get())))
        return execution
    }

    @Test(
        "A lock ends with its orchestration: by its end, or by a new generation",
        arguments: ["terminate", "again"])
    func lockEnds(way: String) throws {
        for isCold in [false, true] {
            let bench = try PartitionBench()
            let execution = try holder(bench)
            if isCold { bench.restart() }
            let work: Work =
                way == "again"
                ? .command(.raise(RaiseCommand(instanceID: "i", eventName: "again")))
                : .command(.control(ControlCommand(instanceID: "i", verb: .terminate)))
            let ended = try bench.keep(bench.step(work))
            let release = raised(bench, ended).filter { $0.contains("@release") }
            #expect(release.count == 1, "\(way)")
            #expect(release.first?.contains(execution) == true)
        }
    }

    @Test("A lock that comes to an orchestration that is gone is released; one that comes twice is taken once")
    func lostLock() throws {
        let bench = try PartitionBench()
        func grant(_ execution: String) -> Work {
            .command(
                .raise(
                    RaiseCommand(
                        instanceID: "i", eventName: "@0",
                        payload: EntityAnswer(executionID: execution, outcome: .locked([id])).payload)))
        }
        let gone = try bench.keep(bench.step(grant("never")))
        #expect(raised(bench, gone).count == 1)
        #expect(raised(bench, gone)[0].hasPrefix("@counter@a @release"))
        let execution = try holder(bench)
        let again = try bench.keep(bench.step(grant(execution)))
        #expect(raised(bench, again) == [])
        let former = try bench.keep(bench.step(grant("former")))
        #expect(raised(bench, former).count == 1)
    }

    @Test("Cleaning removes an entity without state, and only such a one")
    func cleaning() throws {
        let bench = try PartitionBench()
        try bench.keep(bench.step(signal("add")))
        try bench.keep(bench.step(try ended(bench, "1"), signal("@clean", "null")))
        #expect(bench.rows.instance(id) != nil)
        try bench.keep(bench.step(signal("delete")))
        try bench.keep(bench.step(try ended(bench, nil)))
        #expect(bench.instance(id)?.customStatus?.json == #"{"entityExists":false}"#)
        try bench.keep(bench.step(signal("@clean", "null")))
        #expect(bench.rows.instance(id) == nil)
        try bench.keep(bench.step(signal("add")))
        #expect(running(bench) == ["add"])
    }

    @Test(
        "An entity that no host knows waits for one; then its caller gets a failure, and a signal becomes a dead letter"
    )
    func unknown() throws {
        let bench = try PartitionBench()
        let call = request("add", 0, to: "@other@a")
        try bench.keep(bench.step(call, signal("add", to: "@other@a"), signal("add", to: "@third@a")))
        bench.executor.knownEntities.insert("third")
        bench.now = bench.now.advanced(by: .seconds(31))
        let expired = try bench.keep(bench.step(alarms: true))
        #expect(
            raised(bench, expired).first?.hasPrefix(#"i @0 {"execution":"x","failure":{"type":"OperationRefused""#)
                == true)
        #expect(bench.summary(expired).contains("dead:unknown-entity"))
        #expect(running(bench) == ["add"])
    }

    @Test(
        "An event that is no operation is refused, and entities are not listed among instances"
    )
    func strangers() throws {
        let bench = try PartitionBench()
        let refused = try bench.keep(
            bench.step(.command(.raise(RaiseCommand(instanceID: id, eventName: "add", payload: Payload(json: "1"))))))
        #expect(bench.summary(refused).contains("dead:bad-instance-id"))
        try bench.keep(bench.step(signal("add")))
        #expect(bench.rows.list(InstanceQuery()).instances.isEmpty)
        #expect(bench.rows.list(InstanceQuery(idPrefix: "@counter@")).instances.map(\.instanceID) == [id])
        #expect(bench.rows.openInstances().isEmpty)
    }
}
