import ArgumentParser

/// The subcommand of one workload.
struct WorkloadCommand<W: Workload>: AsyncParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(commandName: W.name, abstract: W.abstract)
    }

    @OptionGroup var options: BenchOptions

    func validate() throws {
        guard options.durability == .journal, !W.hasHub else { return }
        throw ValidationError(
            "--durability journal: '\(W.name)' reads a file and has no hub, so a journal makes no difference to it.")
    }

    func run() async throws {
        try options.countAllocations()
        let report = Report(json: options.json)
        let bench = Bench(try options.settings(options.transport ?? .rabbitMQ), report: report)
        let size = options.size
        try await Interruption.heeding { try await bench.run(W(size)) }
        try report.finish(check: options.check)
    }
}
