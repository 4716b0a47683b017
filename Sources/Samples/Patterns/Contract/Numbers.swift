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
