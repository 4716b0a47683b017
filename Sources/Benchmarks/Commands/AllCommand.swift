import ArgumentParser

/// The subcommand that runs every workload.
struct AllCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "all",
        abstract: "Every workload over RabbitMQ, and the sequence in-process too; or all over one --transport.",
        discussion: "With --durability journal, those that have a hub on RabbitMQ.")

    @OptionGroup var options: BenchOptions

    func validate() throws {
        guard options.hosts == nil else { throw ValidationError("--hosts is for 'sequence' and 'idle' alone.") }
    }

    func run() async throws {
        try options.countAllocations()
        let report = Report(json: options.json)
        let bench = Bench(try options.settings(options.transport ?? .rabbitMQ), report: report)
        let isLocal = options.durability == .local
        let inProcess =
            options.transport == nil && isLocal ? Bench(try options.settings(.inProcess), report: report) : nil
        let size = options.size
        try await Interruption.heeding {
            for workload in Self.workloads(size) where isLocal || type(of: workload).hasHub {
                try await bench.run(workload)
            }
            try await inProcess?.run(SequenceWorkload(size))
        }
        try report.finish(check: options.check)
    }

    private static func workloads(_ size: WorkloadSize) -> [any Workload] {
        // Memory is measured first, while the process has none of the others' in hand.
        [
            IdleWorkload(size), SequenceWorkload(size), FanOutWorkload(size), ChildrenWorkload(size),
            EventsWorkload(size),
            TimersWorkload(size),
            StartWorkload(size), LongWorkload(size), FairnessWorkload(size), ReplayWorkload(size),
        ]
    }
}
