package import AMQPMessages
import Warren
import WarrenSupport

/// Encodes beats as JSON, so that people can read the stream.
package enum HostBeatCodec {
    /// - Parameter stream: the hub's stream of beats.
    package static func encode(_ beat: HostBeat, stream: String) -> OutboundMessage {
        var json = JSONObjectWriter()
        json.add("id", beat.id)
        json.add("name", beat.name)
        json.add("process", beat.process)
        json.add("startedAt", ISO8601.text(beat.startedAt))
        json.add("sentAt", ISO8601.text(beat.sentAt))
        json.add("leaving", beat.isLeaving)
        json.add("orchestrations", beat.orchestrations.sorted())
        json.add(
            "owned",
            beat.owned.map { ownership in
                var object = JSONObjectWriter()
                object.add("partition", ownership.partition)
                object.add("epoch", Int(clamping: ownership.epoch))
                object.add("unsavedBytes", Int(clamping: ownership.unsavedBytes))
                return object
            })
        json.add("followed", raw: "[" + beat.followed.map(String.init).joined(separator: ",") + "]")
        return OutboundMessage(
            routingKey: stream,
            properties: MessageProperties(
                contentType: WireContentType.json, isPersistent: true, type: WireType.hostBeat),
            body: json.bytes)
    }

    /// - Returns: `nil` for anything but a beat: every user with the right to write to the default exchange may write to the stream.
    package static func decode(_ message: InboundMessage) -> HostBeat? {
        guard message.properties.type == WireType.hostBeat, message.body.count <= 1 << 20,
            let json = read(message.body), let id = json.string("id"), !id.isEmpty, id.utf8.count <= 200
        else { return nil }
        let owned = json.array("owned").compactMap { bytes -> HostBeat.Ownership? in
            guard let object = read(bytes), let partition = object.integer("partition"),
                let epoch = object.integer("epoch"), (0..<10_000).contains(partition), epoch >= 0
            else { return nil }
            return HostBeat.Ownership(
                partition: Int(partition), epoch: UInt64(epoch), unsavedBytes: object.integer("unsavedBytes") ?? 0)
        }
        return HostBeat(
            id: id, name: json.string("name") ?? "unknown", process: Int(clamping: json.integer("process") ?? 0),
            startedAt: json.string("startedAt").flatMap(ISO8601.timestamp) ?? Timestamp(microseconds: 0),
            sentAt: json.string("sentAt").flatMap(ISO8601.timestamp) ?? Timestamp(microseconds: 0),
            isLeaving: json.bool("leaving") ?? false,
            orchestrations: Set(json.array("orchestrations").map { JSONObjectReader.plainText($0) }), owned: owned,
            followed: json.array("followed").compactMap { Int(String(decoding: $0, as: UTF8.self)) })
    }

    private static func read(_ bytes: [UInt8]) -> JSONObjectReader? {
        do {
            return try JSONObjectReader(bytes)
        } catch {
            return nil
        }
    }
}
