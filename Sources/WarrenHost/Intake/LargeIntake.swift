import AMQPMessages
import Logging
import Warren
import WarrenMessaging
import WarrenStorage
import WarrenSupport

/// Takes starts and events of external publishers with bodies above the usual bound, and keeps them in the hub's payload
/// folder.
///
/// Behind it there is the reference alone, as if Warren's client had stored the payload: in the partition's inbox, in
/// messages between hosts, in the history, and in a dead letter. A letter that is redriven finds the payload, because the
/// letter names the instance.
struct LargeIntake: Sendable {
    private let claims: ClaimCheck
    private let usualBytes: Int
    private let decoder: IntakeDecoder
    private let clock: any HostClock
    private let upkeep: Upkeep
    private let logger: Logger

    /// - Parameters:
    ///   - decoder: the decoder of the intake, with the usual bound.
    ///   - upkeep: where payloads are stored.
    init(
        claims: ClaimCheck, decoder: IntakeDecoder, clock: any HostClock, upkeep: Upkeep = Upkeep(), logger: Logger
    ) {
        self.claims = claims
        usualBytes = decoder.mostBodyBytes
        self.decoder = decoder.taking(bodiesUpTo: ClaimCheck.mostBytes)
        self.clock = clock
        self.upkeep = upkeep
        self.logger = logger
    }

    /// Whether the body of a message is above the usual bound.
    func isFor(_ message: InboundMessage) -> Bool { message.body.count > usualBytes }

    typealias Reading = (message: InboundMessage, reading: Result<IntakeDecoder.Reading, Refusal>)

    /// Reads a message, and stores its payload. While the folder cannot be used, it tries again: the message is neither
    /// lost nor refused for a full disk, and those behind it wait, as they do while the disk of a partition fails.
    ///
    /// - Returns: the message with the reference in the place of its body, and its content; `nil` if the host stops
    ///   before the payload is stored. The message then stays in its queue.
    func read(_ message: InboundMessage, stop: StopFlag) async -> Reading? {
        var backoff = Backoff(first: .milliseconds(200), ceiling: .seconds(5))
        var isTold = false
        while !stop.isSet {
            do {
                // Both the check of the JSON and the disk take time that the threads of the pool do not have.
                return try await upkeep.run("warren-intake") { try take(message) }
            } catch {
                if !isTold {
                    logger.warning(
                        "A large message waits, and those behind it, until its payload can be stored",
                        metadata: [
                            LogKey.exchange: "\(message.exchange)", LogKey.key: "\(message.routingKey)",
                            LogKey.error: "\(error)",
                        ])
                }
                isTold = true
            }
            do { try await clock.pause(of: backoff.next())() } catch { return nil }
        }
        return nil
    }

    /// - Throws: if the payload cannot be stored at present.
    private func take(_ message: InboundMessage) throws(PayloadStoreError) -> Reading {
        var reading: IntakeDecoder.Reading
        switch decoder.read(message) {
        case .success(let content): reading = content
        case .failure(let refusal): return (message, .failure(refusal))
        }
        func refused(_ remedy: String) -> Reading {
            (
                message,
                .failure(
                    Refusal(
                        .tooLarge,
                        "The body has \(message.body.count) bytes; at most \(usualBytes) are taken of what is neither a "
                            + "start nor an event, or has an envelope around its value. \(remedy)"))
            )
        }
        guard reading.commands.count == 1, let command = reading.commands.first else {
            return refused("Send the values of a batch in messages of their own.")
        }
        guard let (payload, instanceID) = Self.value(of: command) else {
            return refused("Store large data elsewhere and send a reference.")
        }
        // A value is as long as the body without a byte order mark, or longer if text became a JSON string. An envelope
        // would go through the hub with everything in it.
        guard payload.bytes.count + 3 >= message.body.count else {
            return refused("Send the value itself as the body, and the rest as headers.")
        }
        var reference: Payload
        do throws(PayloadStoreError) {
            reference = try claims.checkIn(payload, for: [instanceID])
        } catch {
            guard !error.isPassing else { throw error }
            return (message, .failure(Refusal(.tooLarge, error.message)))
        }
        reference.origin = payload.origin
        reading.commands = [Self.replacing(command, reference)]
        return (Self.short(message, reference, instanceID), .success(reading))
    }

    /// The value of a start or an event, and the instance that gets it; `nil` for anything else. An operation of an entity
    /// is a part of a request, and an event that starts its instance has two values.
    private static func value(of command: Command) -> (Payload, instanceID: String)? {
        switch command {
        case .start(let start): (start.input, start.instanceID)
        case .raise(let raise) where raise.start == nil && EntityID(instanceID: raise.instanceID) == nil:
            (raise.payload, raise.instanceID)
        default: nil
        }
    }

    private static func replacing(_ command: Command, _ reference: Payload) -> Command {
        switch command {
        case .start(var start):
            start.input = reference
            return .start(start)
        case .raise(var raise):
            raise.payload = reference
            return .raise(raise)
        default: return command
        }
    }

    /// The message as it is kept and, if it comes to that, redriven.
    private static func short(
        _ message: InboundMessage, _ reference: Payload, _ instanceID: String
    ) -> InboundMessage {
        var short = message
        short.body = reference.bytes
        // As text, the reference would become a JSON string.
        short.properties.contentType = WireContentType.json
        short.properties.headers[WireHeader.instanceID] = .string(instanceID)
        return short
    }
}
