import WarrenPartition

/// The inputs that a partition has taken and that are not durable yet, by number.
struct Outstanding {
    private var inputs: [InputNumber: PartitionInput] = [:]
    private var next: InputNumber = 0

    var isEmpty: Bool { inputs.isEmpty }

    /// Takes inputs.
    ///
    /// - Returns: the number of the first; the others follow.
    mutating func begin(_ taken: [PartitionInput]) -> InputNumber {
        let first = next
        for input in taken {
            inputs[next] = input
            next += 1
        }
        return first
    }

    /// The input of that number, if it is not durable.
    subscript(number: InputNumber) -> PartitionInput? { inputs[number] }

    /// Notes that the effects of inputs are durable.
    mutating func end(_ numbers: [InputNumber]) {
        for number in numbers { inputs[number] = nil }
    }

    /// Removes and returns all inputs, in the order in which they were taken.
    mutating func drain() -> [PartitionInput] {
        defer { inputs = [:] }
        return inputs.sorted { $0.key < $1.key }.map(\.value)
    }
}
