import ArgumentParser
import Warren
import WarrenClient

/// A runtime status on the command line, in any case.
struct StatusArgument: ExpressibleByArgument {
    let status: RuntimeStatus

    static let allValueStrings = RuntimeStatus.allCases.map { $0.rawValue.lowercased() }

    init?(argument: String) {
        guard let status = RuntimeStatus.allCases.first(where: { $0.rawValue.lowercased() == argument.lowercased() })
        else { return nil }
        self.status = status
    }
}
