import AMQPMessages

/// The kept part of the message, for programs that show it.
extension DeadLetterEntry {
    package var messageID: String? { original.properties.messageID }
    package var correlationID: String? { original.properties.correlationID }
    package var appID: String? { original.properties.appID }
    package var type: String? { original.properties.type }
    package var contentType: String? { original.properties.contentType }
    package var contentEncoding: String? { original.properties.contentEncoding }
    package var body: [UInt8] { original.body }

    /// The headers by name; values that are not text are written for people.
    package var headers: [(name: String, value: String)] {
        original.properties.headers.sorted { $0.key < $1.key }.map { name, value in
            (name, value.string ?? value.integer.map { String($0) } ?? "\(value)")
        }
    }
}
