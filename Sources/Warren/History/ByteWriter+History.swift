import WarrenSupport

/// The parts of histories.
extension ByteWriter {
    mutating func id(_ id: Int) { signed(Int64(id)) }

    mutating func payload(_ payload: Payload) { data(payload.bytes) }

    mutating func time(_ time: Timestamp) { signed(time.microseconds) }

    /// One byte says whether there is a value.
    mutating func optional<Value>(_ value: Value?, _ write: (inout ByteWriter, Value) -> Void) {
        byte(value == nil ? 0 : 1)
        if let value { write(&self, value) }
    }
}
