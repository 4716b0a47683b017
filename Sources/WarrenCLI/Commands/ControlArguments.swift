import ArgumentParser
import WarrenSupport

/// The arguments of the commands that control an instance.
struct ControlArguments: ParsableArguments {
    @Argument(help: "The instance's ID.", completion: Completions.instances)
    var id: String

    @Option(help: "Why: recorded in the history.")
    var reason: String?

    @OptionGroup
    var acknowledgement: AcknowledgementOptions

    @OptionGroup(title: "Connection and output")
    var connection: ConnectionOptions

    /// Reports the result.
    ///
    /// - Parameter verb: in the past tense.
    func report(_ verb: String) {
        if connection.json {
            var object = JSONObjectWriter()
            object.add("instanceId", id)
            object.add("done", verb)
            Console.out(object.text)
        } else {
            Console.note("\(verb) \(id)")
        }
    }
}
