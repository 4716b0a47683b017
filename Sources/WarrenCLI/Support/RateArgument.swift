import ArgumentParser
import Warren

/// A rate as it is written on the command line: `100/m`.
struct RateArgument: ExpressibleByArgument {
    let limit: RateLimit

    private static let units: [(name: String, length: Duration)] = [
        ("s", .seconds(1)), ("m", .seconds(60)), ("h", .seconds(3600)), ("d", .seconds(24 * 3600)),
    ]

    init(_ limit: RateLimit) {
        self.limit = limit
    }

    init?(argument: String) {
        var parts = argument.split(separator: "/", omittingEmptySubsequences: false).makeIterator()
        guard let count = parts.next().flatMap({ Int($0) }), count > 0, let name = parts.next(), parts.next() == nil,
            let unit = Self.units.first(where: { $0.name == name })
        else { return nil }
        limit = RateLimit(count, per: unit.length)
    }

    /// The rate as text; one of another period is in seconds.
    var text: String {
        guard let unit = Self.units.first(where: { $0.length == limit.period }) else {
            return "\(limit.count) in \(limit.period)"
        }
        return "\(limit.count)/\(unit.name)"
    }
}
