/// Compares versions of orchestrations, and says which texts can be one.
///
/// No version and an empty one are the same, and older than all others. Numbers between dots compare as numbers
/// (`1.10` is newer than `1.9`, and `2` is `2.0`); other texts compare without regard to case.
package enum OrchestrationVersion {
    /// The longest version, in bytes.
    package static let maximumLength = 64

    /// The fault of a version; `nil` if it has none.
    package static func problem(_ version: String) -> String? {
        let isClean = version.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "."), UInt8(ascii: "-"), UInt8(ascii: "_"),
                UInt8(ascii: "+"):
                true
            default: false
            }
        }
        guard isClean, (1...maximumLength).contains(version.utf8.count) else {
            return
                "'\(version.prefix(100))' cannot be a version: 1 to \(maximumLength) letters, digits, '.', '-', '_' or "
                + "'+', such as 2.1."
        }
        return nil
    }

    package static func areEqual(_ left: String?, _ right: String?) -> Bool {
        order(left, right) == 0
    }

    package static func isOlder(_ left: String?, than right: String?) -> Bool {
        order(left, right) < 0
    }

    /// A negative number if the left version is older, 0 if both are the same, a positive one if the left is newer.
    private static func order(_ left: String?, _ right: String?) -> Int {
        let (left, right) = (left ?? "", right ?? "")
        if left.isEmpty || right.isEmpty { return (left.isEmpty ? 0 : 1) - (right.isEmpty ? 0 : 1) }
        if let own = numbers(left), let others = numbers(right) { return order(own, others) }
        return order(Array(left.lowercased().utf8), Array(right.lowercased().utf8))
    }

    /// The numbers of a version as digits without leading zeros; `nil` if it has other parts.
    private static func numbers(_ version: String) -> [[UInt8]]? {
        let zero = UInt8(ascii: "0")
        var numbers: [[UInt8]] = []
        for part in version.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false) {
            guard !part.isEmpty, part.allSatisfy({ $0 &- zero < 10 }) else { return nil }
            numbers.append(Array(part.drop { $0 == zero }))
        }
        // Zeros at the end mean nothing.
        while let last = numbers.last, last.isEmpty { numbers.removeLast() }
        return numbers
    }

    private static func order(_ left: [[UInt8]], _ right: [[UInt8]]) -> Int {
        for (number, other) in zip(left, right) {
            // Without leading zeros the longer of two numbers is the larger one, however long they are.
            let difference = number.count != other.count ? number.count - other.count : order(number, other)
            if difference != 0 { return difference }
        }
        return left.count - right.count
    }

    private static func order(_ left: [UInt8], _ right: [UInt8]) -> Int {
        if left == right { return 0 }
        return left.lexicographicallyPrecedes(right) ? -1 : 1
    }
}
