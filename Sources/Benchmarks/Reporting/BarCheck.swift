/// A bar beside the number that was measured.
struct BarCheck: Sendable, Encodable {
    let title: String
    let value: Double
    let bar: Double
    let aim: Double?
    let isPassed: Bool
    let isAimReached: Bool
    /// What the aim is of, when that is another number than the bar's.
    private let aimTitle: String?

    /// `nil` when the results do not hold the number.
    init?(_ bar: Bar, _ results: [WorkloadResult]) {
        guard let value = bar.value(results) else { return nil }
        self.init(
            title: bar.title, direction: bar.direction, value: value, bar: bar.bar, aim: bar.aim, aimValue: value)
    }

    /// - Parameters:
    ///   - aimValue: the number that the aim is of.
    ///   - aimTitle: what that is, if it is another one than the bar's.
    init(
        title: String, direction: Bar.Direction, value: Double, bar: Double, aim: Double?, aimValue: Double,
        aimTitle: String? = nil
    ) {
        func meets(_ value: Double, _ limit: Double) -> Bool {
            switch direction {
            case .atLeast: value >= limit
            case .atMost: value <= limit
            }
        }
        self.title = title
        self.value = value.rounded3
        self.bar = bar
        self.aim = aim
        self.aimTitle = aimTitle
        let isPassed = meets(value, bar)
        self.isPassed = isPassed
        isAimReached = isPassed && (aim.map { meets(aimValue, $0) } ?? true)
    }

    /// For people: `pass`, `PASS` where the aim is reached too, or `miss`.
    var line: String {
        let verdict = isPassed ? (isAimReached && aim != nil ? "PASS" : "pass") : "miss"
        return "\(verdict)  \(title): \(Number.text(value)) (bar \(Number.text(bar))"
            + (aim.map { ", aim \(aimTitle.map { "\($0) " } ?? "")\(Number.text($0))" } ?? "") + ")"
    }

    private enum CodingKeys: String, CodingKey {
        case title = "bar"
        case value, aim
        case bar = "limit"
        case isPassed = "passed"
        case isAimReached = "aimReached"
    }
}
