/// What has become of the items of a plan. Pure: it decides, the generator publishes.
struct LoadProgress: Sendable {
    private let count: Int
    private let inFlight: Int
    /// Whether answers may be repeated, as after the loss of a host.
    private let mayRepeat: Bool
    private var begun: [Ticks] = []
    private var isFinished: [Bool]
    private(set) var finished = 0
    private(set) var latencies: [Double] = []
    /// What went wrong first.
    private(set) var fault: BenchError?

    init(count: Int, inFlight: Int, mayRepeat: Bool = false) {
        self.mayRepeat = mayRepeat
        self.count = count
        self.inFlight = inFlight
        isFinished = Array(repeating: false, count: count)
        begun.reserveCapacity(count)
        latencies.reserveCapacity(count)
    }

    var isOver: Bool { finished == count || fault != nil }

    /// The items to publish now.
    mutating func next() -> Range<Int> {
        let room = max(0, min(count - begun.count, inFlight - (begun.count - finished)))
        let range = begun.count..<(begun.count + room)
        let now = Ticks.now
        for _ in range { begun.append(now) }
        return range
    }

    /// An item has come to its end.
    mutating func finish(_ index: Int, at now: Ticks) {
        guard index < begun.count else {
            return fail(BenchError(.wrong, "A reply came for item \(index), which was not published"))
        }
        guard !isFinished[index] else {
            if !mayRepeat { fail(BenchError(.duplicated, "Item \(index) was answered twice")) }
            return
        }
        isFinished[index] = true
        finished += 1
        latencies.append(begun[index].milliseconds(to: now))
    }

    mutating func fail(_ error: BenchError) { fault = fault ?? error }
}
