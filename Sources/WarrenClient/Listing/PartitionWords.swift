/// Names partitions in messages to people.
package enum PartitionWords {
    /// For example `partition 3`, or `partitions 1, 2 and 5`.
    package static func text(_ partitions: [Int]) -> String {
        let numbers = partitions.sorted().map(String.init)
        guard numbers.count > 1, let last = numbers.last else { return "partition \(numbers.first ?? "")" }
        return "partitions \(numbers.dropLast().joined(separator: ", ")) and \(last)"
    }
}
