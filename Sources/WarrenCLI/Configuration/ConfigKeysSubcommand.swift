import ArgumentParser
import WarrenConfiguration
import WarrenHost
import WarrenSupport

/// `warren config keys`
struct ConfigKeysSubcommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "keys",
        abstract: "List every key: its variable, its type, its range, its default, and what it is.")

    @Flag(help: "Print JSON, one object for each key.")
    var json = false

    @Flag(help: "Print the table of the page on configuration.")
    var markdown = false

    func validate() throws {
        if json && markdown { throw ValidationError("--json and --markdown: choose one.") }
    }

    func run() async throws {
        if markdown { return Console.put(KeyTable.markdown) }
        guard json else { return Console.out(KeyTable.text) }
        for key in ConfigurationKey.all {
            var object = JSONObjectWriter()
            object.add("key", key.name)
            object.add("variable", key.variable)
            if let file = key.fileName { object.add("fileKey", file) }
            object.add("type", key.type.title)
            object.add("allowed", key.type.allowed)
            if key.hasDefault { object.add("default", key.standard) }
            object.add("secret", key.confidentiality != .everything)
            object.add("summary", key.summary)
            Console.out(object.text)
        }
    }
}
