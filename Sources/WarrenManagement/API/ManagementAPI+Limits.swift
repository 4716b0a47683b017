#if HTTP
import Hummingbird
import Warren
import WarrenClient
import WarrenSupport

/// Shows and changes the limits of activities, as `warren limits` does.
extension ManagementAPI {
    private static let limitMembers: Set<String> = ["concurrency", "rate", "patienceMs"]
    private static let rateMembers: Set<String> = ["count", "periodMs", "burst"]

    @Sendable func limits(_ request: APIRequest) async throws -> Response {
        var body = JSONObjectWriter()
        body.add("activities", try await client.limits().map(Self.json))
        return Response(api: body)
    }

    /// The limits of one activity, whether it has any or not.
    @Sendable func limitsOfActivity(_ request: APIRequest) async throws -> Response {
        let name = try activityName(request)
        let limited = try await client.limits().first { $0.activity == name }
        return Response(api: try Self.json(limited ?? LimitedActivity(activity: name, limits: nil)))
    }

    @Sendable func setLimits(_ request: APIRequest) async throws -> Response {
        let name = try activityName(request)
        guard let node = try await request.json() else {
            throw APIProblem.invalid(
                "body", "The request has no body.",
                remedy: "Send a JSON object with concurrency, rate or both, and patienceMs if it is to be.")
        }
        let body = try APIObject(node, known: Self.limitMembers)
        var limits = ActivityLimits(concurrency: try body.integer("concurrency", in: 0...1_000_000))
        if let node = node["rate"] { limits.rate = try Self.rate(node) }
        if let patience = try body.integer("patienceMs", in: 0...Self.mostMilliseconds) {
            limits.patience = .milliseconds(patience)
        }
        guard limits.concurrency != nil || limits.rate != nil else {
            throw Self.badLimits("The body has neither 'concurrency' nor 'rate'.")
        }
        if let problem = limits.problem { throw Self.badLimits(problem) }
        try await client.setLimits(limits, of: name)
        return .done
    }

    @Sendable func clearLimits(_ request: APIRequest) async throws -> Response {
        try await client.clearLimits(of: try activityName(request))
        return .done
    }

    /// 365 days.
    private static let mostMilliseconds = 365 * 86_400_000

    private static func rate(_ node: JSONNode) throws -> RateLimit {
        let members = try APIObject(node, known: rateMembers)
        guard let count = try members.integer("count", in: 1...1_000_000),
            let period = try members.integer("periodMs", in: 1...mostMilliseconds)
        else { throw badLimits("The member 'rate' needs 'count' and 'periodMs'.") }
        return RateLimit(count, per: .milliseconds(period), burst: try members.integer("burst", in: 1...1_000_000))
    }

    private func activityName(_ request: APIRequest) throws -> String {
        let name = try request.variable("activityName")
        if let problem = NameRules.problem(name: name) {
            throw APIProblem.invalid(
                "activityName", problem, remedy: "\(Self.base)/activities lists the names that hosts know.")
        }
        return name
    }

    private static func badLimits(_ detail: String) -> APIProblem {
        APIProblem.invalid(
            "body", detail,
            remedy:
                #"Send for example {"concurrency":20,"rate":{"count":100,"periodMs":60000,"burst":10}}; DELETE removes limits."#
        )
    }

    private static func json(_ activity: LimitedActivity) throws -> JSONObjectWriter {
        var object = JSONObjectWriter()
        object.add("activity", activity.activity)
        if let limits = activity.limits { object.add("limits", raw: try JSONPayloadCodec().encode(limits).bytes) }
        object.add("isSetByOperator", activity.isSetByOperator)
        object.add("running", activity.running)
        object.add("waiting", activity.waiting)
        if let oldest = activity.oldest { object.add("oldest", ISO8601.text(oldest)) }
        return object
    }
}
#endif
