import ArgumentParser
import WarrenConfiguration
import WarrenSupport

/// `warren config check`
struct ConfigCheckSubcommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Say what is wrong with a configuration: the place, what is allowed there, and what is nearest.",
        discussion: """
            Checks the file alone, or, without one, what a host would find here: the variables WARREN_… and the file that \
            WARREN_CONFIG names. What is wrong goes to standard output, one line each, and the exit code is 1. Warnings go to \
            standard error.
            """)

    @Argument(help: .init("The file, in YAML or JSON.", valueName: "file"))
    var file: String?

    @Flag(help: "Print JSON, one object for each thing that is wrong.")
    var json = false

    func run() async throws {
        let sources = file.map { ConfigurationSources(file: $0) } ?? ConfigurationOptions.here
        do throws(ConfigurationError) {
            let loaded = try LoadedConfiguration(sources)
            for warning in loaded.warnings { Console.note("warning: \(warning)") }
            let count = loaded.resolution.settings.count
            Console.note("nothing is wrong; \(count) \(count == 1 ? "value is" : "values are") set")
        } catch {
            for problem in error.problems { Console.out(json ? Self.json(problem) : problem.description.printable) }
            let count = error.problems.count
            Console.note("\(count) \(count == 1 ? "thing is" : "things are") wrong")
            throw ExitStatus.failed
        }
    }

    private static func json(_ problem: ConfigurationProblem) -> String {
        var object = JSONObjectWriter()
        if let place = problem.place { object.add("place", place) }
        object.add("message", problem.message)
        return object.text
    }
}
