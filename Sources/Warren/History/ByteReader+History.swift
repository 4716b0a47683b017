import WarrenSupport

/// Reads the parts of histories.
extension ByteReader {
    mutating func id() throws(ByteProblem) -> Int {
        guard let id = Int(exactly: try signed()) else { throw problem(.numberTooLarge) }
        return id
    }

    mutating func payload() throws(ByteProblem) -> Payload { Payload(bytes: try data()) }

    mutating func time() throws(ByteProblem) -> Timestamp { Timestamp(microseconds: try signed()) }

    mutating func optional<Value>(_ read: (inout ByteReader) throws -> Value) throws -> Value? {
        switch try byte() {
        case 0: nil
        case 1: try read(&self)
        default: throw problem("a flag is neither 0 nor 1")
        }
    }
}

extension WarrenError {
    /// Reports that a history cannot be read, and the reason.
    init(_ problem: ByteProblem) {
        self.init(
            .invalidHistory,
            "The history cannot be read: \(problem.reason), at byte \(problem.position) of \(problem.count).")
    }
}
