import WarrenMessaging

/// Follows the console lines of orchestrations and activities.
extension TaskHubClient {
    private static let noConsole = "The hub's console cannot be read"

    /// Reads the hub's console queue. Lines that are read are removed from it, and readers share the lines.
    ///
    /// - Throws: ``ClientError``.
    public func console() async throws -> ConsoleLines {
        try await asking(Self.noConsole) {
            let subscription = try await transport.consume(messages.hub.consoleQueue, prefetch: 100)
            return ConsoleLines(subscription: subscription, codec: ConsoleCodec(hub: messages.hub), logger: logger)
        }
    }

    /// Reads a copy of every line from now on. Other readers of the console are not affected.
    ///
    /// Lines that are printed while there is no connection to the broker are not seen; they are in the console queue.
    ///
    /// - Throws: ``ClientError``.
    public func watchConsole() async throws -> ConsoleLines {
        let hub = messages.hub
        return try await asking(Self.noConsole) {
            let subscription = try await transport.watch(
                hub.consoleExchange, routingKey: "#", queue: "watch.\(hub.text).\(randomID())", prefetch: 100)
            return ConsoleLines(subscription: subscription, codec: ConsoleCodec(hub: hub), logger: logger)
        }
    }

    /// The number of lines that wait in the console queue.
    ///
    /// - Throws: ``ClientError``.
    public func consoleDepth() async throws -> Int {
        try await asking(Self.noConsole) { try await transport.depth(of: messages.hub.consoleQueue) }
    }

    /// The number of readers of the console queue, those of ``console()`` and all other consumers; `nil` if it is not
    /// known.
    ///
    /// Readers share the lines. A reader that must not miss any checks whether it is alone, and uses ``watchConsole()``
    /// if not.
    ///
    /// - Throws: ``ClientError``.
    public func consoleReaders() async throws -> Int? {
        try await asking(Self.noConsole) { try await transport.load(of: messages.hub.consoleQueue).consumers }
    }
}
