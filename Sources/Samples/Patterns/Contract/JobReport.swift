/// What watching a job came to.
struct JobReport: Codable, Sendable {
    var job: String
    var isDone: Bool
    var looks: Int
}
