import AMQPMessages
import Synchronization
import Warren
import WarrenMessaging
import WarrenPartition

/// Encodes and decodes the messages of a partition's detour queue.
final class DetourWire: Sendable {
    /// The content of a message in the queue.
    enum Content {
        case input(Command, source: InboundMessage?)
        /// A marker, and whether this process wrote it.
        case marker(Int, isOurs: Bool)
        case refused(Refusal)
    }

    static let messageType = "warren.detour"
    static let markerType = "warren.detour-marker"

    let names: TaskHubName
    let wire: PartitionWire
    /// An ID that distinguishes markers of this process from those of an earlier one.
    private let process: String
    private let keys = Atomic<Int>(0)

    init(names: TaskHubName, wire: PartitionWire, random: RandomSource = .system) {
        self.names = names
        self.wire = wire
        process = String(random.next(), radix: 36)
    }

    /// - Returns: `nil` for an input that need not be kept.
    func encode(_ input: PartitionInput, partition: Int) -> OutboundMessage? {
        guard case .command(let command) = input.kind else { return nil }
        var message = message(Self.messageType, partition: partition)
        message.body = wire.encodeHeld(keyed(command), source: input.source)
        // A question that nobody waits for any more must not wait for an owner.
        if case .query = command { message.properties.expiration = input.source?.properties.expiration }
        return wire.signed(message, forwardedTo: partition)
    }

    /// Adds a key to the command, so that it takes effect once if it has to be published twice.
    private func keyed(_ command: Command) -> Command {
        func key(_ context: inout CommandContext) {
            guard context.messageKey == nil else { return }
            let number = keys.add(1, ordering: .relaxed).newValue
            context.messageKey = "detour:\(process):\(number)"
        }
        switch command {
        case .start(var start):
            key(&start.context)
            return .start(start)
        case .raise(var raise):
            key(&raise.context)
            return .raise(raise)
        case .control(var control):
            key(&control.context)
            return .control(control)
        case .update(var update):
            key(&update.context)
            return .update(update)
        case .purge, .childCompleted, .workResult, .query, .limits, .permit: return command
        }
    }

    func marker(_ number: Int, partition: Int) -> OutboundMessage {
        var message = message(Self.markerType, partition: partition)
        message.properties.messageID = "\(process)/\(number)"
        return wire.signed(message, forwardedTo: partition)
    }

    func decode(_ message: InboundMessage) -> Content {
        if let refusal = wire.forgery(message) { return .refused(refusal) }
        switch message.properties.type {
        case Self.markerType:
            let parts = (message.properties.messageID ?? "").split(separator: "/")
            guard parts.count == 2, let number = parts.last.flatMap({ Int($0) }), let sender = parts.first else {
                return .marker(0, isOurs: false)
            }
            return .marker(number, isOurs: sender == process)
        case Self.messageType:
            do {
                var (command, source) = try wire.decodeHeld(message.body)
                source?.isRedelivered = message.isRedelivered
                return .input(command, source: source)
            } catch {
                return .refused(Refusal(.unknownKind, "A message that a host kept for later cannot be read: \(error)"))
            }
        default:
            return .refused(
                Refusal(.unknownKind, "Only hosts write to this queue; 'type' must be '\(Self.messageType)'."))
        }
    }

    private func message(_ type: String, partition: Int) -> OutboundMessage {
        OutboundMessage(
            exchange: names.partitionExchange, routingKey: names.detourKey(partition),
            properties: MessageProperties(contentType: "application/octet-stream", isPersistent: true, type: type))
    }
}
