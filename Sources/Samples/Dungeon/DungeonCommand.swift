import ArgumentParser
import SampleSupport
import WarrenHost

@main
struct DungeonCommand: AsyncParsableCommand {
    @OptionGroup var options: HostOptions

    func run() async throws {
        let logger = options.logger("Dungeon")
        let configuration = options.configuration(hub: "warren")
        try await serve(try TaskHubHost(configuration, logger: logger), configuration, logger: logger)
    }
}
