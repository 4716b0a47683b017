import Warren

/// What the workloads run. Results are numbers that only the right calls in the right order give.
enum Functions {
    /// Adds one.
    static let step = Activity<Int, Int>("Step")
    /// So many activities one after the other, each with the result of the one before.
    static let five = Orchestration<Int, Int>("Five")
    static let steps = Orchestration<Int, Int>("Steps")
    /// So many activities at once; the sum of their results.
    static let fan = Orchestration<Int, Int>("Fan")
    /// Gives its input back.
    static let echo = Orchestration<Int, Int>("Echo")
    /// Waits for an event and gives its value back.
    static let listen = Orchestration<Int, Int>("Listen")
    static let sleep = Orchestration<Int, Int>("Sleep")
    static let go = ExternalEvent<Int>("Go")

    /// Registers `step`, counting how often it runs.
    static func registerStep(with registrar: some FunctionRegistrar, _ runs: Counter) {
        registrar.register(step) { number in
            runs.add()
            return number + 1
        }
    }

    /// Registers an orchestrator that calls `step` so many times in a row.
    static func registerChain(
        _ orchestration: Orchestration<Int, Int>, with registrar: some FunctionRegistrar,
        length: @escaping @Sendable (Int) -> Int
    ) {
        registrar.register(orchestration) { context, input in
            var number = input
            for _ in 0..<length(input) { number = try await context.call(step, number) }
            return number
        }
    }

    static func registerFan(with registrar: some FunctionRegistrar) {
        registrar.register(fan) { context, count in
            let tasks = (0..<count).map { context.start(step, $0) }
            return try await context.all(tasks).reduce(0, +)
        }
    }

    static func registerListen(with registrar: some FunctionRegistrar) {
        registrar.register(listen) { context, _ in try await context.wait(for: go) }
    }

    /// - Throws: `BenchError` when activities ran more or less often than they were called.
    static func verify(_ runs: Counter, are expected: Int) throws {
        if runs.value != expected {
            throw BenchError(
                runs.value < expected ? .lost : .duplicated,
                "\(runs.value) activities ran; \(expected) were called")
        }
    }
}
