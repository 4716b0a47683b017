import ArgumentParser
import WarrenClient

/// `--if-exists`
enum IfExistsArgument: String, ExpressibleByArgument, CaseIterable {
    case ignore, fail
    case replaceFinished = "replace-finished"
    case replaceAlways = "replace-always"
    case restart

    var policy: ExistingInstance {
        switch self {
        case .ignore: .ignore
        case .fail: .fail
        case .restart, .replaceFinished: .replaceFinished
        case .replaceAlways: .replaceAlways
        }
    }
}
