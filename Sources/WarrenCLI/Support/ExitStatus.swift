import Warren
import WarrenClient
import WarrenConfiguration
import WarrenHost
import WarrenStorage

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// The exit code of the process; listed in `warren --help`. Thrown by a command that has reported its result already.
enum ExitStatus: Int32, Error {
    case done = 0
    case failed = 1
    case usage = 2
    case unreachable = 3
    case timedOut = 4
    case noTaskHub = 5
    case unexpected = 6

    init(for error: any Error) {
        switch error {
        case let error as ClientError: self.init(for: error.code)
        case let error as HostError: self.init(for: error.code)
        case is OrchestrationFailure, is HandlerFailure: self = .failed
        case is UsageError, is ConfigurationError: self = .usage
        case let error as QueryError: self.init(for: error.code)
        case is StorageError: self = .failed
        default: self = .unexpected
        }
    }

    private init(for code: ClientError.Code) {
        switch code {
        case .unreachable, .closed: self = .unreachable
        case .noTaskHub: self = .noTaskHub
        case .timedOut, .unconfirmed, .overloaded: self = .timedOut
        case .instanceNotFound, .instanceExists, .instanceFinished, .instanceNotFinished, .instanceNotFailed,
            .instanceNotBegun, .instanceHoldsEntities, .instanceSuspended, .unknownHandler, .updateRefused,
            .unknownOrchestration, .rejected:
            self = .failed
        case .invalidArgument: self = .usage
        default: self = .unexpected
        }
    }

    private init(for code: QueryError.Code) {
        switch code {
        case .noFiles, .statement, .refused: self = .usage
        case .timedOut: self = .timedOut
        case .changed: self = .failed
        }
    }

    private init(for code: HostError.Code) {
        switch code {
        case .topology: self = .noTaskHub
        case .broker: self = .unreachable
        default: self = .failed
        }
    }

    /// The text about an error for people.
    static func explanation(of error: any Error) -> String {
        switch error {
        case let error as ClientError: error.cause.map { "\(error.message)\n  \($0)" } ?? error.message
        case let error as HostError: error.message
        case let error as StorageError: error.message + (error.path.map { "\n  file: \($0)" } ?? "")
        default: "\(error)"
        }
    }

    func exit() -> Never {
        #if canImport(Glibc)
        Glibc.exit(rawValue)
        #elseif canImport(Musl)
        Musl.exit(rawValue)
        #else
        Darwin.exit(rawValue)
        #endif
    }
}
