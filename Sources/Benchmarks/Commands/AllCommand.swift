import ArgumentParser

/// The subcommand that runs every workload.
struct AllCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "all",
        abstract: "Every workload over RabbitMQ, and the sequence in-process too; or all over one --transport.")

    @OptionGroup var options: BenchOptions

    func run() async throws {
        let report = Report(json: options.json)
        let bench = Bench(try options.settings(options.transport ?? .rabbitMQ), report: report)
        for workload in Self.workloads(options.size) { try await bench.run(workload) }
        if options.transport == nil {
            let inProcess = Bench(try options.settings(.inProcess), report: report)
            try await inProcess.run(SequenceWorkload(options.size))
        }
        try report.finish(check: options.check)
    }

    private static func workloads(_ size: WorkloadSize) -> [any Workload] {
        [
            SequenceWorkload(size), FanOutWorkload(size), EventsWorkload(size), TimersWorkload(size),
            StartWorkload(size), LongWorkload(size), ReplayWorkload(size), IdleWorkload(size),
        ]
    }
}
