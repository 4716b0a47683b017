/// One of the fields of a cron expression: a set of numbers below 64.
struct CronField: Sendable, Hashable {
    private var bits: UInt64 = 0
    /// Whether it is `*` or a step of it: what it allows is spread over all there is.
    let isEvery: Bool
    /// Whether it leaves out a number.
    let isRestricted: Bool

    init(_ text: String, _ name: String, _ range: ClosedRange<Int>, names: [String] = []) throws(ScheduleProblem) {
        func fail(_ part: some StringProtocol) -> ScheduleProblem {
            ScheduleProblem(
                "cron: '\(part.prefix(40))' is no \(name); it is * or numbers, ranges and steps from \(range.lowerBound) "
                    + "to \(range.upperBound)")
        }
        func number(_ part: Substring) -> Int? {
            if let place = names.firstIndex(where: { $0 == part }) { return place + range.lowerBound }
            guard part.utf8.count <= 2, part.utf8.allSatisfy({ $0 &- 0x30 < 10 }), let number = Int(part),
                range.contains(number)
            else { return nil }
            return number
        }
        for part in text.split(separator: ",", omittingEmptySubsequences: false) {
            let pieces = part.split(separator: "/", omittingEmptySubsequences: false)
            guard let first = pieces.first, pieces.count <= 2 else { throw fail(part) }
            var step = 1
            if pieces.count == 2 {
                guard let last = pieces.last, let given = Int(last), given >= 1, last.utf8.count <= 2 else {
                    throw fail(part)
                }
                step = given
            }
            var numbers = range
            if first != "*" {
                let ends = first.split(separator: "-", omittingEmptySubsequences: false)
                guard ends.count <= 2, let low = ends.first.flatMap(number) else { throw fail(part) }
                var high = low
                if ends.count == 2 {
                    guard let given = ends.last.flatMap(number), given >= low else { throw fail(part) }
                    high = given
                } else if pieces.count == 2 {
                    high = range.upperBound
                }
                numbers = low...high
            }
            for number in stride(from: numbers.lowerBound, through: numbers.upperBound, by: step) {
                bits |= 1 << UInt64(number)
            }
        }
        isEvery = text == "*" || text.hasPrefix("*/")
        isRestricted = !text.hasPrefix("*")
    }

    func contains(_ number: Int) -> Bool { bits & (1 << UInt64(number)) != 0 }
}
