/// Encodes values as payloads and decodes them.
///
/// Other services read what it writes, and the determinism guard compares it: equal values must give equal bytes within
/// one process, and JSON that differs at most in the order of keys across processes.
public protocol PayloadCodec: Sendable {
    /// The value as JSON.
    func encode<Value: Encodable>(_ value: Value) throws -> Payload

    /// The value that a payload stands for.
    func decode<Value: Decodable>(_ type: Value.Type, from payload: Payload) throws -> Value
}
