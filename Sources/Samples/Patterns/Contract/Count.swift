/// How far an eternal counter has come.
struct Count: Codable, Sendable {
    var value: Int
    /// The time between two counts; 1 s if absent.
    var everySeconds: Int?
}
