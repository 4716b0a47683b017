import Warren

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// The body of a `limits` message: nothing to be shown the limits, else
/// `{"activity": "ChargeCard", "concurrency": 20, "rate": {"count": 100, "periodMs": 60000, "burst": 10},
/// "patienceMs": 60000}`, or `{"activity": "ChargeCard", "clear": true}`.
enum LimitsCodec {
    private struct Body: Codable {
        var activity: String?
        var clear: Bool?
        /// Whether the code of a host says so. Only hosts send it.
        var code: Bool?
        var limits: ActivityLimits?

        private enum CodingKeys: String, CodingKey { case activity, clear, code }

        init(_ change: LimitsCommand.Change?) {
            switch change {
            case nil: break
            case .set(let name, let limits, let isOperators):
                activity = name
                self.limits = limits
                code = isOperators ? nil : true
            case .clear(let name):
                activity = name
                clear = true
            }
        }

        init(from decoder: any Decoder) throws {
            let members = try decoder.container(keyedBy: CodingKeys.self)
            activity = try members.decodeIfPresent(String.self, forKey: .activity)
            clear = try members.decodeIfPresent(Bool.self, forKey: .clear)
            code = try members.decodeIfPresent(Bool.self, forKey: .code)
            limits = try ActivityLimits(from: decoder)
        }

        func encode(to encoder: any Encoder) throws {
            var members = encoder.container(keyedBy: CodingKeys.self)
            try members.encodeIfPresent(activity, forKey: .activity)
            try members.encodeIfPresent(clear, forKey: .clear)
            try members.encodeIfPresent(code, forKey: .code)
            try limits?.encode(to: encoder)
        }
    }

    static func encode(_ change: LimitsCommand.Change?) -> Payload {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        do {
            return Payload(bytes: Array(try encoder.encode(Body(change))))
        } catch {
            // The values are numbers and texts: this cannot happen, and the reader would refuse it.
            return .null
        }
    }

    /// - Parameter isHosts: whether a host may have sent it.
    static func decode(_ body: Payload, isHosts: Bool) throws(Refusal) -> LimitsCommand.Change? {
        if body.isNull { return nil }
        let read: Body
        do {
            read = try JSONDecoder().decode(Body.self, from: Data(body.bytes))
        } catch {
            throw Refusal(
                .invalidJSON,
                "The body of a 'limits' message is empty, or an object as in {\"activity\": \"ChargeCard\", "
                    + "\"concurrency\": 20, \"rate\": {\"count\": 100, \"periodMs\": 60000}}.")
        }
        guard let activity = read.activity else { return nil }
        try WireRules.checkName(activity, of: "an activity", field: "member 'activity'")
        if read.clear == true { return .clear(activity) }
        let limits = read.limits ?? ActivityLimits()
        if let problem = limits.problem { throw Refusal(.badHeader, problem) }
        return .set(activity, limits, isOperators: !isHosts || read.code != true)
    }
}
