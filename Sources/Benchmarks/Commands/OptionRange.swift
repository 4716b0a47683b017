import ArgumentParser

/// Refuses a value of an option that is out of its range.
///
/// - Parameter option: the option's name with its dashes.
func checkRange(of option: String, _ value: Int, _ range: ClosedRange<Int>) throws {
    guard !range.contains(value) else { return }
    throw ValidationError("\(option) is \(range.lowerBound) to \(range.upperBound).")
}
