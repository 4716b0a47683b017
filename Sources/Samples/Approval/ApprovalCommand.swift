import ArgumentParser
import SampleSupport
import WarrenHost

@main
struct ApprovalCommand: AsyncParsableCommand {
    @OptionGroup var options: HostOptions

    func run() async throws {
        let logger = options.logger("Approval")
        let configuration = options.configuration(hub: "warren")
        try await serve(try TaskHubHost(configuration, logger: logger), configuration, logger: logger)
    }
}
