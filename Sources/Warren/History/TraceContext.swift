/// A place in a distributed trace, as the W3C recommendation "Trace Context" writes it: the trace and the span in it
/// to which new spans are to be attached.
///
/// Warren passes it on as it came where no tracer is bootstrapped. Only a value that keeps the form of the recommendation
/// can be made: what a publisher sends is data, and a receiver may rely on the form.
public struct TraceContext: Sendable, Hashable {
    /// The version, the trace ID, the ID of the parent span and the flags: 55 bytes, such as
    /// `00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01`.
    public var traceparent: String { fields.value.traceparent }
    /// What tracing systems add for themselves, 1 to 512 bytes of printable ASCII; `nil` for none.
    public var tracestate: String? { fields.value.tracestate }
    /// What the application that began the trace passes along, 1 to 8192 bytes of printable ASCII in at most 64 members, as the
    /// W3C recommendation "Baggage" limits it; `nil` for none. A host takes it from a message only if it is configured to
    /// (`messages.carriesBaggage`).
    public var baggage: String? { fields.value.baggage }

    private struct Fields: Sendable, Hashable {
        var traceparent: String
        var tracestate: String?
        var baggage: String?
    }

    private let fields: Boxed<Fields>

    /// The size of ``traceparent``, in bytes.
    private static let parentBytes = 55
    /// The maximum size of ``tracestate``, in bytes.
    private static let mostStateBytes = 512
    /// The maximum size of ``baggage``, in bytes.
    private static let mostBaggageBytes = 8192
    /// The maximum number of members of ``baggage``, which commas separate.
    private static let mostBaggageMembers = 64

    /// Checks a trace context.
    ///
    /// - Parameters:
    ///   - traceparent: in the form of the recommendation, lower case, with IDs that are not zero.
    ///   - tracestate: it is left out, and the rest kept, if it is empty, too long or not printable ASCII.
    ///   - baggage: it is left out as a whole, and the rest kept, if it is empty, too long, has too many members, or is not
    ///     printable ASCII.
    /// - Returns: `nil` if `traceparent` has another form.
    public init?(traceparent: String, tracestate: String? = nil, baggage: String? = nil) {
        guard Self.isParent(traceparent) else { return nil }
        fields = Boxed(
            Fields(
                traceparent: traceparent, tracestate: tracestate.flatMap { Self.isState($0) ? $0 : nil },
                baggage: baggage.flatMap { Self.isBaggage($0) ? $0 : nil }))
    }

    /// The same place with other baggage.
    package func carrying(_ baggage: String?) -> TraceContext {
        guard baggage != self.baggage else { return self }
        return TraceContext(traceparent: traceparent, tracestate: tracestate, baggage: baggage) ?? self
    }

    /// The ID of the trace: 32 hexadecimal digits.
    public var traceID: String { String(traceparent.dropFirst(3).prefix(32)) }

    private static func isParent(_ text: String) -> Bool {
        guard text.utf8.count == parentBytes else { return false }
        var traceID: UInt8 = 0
        var parentID: UInt8 = 0
        for (index, byte) in text.utf8.enumerated() {
            switch index {
            case 2, 35, 52: guard byte == UInt8(ascii: "-") else { return false }
            default:
                guard let digit = hexadecimal(byte) else { return false }
                if (3..<35).contains(index) { traceID |= digit }
                if (36..<52).contains(index) { parentID |= digit }
            }
        }
        return traceID != 0 && parentID != 0 && !text.hasPrefix("ff")
    }

    private static func isState(_ text: String) -> Bool {
        (1...mostStateBytes).contains(text.utf8.count) && isPrintable(text)
    }

    private static func isBaggage(_ text: String) -> Bool {
        guard (1...mostBaggageBytes).contains(text.utf8.count), isPrintable(text) else { return false }
        return text.utf8.count { $0 == UInt8(ascii: ",") } < mostBaggageMembers
    }

    private static func isPrintable(_ text: String) -> Bool {
        text.utf8.allSatisfy { (0x20...0x7E).contains($0) }
    }

    private static func hexadecimal(_ byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
        default: nil
        }
    }
}

/// The form in which a trace context is stored: `traceparent`, then, if there is one, a space and `tracestate`, then, if there is
/// one, a tab and `baggage`.
extension TraceContext {
    package var stored: String {
        var text = traceparent
        if let tracestate { text += " \(tracestate)" }
        if let baggage { text += "\t\(baggage)" }
        return text
    }

    /// Reads the stored form; `nil` if it is not one.
    package init?(stored text: String) {
        let parts = text.utf8.split(separator: UInt8(ascii: "\t"), maxSplits: 1, omittingEmptySubsequences: false)
        let place = parts.first ?? text.utf8[...]
        let rest = place.dropFirst(Self.parentBytes)
        guard rest.isEmpty || rest.first == UInt8(ascii: " ") else { return nil }
        self.init(
            traceparent: String(decoding: place.prefix(Self.parentBytes), as: UTF8.self),
            tracestate: rest.isEmpty ? nil : String(decoding: rest.dropFirst(), as: UTF8.self),
            baggage: parts.dropFirst().first.map { String(decoding: $0, as: UTF8.self) })
        guard stored.utf8.elementsEqual(text.utf8) else { return nil }
    }
}
