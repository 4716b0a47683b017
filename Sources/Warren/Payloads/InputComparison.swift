/// Decides whether a recorded input may stand for the value that code asks for on replay, when their texts differ.
///
/// Texts of equal values differ from process to process: a set, or a dictionary whose keys are no texts, is written in hash
/// order. An instance that fails for such a difference can never be repaired, while one that goes on with the recorded
/// input is what it was before. So the recorded input stands unless the difference is certain.
enum InputComparison {
    static func isSame<Value: Codable>(_ value: Value, _ recorded: Payload, _ codec: any PayloadCodec) -> Bool {
        do {
            let asked = try codec.encode(value)
            // Both sides are read from their texts, so that what a text does not hold (a date's nanoseconds) does not count.
            let (now, before) = (
                try codec.decode(Value.self, from: asked), try codec.decode(Value.self, from: recorded)
            )
            if let comparable = now as? any Equatable {
                if equals(comparable, before) { return true }
                // A type whose values never equal their copies, such as a class compared by identity, says nothing.
                if equals(comparable, try codec.decode(Value.self, from: asked)) { return false }
            }
            // Written by the standard codec, so that a codec that encrypts, or adds a time, says nothing here.
            let plain = JSONPayloadCodec()
            return isSame(try plain.encode(now), try plain.encode(before))
        } catch {
            // The recorded text is none of this type any more: what is left are the texts.
            guard let asked = try? codec.encode(value) else { return true }
            return isSame(asked, recorded)
        }
    }

    /// Texts that are no JSON say nothing about the values.
    private static func isSame(_ asked: Payload, _ recorded: Payload) -> Bool {
        JSONComparison.areEqual(asked, recorded, ignoringOrder: true) ?? true
    }

    private static func equals<Value: Equatable>(_ left: Value, _ right: Any) -> Bool {
        right as? Value == left
    }
}
