import AMQPMessages
import TestSupport
import Testing
import Warren
import WarrenClient
import WarrenMessaging

@Suite("A client", .timeLimit(.minutes(5)))
struct TaskHubClientTests {
    private let cities = Orchestration<[String], [String]>("HelloCities")
    private let approved = ExternalEvent<Bool>("Approved")

    // MARK: Starting

    @Test("A start returns when the host has accepted it, and its result comes by the same request")
    func start() async throws {
        try await withClient { client, host, _ in
            async let starting = client.start(cities, ["Tokyo", "Seattle"], tags: ["team": "blue"])
            let command = try await host.nextStart()
            #expect(command.name == "HelloCities")
            #expect(command.input == Payload(json: #"["Tokyo","Seattle"]"#))
            #expect(command.tags == ["team": "blue"])
            #expect(command.ifExists == .ignore)
            #expect(command.context.messageKey != nil)
            #expect(command.context.reply?.mode == .both)
            host.reply(to: command.context, .accepted, instanceID: command.instanceID)
            let instance = try await starting
            #expect(instance.id == command.instanceID)

            async let result = instance.result()
            host.reply(to: command.context, .completed, Payload(json: #"["Hello Tokyo!"]"#))
            #expect(try await result == ["Hello Tokyo!"])
            #expect(try await instance.result() == ["Hello Tokyo!"], "asked again, it is still known")
        }
    }

    @Test("A result that comes before anybody asks for it is kept")
    func earlyResult() async throws {
        try await withClient { client, host, _ in
            async let starting = client.start(cities, [])
            let command = try await host.nextStart()
            host.reply(to: command.context, .accepted)
            host.reply(to: command.context, .completed, Payload(json: "[]"))
            #expect(try await starting.result() == [])
        }
    }

    @Test("A start can name its instance, what to do if it exists, and when to begin")
    func startWithID() async throws {
        try await withClient { client, host, _ in
            async let starting = client.start(
                cities, [], id: "order-42", ifExists: .restart, startAt: Timestamp(microseconds: 1_500_000))
            let command = try await host.nextStart()
            #expect(command.instanceID == "order-42")
            #expect(command.ifExists == .restart)
            #expect(command.startAt == Timestamp(microseconds: 1_500_000))
            host.reply(to: command.context, .accepted)
            #expect(try await starting.id == "order-42")
        }
    }

    @Test("The result of an instance that was started elsewhere is asked for")
    func instanceElsewhere() async throws {
        try await withClient { client, host, _ in
            async let result = client.instance(of: cities, id: "order-42").result()
            let query = try await host.nextQuery()
            #expect(query.question == .wait(instanceID: "order-42"))
            host.reply(to: query.context, .completed, Payload(json: "[]"))
            #expect(try await result == [])
        }
    }

    @Test("A start that is confirmed only does not wait for a host")
    func confirmed() async throws {
        try await withClient { client, host, _ in
            async let starting = client.start(named: "HelloCities", id: "a", until: .confirmed)
            let command = try await host.nextStart()
            #expect(command.instanceID == "a")
            #expect(try await starting.id == "a")
        }
    }

    @Test(
        "A refusal is thrown with its reason and the host's words",
        arguments: [
            (Refusal.Reason.instanceExists, ClientError.Code.instanceExists),
            (.unknownOrchestration, .unknownOrchestration),
            (.duplicateIDMismatch, .rejected),
        ])
    func refused(reason: Refusal.Reason, code: ClientError.Code) async throws {
        try await withClient { client, host, _ in
            let starting = Task { try await client.start(named: "HelloCities", id: "a", ifExists: .fail) }
            let command = try await host.nextStart()
            host.reply(to: command.context, rejecting: Refusal(reason, "because"))
            let error = await #expect(throws: ClientError.self) { try await starting.ended() }
            #expect(error?.code == code)
            #expect(error?.reason == reason.rawValue)
            #expect(error?.message.contains("because") == true)
        }
    }

    @Test("A failed instance's result throws its failure with all causes")
    func failed() async throws {
        try await withClient { client, host, _ in
            async let starting = client.start(cities, [])
            let command = try await host.nextStart()
            let details = FailureDetails(
                type: "TaskFailure", message: "no", inner: [FailureDetails(type: "CardDeclined", message: "expired")])
            host.reply(to: command.context, .failed, try JSONPayloadCodec().encode(details))
            let instance = try await starting
            let failure = await #expect(throws: OrchestrationFailure.self) { try await instance.result() }
            #expect(failure?.details == details)
            #expect(failure?.runtimeStatus == .failed)
        }
    }

    @Test("A terminated instance's result throws with the reason")
    func terminated() async throws {
        try await withClient { client, host, _ in
            async let starting = client.start(cities, [])
            let command = try await host.nextStart()
            host.reply(to: command.context, .terminated, Payload(json: #""no longer wanted""#))
            let instance = try await starting
            let failure = await #expect(throws: OrchestrationFailure.self) { try await instance.result() }
            #expect(failure?.runtimeStatus == .terminated)
            #expect(failure?.details.message == "no longer wanted")
        }
    }

    @Test("An output of another type than the reference says is told as such")
    func wrongType() async throws {
        try await withClient { client, host, _ in
            async let starting = client.start(cities, [])
            let command = try await host.nextStart()
            host.reply(to: command.context, .completed, Payload(json: "7"))
            let instance = try await starting
            let error = await #expect(throws: ClientError.self) { try await instance.result() }
            #expect(error?.code == .invalidReply)
        }
    }

    @Test(
        "Names and IDs that no host would take are refused before anything is sent",
        arguments: ["", "a/b", "@a", "a*", "a\u{7}", String(repeating: "x", count: 129)])
    func badID(id: String) async throws {
        try await withClient { client, _, transport in
            let error = await #expect(throws: ClientError.self) { try await client.start(named: "A", id: id) }
            #expect(error?.code == .invalidArgument)
            #expect(await #expect(throws: ClientError.self) { try await client.start(named: id) } != nil)
            #expect(transport.published.isEmpty)
        }
    }

    // MARK: Lost messages

    @Test("A publish of unknown fate is repeated as the same message")
    func unknownFate() async throws {
        try await withClient { client, host, transport in
            transport.lose(.unknown(reason: "connection lost"), .refused)
            async let starting = client.start(named: "HelloCities")
            try await transport.clock.passBackoffs(2)
            let command = try await host.nextStart()
            host.reply(to: command.context, .accepted)
            _ = try await starting
            let sent = transport.published
            #expect(sent.count == 3)
            #expect(Set(sent).count == 1)
        }
    }

    @Test("A message that no queue takes says that there is no such hub, and how to make one")
    func noHub() async throws {
        try await withClient { client, _, transport in
            transport.lose(.returned(code: 312, text: "NO_ROUTE"))
            let error = await #expect(throws: ClientError.self) { try await client.start(named: "HelloCities") }
            #expect(error?.code == .noTaskHub)
            #expect(error?.message.contains("warren hub create --hub warren") == true)
        }
    }

    @Test("A missing right to publish is told at once; another message's is not, for it ends the same channel")
    func forbidden() async throws {
        try await withClient { client, host, transport in
            let reason = { (exchange: String) in
                "ACCESS_REFUSED - access to exchange '\(exchange)' in vhost '/' refused for user 'web'"
            }
            transport.lose(.unknown(reason: reason("warren.start")))
            let error = await #expect(throws: ClientError.self) { try await client.start(named: "HelloCities") }
            #expect(error?.code == .unreachable)
            #expect(error?.message.contains("set_permissions") == true)

            transport.lose(.unknown(reason: reason("warren.control")))
            async let starting = client.start(named: "HelloCities")
            try await transport.clock.passBackoffs(1)
            host.reply(to: try await host.nextStart().context, .accepted)
            _ = try await starting
        }
    }

    @Test(
        "A broker that goes on refusing, or confirms nothing, is reported as overloaded",
        arguments: [PublishOutcome.refused, .unconfirmed(after: .seconds(10))])
    func overloaded(_ outcome: PublishOutcome) async throws {
        try await withClient { client, _, transport in
            transport.lose(outcome, outcome, outcome, outcome)
            let starting = Task { try await client.start(named: "HelloCities") }
            try await transport.clock.passBackoffs(3)
            let error = await #expect(throws: ClientError.self) { try await starting.ended() }
            #expect(error?.code == .overloaded)
        }
    }

    @Test("When the reply queue was lost, an unaccepted start is sent again and an open result is asked for")
    func lostReplyQueue() async throws {
        try await withClient { client, host, transport in
            async let starting = client.start(cities, [])
            let first = try await host.nextStart()
            transport.loseReplyQueue()
            var again: [Command] = [try await host.next(), try await host.next()]
            if case .query = again[0] { again.reverse() }
            guard case .start(let second) = again[0], case .query(let query) = again[1] else {
                throw FakeHost.Unexpected()
            }
            #expect(second == first, "the same message: the host takes it once")
            #expect(query.question == .wait(instanceID: first.instanceID))
            host.reply(to: second.context, .accepted)
            let instance = try await starting
            host.reply(to: query.context, .completed, Payload(json: #"["Hello"]"#))
            #expect(try await instance.result() == ["Hello"])
        }
    }

    // MARK: Timeouts, cancellation, the end

    @Test("A host that does not answer in time is reported with what to look at")
    func silence() async throws {
        try await withClient { client, host, transport in
            let starting = Task { try await client.start(named: "HelloCities") }
            _ = try await host.nextStart()
            try await transport.clock.sleepers(1)
            transport.clock.advance(by: .seconds(30))
            let error = await #expect(throws: ClientError.self) { try await starting.ended() }
            #expect(error?.code == .timedOut)
            #expect(error?.message.contains("orchestrator role") == true)
        }
    }

    @Test(
        "A broker in an alarm is named as the reason why nothing came, and what to do about it",
        arguments: [true, false])
    func blocked(isConfirmedOnly: Bool) async throws {
        try await withClient { client, _, transport in
            transport.block("low on disk")
            transport.stall()
            let starting = Task {
                try await client.start(named: "HelloCities", until: isConfirmedOnly ? .confirmed : .accepted)
            }
            try await transport.stalledPublish()
            try await transport.clock.sleepers(1)
            transport.clock.advance(by: .seconds(30))
            let error = await #expect(throws: ClientError.self) { try await starting.ended() }
            #expect(error?.code == .overloaded)
            #expect(error?.message.contains("low on disk") == true)
            #expect(error?.message.contains("rabbitmqctl status") == true)
            transport.resume()
        }
    }

    @Test(
        "Where nobody is going to wait, the host is asked for no more than is heard; the result can still be asked for")
    func notAwaited() async throws {
        try await withClient { client, host, _ in
            async let starting = client.start(cities, [], awaitingEnd: false)
            let command = try await host.nextStart()
            #expect(command.context.reply?.mode == .accepted)
            #expect(command.context.holdLimit == 2000, "refused before the client gives up")
            host.reply(to: command.context, .accepted)
            let instance = try await starting
            async let result = instance.result()
            let query = try await host.nextQuery()
            #expect(query.question == .wait(instanceID: instance.id))
            host.reply(to: query.context, .completed, Payload(json: "[]"))
            #expect(try await result == [])

            _ = try await client.start(cities, [], id: "b", until: .confirmed, awaitingEnd: false)
            let confirmed = try await host.nextStart()
            #expect(confirmed.context.reply == nil)
            #expect(confirmed.context.holdLimit == nil, "nobody waits: it is held as long as the host likes")
            _ = try await client.start(cities, [], id: "c", until: .confirmed)
            #expect(try await host.nextStart().context.reply?.mode == .completed)
        }
    }

    @Test("A cancelled wait ends at once, and the instance can be waited for again")
    func cancelled() async throws {
        try await withClient { client, host, _ in
            async let starting = client.start(cities, [])
            let command = try await host.nextStart()
            host.reply(to: command.context, .accepted)
            let instance = try await starting
            let waiting = Task { try await instance.result() }
            waiting.cancel()
            await #expect(throws: CancellationError.self) { try await waiting.ended() }
            host.reply(to: command.context, .completed, Payload(json: "[]"))
            #expect(try await instance.result() == [])
        }
    }

    @Test("A call that is cancelled before its message was confirmed ends at once; the confirm then meets nobody")
    func cancelledPublish() async throws {
        try await withClient { client, host, transport in
            transport.stall()
            let starting = Task { try await client.start(named: "HelloCities", id: "a", until: .confirmed) }
            try await transport.stalledPublish()
            starting.cancel()
            await #expect(throws: CancellationError.self) { try await starting.ended() }
            transport.resume()
            let sent = try await host.nextStart()
            #expect(sent.instanceID == "a")

            let late = Task {
                withUnsafeCurrentTask { $0?.cancel() }
                return try await client.start(named: "HelloCities", id: "b", until: .confirmed)
            }
            await #expect(throws: CancellationError.self) { _ = try await late.ended() }
        }
    }

    @Test("Closing a client ends every wait, and later calls")
    func closed() async throws {
        try await withClient { client, host, _ in
            let waiting = Task { try await client.wait(for: "a") }
            _ = try await host.nextQuery()
            await client.close()
            let error = await #expect(throws: ClientError.self) { try await waiting.ended() }
            #expect(error?.code == .closed)
            let later = await #expect(throws: ClientError.self) { try await client.status(of: "a") }
            #expect(later?.code == .closed)
        }
    }

    // MARK: Events and control

    @Test("An event carries its value and returns when the host has it")
    func raise() async throws {
        try await withClient { client, host, _ in
            async let raising: Void = client.raise(approved, true, to: "order-42")
            guard case .raise(let command) = try await host.next() else { throw FakeHost.Unexpected() }
            #expect(command.instanceID == "order-42")
            #expect(command.eventName == "Approved")
            #expect(command.payload == Payload(json: "true"))
            host.reply(to: command.context, .accepted)
            try await raising
        }
    }

    @Test("An event for an instance that has ended says so")
    func raiseFinished() async throws {
        try await withClient { client, host, _ in
            let raising = Task { try await client.raise(approved, true, to: "order-42") }
            guard case .raise(let command) = try await host.next() else { throw FakeHost.Unexpected() }
            host.reply(to: command.context, rejecting: Refusal(.instanceFinished, "ended"))
            let error = await #expect(throws: ClientError.self) { try await raising.ended() }
            #expect(error?.code == .instanceFinished)
        }
    }

    @Test("Terminate, suspend, resume and rewind carry their reason")
    func control() async throws {
        try await withClient { client, host, _ in
            for verb in [ControlCommand.Verb.terminate, .suspend, .resume, .rewind] {
                async let sending: Void =
                    switch verb {
                    case .terminate: client.terminate("a", reason: "why \"not\"")
                    case .suspend: client.suspend("a", reason: "why \"not\"")
                    case .resume: client.resume("a", reason: "why \"not\"")
                    default: client.rewind("a", reason: "why \"not\"")
                    }
                guard case .control(let command) = try await host.next() else { throw FakeHost.Unexpected() }
                #expect(command.verb == verb)
                #expect(command.instanceID == "a")
                #expect(command.reason == "why \"not\"")
                host.reply(to: command.context, .accepted)
                try await sending
            }
        }
    }
}
