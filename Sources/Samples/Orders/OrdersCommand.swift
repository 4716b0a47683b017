import ArgumentParser
import SampleSupport
import WarrenHost

@main
struct OrdersCommand: AsyncParsableCommand {
    @OptionGroup var options: HostOptions

    func run() async throws {
        let logger = options.logger("Orders")
        let configuration = options.configuration(hub: "warren")
        try await serve(try TaskHubHost(configuration, logger: logger), configuration, logger: logger)
    }
}
