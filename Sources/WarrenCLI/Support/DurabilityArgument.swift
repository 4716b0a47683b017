import ArgumentParser
import Warren

/// A durability on the command line.
struct DurabilityArgument: ExpressibleByArgument {
    var durability: Durability

    init?(argument: String) {
        guard let durability = Durability(argument) else { return nil }
        self.durability = durability
    }

    static var allValueStrings: [String] { Durability.names }
}
