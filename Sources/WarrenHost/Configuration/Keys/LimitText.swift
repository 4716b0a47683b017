import Warren
import WarrenSupport

/// The limits of one activity as an operator writes them: `ChargeCard concurrency=20 rate=100/m burst=10 patience=30s`.
struct LimitText: Sendable, Hashable {
    let activity: String
    let limits: ActivityLimits

    static let rule = TextRule(
        "an activity and its limits, such as 'ChargeCard concurrency=20 rate=100/m burst=10 patience=30s'"
    ) { text in
        do throws(ConfigurationComplaint) {
            _ = try LimitText(text)
            return nil
        } catch {
            return error
        }
    }

    init(activity: String, limits: ActivityLimits) {
        self.activity = activity
        self.limits = limits
    }

    /// Reads limits.
    init(_ text: String) throws(ConfigurationComplaint) {
        var words = text.split(separator: " ").makeIterator()
        guard let name = words.next().map(String.init) else { throw Self.refused("is empty") }
        if let problem = NameRules.problem(name: name) { throw Self.refused("names no activity: \(problem)") }
        var limits = ActivityLimits()
        var burst: Int?
        var known: Set<Substring> = []
        while let word = words.next() {
            let parts = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard parts.count == 2, let key = parts.first, let value = parts.last, known.insert(key).inserted else {
                throw Self.refused("has '\(word)', which is no limit or is there twice")
            }
            switch key {
            case "concurrency": limits.concurrency = try Self.number(value, of: key)
            case "rate": limits.rate = try Self.rate(value)
            case "burst": burst = try Self.number(value, of: key)
            case "patience":
                guard let patience = DurationText.read(String(value)) else {
                    throw Self.refused("has the patience '\(value)', which is no duration such as 30s")
                }
                limits.patience = patience
            default: throw Self.refused("has '\(key)', which is no limit")
            }
        }
        guard limits.concurrency != nil || limits.rate != nil else {
            throw Self.refused("has neither a concurrency nor a rate")
        }
        if let burst {
            guard limits.rate != nil else { throw Self.refused("has a burst without a rate") }
            limits.rate?.burst = burst
        }
        if let problem = limits.problem { throw ConfigurationComplaint("is refused: \(problem)") }
        self.init(activity: name, limits: limits)
    }

    /// The limits as they are read.
    var text: String {
        var words = [activity]
        if let concurrency = limits.concurrency { words.append("concurrency=\(concurrency)") }
        if let rate = limits.rate {
            let period = DurationText.text(of: rate.period)
            let isOneUnit = period.first == "1" && period.dropFirst().allSatisfy(\.isLetter)
            words.append("rate=\(rate.count)/\(isOneUnit ? String(period.dropFirst()) : period)")
            if rate.burst != 1 { words.append("burst=\(rate.burst)") }
        }
        if limits.patience != ActivityLimits().patience {
            words.append("patience=\(DurationText.text(of: limits.patience))")
        }
        return words.joined(separator: " ")
    }

    private static func number(_ text: Substring, of key: Substring) throws(ConfigurationComplaint) -> Int {
        guard let number = Int(text) else { throw refused("has the \(key) '\(text)', which is no whole number") }
        return number
    }

    /// Reads `100/m`, or `100/90s`.
    private static func rate(_ text: Substring) throws(ConfigurationComplaint) -> RateLimit {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 2, let count = parts.first.flatMap({ Int($0) }), let unit = parts.last,
            let period = DurationText.read(unit.first?.isNumber == true ? String(unit) : "1\(unit)")
        else { throw refused("has the rate '\(text)', which is none such as 5/s, 100/m or 100/90s") }
        return RateLimit(count, per: period)
    }

    private static func refused(_ what: String) -> ConfigurationComplaint {
        ConfigurationComplaint("\(what); it must be \(rule.allowed)")
    }
}
