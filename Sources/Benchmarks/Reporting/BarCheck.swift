/// A bar beside the number that was measured.
struct BarCheck: Sendable, Encodable {
    let title: String
    let value: Double
    let bar: Double
    let aim: Double?
    let isPassed: Bool
    let isAimReached: Bool

    /// `nil` when the results do not hold the number.
    init?(_ bar: Bar, _ results: [WorkloadResult]) {
        guard let value = bar.value(results) else { return nil }
        func meets(_ limit: Double) -> Bool {
            switch bar.direction {
            case .atLeast: value >= limit
            case .atMost: value <= limit
            }
        }
        title = bar.title
        self.value = value.rounded3
        self.bar = bar.bar
        aim = bar.aim
        isPassed = meets(bar.bar)
        isAimReached = bar.aim.map(meets) ?? isPassed
    }

    /// For people: `pass`, `PASS` where the aim is reached too, or `miss`.
    var line: String {
        let verdict = isPassed ? (isAimReached && aim != nil ? "PASS" : "pass") : "miss"
        return "\(verdict)  \(title): \(Number.text(value)) (bar \(Number.text(bar))"
            + (aim.map { ", aim \(Number.text($0))" } ?? "") + ")"
    }

    private enum CodingKeys: String, CodingKey {
        case title = "bar"
        case value, aim
        case bar = "limit"
        case isPassed = "passed"
        case isAimReached = "aimReached"
    }
}
