import Warren

/// Finds work: the numbers from 1 to `count`. In an app it would ask a database or a queue.
func findWork(_ count: Int) throws -> [Int] {
    guard (0...10_000).contains(count) else { throw TooMuchWork(count: count) }
    return (0..<count).map { $0 + 1 }
}

/// There cannot be so much work.
struct TooMuchWork: NonRetriableError, CustomStringConvertible {
    let count: Int
    var description: String { "0 to 10000, not \(count)" }
}
