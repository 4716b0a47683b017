import AMQPMessages
import Warren
import WarrenSupport

extension EventStart {
    /// The place of the input in a message that raises an event and starts its instance: the header
    /// `warren-start-input`.
    ///
    /// | Header | The input | The event's payload |
    /// |---|---|---|
    /// | absent | `null` | the body |
    /// | `@body` | the body | the body |
    /// | `@members` | the body's member `input` | the body's member `event` |
    /// | JSON text | that | the body |
    enum Place {
        static let body = "@body"
        static let members = "@members"
        /// The largest input that a header has, in bytes.
        private static let maximumBytes = 16 << 10

        static func values(
            _ fields: MessageFields, _ body: Payload, _ reader: BodyReader
        ) throws(Refusal) -> (event: Payload, input: Payload) {
            guard let place = try fields.text(WireHeader.startInput, maximum: maximumBytes) else {
                return (body, .null)
            }
            switch place {
            case Self.body: return (body, body)
            case members:
                guard let object = try reader.object(body.bytes) else {
                    throw Refusal(
                        .invalidJSON,
                        "With 'warren-start-input: @members' the body must be {\"event\": …, \"input\": …}.")
                }
                var event = object.raw("event").map { Payload(bytes: $0) } ?? .null
                var input = object.raw("input").map { Payload(bytes: $0) } ?? .null
                event.origin = body.origin
                input.origin = body.origin
                return (event, input)
            default:
                do throws(Refusal) {
                    // As deep as any payload.
                    return (body, try BodyReader(limits: WireLimits()).json(Array(place.utf8)))
                } catch {
                    throw Refusal(
                        .badHeader,
                        "The header 'warren-start-input' must be '@body', '@members' or JSON. \(error.detail)")
                }
            }
        }

        /// Builds the body that has both values.
        static func body(event: Payload, input: Payload) -> Payload {
            var body = JSONObjectWriter()
            body.add("event", event)
            body.add("input", input)
            return body.payload
        }
    }
}
