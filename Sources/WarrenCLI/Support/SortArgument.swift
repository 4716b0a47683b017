import ArgumentParser
import Warren

/// The order of a listing on the command line.
enum SortArgument: String, ExpressibleByArgument, CaseIterable {
    case newest, waiting

    var order: InstanceQuery.Order {
        switch self {
        case .newest: .newest
        case .waiting: .longestWaiting
        }
    }
}

extension WaitCondition {
    /// Reads a condition from the command line.
    ///
    /// - Throws: `ValidationError` that says what is wrong and what can be written.
    init(argument: String) throws {
        if let problem = WaitCondition.problem(argument) { throw ValidationError(problem) }
        self = WaitCondition(argument) ?? WaitCondition()
    }
}
