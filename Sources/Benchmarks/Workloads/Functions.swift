import Warren

/// What the workloads run. Results are numbers that only the right calls in the right order give.
enum Functions {
    /// Adds one.
    static let step = Activity<Int, Int>("Step")
    /// So many activities one after the other, each with the result of the one before.
    static let five = Orchestration<Int, Int>("Five")
    static let activitiesOfFive = 5
    static let steps = Orchestration<Int, Int>("Steps")
    /// So many activities at once; the sum of their results.
    static let fan = Orchestration<Int, Int>("Fan")
    /// So many sub-orchestrations one after the other, each with the result of the one before.
    static let family = Orchestration<Int, Int>("Family")
    /// Adds one.
    static let child = Orchestration<Int, Int>("Child")
    /// Gives its input back.
    static let echo = Orchestration<Int, Int>("Echo")
    /// Waits for an event and gives its value back.
    static let listen = Orchestration<Int, Int>("Listen")
    static let sleep = Orchestration<Int, Int>("Sleep")
    static let go = ExternalEvent<Int>("Go")
    /// Calls `beat` again and again until that says that it is enough: one message after the other for one partition.
    static let pulse = Orchestration<Pulse, Int>("Pulse")
    /// Whether to go on. Runs in the benchmark's own process.
    static let beat = Activity<Pulse, Bool>("Beat")
    /// Takes a text, and gives back its length.
    static let store = Orchestration<String, Int>("Store")
    /// The activities that the benchmark's hosts run.
    static let activities = [step.name]

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

    /// Registers `five` with its activity, counting how often that runs.
    static func registerFive(with registrar: some FunctionRegistrar, _ runs: Counter) {
        registerStep(with: registrar, runs)
        registerChain(five, with: registrar) { _ in activitiesOfFive }
    }

    /// Registers everything that hosts in processes of their own run.
    static func registerAll(with registrar: some FunctionRegistrar, _ runs: Counter) {
        registerFive(with: registrar, runs)
        registerListen(with: registrar)
        registrar.register(echo) { _, input in input }
        registrar.register(store) { _, text in text.utf8.count }
        registrar.register(pulse) { context, first in
            var pulse = first
            for _ in 0..<Pulse.generation {
                guard try await context.call(beat, pulse) else { return pulse.number }
                pulse.number += 1
            }
            try context.continueAsNew(pulse)
        }
    }

    static func registerFan(with registrar: some FunctionRegistrar) {
        registrar.register(fan) { context, count in
            let tasks = (0..<count).map { context.start(step, $0) }
            return try await context.all(tasks).reduce(0, +)
        }
    }

    static func registerFamily(with registrar: some FunctionRegistrar, children: Int) {
        registrar.register(child) { _, number in number + 1 }
        registrar.register(family) { context, input in
            var number = input
            for _ in 0..<children { number = try await context.call(child, number) }
            return number
        }
    }

    static func registerListen(with registrar: some FunctionRegistrar) {
        registrar.register(listen) { context, _ in try await context.wait(for: go) }
    }

    /// - Throws: `BenchError` when activities ran more or less often than they were called.
    static func verify(_ runs: Counter, are expected: Int) throws { try verify(runs.value, are: expected) }

    static func verify(_ runs: Int, are expected: Int) throws {
        if runs != expected {
            throw BenchError(
                runs < expected ? .lost : .duplicated, "\(runs) activities ran; \(expected) were called")
        }
    }
}
