/// A job to watch.
struct JobWatch: Codable, Sendable {
    /// The job's name: letters, digits, `-` and `_`.
    var job: String
    /// The time between two looks; 5 s if absent.
    var everySeconds: Int?
    /// When to give up; after an hour if absent.
    var forSeconds: Int?
}
