#if HTTP
import Foundation
import Warren
import WarrenTestKit

/// Orchestrations that give back what they got, one for each kind of type that a program may declare: `Input…` their input,
/// `Event…` the event `Go`.
enum AnyKind {
    struct Item: Codable, Sendable {
        var name: String
        var count: Int?
        var parts: [String]?
    }

    enum Color: String, Codable, Sendable { case red, blue }

    /// Has a value of its own for nothing.
    struct Lenient: Codable, Sendable {
        var value: Int

        init(from decoder: any Decoder) throws {
            let container = try decoder.singleValueContainer()
            value = container.decodeNil() ? -1 : try container.decode(Int.self)
        }

        func encode(to encoder: any Encoder) throws {
            var container = encoder.singleValueContainer()
            try container.encode(value)
        }
    }

    private static func add<Value: Codable & Sendable>(_ name: String, _: Value.Type, to hub: TestHub) {
        hub.register(Orchestration<Value, Value>("Input\(name)")) { _, input in input }
        hub.register(Orchestration<Void, Value>("Event\(name)")) { context in
            try await context.wait(for: ExternalEvent<Value>("Go"))
        }
    }

    static func register(with hub: TestHub) {
        hub.register(Orchestration<Void, String>("InputNothing")) { _ in "nothing" }
        hub.register(Orchestration<Void, String>("EventNothing")) { context in
            try await context.wait(for: ExternalEvent<Void>("Go"))
            return "nothing"
        }
        add("Text", String.self, to: hub)
        add("MaybeText", String?.self, to: hub)
        add("Whole", Int.self, to: hub)
        add("MaybeWhole", Int?.self, to: hub)
        add("MaybeMaybeWhole", Int??.self, to: hub)
        add("Fraction", Double.self, to: hub)
        add("MaybeFraction", Double?.self, to: hub)
        add("Truth", Bool.self, to: hub)
        add("MaybeTruth", Bool?.self, to: hub)
        add("Texts", [String].self, to: hub)
        add("MaybeTexts", [String]?.self, to: hub)
        add("Object", Item.self, to: hub)
        add("MaybeObject", Item?.self, to: hub)
        add("Map", [String: [Int]].self, to: hub)
        add("MaybeMap", [String: [Int]]?.self, to: hub)
        add("MaybeColor", Color?.self, to: hub)
        add("MaybeDate", Date?.self, to: hub)
        add("MaybeUUID", UUID?.self, to: hub)
        add("MaybeURL", URL?.self, to: hub)
        add("MaybeData", Data?.self, to: hub)
        add("MaybeDecimal", Decimal?.self, to: hub)
        add("Lenient", Lenient.self, to: hub)
        add("Anything", JSONValue.self, to: hub)
        add("MaybeAnything", JSONValue?.self, to: hub)
        add("Raw", Payload.self, to: hub)
        add("MaybeRaw", Payload?.self, to: hub)
    }
}
#endif
