import Logging
public import ServiceLifecycle
import Synchronization
import WarrenSupport

/// Tells systemd what a host does, for a unit of `Type=notify`: `READY=1` once it takes messages, `STOPPING=1` when it is
/// asked to stop, and `WATCHDOG=1` in between if the unit has a `WatchdogSec`.
///
/// ```swift
/// let notifier = SystemdNotifier(host: host, environment: ProcessInfo.processInfo.environment)
/// try await host.runUntilSignal(with: [notifier])
/// ```
///
/// Without systemd it does nothing. In a service group of your own, put it behind the host: what is last is stopped first.
/// The [protocol](https://www.freedesktop.org/software/systemd/man/latest/sd_notify.html) is datagrams to a socket that
/// the environment names.
public struct SystemdNotifier: Service {
    private let host: TaskHubHost
    private let socket: NotifySocket?
    private let interval: Duration?

    /// Makes the service.
    ///
    /// - Parameters:
    ///   - host: the host to report on.
    ///   - environment: the process's environment variables, of which it reads `NOTIFY_SOCKET` and `WATCHDOG_USEC`.
    public init(host: TaskHubHost, environment: [String: String]) {
        self.host = host
        socket = environment["NOTIFY_SOCKET"].flatMap { NotifySocket($0) }
        // Twice within the time after which systemd ends a process that is silent.
        interval = environment["WATCHDOG_USEC"].flatMap { Int64($0) }.flatMap { microseconds in
            microseconds > 0 ? .microseconds(max(microseconds / 2, 1000)) : nil
        }
    }

    /// Reports until the surrounding service group shuts down, or the task is cancelled.
    ///
    /// What cannot be sent is logged once, and does not end the host.
    public func run() async throws {
        let report = Report(socket: socket, logger: host.logger)
        // Is not waited for, because a host that is asked to stop before it was ready ends after this service. The wait ends
        // with the host at the latest.
        let readiness = Task { [host] in
            if await host.isReady, !Task.isCancelled { report.tell("READY=1\nSTATUS=The host takes messages.") }
        }
        defer { readiness.cancel() }
        try await withThrowingTaskGroup(of: Void.self) { group in
            if report.isHeard, let interval {
                // The beat itself is what systemd asks for: it stops when the threads of this process do not go on.
                group.addTask {
                    while true {
                        try await Task.sleep(for: interval)
                        report.tell("WATCHDOG=1")
                    }
                }
            }
            defer { group.cancelAll() }
            try await gracefulShutdown()
            report.tell("STOPPING=1\nSTATUS=The host finishes what runs.")
        }
    }

    /// The way to systemd.
    private final class Report: Sendable {
        private let socket: NotifySocket?
        private let logger: Logger
        private let hasFailed = Atomic(false)

        init(socket: NotifySocket?, logger: Logger) {
            self.socket = socket
            self.logger = logger
        }

        /// Whether there is a systemd to be told.
        var isHeard: Bool { socket != nil }

        func tell(_ text: String) {
            guard let problem = socket?.send(text), !hasFailed.exchange(true, ordering: .relaxed) else { return }
            logger.warning("systemd cannot be told what this host does", metadata: [LogKey.reason: "\(problem)"])
        }
    }
}
