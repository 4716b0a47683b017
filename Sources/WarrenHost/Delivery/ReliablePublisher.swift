import AMQPMessages
import Logging
import Synchronization
import Warren
import WarrenMessaging
import WarrenSupport

/// Publishes messages that no outbox keeps, repeatedly until the broker has them: dead letters of the intake, forwarded
/// messages, results of activities. The message that caused them is acknowledged only afterwards, so after a crash in
/// between it is delivered again.
final class ReliablePublisher: Sendable {
    /// The final outcome of a message.
    enum End: Sendable, Hashable {
        /// The broker has it.
        case confirmed
        /// No queue takes it.
        case unroutable
        /// The message cannot be sent, however often it is tried: it is too large, or the broker refuses its content.
        case unsendable(String)
        /// The publisher was stopped first.
        case abandoned

        /// Whether the message's cause need not be delivered again: the broker has the message, or will never accept
        /// it.
        var isSafeOrHopeless: Bool {
            switch self {
            case .confirmed, .unsendable: true
            case .unroutable, .abandoned: false
            }
        }
    }

    private struct Job: Sendable {
        var messages: [OutboundMessage]
        var attempt: Int
        var end: End
        /// The maximum number of attempts, if there is one.
        var mostAttempts = Int.max
        var completion: @Sendable (End) -> Void
    }

    private struct State {
        var retries: [Job] = []
        var isRetrySet = false
        var isStopped = false
        var open = 0
        var idleWaiters: [OneShot<Void>] = []
        var alarm: (any HostAlarm)?
    }

    private let state = Mutex(State())
    private let transport: any MessageTransport
    private let clock: any HostClock
    private let random: RandomSource
    private let metrics: HostMetrics
    private let logger: Logger

    init(
        transport: any MessageTransport, clock: any HostClock, random: RandomSource = .system,
        metrics: HostMetrics = .none, logger: Logger
    ) {
        self.metrics = metrics
        self.transport = transport
        self.clock = clock
        self.random = random
        self.logger = logger
        let alarm = clock.makeAlarm { [weak self] in self?.sendRetries() }
        state.withLock { $0.alarm = alarm }
    }

    /// Publishes messages in order.
    ///
    /// - Parameter completion: called once, when all of them are settled: `unroutable` if any of them was.
    func publish(_ messages: [OutboundMessage], completion: @escaping @Sendable (End) -> Void = { _ in }) {
        state.withLock { $0.open += 1 }
        metrics.countDeadLetters(messages)
        attempt(Job(messages: messages, attempt: 0, end: .confirmed, completion: completion))
    }

    /// Publishes messages that are useless later: answers to questions. They are dropped after a few attempts, or at
    /// once if the broker is too slow for the number on their way; a caller that still waits asks again.
    ///
    /// - Parameter completion: called once, when they are settled or dropped; not if the publisher is stopped first.
    func offer(_ messages: [OutboundMessage], completion: @escaping @Sendable () -> Void) {
        guard state.withLock({ $0.open < Self.mostOffered }) else {
            logger.debug("Answers are dropped: the broker takes nothing", metadata: [LogKey.count: "\(messages.count)"])
            return completion()
        }
        state.withLock { $0.open += 1 }
        let job = Job(
            messages: messages, attempt: 0, end: .confirmed, mostAttempts: Self.attemptsToAnswer
        ) { [logger] end in
            switch end {
            case .abandoned: return
            case .unsendable(let reason):
                logger.notice("An answer cannot be sent", metadata: [LogKey.reason: "\(reason)"])
            case .confirmed, .unroutable: break
            }
            completion()
        }
        attempt(job)
    }

    /// The number of jobs on their way above which answers are dropped.
    private static let mostOffered = 4096
    /// The number of attempts before an answer is dropped: they take a second, and longer only while there is no
    /// connection.
    private static let attemptsToAnswer = 5
    /// The number of attempts after which messages are sent alone, so that the one that makes the broker close channels
    /// is found.
    private static let attemptsInCompany = 3

    /// Waits until nothing is on its way.
    func idle() async {
        let idle = OneShot<Void>()
        state.withLock { state in
            if state.open == 0 { idle.set(()) } else { state.idleWaiters.append(idle) }
        }
        await idle.value
    }

    /// Waits until nothing is on its way, but not longer than `patience`.
    func idle(within patience: Duration) async {
        let idle = OneShot<Void>()
        let alarm = clock.makeAlarm { idle.set(()) }
        state.withLock { state in
            if state.open == 0 { idle.set(()) } else { state.idleWaiters.append(idle) }
        }
        alarm.set(after: patience)
        await idle.value
        alarm.set(to: nil)
    }

    /// Gives up the messages that are not settled.
    func stop() {
        let (jobs, alarm) = state.withLock { state in
            let jobs = state.retries
            state.retries = []
            state.isStopped = true
            return (jobs, state.alarm)
        }
        alarm?.set(to: nil)
        for job in jobs { end(job, .abandoned) }
    }

    private func attempt(_ job: Job) {
        if job.attempt >= Self.attemptsInCompany, let first = job.messages.first {
            transport.publishAlone(first) { [weak self] outcome in
                guard let self else { return job.completion(.abandoned) }
                conclude(job, [outcome], rest: job.messages.dropFirst())
            }
            return
        }
        transport.publish(job.messages) { [weak self] outcomes in
            guard let self else { return job.completion(.abandoned) }
            conclude(job, outcomes)
        }
    }

    /// - Parameter rest: messages of the job that were not sent this time.
    private func conclude(_ job: Job, _ outcomes: [PublishOutcome], rest: ArraySlice<OutboundMessage> = []) {
        // This is the case nearly always.
        if rest.isEmpty, outcomes.allSatisfy({ $0 == .confirmed }) { return end(job, job.end) }
        var next = job
        next.messages = []
        for (message, outcome) in zip(job.messages, outcomes) {
            switch outcome.verdict {
            case .confirmed: break
            case .missing: next.end = .unroutable
            case .tooLarge(let bytes, let limit):
                next.end = .unsendable("its body has \(bytes) bytes; at most \(limit) are sent")
            case .invalid(let code, let text): next.end = .unsendable("\(text) (\(code))")
            case .denied, .unconfirmed:
                // The permission may be granted later, and the queue may get its leader back. The job is sent alone from
                // now on, so that nothing else suffers.
                next.attempt = max(next.attempt, Self.attemptsInCompany)
                next.messages.append(message)
            case .full, .unknown: next.messages.append(message)
            }
        }
        let isStuck = !next.messages.isEmpty
        next.messages += rest
        if next.messages.isEmpty {
            end(next, next.end)
        } else if isStuck {
            schedule(next)
        } else {
            attempt(next)
        }
    }

    private func end(_ job: Job, _ result: End) {
        job.completion(result)
        let waiters = state.withLock { state -> [OneShot<Void>] in
            state.open -= 1
            guard state.open == 0 else { return [] }
            defer { state.idleWaiters = [] }
            return state.idleWaiters
        }
        for waiter in waiters { waiter.set(()) }
    }

    private func schedule(_ job: Job) {
        var job = job
        job.attempt += 1
        if job.attempt >= job.mostAttempts {
            logger.debug("Answers are dropped: they do not get through")
            return end(job, .confirmed)
        }
        let (alarm, isStopped) = state.withLock { state -> ((any HostAlarm)?, Bool) in
            if state.isStopped { return (nil, true) }
            state.retries.append(job)
            defer { state.isRetrySet = true }
            return (state.isRetrySet ? nil : state.alarm, false)
        }
        if isStopped { return end(job, .abandoned) }
        let pause = Backoff.publishing.pause(afterAttempt: job.attempt, random: random.fraction())
        alarm?.set(after: pause)
    }

    private func sendRetries() {
        let jobs = state.withLock { state in
            let jobs = state.retries
            state.retries = []
            state.isRetrySet = false
            return jobs
        }
        for job in jobs {
            metrics.directRetried(job.messages.count)
            attempt(job)
        }
    }
}
