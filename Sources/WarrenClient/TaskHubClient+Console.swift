import WarrenMessaging

/// Following what orchestrations and activities print.
extension TaskHubClient {
    /// Reads the hub's console queue. What is read is taken off it, and readers share the lines.
    ///
    /// - Throws: ``ClientError``.
    public func console() async throws -> ConsoleLines {
        do {
            let subscription = try await transport.consume(messages.hub.consoleQueue, prefetch: 100)
            return ConsoleLines(subscription: subscription, codec: ConsoleCodec(hub: messages.hub), logger: logger)
        } catch let error as MessagingError where error.code == .missing {
            throw noTaskHub(detail: error.message)
        }
    }

    /// Reads a copy of every line from now on. Others who read or watch the console miss nothing by it.
    ///
    /// Lines that are printed while there is no connection to the broker are not seen; they are in the console queue.
    ///
    /// - Throws: ``ClientError``.
    public func watchConsole() async throws -> ConsoleLines {
        let hub = messages.hub
        do {
            let subscription = try await transport.watch(
                hub.consoleExchange, routingKey: "#", queue: "watch.\(hub.text).\(randomID())", prefetch: 100)
            return ConsoleLines(subscription: subscription, codec: ConsoleCodec(hub: hub), logger: logger)
        } catch let error as MessagingError where error.code == .missing {
            throw noTaskHub(detail: error.message)
        }
    }

    /// How many lines wait in the console queue.
    ///
    /// - Throws: ``ClientError``.
    public func consoleDepth() async throws -> Int {
        do {
            return try await transport.depth(of: messages.hub.consoleQueue)
        } catch let error as MessagingError where error.code == .missing {
            throw noTaskHub(detail: error.message)
        }
    }

    /// How many readers the console queue has, those of ``console()`` and all other consumers; `nil` when that is not known.
    ///
    /// Readers share the lines. Who must not miss any looks whether it is alone, and watches with ``watchConsole()`` if not.
    ///
    /// - Throws: ``ClientError``.
    public func consoleReaders() async throws -> Int? {
        do {
            return try await transport.load(of: messages.hub.consoleQueue).consumers
        } catch let error as MessagingError where error.code == .missing {
            throw noTaskHub(detail: error.message)
        }
    }
}
