import ArgumentParser
import WarrenClient

/// The flag of the commands that send something to the hub: how long they wait until it counts as taken.
struct AcknowledgementOptions: ParsableArguments {
    @Flag(help: "Return when the broker has the message, even if no host runs to accept it.")
    var confirmedOnly = false

    /// The acknowledgement that the command waits for.
    var until: Acknowledgement { confirmedOnly ? .confirmed : .accepted }
}
