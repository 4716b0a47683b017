import WarrenSupport

/// The external events that an execution waits for at the end of an episode: those that it has waited for the longest,
/// and the number of the others.
///
/// Waiting for an event leaves no trace in the history, so this is kept in the instance's row: what a suspended instance
/// waits for is known without running its code.
package struct EventWaits: Sendable, Hashable {
    /// A wait for one event.
    package struct Wait: Sendable, Hashable {
        /// The event's name as the orchestrator spells it.
        package var name: String
        /// The time of the episode in which the wait began.
        package var since: Timestamp

        package init(name: String, since: Timestamp) {
            self.name = name
            self.since = since
        }
    }

    /// The number of waits that are kept by name.
    package static let mostNamed = 20

    /// The oldest waits, oldest first; at most ``mostNamed``.
    package var named: [Wait]
    /// The number of waits beyond those.
    package var others: Int

    package init(named: [Wait] = [], others: Int = 0) {
        self.named = named
        self.others = others
    }

    package var isEmpty: Bool { named.isEmpty && others == 0 }

    /// Adds a wait in its place, if it is one of the oldest. Waits that began at the same time are ordered by name.
    mutating func addIfOld(_ wait: Wait) {
        func isBefore(_ left: Wait, _ right: Wait) -> Bool {
            if left.since != right.since { return left.since < right.since }
            return left.name.utf8.lexicographicallyPrecedes(right.name.utf8)
        }
        // Most waits of an execution with very many are newer than the oldest ones: one comparison each.
        if named.count == Self.mostNamed, let last = named.last {
            guard isBefore(wait, last) else { return }
            named.removeLast()
        }
        let place = named.firstIndex { isBefore(wait, $0) } ?? named.endIndex
        named.insert(wait, at: place)
    }
}

/// The form in which waits are stored: empty for none, else JSON that a person can query,
/// `[["Approval",1796000000000000],["Cancel",1796000000000000],5]`. Each pair is a name and a time in microseconds since
/// 1970; a number at the end counts the waits that are not named.
extension EventWaits {
    package var encoded: [UInt8] {
        guard !isEmpty else { return [] }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(named.reduce(16) { $0 + $1.name.utf8.count + 24 })
        bytes.append(UInt8(ascii: "["))
        for wait in named {
            if bytes.count > 1 { bytes.append(UInt8(ascii: ",")) }
            bytes.append(UInt8(ascii: "["))
            JSONText.append(wait.name, to: &bytes)
            bytes.append(UInt8(ascii: ","))
            JSONText.append(wait.since.microseconds, to: &bytes)
            bytes.append(UInt8(ascii: "]"))
        }
        if others > 0 {
            if bytes.count > 1 { bytes.append(UInt8(ascii: ",")) }
            JSONText.append(others, to: &bytes)
        }
        bytes.append(UInt8(ascii: "]"))
        return bytes
    }

    /// Reads the stored form. What cannot be read is left out: the waits only inform people, and the checksum of the row
    /// reports damage.
    package init(encoded bytes: [UInt8]) {
        self.init()
        guard !bytes.isEmpty, case .array(let elements)? = try? JSONValue(Payload(bytes: bytes)) else { return }
        for element in elements {
            if case .array(let pair) = element, pair.count == 2, let name = pair.first?.stringValue,
                let since = pair.last?.integerValue
            {
                if named.count < Self.mostNamed {
                    named.append(Wait(name: name, since: Timestamp(microseconds: since)))
                }
            } else if let count = element.integerValue {
                others = Int(clamping: max(0, count))
            }
        }
    }
}
