import ArgumentParser
import WarrenConfiguration
import WarrenHost
import WarrenSupport

/// `warren config show`
struct ConfigShowSubcommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Show the values that count, each with the place that it comes from; secrets as ***.",
        discussion: """
            Shows what a host would have that is started here: with these variables WARREN_…, this file, and these --set. \
            Samples and other programs have some defaults of their own, the name of their hub among them.
            """)

    @OptionGroup
    var options: ConfigurationOptions

    @Option(
        name: .customLong("set"),
        help: .init("A value, as a host's command line gives it; may be repeated.", valueName: "key=value"))
    var settings: [String] = []

    @Flag(help: "Leave out what has its default.")
    var changed = false

    @Flag(help: "Print JSON, one object for each key.")
    var json = false

    func run() async throws {
        let arguments = try settings.map { try ConfigurationSources.setting($0) }
        let resolution = ConfigurationResolution(options.sources(arguments))
        if !resolution.problems.isEmpty {
            for problem in resolution.problems { Console.note(problem.description.printable) }
            throw ExitStatus.failed
        }
        for warning in resolution.warnings { Console.note("warning: \(warning)") }
        let rows = resolution.all.filter { !changed || $0.setting != nil }.map { key, setting in
            let value = setting.map { key.shown($0.value.description) } ?? key.standard
            return (
                key: key.name, value: value, isSet: setting != nil || key.hasDefault,
                origin: setting.map { "\($0.origin)" } ?? "default"
            )
        }
        if json {
            for row in rows {
                var object = JSONObjectWriter()
                object.add("key", row.key)
                if row.isSet { object.add("value", row.value) }
                object.add("from", row.origin)
                Console.out(object.text)
            }
            return
        }
        let style = Style.standard
        let widths = (rows.map(\.key.count).max() ?? 0, min(48, rows.map { $0.value.printable.count }.max() ?? 0))
        for row in rows {
            Console.out(
                "\(row.key.padded(to: widths.0))  \(row.value.printable.padded(to: widths.1))  "
                    + style.faint(row.origin.printable))
        }
    }
}
