/// A configuration that is refused, with everything that is wrong with it.
///
/// Correct every place that it names, or leave the value out: each has a working default. 'warren config check FILE' reports the
/// same without starting anything, and 'warren config keys' lists what there is.
public struct ConfigurationError: Error, Sendable, CustomStringConvertible {
    /// What is wrong, at least one thing, in the order of the places.
    public let problems: [ConfigurationProblem]

    init(_ problems: [ConfigurationProblem]) {
        self.problems = problems
    }

    /// One line for each problem.
    public var description: String { problems.map(\.description).joined(separator: "\n") }
}
