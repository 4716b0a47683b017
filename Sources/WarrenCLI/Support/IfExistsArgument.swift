import ArgumentParser
import WarrenClient

/// `--if-exists`
enum IfExistsArgument: String, ExpressibleByArgument, CaseIterable {
    case ignore, fail, restart

    var policy: ExistingInstance {
        switch self {
        case .ignore: .ignore
        case .fail: .fail
        case .restart: .restart
        }
    }
}
