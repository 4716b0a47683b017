import AMQPMessages
import Warren
import WarrenSupport

/// Encodes messages of `{h}.owner.<nn>`: all facts are in headers, the body is one line for people.
package enum OwnerCodec {
    /// The kind of a message in an owner queue.
    enum Kind: Sendable, Hashable {
        /// Records the owner of the partition.
        case record(OwnerRecord)
        /// Marks the end of a reading.
        case probe
        /// Does not belong in the queue.
        case foreign
    }

    static func encode(_ record: OwnerRecord, id: String, queue: String) -> OutboundMessage {
        var headers: FieldTable = [
            WireHeader.storeID: .string(record.storeID), WireHeader.host: .string(record.host),
            WireHeader.process: .int64(Int64(record.process)), WireHeader.since: .string(ISO8601.text(record.since)),
        ]
        headers[WireHeader.dataDirectory] = record.dataDirectory.map { .string($0) }
        headers[WireHeader.commits] = record.commits.map { .int64($0) }
        headers[WireHeader.committedAt] = record.committedAt.map { .string(ISO8601.text($0)) }
        return OutboundMessage(
            exchange: "", routingKey: queue,
            properties: MessageProperties(
                contentType: WireContentType.text, headers: headers, isPersistent: true, messageID: id,
                type: WireType.owner),
            body: Array(record.description.utf8))
    }

    static func probe(id: String, queue: String) -> OutboundMessage {
        OutboundMessage(
            exchange: "", routingKey: queue,
            properties: MessageProperties(isPersistent: true, messageID: id, type: WireType.ownerProbe))
    }

    static func decode(_ message: InboundMessage) -> Kind {
        let headers = message.properties.headers
        switch message.properties.type {
        case WireType.ownerProbe: return .probe
        case WireType.owner:
            // A record of a later version that cannot be read must still count as another store's: an empty ID equals
            // no store's.
            return .record(
                OwnerRecord(
                    storeID: headers[WireHeader.storeID]?.string ?? "",
                    host: headers[WireHeader.host]?.string ?? "unknown",
                    process: headers[WireHeader.process]?.integer.map { Int(clamping: $0) } ?? 0,
                    dataDirectory: headers[WireHeader.storeID] == nil
                        ? "unknown" : headers[WireHeader.dataDirectory]?.string,
                    since: headers[WireHeader.since]?.string.flatMap(ISO8601.timestamp) ?? Timestamp(microseconds: 0),
                    commits: headers[WireHeader.commits]?.integer,
                    committedAt: headers[WireHeader.committedAt]?.string.flatMap(ISO8601.timestamp)))
        default: return .foreign
        }
    }
}
