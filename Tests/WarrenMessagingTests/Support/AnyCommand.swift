import TestSupport
import Warren

@testable import WarrenMessaging

/// Makes commands of every kind that partitions send to each other, the same ones for the same seed: most as orchestrators make
/// them, some with texts that are hostile, at their limits or above them, or with values that are absent.
struct AnyCommand {
    private var random: SeededGenerator
    /// Whether every part is one that a reader accepts.
    private let isUsual: Bool

    init(seed: UInt64, isUsual: Bool) {
        random = SeededGenerator(seed: seed)
        self.isUsual = isUsual
    }

    mutating func command() -> Command {
        switch random.below(6) {
        case 0, 1: .start(start())
        case 2: .raise(raise())
        case 3: .control(control())
        case 4: .childCompleted(childCompleted())
        default: .permit(permit())
        }
    }

    private mutating func start() -> StartCommand {
        var start = StartCommand(
            name: name(), instanceID: instanceID(), input: payload(hasOrigin: true), ifExists: policy(),
            startAt: half() ? nil : time(), tags: tags(), parent: half() ? parent() : nil,
            version: half() ? nil : text(255), context: context())
        if random.chance(oneIn: 4) { start.formerExecutionID = text(255) }
        if random.chance(oneIn: 4) { start.reason = text(1024) }
        return start
    }

    private mutating func raise() -> RaiseCommand {
        var raise = RaiseCommand(
            instanceID: instanceID(), eventName: eventName(), payload: payload(hasOrigin: true), context: context())
        if !isUsual, random.chance(oneIn: 4) {
            raise.start = EventStart(
                name: name(), input: payload(hasOrigin: true), tags: tags(), replacesFinished: half())
        }
        return raise
    }

    private mutating func control() -> ControlCommand {
        // trap: the list of verbs is not empty.
        let verb = ControlCommand.Verb.allCases.randomElement(using: &random)!
        return ControlCommand(
            instanceID: instanceID(), verb: verb, reason: half() ? nil : text(3000), parent: half() ? parent() : nil,
            isRecursive: half() ? nil : half(),
            beforeEvent: half() ? nil : number([1, 7, Int(Int32.max)], others: [0, -1, Int(Int32.max) + 1]),
            dropsEvents: half(), newInstanceID: half() ? nil : instanceID(), context: context())
    }

    private mutating func childCompleted() -> ChildCompletedCommand {
        ChildCompletedCommand(
            parent: parent(), result: half() ? .completed(payload(hasOrigin: false)) : .failed(failure(causes: 3)),
            context: context())
    }

    private mutating func permit() -> PermitCommand {
        // trap: the list of verbs is not empty.
        let verb = PermitCommand.Verb.allCases.randomElement(using: &random)!
        var permit = PermitCommand(
            verb, text(255),
            of: TaskToken(
                partition: number([0, 3, Int(Int32.max)], others: [-1]), instanceID: instanceID(),
                executionID: text(255), taskID: taskID()),
            busyUntil: half() ? nil : time())
        if verb == .request || !isUsual {
            let bounds = CallOrder.priorities
            permit.priority = number(
                [bounds.lowerBound, CallOrder.usualPriority, bounds.upperBound], others: [bounds.upperBound + 1])
            permit.fairnessKey = text(255)
        }
        return permit
    }

    // MARK: - Parts

    private mutating func context() -> CommandContext {
        var context = CommandContext(
            messageKey: half() ? nil : text(2048),
            bodyHash: half() ? 0 : Int64(truncatingIfNeeded: random.next()),
            trace: half() ? nil : trace())
        guard !isUsual else { return context }
        if random.chance(oneIn: 6) {
            context.reply = ReplyAddress(queue: half() ? "reply.web" : "shop.partition.00", correlationID: text(255))
            context.refusesByReply = half()
        }
        if random.chance(oneIn: 6) { context.userID = text(255) }
        if random.chance(oneIn: 6) { context.holdLimit = Int64(number([0, 2000], others: [-1])) }
        return context
    }

    private mutating func trace() -> TraceContext? {
        TraceContext(
            traceparent: "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-0\(random.below(2))",
            tracestate: [nil, "", "a=b", String(repeating: "s", count: 512)].randomElement(using: &random) ?? nil,
            baggage: [nil, "", "user=ada", String(repeating: "b", count: 8192)].randomElement(using: &random) ?? nil)
    }

    private mutating func parent() -> ParentInstance {
        ParentInstance(name: text(255), instanceID: instanceID(), executionID: text(255), taskID: taskID())
    }

    private mutating func failure(causes: Int) -> FailureDetails {
        var failure = FailureDetails(
            type: isUsual ? "Declined" : ["", "Declined", text(255)].randomElement(using: &random) ?? "",
            message: text(16 << 10), stack: half() ? nil : text(16 << 10), isNonRetriable: half())
        if !isUsual {
            if random.chance(oneIn: 3) { failure.details = payload(hasOrigin: false) }
            if causes > 0, random.chance(oneIn: 3) { failure.inner = [self.failure(causes: causes - 1)] }
        }
        return failure
    }

    private mutating func tags() -> [String: String] {
        var tags: [String: String] = [:]
        for _ in 0..<[0, 0, 1, 3, 40][random.below(5)] {
            let key = isUsual ? "tag-\(random.below(100))" : text(100)
            tags[key] = text(1024)
        }
        return tags
    }

    private mutating func payload(hasOrigin: Bool) -> Payload {
        var payload: Payload =
            switch random.below(isUsual ? 5 : 10) {
            case 0: .null
            case 1: Payload(jsonStringOf: text(3000))
            case 2: Payload(json: " {\"a\": [1, 2.50, \"\\u0041\", null], \"a\": \"again\"}\n")
            case 3: Payload(json: nested(64))
            case 4: Payload(json: "\(random.below(1000))")
            case 5: Payload(bytes: [])
            case 6: Payload(json: nested(65))
            case 7: Payload(json: "{\"open\":")
            case 8: Payload(bytes: random.bytes(most: 20))
            default: Payload(json: "[\"\\ud800\"]")
            }
        if hasOrigin, random.chance(oneIn: 4) { payload.origin = text(200) }
        if !isUsual, random.chance(oneIn: 8) { payload.origin = text(200) }
        return payload
    }

    private func nested(_ depth: Int) -> String {
        String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
    }

    private mutating func policy() -> StartCommand.ExistingPolicy {
        [.ignore, .fail, .restart, .replaceAlways, .rejoin, .rewind].randomElement(using: &random) ?? .ignore
    }

    private mutating func name() -> String {
        let usual = ["Billing", "_a.b-c", "A" + String(repeating: "z", count: 99)]
        return isUsual || half() ? usual[random.below(3)] : text(100)
    }

    private mutating func eventName() -> String {
        let usual = ["Approved", "e\u{301} \u{1F680}", String(repeating: "\u{E9}", count: 50)]
        return isUsual || half() ? usual[random.below(3)] : text(100)
    }

    private mutating func instanceID() -> String {
        let usual = ["order-42", "@entity@key", "\u{1F680} a:b", String(repeating: "i", count: 128)]
        return isUsual || !random.chance(oneIn: 4) ? usual[random.below(4)] : text(128)
    }

    private mutating func taskID() -> Int { number([0, 7, Int(Int32.max)], others: [-1, Int(Int32.max) + 1]) }

    private mutating func time() -> Timestamp {
        Timestamp(microseconds: [0, 1_772_366_400_250_000, -1, .max, .min][random.below(5)])
    }

    private mutating func number(_ usual: [Int], others: [Int]) -> Int {
        isUsual || !random.chance(oneIn: 6) ? usual[random.below(usual.count)] : others[random.below(others.count)]
    }

    /// A text of at most so many bytes, which a header with that limit takes; sometimes one byte more.
    private mutating func text(_ most: Int) -> String {
        switch random.below(isUsual ? 8 : 14) {
        case 0: return ""
        case 1: return String(repeating: "x", count: most)
        case 2: return "null"
        case 3: return "\u{0}\u{7F}\r\n\"\\/\u{2028}"
        case 4: return String(repeating: "\u{1F680}", count: most / 4)
        case 5: return "e\u{301}\u{E9}"
        case 6: return "\u{301}begins with a mark"
        case 7: return "plain-\(random.below(1000))"
        case 8: return String(repeating: "x", count: most + 1)
        case 9: return String(decoding: random.bytes(most: 40), as: UTF8.self)
        case 10: return "a/b\\c#d?e*"
        case 11: return "@reserved"
        case 12: return String(repeating: "\u{E9}", count: most / 2 + 1)
        default: return ".."
        }
    }

    private mutating func half() -> Bool { random.chance(oneIn: 2) }
}
