import AMQPMessages
import WarrenMessaging

/// A broker that has every message at once and gives none out.
final class SafeTransport: MessageTransport {
    let published = Happenings<OutboundMessage>()

    func publish(_ messages: [OutboundMessage], completion: @escaping @Sendable ([PublishOutcome]) -> Void) {
        for message in messages { published.add(message) }
        completion(messages.map { _ in .confirmed })
    }
    func consume(_ queue: String, prefetch: Int) async throws -> any MessageSubscription { RecordingSubscription() }
    func consume(_ queue: String, prefetch: Int, on terms: ConsumeTerms) async throws -> any MessageSubscription {
        RecordingSubscription()
    }
    func consumeReplies(_ queue: String) async throws -> any MessageSubscription { RecordingSubscription() }
    @discardableResult
    func provision(_ topology: Topology) async throws -> [String] { [] }
    @discardableResult
    func verify(_ topology: Topology) async throws -> [String] { [] }
    func depth(of queue: String) async throws -> Int { 0 }
    func shutdown() async {}
}
