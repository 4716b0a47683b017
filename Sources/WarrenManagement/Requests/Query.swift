#if HTTP
import Warren
import WarrenSupport

/// A request's query: keys without regard to case, values decoded. A value that is not a boolean, number or time where
/// one is expected counts as absent, as callers of these routes are used to.
struct Query {
    /// The items in order: `runtimeStatus` may be repeated.
    private var items: [(key: String, value: String)] = []

    /// - Throws: `ManagementError` for an invalid encoding.
    init(_ text: String) throws {
        for item in text.split(separator: "&") {
            let parts = item.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard let key = parts.first?.urlDecoded(plusIsSpace: true),
                let value = (parts.dropFirst().first ?? "").urlDecoded(plusIsSpace: true)
            else { throw ManagementError(argument: "The query '\(item.prefix(100))' is not percent-encoded text.") }
            items.append((key.lowercased(), value))
        }
    }

    /// The first value that is not blank.
    subscript(key: String) -> String? { all(key).first }

    func all(_ key: String) -> [String] {
        let key = key.lowercased()
        return items.filter { $0.key == key && !$0.value.isEmpty }.map(\.value)
    }

    func flag(_ key: String) -> Bool? {
        switch self[key]?.lowercased() {
        case "true": true
        case "false": false
        default: nil
        }
    }

    func integer(_ key: String) -> Int? { self[key].flatMap { Int($0) } }

    func number(_ key: String) -> Double? { self[key].flatMap { Double($0) }.flatMap { $0.isFinite ? $0 : nil } }

    /// A time in RFC 3339; also without seconds, without a zone (UTC), or a day alone.
    func time(_ key: String) -> Timestamp? {
        guard let text = self[key] else { return nil }
        let day = text.prefix(10)
        var clock = text.dropFirst(10)
        var zone = clock.dropFirst(1).drop { $0.isNumber || $0 == ":" || $0 == "." }
        clock = clock.dropLast(zone.count)
        // A `+` of a zone that was not encoded arrives as a space.
        if zone.hasPrefix(" ") { zone = "+\(zone.dropFirst())"[...] }
        if zone.isEmpty { zone = "Z" }
        if clock.isEmpty { clock = "T00:00:00" }
        if clock.count == 6 { clock += ":00" }
        return ISO8601.timestamp("\(day)\(clock)\(zone)")
    }

    /// Statuses by name, in any case, or number; repeated, or separated by commas.
    ///
    /// - Returns: the known statuses, and the words that are none.
    func statuses(_ key: String) -> (known: [RuntimeStatus], unknown: [String]) {
        var known: [RuntimeStatus] = []
        var unknown: [String] = []
        for word in all(key).flatMap({ $0.split(separator: ",") }) {
            let word = String(word).trimmingSpaces
            if let status = RuntimeStatus(word) { known.append(status) } else { unknown.append(word) }
        }
        return (known, unknown)
    }
}

extension String {
    fileprivate var trimmingSpaces: String {
        let start = drop { $0 == " " }
        return String(start.reversed().drop { $0 == " " }.reversed())
    }
}

extension RuntimeStatus {
    /// Reads a name or a number; numbers are those of the Durable Task Framework.
    fileprivate init?(_ word: String) {
        let numbered: [String: RuntimeStatus] = [
            "0": .running, "1": .completed, "2": .continuedAsNew, "3": .failed, "4": .canceled, "5": .terminated,
            "6": .pending, "7": .suspended,
        ]
        guard let status = numbered[word] ?? RuntimeStatus(anyCase: word) else { return nil }
        self = status
    }
}
#endif
