import DequeModule
import Dispatch
import Logging
import Synchronization
import Warren
import WarrenMessaging
import WarrenPartition
import WarrenStorage
import WarrenSupport

/// Answers questions beside the partition's loop, from what is committed, on threads of its own: a listing, however
/// long it takes, delays nothing but other questions.
///
/// A question arrives here when everything that was taken before it is durable, so that a caller that got "accepted"
/// for a message finds its effect. A question about several instances at once (`statuses`) comes straight from the
/// intake: its queue has no order with what the partition takes, and what was accepted is committed anyway.
///
/// Two questions are answered at a time, and a bounded number waits; further ones are rejected. Those that read many
/// instances are answered when the processors have nothing else to do.
final class PartitionQueries: Sendable {
    private struct State {
        var waiting: Deque<PartitionQuestion> = []
        /// The places that are free.
        var places = Array(0..<FlightRecord.questionsAtOnce)
    }

    private static let mostWaiting = 1000

    private let state = Mutex(State())
    private let run: @Sendable (@escaping @Sendable () -> Void) -> Void
    /// Whether questions that read much have threads of their own.
    private let givesWay: Bool
    private let setup: PartitionSetup
    private let reader: QueryReader
    /// Answers callers inside the process, without messages.
    let reads: CommittedReads
    /// Takes questions back if their store was closed, and is notified when the last question is answered.
    private let mailbox: PartitionMailbox
    /// The questions that wait for events.
    private let watches = HistoryWatches()

    init(setup: PartitionSetup, store: any PartitionStore, mailbox: PartitionMailbox) {
        self.setup = setup
        self.mailbox = mailbox
        reader = QueryReader(
            setup: setup, store: store, report: { key in mailbox.add(PartitionInput(.damaged(key))) },
            copies: StatusCopies(setup.statusBudget))
        givesWay = setup.answering == nil
        if let run = setup.answering {
            self.run = run
        } else {
            let queue = DispatchQueue(label: "warren.queries.\(setup.partition)", attributes: .concurrent)
            run = { work in queue.async(execute: work) }
        }
        reads = CommittedReads(reader, run: run)
        watches.handle { [weak self] questions, isOver in
            self?.ask(
                questions.map { question in
                    var question = question
                    if isOver { question.watch = nil }
                    return question
                })
        }
    }

    /// Whether every question so far is answered.
    var isIdle: Bool { state.withLock { $0.places.count == FlightRecord.questionsAtOnce && $0.waiting.isEmpty } }

    /// Adds questions, to be answered soon.
    func ask(_ questions: [PartitionQuestion]) {
        for question in questions {
            setup.unseenWork?.begin()
            let (isTaken, place) = state.withLock { state -> (Bool, Int?) in
                guard state.waiting.count < Self.mostWaiting else { return (false, nil) }
                state.waiting.append(question)
                return (true, state.places.popLast())
            }
            if !isTaken {
                let refusal = Refusal(
                    .overloaded, "The host has too many questions to answer at present. Ask again in a moment.")
                publish(.message(reader.rejection(refusal, question)), question)
            } else if let place {
                run { self.work(at: place) }
            }
        }
    }

    /// Handles that a step became durable, before anybody is told: what was read of its instances is out of date.
    func outdate(_ memory: StepMemory) { reader.copies.changed(memory) }

    /// Handles that a step became durable: those who watch its instances are answered.
    func changed(_ memory: StepMemory) { watches.changed(memory) }

    /// Refuses the questions that wait for events, when the partition ends: their callers ask its next owner.
    func endWatches() {
        for question in watches.close() {
            let refusal = Refusal(
                .overloaded, "The host gives up the partition, and with it those who watch it. Ask again in a moment.")
            setup.publisher.offer([reader.rejection(refusal, question)]) {}
        }
    }

    /// Reads the rows of all open instances once, so that an instance with a damaged row fails even if no message
    /// arrives for it. If the damage is in the ID, no message can find it. Those that wait for a version go on if this host
    /// runs it.
    func checkOpenInstances() {
        setup.unseenWork?.begin()
        run { [self] in
            reader.reportDamagedInstances { [mailbox] key in mailbox.add(PartitionInput(.serve(key))) }
            setup.unseenWork?.end()
        }
    }

    private func work(at place: Int) {
        while true {
            let next = state.withLock { state -> PartitionQuestion? in
                if let next = state.waiting.popFirst() { return next }
                state.places.append(place)
                return nil
            }
            guard let next else { return mailbox.signal() }
            if next.readsMany, givesWay, startAnswering(next, at: place) { return }
            finish(next, self.answer(to: next, at: place))
        }
    }

    /// Answers a question on a thread that gives way to others, and goes on at its place.
    ///
    /// - Returns: `false` if there is no such thread at present.
    private func startAnswering(_ question: PartitionQuestion, at place: Int) -> Bool {
        do throws(StorageError) {
            try StoreThread.start(name: "warren-list") { [self] in
                SystemThread.giveWay()
                let answer = answer(to: question, at: place)
                // Others wait for the locks that publishing takes.
                run {
                    self.finish(question, answer)
                    self.work(at: place)
                }
            }
            return true
        } catch {
            return false
        }
    }

    private func answer(to question: PartitionQuestion, at place: Int) -> QueryReader.Answer? {
        setup.crashGuard.answering(question.input, at: place) { self.answer(to: question) }
    }

    private func finish(_ question: PartitionQuestion, _ answer: QueryReader.Answer?) {
        if let answer { publish(answer, question) }
    }

    /// - Returns: `nil` for a question that waits for events now.
    private func answer(to question: PartitionQuestion) -> QueryReader.Answer? {
        guard let watch = question.watch, let key = reader.quietInstance(question, watch) else {
            return reader.answer(question)
        }
        var kept = question
        let end = question.watchEnd ?? ContinuousClock.now + .milliseconds(watch.milliseconds)
        kept.watchEnd = end
        // Its message does not count among those that the partition takes up: a lost watch is asked again.
        kept.input.receipt = .none
        guard let number = watches.add(kept, of: key, until: end) else { return reader.answer(question) }
        // The instance may have changed since it was read.
        if reader.quietInstance(question, watch) == nil, watches.take(number) { return reader.answer(question) }
        Receipt.settle([question.input.receipt])
        setup.unseenWork?.end()
        return nil
    }

    /// Publishes an answer, once. The question is acknowledged when the broker has the answer, or when the answer is
    /// dropped.
    private func publish(_ answer: QueryReader.Answer, _ question: PartitionQuestion) {
        switch answer {
        case .message(let message):
            setup.publisher.offer([message]) { Receipt.settle([question.input.receipt]) }
        case .askAgain(let input): mailbox.add(input)
        }
        setup.unseenWork?.end()
    }
}

/// A question that waits until the inputs before it are durable.
struct PartitionQuestion: Sendable {
    var question: QueryCommand.Question
    /// The place at which the requested history continues.
    var historyFrom: String?
    /// Lets the answer wait for events behind that place, until `watchEnd` once the question has been looked at.
    var watch: HistoryWatch?
    var watchEnd: ContinuousClock.Instant?
    var reply: ReplyAddress
    /// The input that carried the question.
    var input: PartitionInput
    /// The instances as they were in memory when the question was taken, with the tasks that they wait for, by ID.
    var snapshots: [String: InstanceSnapshot]
    /// The queues of the entities that are asked for, by the entities' instance IDs.
    var queues: [String: EntityQueue] = [:]
    /// The answer of an orchestrator in memory to a query of its state.
    var stateAnswer: StateAnswer?
    /// Whether the partition has not seen the question: it takes it if it knows more than what is committed at hand.
    var isEarly = false

    /// Whether its answer may take many instances.
    var readsMany: Bool {
        switch question {
        case .list, .count, .damaged: true
        case .status, .statuses, .wait, .state, .describe: false
        }
    }

    init(_ asked: AskedQuestion, input: PartitionInput) {
        question = asked.question
        historyFrom = asked.historyFrom
        watch = asked.watch
        reply = asked.reply
        snapshots = asked.snapshots
        queues = asked.queues
        self.input = input
    }

    /// A question that is answered from what is committed alone; `nil` if it has nobody to answer to.
    init?(_ query: QueryCommand, input: PartitionInput) {
        guard let reply = query.context.reply else { return nil }
        question = query.question
        historyFrom = query.historyFrom
        watch = query.watch
        self.reply = reply
        self.input = input
        snapshots = [:]
        isEarly = true
    }
}
