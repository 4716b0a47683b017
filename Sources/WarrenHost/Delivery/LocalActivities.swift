import AMQPMessages
import DequeModule
import Synchronization
import Warren
import WarrenMessaging
import WarrenPartition
import WarrenSupport

/// Hands work items of this process's partitions to its own activities, without the broker.
///
/// The row of the outbox stays until the activity's result is durable, so that a crash gives the work out again: then through
/// the broker, which counts the deaths of workers. While all places are taken, work waits in a line, and goes through the
/// broker as far as the line is too long or too slow for it (``LocalLine``).
///
/// A fixed number of runners, one for each processor, begin the work: each begins one item after the other on its own thread,
/// so that a burst costs one change of threads and not one for each item. An activity that waits for something leaves its
/// runner to the next item; an activity that computes holds one thread, as any task does.
final class LocalActivities: Sendable {
    private struct State {
        var isOpen = false
        /// Whether nothing more is taken, so that runners end when nothing is left.
        var hasEnded = false
        var line = LocalLine<LocalWork>(limit: LocalActivities.mostWaiting)
        /// Whether the next free place is asked for, or is being filled.
        var isAsking = false
        /// The items that have places.
        var ready: Deque<LocalWork> = []
        var runners: [Runner] = []

        /// Removes a runner to which an item can be given, with the item.
        mutating func nextStart() -> (runner: Runner, work: LocalWork)? {
            guard !ready.isEmpty, let runner = runners.popLast(), let work = ready.popFirst() else { return nil }
            return (runner, work)
        }
    }

    private typealias Runner = UnsafeContinuation<LocalWork?, Never>

    /// The maximum number of items that wait for a place.
    private static let mostWaiting = 8192
    /// The interval at which the pace of the line is measured.
    private static let interval = Duration.milliseconds(100)
    /// The number of items that a runner begins before it lets others have the thread.
    private static let burst = 16

    /// The names of the activities that are not handed to the broker.
    let names: Set<String>
    private let slots: ActivitySlots
    private let state = Mutex(State())
    private let alarm: any HostAlarm

    /// - Parameters:
    ///   - names: of the activities that run here and prefer to do so.
    ///   - slots: the places of the activity role that runs the work.
    init(_ names: Set<String>, slots: ActivitySlots, clock: any HostClock) {
        self.names = names
        self.slots = slots
        let hook = WeakHook()
        alarm = clock.makeAlarm { hook.activities?.measure() }
        hook.activities = self
    }

    /// A reference by which the alarm calls its owner without keeping it alive.
    ///
    /// `@unchecked`: set once, in `init`, before the alarm is; weak references are read atomically.
    private final class WeakHook: @unchecked Sendable {
        weak var activities: LocalActivities?
    }

    // MARK: - Taking

    /// Takes work items of one partition, in their order, as far as there are places for them or room in the line.
    ///
    /// - Returns: the items that have to go to the broker.
    func take(_ works: [LocalWork]) -> [LocalWork] {
        guard let dispatcher = works.first?.dispatcher else { return [] }
        let share = dispatcher.share
        let count = share.take(works.count)
        for _ in 0..<count { dispatcher.local.began() }
        var starts: [(runner: Runner, work: LocalWork)] = []
        let (refused, mustAsk, mustMeasure) = state.withLock { state -> (ArraySlice<LocalWork>, Bool, Bool) in
            guard state.isOpen else { return (works.prefix(count), false, false) }
            var rest = works.prefix(count)
            if state.line.isEmpty {
                let places = slots.tryEnter(most: min(rest.count, share.free))
                if places > 0 { state.line.noteFreePlace() }
                for work in rest.prefix(places) {
                    work.begin()
                    state.ready.append(work)
                }
                rest = rest.dropFirst(places)
                while let start = state.nextStart() { starts.append(start) }
            }
            rest = state.line.add(rest)
            let mustAsk = !state.line.isEmpty && !state.isAsking
            if mustAsk { state.isAsking = true }
            return (rest, mustAsk, state.line.beginInterval())
        }
        for start in starts { start.runner.resume(returning: start.work) }
        if mustMeasure { alarm.set(after: Self.interval) }
        if mustAsk { fillPlaces() }
        for _ in refused {
            share.end()
            dispatcher.local.ended()
        }
        return Array(refused) + works.dropFirst(count)
    }

    /// Begins items that wait, as long as there are free places, and asks for the next place.
    private func fillPlaces() {
        while true {
            switch slots.enter(otherwise: { [self] in placeCame($0) }) {
            case .entered: if !beginNext() { return }
            case .waits: return
            case .hopeless: return shedAll()
            }
        }
    }

    /// Takes the answer to the request for a place.
    private func placeCame(_ hasPlace: Bool) {
        guard hasPlace else { return shedAll() }
        if beginNext() { fillPlaces() }
    }

    /// Begins the first item that waits, in a place that is taken.
    ///
    /// - Returns: whether another place is to be asked for.
    private func beginNext() -> Bool {
        var excess: [LocalWork] = []
        let (start, hasBegun, mustAsk) = state.withLock { state -> ((runner: Runner, work: LocalWork)?, Bool, Bool) in
            var hasBegun = false
            while !hasBegun, let work = state.line.next() {
                if work.dispatcher.share.free > 0 {
                    work.begin()
                    state.ready.append(work)
                    hasBegun = true
                } else {
                    excess.append(work)
                }
            }
            state.isAsking = hasBegun && !state.line.isEmpty
            return (state.nextStart(), hasBegun, state.isAsking)
        }
        if let start { start.runner.resume(returning: start.work) }
        if !hasBegun { slots.leave(wasLeased: false) }
        if !excess.isEmpty { LocalWork.giveToBroker(excess) }
        return mustAsk
    }

    /// Ends an interval of the line.
    private func measure() {
        let (shed, mustMeasure) = state.withLock { state in
            let shed = state.line.endInterval()
            return (shed, state.line.beginInterval())
        }
        if mustMeasure { alarm.set(after: Self.interval) }
        LocalWork.giveToBroker(shed)
    }

    /// Gives everything to the broker that waits.
    private func shedAll() {
        let shed = state.withLock { state in
            state.isAsking = false
            return state.line.clear()
        }
        LocalWork.giveToBroker(shed)
    }

    // MARK: - Running

    /// Runs what is taken, until ``finish()``, or until the task is cancelled.
    ///
    /// - Parameter body: runs an item, and leaves its place.
    func run(_ body: @escaping @Sendable (LocalWork) async -> Void) async {
        state.withLock { $0.isOpen = !$0.hasEnded }
        await withTaskCancellationHandler {
            await withDiscardingTaskGroup { group in
                for _ in 0..<ProcessorCount.online {
                    group.addTask { await self.beginWork(body) }
                }
            }
        } onCancel: {
            finish()
        }
    }

    /// Begins the work of one runner.
    private func beginWork(_ body: @escaping @Sendable (LocalWork) async -> Void) async {
        await withDiscardingTaskGroup { group in
            var begun = 0
            while let work = await next() {
                // It begins on this thread, and comes back here when it ends or first waits.
                group.addImmediateTask { await body(work) }
                begun += 1
                if begun.isMultiple(of: Self.burst) { await Task.yield() }
            }
        }
    }

    /// Waits for an item that has a place; `nil` when there will be none.
    private func next() async -> LocalWork? {
        if let work = state.withLock({ $0.ready.popFirst() }) { return work }
        return await withUnsafeContinuation { runner in
            let answer = state.withLock { state -> LocalWork?? in
                if let work = state.ready.popFirst() { return .some(work) }
                if state.hasEnded { return .some(nil) }
                state.runners.append(runner)
                return nil
            }
            if let answer { runner.resume(returning: answer) }
        }
    }

    /// Takes nothing more, and gives to the broker what waits for a place. Items that have one go to their runners.
    func finish() {
        let (shed, runners) = state.withLock { state in
            state.isOpen = false
            state.hasEnded = true
            defer { state.runners = [] }
            return (state.line.clear(), state.runners)
        }
        for runner in runners { runner.resume(returning: nil) }
        LocalWork.giveToBroker(shed)
    }
}
