import WarrenClient

/// Where a player in the terminal reads what happens.
struct PlayerConsole: Sendable {
    let lines: ConsoleLines
    /// Whether these are copies of the lines, which stay in the queue.
    let isCopy: Bool
    /// How many lines come first that were printed before: of other games, or of an earlier one by the same name.
    let old: Int

    /// Reads the console queue, or copies if somebody else reads it: of the lines of a shared queue some would be missed.
    static func open(_ client: TaskHubClient, copying: Bool) async throws -> PlayerConsole {
        if !copying {
            let old = try await client.consoleDepth()
            let lines = try await client.console()
            // Asked after joining: of two who join at the same moment, one at least sees the other.
            if try await client.consoleReaders() ?? 1 <= 1 {
                return PlayerConsole(lines: lines, isCopy: false, old: old)
            }
            await lines.close()
        }
        return PlayerConsole(lines: try await client.watchConsole(), isCopy: true, old: 0)
    }

    /// Looks now and then whether somebody else has begun to read the queue, which would leave the player waiting for
    /// lines that never come.
    func waitForOthers(_ client: TaskHubClient) async throws -> PlayCommand.Part {
        while true {
            try await Task.sleep(for: .seconds(1))
            if let readers = try await client.consoleReaders(), readers > 1 {
                throw Ended("somebody else began to read the console queue, and takes lines away; play with --copy")
            }
        }
    }
}
