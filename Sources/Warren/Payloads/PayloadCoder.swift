/// Encodes and decodes values of one type, with any codec.
///
/// It exists for `Void`, which is not `Codable`: a function reference captures one coder per parameter where the type
/// is known, so its generic parameters need no constraint.
package struct PayloadCoder<Value: Sendable>: Sendable {
    package let encode: @Sendable (Value, any PayloadCodec) throws -> Payload
    package let decode: @Sendable (Payload, any PayloadCodec) throws -> Value
    /// Whether a recorded payload may be used for a value, however it is written; see `InputComparison`.
    let isEqual: @Sendable (Value, Payload, any PayloadCodec) -> Bool
}

extension PayloadCoder where Value: Codable {
    static var codable: PayloadCoder {
        PayloadCoder(
            encode: { value, codec in try codec.encode(value) },
            decode: { payload, codec in try PayloadReading.decode(Value.self, from: payload, codec) },
            isEqual: { value, recorded, codec in InputComparison.isSame(value, recorded, codec) })
    }
}

extension PayloadCoder where Value == Void {
    static var void: PayloadCoder {
        PayloadCoder(encode: { _, _ in .null }, decode: { _, _ in }, isEqual: { _, _, _ in true })
    }
}
