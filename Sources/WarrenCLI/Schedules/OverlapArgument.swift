import ArgumentParser
import Warren

/// The overlap rule of a schedule on the command line.
struct OverlapArgument: ExpressibleByArgument {
    let rule: Schedule.Overlap

    init?(argument: String) {
        guard let rule = Schedule.Overlap(rawValue: argument) else { return nil }
        self.rule = rule
    }

    static var allValueStrings: [String] { Schedule.Overlap.allCases.map(\.rawValue) }
}
