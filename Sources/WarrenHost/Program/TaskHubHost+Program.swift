public import ServiceLifecycle
import UnixSignals

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// Runs a host as a program of its own.
extension TaskHubHost {
    /// Runs a program, and ends it with one line on standard error and status 1 if it fails.
    ///
    /// ```swift
    /// @main
    /// struct Hello {
    ///     static func main() async {
    ///         await TaskHubHost.main {
    ///             let host = try TaskHubHost(HostConfiguration(broker: "amqp://localhost", dataDirectory: "data"))
    ///             host.register(sayHello) { city in "Hello \(city)!" }
    ///             try await host.runUntilSignal()
    ///         }
    ///     }
    /// }
    /// ```
    ///
    /// A `main` that throws traps instead, with status 133 and a backtrace, which should not fill a supervisor's log
    /// because a broker was unreachable.
    ///
    /// - Parameters:
    ///   - name: the beginning of the line; by default the name of the module that calls this.
    ///   - fileID: the file that calls this, which names the module.
    ///   - body: the program.
    public static func main(
        _ name: String? = nil, fileID: String = #fileID, _ body: () async throws -> Void
    ) async {
        do {
            try await body()
        } catch {
            let name = name ?? String(fileID.prefix { $0 != "/" })
            StandardError.write("\(name): \(ErrorLine(error).text)\n")
            exit(1)
        }
    }

    /// Runs until SIGTERM or SIGINT (Ctrl-C) asks the process to stop, and then ends in good order: see ``run()``.
    ///
    /// - Parameter services: other services that run in this process, such as an HTTP server. They are stopped before
    ///   the host, and if one of them ends, all do.
    /// - Throws: ``HostError`` as ``run()`` does, and the errors of the services.
    public func runUntilSignal(with services: [any Service] = []) async throws {
        let group = ServiceGroup(
            services: [self] + services, gracefulShutdownSignals: [.sigterm, .sigint], logger: logger)
        try await group.run()
    }
}

/// The description of an error, on one line.
struct ErrorLine {
    let text: String

    init(_ error: any Error) {
        let words = "\(error)".unicodeScalars.map { scalar in
            scalar.properties.generalCategory == .control ? " " : Character(scalar)
        }
        text = String(words)
    }
}

/// The process's standard error.
private enum StandardError {
    static func write(_ text: String) {
        var text = text
        text.withUTF8 { bytes in
            var rest = UnsafeRawBufferPointer(bytes)
            while let start = rest.baseAddress, !rest.isEmpty {
                #if canImport(Glibc)
                let written = Glibc.write(STDERR_FILENO, start, rest.count)
                #elseif canImport(Musl)
                let written = Musl.write(STDERR_FILENO, start, rest.count)
                #else
                let written = Darwin.write(STDERR_FILENO, start, rest.count)
                #endif
                // There is no reader, and no other place to report that.
                guard written > 0 || errno == EINTR else { return }
                rest = UnsafeRawBufferPointer(rebasing: rest.dropFirst(max(0, written)))
            }
        }
    }
}
