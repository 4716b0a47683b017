import WarrenSupport

/// Writes the parts of histories.
extension ByteWriter {
    mutating func id(_ id: Int) { signed(Int64(id)) }

    mutating func payload(_ payload: Payload) { data(payload.bytes) }

    mutating func time(_ time: Timestamp) { signed(time.microseconds) }

    /// Writes a byte that states whether there is a value, then the value.
    mutating func optional<Value>(_ value: Value?, _ write: (inout ByteWriter, Value) -> Void) {
        byte(value == nil ? 0 : 1)
        if let value { write(&self, value) }
    }
}
