/// Decides whether a recorded input may be used for the value that code passes on replay, when their texts differ.
///
/// Texts of equal values differ from process to process: a set, or a dictionary with keys that are not text, is written
/// in hash order. An instance that fails for such a difference cannot be repaired, while one that continues with the
/// recorded input is as it was before. So the recorded input is used unless the difference is certain.
enum InputComparison {
    static func isSame<Value: Codable>(_ value: Value, _ recorded: Payload, _ codec: any PayloadCodec) -> Bool {
        do {
            let asked = try codec.encode(value)
            // Decodes both sides from their texts, so that facts that a text does not have (a date's nanoseconds) do
            // not count.
            let (now, before) = (
                try codec.decode(Value.self, from: asked), try codec.decode(Value.self, from: recorded)
            )
            if let comparable = now as? any Equatable {
                if equals(comparable, before) { return true }
                // A type with values that never equal their copies, such as a class compared by identity, proves
                // nothing.
                if equals(comparable, try codec.decode(Value.self, from: asked)) { return false }
            }
            // Written by the standard codec, so that a codec that encrypts, or adds a time, makes no difference here.
            let plain = JSONPayloadCodec()
            return isSame(try plain.encode(now), try plain.encode(before))
        } catch {
            // The recorded text is no longer of this type: only the texts can be compared.
            guard let asked = try? codec.encode(value) else { return true }
            return isSame(asked, recorded)
        }
    }

    /// Whether two texts are the same JSON. Texts that are not JSON prove nothing about the values.
    private static func isSame(_ asked: Payload, _ recorded: Payload) -> Bool {
        JSONComparison.areEqual(asked, recorded, ignoringOrder: true) ?? true
    }

    private static func equals<Value: Equatable>(_ left: Value, _ right: Any) -> Bool {
        right as? Value == left
    }
}
