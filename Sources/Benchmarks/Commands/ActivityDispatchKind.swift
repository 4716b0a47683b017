import ArgumentParser
import WarrenHost

/// The way of work from an orchestrator to the host's own activities.
enum ActivityDispatchKind: String, Sendable, CaseIterable, ExpressibleByArgument {
    case broker
    case preferLocal = "prefer-local"

    var dispatch: HostConfiguration.ActivityDispatch {
        switch self {
        case .broker: .broker
        case .preferLocal: .preferLocal
        }
    }
}
