import AMQPMessages
import Warren
import WarrenMessaging

/// The clients that start, control and query instances: they publish unconfirmed messages again, under the same message
/// ID.
final class SimClients: @unchecked Sendable {
    /// The state of a root as the clients know it.
    struct Known {
        var isStartConfirmed = false
        var isAccepted = false
        /// Whether an operation was sent that may end it, or remove it.
        var mayBeTerminated = false
        var mayBePurged = false
        var wasRestarted = false
        /// Whether another start under the same message ID was accepted before it.
        var isOtherAccepted = false
    }

    static let replyQueue = "reply.clients"

    let world: SimWorld
    private let faults: SimFaults
    private let plan: SimPlan
    private let broker: SimBroker
    let ledger: SimLedger
    private let connection: SimConnection
    let encoder: RequestEncoder
    /// The payload folder; `nil` in a hub without one.
    private let claims: ClaimCheck?
    private(set) var known: [Known]
    private var consumer: SimConsumer?
    private var lastQuestion = 0
    /// The questions, by the correlation IDs of the answers.
    private(set) var questions: Set<String> = []

    init(_ plan: SimPlan, _ broker: SimBroker, _ ledger: SimLedger, _ claims: ClaimCheck? = nil) {
        self.claims = claims
        self.plan = plan
        self.broker = broker
        self.ledger = ledger
        world = broker.world
        faults = broker.faults
        connection = SimConnection("clients", broker)
        encoder = RequestEncoder(hub: broker.names, replyQueue: Self.replyQueue)
        known = plan.roots.map { _ in Known(mayBePurged: plan.payloads?.retention != nil) }
        broker.declare(Self.replyQueue)
        let consumer = SimConsumer(queue: Self.replyQueue, prefetch: .max) { [weak self] messages in
            for message in messages { self?.hear(message) }
        }
        self.consumer = consumer
        broker.consume(Self.replyQueue, consumer)
        for (index, root) in plan.roots.enumerated() {
            world.after(root.at) { [self] in start(index, root) }
        }
    }

    private func hear(_ message: InboundMessage) {
        if let consumer { broker.acknowledged([message.tag], by: consumer) }
        guard case .success(let reply) = ReplyCodec.decode(message) else {
            return world.fail("E4", SimNames.of(message), "an answer cannot be read")
        }
        let id = reply.address.correlationID
        ledger.replies[id, default: []].append(reply)
        if let index = plan.roots.firstIndex(where: { "c-start-\($0.id)" == id }) {
            // A client that repeats its request after its instance was purged is rejected, and one whose request was
            // overtaken.
            let isGone = reply.status == .rejected && (known[index].mayBePurged || known[index].isOtherAccepted)
            if reply.status == .accepted || isGone { known[index].isAccepted = true }
            if reply.status == .accepted, known[index].isOtherAccepted { failMismatch(id) }
        }
        // A message with the same ID and other content is another message, and must be rejected; the first of them if a
        // lost publish of the detour has let it fall behind.
        if id.hasPrefix("c-mismatch-"), reply.status != .rejected,
            let index = plan.roots.firstIndex(where: { id == "c-mismatch-\($0.id)" })
        {
            if !known[index].isOtherAccepted, known[index].isAccepted || !plan.mayReorder { failMismatch(id) }
            known[index].isOtherAccepted = true
        }
        // An accepted instance must be visible to every later question.
        if id.hasPrefix("c-seen-"), let refusal = ReplyCodec.refusal(of: reply), refusal.reason == .unknownInstance,
            let index = Int(id.split(separator: "-").dropFirst(2).first ?? ""), !known[index].mayBePurged
        {
            world.fail("E6", plan.roots[index].id, "it was accepted, and a status says: \(refusal)")
        }
    }

    private func failMismatch(_ id: String) {
        world.fail("I4", id, "another message under an ID that was used is accepted")
    }

    func act(_ action: SimPlan.Action) {
        switch action {
        case .purgeEnded(let partition):
            for index in known.indices { known[index].mayBePurged = true }
            return ask { encoder.purge(InstanceQuery(limit: 100), partition: partition, ids: $0) }
        case .list(let partition):
            return ask { encoder.query(.list(InstanceQuery(limit: 3)), partition: partition, ids: $0) }
        default: break
        }
        guard let index = action.root else { return }
        let root = plan.roots[index]
        switch action {
        case .event(_, let name): send(event: name, to: index)
        case .strayEvent(_, let name):
            let id = "stray-\(root.id)-\(name)-\(world.time)"
            publish(raise(name, to: root, id: id))
        case .terminate:
            onceAccepted(index) { [self] in
                known[index].mayBeTerminated = true
                publish(control(.terminate, root, id: "terminate-\(root.id)"))
            }
        case .terminateAll:
            onceAccepted(index) { [self] in
                known[index].mayBeTerminated = true
                publish(
                    encoder.control(
                        ControlCommand(instanceID: root.id, verb: .terminate, isRecursive: true), reply: .none,
                        ids: .init(messageID: "terminate-\(root.id)", correlationID: "c-terminate-\(root.id)")))
            }
        case .update(_, let number): onceAccepted(index) { [self] in update(root, number) }
        case .rewind: onceAccepted(index) { [self] in rewind(root, 1) }
        case .suspend(_, let time):
            onceAccepted(index) { [self] in
                publish(control(.suspend, root, id: "suspend-\(root.id)")) { [self] in
                    world.after(time) { [self] in publish(control(.resume, root, id: "resume-\(root.id)")) }
                }
            }
        case .purge:
            onceAccepted(index) { [self] in
                known[index].mayBePurged = true
                publish(control(.purge, root, id: "purge-\(root.id)-\(world.time)"))
            }
        case .startAgain: if known[index].isStartConfirmed, root.isNamed { publish(startMessage(root)) }
        case .mismatch:
            guard known[index].isStartConfirmed, root.isNamed else { return }
            var other = root
            other.ops = [.call, .call, .call, .call, .call, .call, .call]
            publish(startMessage(other, correlation: "c-mismatch-\(root.id)"))
        case .restart:
            guard known[index].isAccepted else { return }
            known[index].wasRestarted = true
            var command = StartCommand(name: SimProgram.name, instanceID: root.id, input: input(of: root))
            command.ifExists = .restart
            publish(
                encoder.start(
                    command, reply: .none,
                    ids: .init(messageID: "restart-\(root.id)", correlationID: "c-restart-\(root.id)")))
        case .status:
            onceAccepted(index) { [self] in
                ask("c-seen-\(index)-") {
                    encoder.query(.status(instanceID: root.id, includeHistory: lastQuestion % 2 == 0), ids: $0)
                }
            }
        case .wait:
            onceAccepted(index) { [self] in
                ask("c-wait-\(index)-") { encoder.query(.wait(instanceID: root.id), ids: $0) }
            }
        default: break
        }
    }

    /// Resumes an instance that is parked.
    func resume(_ instanceID: String) {
        let id = "unpark-\(instanceID)-\(world.time)"
        publish(
            encoder.control(
                ControlCommand(instanceID: instanceID, verb: .resume), reply: .none,
                ids: .init(messageID: id, correlationID: "c-\(id)")))
    }

    /// Asks a question. Its answer may be lost.
    private func ask(_ prefix: String = "c-ask-", _ question: (RequestIDs) -> OutboundMessage) {
        lastQuestion += 1
        let ids = RequestIDs(messageID: "q\(lastQuestion)", correlationID: "\(prefix)\(lastQuestion)")
        questions.insert(ids.correlationID)
        publish(question(ids))
    }

    private func start(_ index: Int, _ root: SimPlan.Root) {
        publish(startMessage(root)) { [self] in
            known[index].isStartConfirmed = true
            // The answer may be lost, and a start is answered every time it arrives.
            world.after(20_000_000) { [self] in if !known[index].isAccepted { start(index, root) } }
        }
    }

    private func startMessage(_ root: SimPlan.Root, correlation: String? = nil) -> OutboundMessage {
        var message = encoder.start(
            StartCommand(
                name: SimProgram.name, instanceID: root.id, input: input(of: root), version: root.version),
            reply: root.waitsForEnd ? .both : .accepted,
            ids: .init(messageID: "start-\(root.id)", correlationID: correlation ?? "c-start-\(root.id)"))
        if !root.isNamed { message.properties.messageID = nil }
        if let delay = root.delay { message.properties.headers[WireHeader.delay] = .int64(delay) }
        return message
    }

    /// Makes the input of a start: a reference if it is large, and its client has the payload folder.
    private func input(of root: SimPlan.Root) -> Payload { stored(SimProgram.input(root.ops), for: root) }

    private func stored(_ payload: Payload, for root: SimPlan.Root) -> Payload {
        guard let claims, let rules = plan.payloads,
            let index = plan.roots.firstIndex(where: { $0.id == root.id }), !rules.whole.contains(index)
        else { return payload }
        return (try? claims.checkIn(payload, for: [root.id])) ?? payload
    }

    private func raise(_ name: String, to root: SimPlan.Root, id: String) -> OutboundMessage {
        encoder.raise(
            RaiseCommand(instanceID: root.id, eventName: name, payload: stored(Payload(json: "\"\(id)\""), for: root)),
            reply: .none,
            ids: .init(messageID: id, correlationID: "c-\(id)"))
    }

    private func control(_ verb: ControlCommand.Verb, _ root: SimPlan.Root, id: String) -> OutboundMessage {
        encoder.control(
            ControlCommand(instanceID: root.id, verb: verb), reply: .none,
            ids: .init(messageID: id, correlationID: "c-\(id)"))
    }

    /// Rewinds a root until it has completed: it may not have failed yet.
    private func rewind(_ root: SimPlan.Root, _ attempt: Int) {
        let id = "rewind-\(root.id)-\(attempt)"
        publish(
            encoder.control(
                ControlCommand(instanceID: root.id, verb: .rewind), reply: .accepted,
                ids: .init(messageID: id, correlationID: "c-\(id)")))
        world.after(5_000_000) { [self] in
            let isDone = (1...attempt).contains { attempt in
                (ledger.replies["c-rewind-\(root.id)-\(attempt)"] ?? []).contains { reply in
                    ReplyCodec.refusal(of: reply)?.detail.contains("is Completed") == true
                }
            }
            if !isDone, attempt < Self.mostRewinds { rewind(root, attempt + 1) }
        }
    }

    private static let mostRewinds = 100

    /// Sends an event that its root needs in order to end: once there is an instance to get it.
    private func send(event name: String, to index: Int) {
        let root = plan.roots[index]
        onceAccepted(index) { [self] in publish(raise(name, to: root, id: "event-\(root.id)-\(name)")) }
    }

    private func onceAccepted(_ index: Int, _ body: @escaping @Sendable () -> Void) {
        if known[index].isAccepted { return body() }
        world.after(100_000) { [self] in onceAccepted(index, body) }
    }

    func publish(_ message: OutboundMessage, _ confirmed: @escaping @Sendable () -> Void = {}) {
        connection.publish([message.published(at: Timestamp(microseconds: 1_893_499_200_000_000 + world.time))]) {
            [self] outcomes in
            if outcomes.first == .confirmed { return confirmed() }
            world.after(50_000) { [self] in publish(message, confirmed) }
        }
    }
}
