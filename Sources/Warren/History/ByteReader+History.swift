import WarrenSupport

/// The parts of histories.
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
    init(_ problem: ByteProblem) {
        let text =
            switch problem.kind {
            case .endsEarly: "the bytes end early"
            case .numberTooLarge: "a number is too large"
            case .numberTooLong: "a number is too long"
            case .lengthBeyondEnd: "a length goes beyond the end"
            case .textNotUTF8: "a text is not UTF-8"
            case .content(let text): text
            }
        self.init(
            .invalidHistory, "The history cannot be read: \(text), at byte \(problem.position) of \(problem.count).")
    }
}
