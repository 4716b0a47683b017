import ArgumentParser

/// The subcommand of one workload.
struct WorkloadCommand<W: Workload>: AsyncParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(commandName: W.name, abstract: W.abstract)
    }

    @OptionGroup var options: BenchOptions

    func validate() throws {
        if let hosts = options.hosts {
            guard W.takesHosts else {
                throw ValidationError("--hosts: '\(W.name)' runs with a host inside this process.")
            }
            guard hosts == 1 || options.durability == .journal || W.isComparison || W.self == IdleWorkload.self else {
                throw ValidationError("--hosts: several hosts share a hub with journals; add --durability journal.")
            }
        }
        guard options.durability == .journal, !W.hasHub else { return }
        throw ValidationError(
            "--durability journal: '\(W.name)' reads a file and has no hub, so a journal makes no difference to it.")
    }

    func run() async throws {
        try options.countAllocations()
        let report = Report(json: options.json)
        let bench = Bench(try options.settings(options.transport ?? .rabbitMQ), report: report)
        let size = options.size
        try await Interruption.heeding {
            try await bench.run(W(size))
            if let sequel = W.sequel, bench.settings.durability == .journal, bench.settings.hosts ?? 1 > 1 {
                try await bench.run(sequel.init(size))
            }
        }
        try report.finish(check: options.check)
    }
}
