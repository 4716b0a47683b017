/// A JSON value as UTF-8 text: carried in message bodies and stored unchanged.
///
/// A payload is opaque to the engine. It is decoded only where a typed value is needed.
public struct Payload: Sendable, Hashable {
    /// The JSON text, UTF-8.
    public var bytes: [UInt8]

    /// Words that describe how it arrived, for the report of a payload that cannot be read: `sent as text/plain by
    /// exchange 'warren.start'`. `nil` where there is nothing to report. It is not part of the value: payloads of equal
    /// bytes are equal.
    package var origin: String? {
        get { originBox?.value }
        set { originBox = newValue.map { Boxed($0) } }
    }
    private var originBox: Boxed<String>?

    /// A payload of JSON text that is already encoded. The bytes are not checked here.
    public init(bytes: [UInt8]) {
        self.bytes = bytes
    }

    /// A payload of JSON text that is already encoded. The text is not checked here.
    public init(json: String) {
        bytes = Array(json.utf8)
    }

    /// Whether both have the same bytes.
    public static func == (left: Payload, right: Payload) -> Bool { left.bytes == right.bytes }

    /// Hashes the bytes.
    public func hash(into hasher: inout Hasher) { hasher.combine(bytes) }

    /// JSON `null`: the payload of an absent input or a `Void` result.
    public static let null = Payload(json: "null")

    /// The JSON text.
    public var json: String { String(decoding: bytes, as: UTF8.self) }

    /// Whether this is JSON `null`.
    public var isNull: Bool { bytes == Payload.null.bytes }
}

extension Payload: CustomStringConvertible {
    /// The text that logs and errors show.
    public var description: String { json }
}
