import Warren

/// The sample's contract: names and types, and nothing else. Whoever starts, raises or runs these needs only this file.
enum Patterns {
    // Function chaining
    static let helloCities = Orchestration<[String]?, [String]>("HelloCities")
    static let sayHello = Activity<String, String>("SayHello")

    // Fan-out, fan-in
    static let sumOfSquares = Orchestration<Numbers, Int>("SumOfSquares")
    static let square = Activity<Int, Int>("Square")

    // Human interaction
    static let approval = Orchestration<ApprovalRequest?, [String]>("Approval")
    static let approvalGiven = ExternalEvent<Bool?>("Approval")
    static let tellApproval = Activity<String, String>("TellApproval")
    static let escalate = Activity<String, String>("Escalate")

    // Monitor
    static let monitorJob = Orchestration<JobWatch, JobReport>("MonitorJob")
    static let checkJob = Activity<String, Bool>("CheckJob")

    // Eternal orchestration
    static let counter = Orchestration<Count?, Int>("Counter")
    static let stop = ExternalEvent<String?>("Stop")
}

/// What to square and add: a list, or a number `n` for 1 to `n`. On the wire `[1,2,3]` or `3`.
struct Numbers: Codable, Sendable, Equatable {
    var values: [Int]

    init(_ values: [Int]) {
        self.values = values
    }

    init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if let count = try? container.decode(Int.self) {
            guard (0...100_000).contains(count) else {
                throw DecodingError.dataCorruptedError(in: container, debugDescription: "0 to 100000, not \(count)")
            }
            values = Array(0..<count).map { $0 + 1 }
        } else {
            values = try container.decode([Int].self)
        }
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(values)
    }
}

/// How to ask for an approval.
struct ApprovalRequest: Codable, Sendable {
    /// How long to wait before it is escalated; 20 s if absent.
    var timeoutSeconds: Int?
}

/// A job to watch.
struct JobWatch: Codable, Sendable {
    /// The job's name: letters, digits, `-` and `_`.
    var job: String
    /// The time between two looks; 5 s if absent.
    var everySeconds: Int?
    /// When to give up; after an hour if absent.
    var forSeconds: Int?
}

/// What watching a job came to.
struct JobReport: Codable, Sendable {
    var job: String
    var isDone: Bool
    var looks: Int
}

/// How far an eternal counter has come.
struct Count: Codable, Sendable {
    var value: Int
    /// The time between two counts; 1 s if absent.
    var everySeconds: Int?
}
