import ArgumentParser

/// The subcommand that runs every workload.
struct AllCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "all",
        abstract: "Every workload over RabbitMQ, and the sequence in-process too; or all over one --transport.")

    @OptionGroup var options: BenchOptions

    func run() async throws {
        try options.countAllocations()
        let report = Report(json: options.json)
        let bench = Bench(try options.settings(options.transport ?? .rabbitMQ), report: report)
        let inProcess = options.transport == nil ? Bench(try options.settings(.inProcess), report: report) : nil
        let size = options.size
        try await Interruption.heeding {
            for workload in Self.workloads(size) { try await bench.run(workload) }
            try await inProcess?.run(SequenceWorkload(size))
        }
        try report.finish(check: options.check)
    }

    private static func workloads(_ size: WorkloadSize) -> [any Workload] {
        // Memory is measured first, while the process has none of the others' in hand.
        [
            IdleWorkload(size), SequenceWorkload(size), FanOutWorkload(size), EventsWorkload(size),
            TimersWorkload(size),
            StartWorkload(size), LongWorkload(size), ReplayWorkload(size),
        ]
    }
}
