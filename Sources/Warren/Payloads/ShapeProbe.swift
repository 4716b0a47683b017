/// Finds out with which JSON type a Swift type begins: an object, an array, or a single value.
///
/// The type's own code runs against a decoder that has no value, as it does for a JSON text that ends early.
struct ShapeProbe: Decoder {
    enum Shape {
        case object
        case array
        case scalar(any Any.Type)
    }

    /// The facts found so far; used by one call at a time.
    private final class Notes {
        var shape: Shape?
    }

    private struct NoValue: Error {}

    private let notes: Notes
    let codingPath: [any CodingKey] = []
    let userInfo: [CodingUserInfoKey: Any] = [:]

    static func shape(of type: any Decodable.Type) -> Shape? {
        let notes = Notes()
        // Ends with an error for every type that needs a value; the request before the error gives the answer.
        _ = try? type.init(from: ShapeProbe(notes: notes))
        return notes.shape
    }

    private init(notes: Notes) {
        self.notes = notes
    }

    func container<Key: CodingKey>(keyedBy type: Key.Type) throws -> KeyedDecodingContainer<Key> {
        note(.object)
        throw NoValue()
    }

    func unkeyedContainer() throws -> any UnkeyedDecodingContainer {
        note(.array)
        throw NoValue()
    }

    func singleValueContainer() throws -> any SingleValueDecodingContainer { Single(probe: self) }

    private func note(_ shape: Shape) {
        if notes.shape == nil { notes.shape = shape }
    }

    private struct Single: SingleValueDecodingContainer {
        let probe: ShapeProbe
        let codingPath: [any CodingKey] = []

        func decodeNil() -> Bool { false }

        func decode(_ type: Bool.Type) throws -> Bool { try refuse(type) }
        func decode(_ type: String.Type) throws -> String { try refuse(type) }
        func decode(_ type: Double.Type) throws -> Double { try refuse(type) }
        func decode(_ type: Float.Type) throws -> Float { try refuse(type) }
        func decode(_ type: Int.Type) throws -> Int { try refuse(type) }
        func decode(_ type: Int8.Type) throws -> Int8 { try refuse(type) }
        func decode(_ type: Int16.Type) throws -> Int16 { try refuse(type) }
        func decode(_ type: Int32.Type) throws -> Int32 { try refuse(type) }
        func decode(_ type: Int64.Type) throws -> Int64 { try refuse(type) }
        func decode(_ type: UInt.Type) throws -> UInt { try refuse(type) }
        func decode(_ type: UInt8.Type) throws -> UInt8 { try refuse(type) }
        func decode(_ type: UInt16.Type) throws -> UInt16 { try refuse(type) }
        func decode(_ type: UInt32.Type) throws -> UInt32 { try refuse(type) }
        func decode(_ type: UInt64.Type) throws -> UInt64 { try refuse(type) }
        func decode<Value: Decodable>(_ type: Value.Type) throws -> Value { try refuse(type) }

        private func refuse<Value>(_ type: Value.Type) throws -> Value {
            probe.note(.scalar(type))
            throw NoValue()
        }
    }
}
