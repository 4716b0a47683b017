import Warren

/// Squares a number.
func square(_ number: Int) throws -> Int {
    let (result, overflow) = number.multipliedReportingOverflow(by: number)
    guard !overflow else { throw NumberTooLarge(number: number) }
    return result
}

/// The result does not fit into 64 bits.
struct NumberTooLarge: NonRetriableError, CustomStringConvertible {
    let number: Int
    var description: String { "\(number) squared does not fit into 64 bits" }
}
