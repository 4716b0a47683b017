import WarrenSupport

/// Limits as JSON: `{"concurrency": 20, "rate": {"count": 100, "periodMs": 60000, "burst": 10}, "patienceMs": 60000}`.
extension ActivityLimits: Codable {
    private enum CodingKeys: String, CodingKey {
        case concurrency, rate
        case patience = "patienceMs"
    }

    /// Reads limits. What is absent is not limited.
    public init(from decoder: any Decoder) throws {
        let members = try decoder.container(keyedBy: CodingKeys.self)
        self.init(
            concurrency: try members.decodeIfPresent(Int.self, forKey: .concurrency),
            rate: try members.decodeIfPresent(RateLimit.self, forKey: .rate))
        if let patience = try members.decodeIfPresent(Int64.self, forKey: .patience) {
            self.patience = .milliseconds(patience)
        }
    }

    /// Writes the limits.
    public func encode(to encoder: any Encoder) throws {
        var members = encoder.container(keyedBy: CodingKeys.self)
        try members.encodeIfPresent(concurrency, forKey: .concurrency)
        try members.encodeIfPresent(rate, forKey: .rate)
        try members.encode(patience.wholeMicroseconds / 1000, forKey: .patience)
    }
}

extension RateLimit: Codable {
    private enum CodingKeys: String, CodingKey {
        case count, burst
        case period = "periodMs"
    }

    /// Reads a rate.
    public init(from decoder: any Decoder) throws {
        let members = try decoder.container(keyedBy: CodingKeys.self)
        self.init(
            try members.decode(Int.self, forKey: .count),
            per: .milliseconds(try members.decode(Int64.self, forKey: .period)),
            burst: try members.decodeIfPresent(Int.self, forKey: .burst))
    }

    /// Writes the rate.
    public func encode(to encoder: any Encoder) throws {
        var members = encoder.container(keyedBy: CodingKeys.self)
        try members.encode(count, forKey: .count)
        try members.encode(period.wholeMicroseconds / 1000, forKey: .period)
        try members.encode(burst, forKey: .burst)
    }
}
