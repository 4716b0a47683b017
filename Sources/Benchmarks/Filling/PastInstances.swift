import Warren

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Instances as a month of a busy hub leaves them, oldest first: the same for the same seed.
struct PastInstances {
    private let count: Int
    private let from: Timestamp
    private let microseconds: Int64
    private var made = 0
    private var random: SplitMix

    /// - Parameters:
    ///   - from: when the first is created.
    ///   - to: now; nothing ends after it.
    init(count: Int, from: Timestamp, to: Timestamp, seed: UInt64) {
        self.count = count
        self.from = from
        microseconds = max(1, to.microseconds - from.microseconds)
        random = SplitMix(state: seed)
    }

    /// How an instance has ended, or what it waits for.
    private enum Fate { case completed, failed, terminated, event, activity, timer, suspended }

    private static let names: [(name: String, share: Int)] = [
        ("OrderFulfilment", 55), ("Invoice", 20), ("NightlyReport", 10), (approval, 10), ("Refund", 5),
    ]
    /// Waits for somebody.
    private static let approval = "LeaveApproval"
    private static let failures: [(type: String, message: String)] = [
        ("PaymentDeclined", "The bank declined the card."), ("GatewayTimeout", "No answer within 30 s."),
        ("OutOfStock", "Article 4711 is not in stock."),
    ]

    /// The next instance; `nil` behind the last.
    mutating func next() -> PastInstance? {
        guard made < count else { return nil }
        defer { made += 1 }
        let created = Timestamp(microseconds: from.microseconds + place(Double(made) / Double(count)))
        let name = self.name()
        let fate = fate(of: name, age: Double(count - made) / Double(count))
        return instance("\(name.lowercased())-\(made)", name, fate, created)
    }

    /// Microseconds from the beginning. Four times as much is started at the busiest hour of a day as at the quietest.
    private func place(_ share: Double) -> Int64 {
        let day = 86_400e6
        let even = Double(microseconds) * share
        let part = (even / day).truncatingRemainder(dividingBy: 1)
        return max(0, min(microseconds, Int64(even - day * 0.7 * part * (1 - part) * (1 - 2 * part))))
    }

    private mutating func name() -> String {
        var left = random.below(100)
        for (name, share) in Self.names {
            if left < share { return name }
            left -= share
        }
        return Self.approval
    }

    /// Most of what is open is young.
    private mutating func fate(of name: String, age: Double) -> Fate {
        let isYoung = age < 0.1
        switch random.below(1000) {
        case 0..<25: return .failed
        case 25..<35: return .terminated
        case 35..<(isYoung ? 235 : 55):
            if name == Self.approval { return random.below(10) == 0 ? .suspended : .event }
            return random.below(3) == 0 ? .timer : .activity
        default: return .completed
        }
    }

    private mutating func instance(
        _ id: String, _ name: String, _ fate: Fate, _ created: Timestamp
    ) -> PastInstance {
        let end = from.microseconds + microseconds
        func later(_ seconds: Int) -> Timestamp {
            Timestamp(microseconds: min(end, created.microseconds + Int64(seconds) * 1_000_000))
        }
        let worked = later(1 + random.below(3600))
        let input = Payload(
            json: #"{"order":\#(made),"customer":\#(random.below(50_000)),"total":"\#(random.below(900)).50"}"#)
        var record = InstanceRecord(
            key: 0, instanceID: id, executionID: "e\(made)", name: name, status: .running, createdAt: created,
            lastUpdatedAt: worked, input: input)
        if random.below(5) == 0 { record.tags = ["region": ["north", "south", "west"][random.below(3)]] }
        let started: [HistoryEvent] = [
            .orchestratorStarted(created),
            .executionStarted(
                ExecutionStarted(name: name, instanceID: id, executionID: record.executionID, input: input)),
        ]
        var past = PastInstance(record: record, episodes: [])
        let call = HistoryEvent.taskScheduled(id: 0, name: "ReserveStock", input: input)
        let done = HistoryEvent.taskCompleted(id: 0, result: Payload(json: "3"))
        switch fate {
        case .completed:
            past.record.output = Payload(json: #"{"shipped":true,"parcel":\#(made)}"#)
            past.episodes = [
                started + [call],
                [
                    .orchestratorStarted(worked), done,
                    .executionCompleted(.completed, output: past.record.output ?? .null, failure: nil),
                ],
            ]
            past.end(.completed, at: worked)
        case .failed:
            let failure = Self.failures[random.below(Self.failures.count)]
            let details = FailureDetails(type: failure.type, message: failure.message)
            past.record.failure = details
            past.episodes = [
                started + [call],
                [
                    .orchestratorStarted(worked), .taskFailed(id: 0, failure: details),
                    .executionCompleted(.failed, output: .null, failure: details),
                ],
            ]
            // Some fail long after they began.
            past.end(.failed, at: random.below(4) == 0 ? later(random.below(5 * 86_400)) : worked)
        case .terminated:
            past.episodes = [
                started + [call], [.orchestratorStarted(worked), .executionTerminated(reason: "obsolete")],
            ]
            past.end(.terminated, at: worked)
        case .event, .suspended:
            past.record.eventWaits = EventWaits(named: [.init(name: "Approval", since: created)]).encoded
            past.episodes = [started]
            past.record.lastUpdatedAt = created
            if fate == .suspended {
                past.episodes.append([.orchestratorStarted(worked), .executionSuspended(reason: "under review")])
                past.record.status = .suspended
                past.record.lastUpdatedAt = worked
            }
        case .activity:
            past.episodes = [
                started + [call],
                [.orchestratorStarted(worked), done, .taskScheduled(id: 1, name: "PrintLabel", input: .null)],
            ]
        case .timer:
            let fireAt = Timestamp(microseconds: end + Int64(1 + random.below(30 * 86_400)) * 1_000_000)
            // The orchestrator decides by its input.
            past.record.input = Payload(json: #"{"until":\#(fireAt.microseconds)}"#)
            past.episodes = [
                [
                    .orchestratorStarted(created),
                    .executionStarted(
                        ExecutionStarted(
                            name: name, instanceID: id, executionID: record.executionID, input: past.record.input)),
                    .timerCreated(id: 0, fireAt: fireAt),
                ]
            ]
            past.record.lastUpdatedAt = created
            past.timer = (0, fireAt)
        }
        past.record.episodes = past.episodes.count
        return past
    }

    /// Registers orchestrators with which the open ones go on. Nobody prints labels.
    static func registerAll(with registrar: some FunctionRegistrar) {
        let reserve = Activity<JSONValue, Int>("ReserveStock")
        let label = Activity<Void, JSONValue>("PrintLabel")
        registrar.register(reserve) { _ in 3 }
        for (name, _) in names {
            registrar.register(Orchestration<JSONValue, JSONValue>(name)) { context, input in
                if name == approval { return try await context.wait(for: ExternalEvent<JSONValue>("Approval")) }
                if let until = input["until"]?.integerValue {
                    try await context.sleep(until: Date(timeIntervalSince1970: Double(until) / 1_000_000))
                    return .null
                }
                _ = try await context.call(reserve, input)
                return try await context.call(label)
            }
        }
    }

    /// Random numbers, the same in every process for the same beginning. Source: <https://prng.di.unimi.it/splitmix64.c>.
    private struct SplitMix {
        var state: UInt64

        mutating func below(_ bound: Int) -> Int {
            state &+= 0x9e37_79b9_7f4a_7c15
            var number = state
            number = (number ^ (number >> 30)) &* 0xbf58_476d_1ce4_e5b9
            number = (number ^ (number >> 27)) &* 0x94d0_49bb_1331_11eb
            return Int((number ^ (number >> 31)) % UInt64(bound))
        }
    }
}

extension PastInstance {
    fileprivate mutating func end(_ status: RuntimeStatus, at time: Timestamp) {
        record.status = status
        record.completedAt = time
        record.lastUpdatedAt = time
    }
}
