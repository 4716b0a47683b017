#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// A schedule as JSON, as it is published and shown:
///
/// ```json
/// {"orchestration": "Report", "input": {"all": true}, "cron": "30 2 * * mon-fri", "timeZone": "Europe/Berlin",
///  "start": "2030-01-01T00:00:00Z", "end": "2031-01-01T00:00:00Z", "catchUp": "one", "overlap": "skip", "paused": false}
/// ```
///
/// Instead of `cron` it may have `every`, a number of seconds. Only `orchestration` and one of the two are required.
extension Schedule: Codable {
    private enum CodingKeys: String, CodingKey {
        case orchestration, input, every, cron, timeZone, start, end, catchUp, catchUpLimit, overlap, paused
    }

    /// Reads an object; unknown members are ignored.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        func wrong(_ key: CodingKeys, _ text: String) -> DecodingError {
            .dataCorruptedError(forKey: key, in: container, debugDescription: text)
        }
        let timing: Timing
        let every = try container.decodeIfPresent(Double.self, forKey: .every)
        let cron = try container.decodeIfPresent(String.self, forKey: .cron)
        switch (every, cron) {
        case (let seconds?, nil):
            guard seconds >= 1, seconds <= 1e9 else {
                throw wrong(.every, "'every' is \(seconds); it is 1 second or more")
            }
            timing = .every(.microseconds(Int64((seconds * 1e6).rounded())))
        case (nil, let cron?):
            timing = .cron(cron, timeZone: try container.decodeIfPresent(String.self, forKey: .timeZone) ?? "UTC")
        default: throw wrong(.every, "a schedule has either 'every', a number of seconds, or 'cron'")
        }
        let catchUp: CatchUp
        switch try container.decodeIfPresent(String.self, forKey: .catchUp) ?? "one" {
        case "none": catchUp = .none
        case "one": catchUp = .one
        case "all": catchUp = .all(atMost: try container.decodeIfPresent(Int.self, forKey: .catchUpLimit) ?? 100)
        case let word: throw wrong(.catchUp, "'\(word.prefix(40))' is no catch-up rule; there are none, one and all")
        }
        var overlap = Overlap.skip
        if let word = try container.decodeIfPresent(String.self, forKey: .overlap) {
            guard let rule = Overlap(rawValue: word) else {
                let names = Overlap.allCases.map(\.rawValue).joined(separator: ", ")
                throw wrong(.overlap, "'\(word.prefix(40))' is no overlap rule; there are \(names)")
            }
            overlap = rule
        }
        self.init(
            named: try container.decode(String.self, forKey: .orchestration),
            input: try container.decodeIfPresent(Payload.self, forKey: .input) ?? .null, timing,
            start: try container.decodeIfPresent(Date.self, forKey: .start),
            end: try container.decodeIfPresent(Date.self, forKey: .end), catchUp: catchUp, overlap: overlap,
            isPaused: try container.decodeIfPresent(Bool.self, forKey: .paused) ?? false)
    }

    /// Writes an object without the members that have their usual values.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(orchestration, forKey: .orchestration)
        if !input.isNull { try container.encode(input, forKey: .input) }
        switch timing {
        case .every(let interval): try container.encode(Double(interval.wholeMicroseconds) / 1e6, forKey: .every)
        case .cron(let text, let zone):
            try container.encode(text, forKey: .cron)
            try container.encode(zone, forKey: .timeZone)
        }
        try container.encodeIfPresent(start, forKey: .start)
        try container.encodeIfPresent(end, forKey: .end)
        switch catchUp {
        case .none: try container.encode("none", forKey: .catchUp)
        case .one: try container.encode("one", forKey: .catchUp)
        case .all(let count):
            try container.encode("all", forKey: .catchUp)
            try container.encode(count, forKey: .catchUpLimit)
        }
        try container.encode(overlap.rawValue, forKey: .overlap)
        if isPaused { try container.encode(true, forKey: .paused) }
    }
}
