import Warren

/// Replays exported histories with the functions of a program, as a command for continuous integration.
extension TaskHubHost {
    /// Does what `--replay-check PATH` on the command line asks for: replays the histories at the path with the functions
    /// that are registered, and prints what was found.
    ///
    /// ```swift
    /// let host = try TaskHubHost(configuration)
    /// registerOrders(with: host)
    /// if try host.replaysHistories(arguments: CommandLine.arguments) { return }
    /// try await host.runUntilSignal()
    /// ```
    ///
    /// Nothing is connected to and no activity runs. Inside ``main(_:fileID:_:)`` the exit status is 0 if every history is
    /// followed, else 1.
    ///
    /// - Returns: whether that was asked for; the program then ends.
    /// - Throws: `HostError` with the code `registration` if a history is not followed, and with the code `storage` if
    ///   there is none to read, or `configuration` if no path follows.
    public func replaysHistories(arguments: [String]) throws -> Bool {
        guard let place = arguments.firstIndex(of: "--replay-check") else { return false }
        guard let path = arguments[(place + 1)...].first else {
            throw HostError(.configuration, "--replay-check: name a file of 'warren export', or a folder of them.")
        }
        let report = try replayHistories(at: path)
        print(report)
        guard report.agrees else {
            throw HostError(
                .registration,
                "\(report.disagreements.count) histories are not followed by the code of this program.")
        }
        return true
    }

    /// Replays exported histories with the functions that are registered with this host.
    ///
    /// - Parameter path: a file of `warren export`, or a folder of them.
    /// - Throws: `HostError` with the code `storage` if there is nothing to read.
    public func replayHistories(at path: String) throws -> ReplayReport {
        try ReplayTester.report(onHistoriesAt: path, of: functions)
    }
}
