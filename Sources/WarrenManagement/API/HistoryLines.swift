#if HTTP
import NIOCore
import Warren

/// The form of a history that is sent piece by piece: server-sent events, or a line of JSON for each event.
struct HistoryLines {
    /// Whether it is server-sent events.
    var isEvents: Bool

    /// Writes an event.
    ///
    /// - Parameter number: the event's number, by which a reader of server-sent events goes on after a lost connection.
    func write(_ event: Payload, number: Int, to buffer: inout ByteBuffer) {
        guard isEvents else {
            buffer.writeBytes(event.bytes)
            buffer.writeString("\n")
            return
        }
        var text = ServerSentEvents.event("history", id: String(number), data: event.bytes)
        buffer.writeBuffer(&text)
    }
}
#endif
