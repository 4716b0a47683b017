import WarrenSupport

/// Facts about an open instance that its status does not tell: why it is suspended, and that its body has ended while
/// tasks keep it open.
///
/// They are kept in the instance's row, so that they are known without running its code.
package struct InstanceCondition: Sendable, Hashable {
    /// The longest reason that is kept, in characters; the history has all of it.
    private static let reasonLength = 4000

    package var suspension: Suspension?
    /// How the body has ended.
    package var bodyEnd: RuntimeStatus?

    package init(suspension: Suspension? = nil, bodyEnd: RuntimeStatus? = nil) {
        self.suspension = suspension
        self.bodyEnd = bodyEnd
    }
}

/// The form in which a condition is stored: empty for none, else JSON that a person can query,
/// `{"bodyEnd":"Completed","cause":"operator","reason":"…","since":1796000000000000}`. The time is in microseconds since
/// 1970.
extension InstanceCondition {
    package var encoded: [UInt8] {
        guard suspension != nil || bodyEnd != nil else { return [] }
        var object = SortedJSONObject()
        if let bodyEnd { object.add("bodyEnd", bodyEnd.rawValue) }
        if let suspension {
            object.add("cause", suspension.cause.rawValue)
            if let reason = suspension.reason { object.add("reason", String(reason.prefix(Self.reasonLength))) }
            if let since = suspension.since { object.add("since", Int(since.microseconds)) }
        }
        return object.payload.bytes
    }

    /// Reads the stored form. What cannot be read is left out: the checksum of the row reports damage.
    package init(encoded bytes: [UInt8]) {
        self.init()
        guard !bytes.isEmpty, let object = try? JSONNode(Payload(bytes: bytes)) else { return }
        bodyEnd = object["bodyEnd"]?.string.flatMap { RuntimeStatus(rawValue: $0) }
        guard let cause = object["cause"]?.string else { return }
        suspension = Suspension(
            cause: .init(rawValue: cause), reason: object["reason"]?.string,
            since: object["since"]?.integer.map { Timestamp(microseconds: $0) })
    }
}

extension InstanceRecord {
    /// The decoded form of ``InstanceRecord/conditionBytes``.
    package var condition: InstanceCondition {
        get { conditionBytes.isEmpty ? InstanceCondition() : InstanceCondition(encoded: conditionBytes) }
        set { conditionBytes = newValue.encoded }
    }
}
