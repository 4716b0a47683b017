/// A place in the endless row of calls of one partition.
struct Pulse: Sendable, Codable, Equatable {
    /// How many calls a generation of the orchestration makes: histories stay short.
    static let generation = 20

    var partition: Int
    var number: Int
}
