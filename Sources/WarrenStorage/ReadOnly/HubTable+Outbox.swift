import Warren

extension HubTable {
    /// Messages that the broker has not confirmed yet, oldest first.
    static func outbox(_ read: @escaping OutboxReader) -> HubTable {
        HubTable(
            "outbox", "One row for each message that the broker has not confirmed yet.",
            [
                Column("partition", .integer, .partition, "the partition that sends it"),
                Column("row", .integer, .sql("o.id"), "the row of the outbox; its messages are confirmed together"),
                Column("number", .integer, .made, "its place in the row, from 0"),
                Column("exchange", .text, .made, "the exchange; empty for a queue itself"),
                Column("routing_key", .text, .made, "the routing key, or the queue"),
                Column("type", .text, .made, "the message's type; 'Unreadable' for a damaged row"),
                Column("message_id", .text, .made, "its ID"),
                Column("correlation_id", .text, .made, "the ID that an answer carries"),
                Column("content_type", .text, .made, "the media type of its body"),
                Column("headers", .json, .made, "its headers, one object"),
                Column("body", .text, .made, "its body; NULL if that is no text"),
                Column("body_bytes", .integer, .made, "the size of the body"),
            ], key: ["partition", "row", "number"], from: "outbox o", raw: ["o.id", "o.checksum", "o.messages"]
        ) { (row, _) throws(StorageError) in
            let stored = OutboxRow(id: row.int64(0), messages: row.blob(2))
            do {
                guard stored.checksum == row.int64(1) else { return [unreadable] }
                return try read(stored.messages).enumerated().map { number, message in values(message, number) }
            } catch {
                return [unreadable]
            }
        }
    }

    private static let unreadable: [SQLValue] = [
        .integer(0), .null, .null, .text("Unreadable"), .null, .null, .null, .null, .null, .null,
    ]

    private static func values(_ message: OutboxFacts, _ number: Int) -> [SQLValue] {
        func text(_ text: String?) -> SQLValue { text.map(SQLValue.text) ?? .null }
        return [
            .integer(Int64(number)), .text(message.exchange), .text(message.routingKey), text(message.type),
            text(message.messageID), text(message.correlationID), text(message.contentType), .json(message.headers),
            text(String(validating: message.body, as: UTF8.self)), .integer(Int64(message.body.count)),
        ]
    }
}
