import ArgumentParser
import Warren
import WarrenClient

/// A runtime status on the command line, in any case.
struct StatusArgument: ExpressibleByArgument {
    let status: RuntimeStatus

    static let allValueStrings = RuntimeStatus.allCases.map(\.rawValue)

    init?(argument: String) {
        guard let status = RuntimeStatus(anyCase: argument) else { return nil }
        self.status = status
    }
}
