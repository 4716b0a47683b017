/// A place in a distributed trace, as the W3C recommendation "Trace Context" writes it: the trace and the span in it
/// to which new spans are to be attached.
///
/// Warren passes it on as it came where no tracer is bootstrapped. Only a value that keeps the form of the recommendation
/// can be made: what a publisher sends is data, and a receiver may rely on the form.
public struct TraceContext: Sendable, Hashable {
    /// The version, the trace ID, the ID of the parent span and the flags: 55 bytes, such as
    /// `00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01`.
    public let traceparent: String
    /// What tracing systems add for themselves, 1 to 512 bytes of printable ASCII; `nil` for none.
    public let tracestate: String?

    /// The size of ``traceparent``, in bytes.
    private static let parentBytes = 55
    /// The maximum size of ``tracestate``, in bytes.
    private static let mostStateBytes = 512

    /// Checks a trace context.
    ///
    /// - Parameters:
    ///   - traceparent: in the form of the recommendation, lower case, with IDs that are not zero.
    ///   - tracestate: it is left out, and the rest kept, if it is empty, too long or not printable ASCII.
    /// - Returns: `nil` if `traceparent` has another form.
    public init?(traceparent: String, tracestate: String? = nil) {
        guard Self.isParent(traceparent) else { return nil }
        self.traceparent = traceparent
        self.tracestate = tracestate.flatMap { Self.isState($0) ? $0 : nil }
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
        (1...mostStateBytes).contains(text.utf8.count) && text.utf8.allSatisfy { (0x20...0x7E).contains($0) }
    }

    private static func hexadecimal(_ byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
        default: nil
        }
    }
}

/// The form in which a trace context is stored: `traceparent`, then, if there is one, a space and `tracestate`.
extension TraceContext {
    package var stored: String { tracestate.map { "\(traceparent) \($0)" } ?? traceparent }

    /// Reads the stored form; `nil` if it is not one.
    package init?(stored text: String) {
        let parent = text.utf8.prefix(Self.parentBytes)
        let rest = text.utf8.dropFirst(Self.parentBytes)
        guard rest.isEmpty || rest.first == UInt8(ascii: " ") else { return nil }
        self.init(
            traceparent: String(decoding: parent, as: UTF8.self),
            tracestate: rest.isEmpty ? nil : String(decoding: rest.dropFirst(), as: UTF8.self))
        guard stored.utf8.elementsEqual(text.utf8) else { return nil }
    }
}
