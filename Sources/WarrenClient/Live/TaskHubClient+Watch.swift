import AMQPMessages
import WarrenMessaging

/// Watches the hub live.
extension TaskHubClient {
    /// Watches the changes of instances that hosts publish: those that their `reports.lifecycle` select.
    ///
    /// - Throws: ``ClientError``.
    package func lifecycleWatch() async throws -> HubWatch<LifecycleNotice> {
        try await watch(messages.hub.lifecycleExchange) { LifecycleNotice($0) }
    }

    /// Watches the lines of the console. Other readers of it are not affected.
    ///
    /// - Throws: ``ClientError``.
    package func consoleWatch() async throws -> HubWatch<ConsoleLine> {
        let codec = ConsoleCodec(hub: messages.hub)
        return try await watch(messages.hub.consoleExchange) { message in
            guard case .success(let line) = codec.decode(message) else { return nil }
            return ConsoleLine(line, isRedelivered: message.isRedelivered)
        }
    }

    private func watch<Item>(
        _ exchange: String, decode: @escaping @Sendable (InboundMessage) -> Item?
    ) async throws -> HubWatch<Item> {
        try await asking("The hub cannot be watched") {
            let subscription = try await transport.watch(
                exchange, routingKey: "#", queue: "watch.\(messages.hub.text).\(randomID())", prefetch: 200)
            return HubWatch(subscription: subscription, decode: decode, logger: logger)
        }
    }
}
