import DequeModule
import WarrenPartition

/// The inputs that a partition has taken and that are not durable yet, by number.
struct Outstanding {
    private var inputs: Deque<PartitionInput?> = []
    /// The number of the first of them.
    private var first: InputNumber = 0

    var isEmpty: Bool { inputs.isEmpty }

    /// Takes inputs.
    ///
    /// - Returns: the number of the first; the others follow.
    mutating func begin(_ taken: [PartitionInput]) -> InputNumber {
        let number = first + InputNumber(inputs.count)
        inputs.append(contentsOf: taken.lazy.map { $0 })
        return number
    }

    /// The input of that number, if it is not durable.
    subscript(number: InputNumber) -> PartitionInput? {
        guard number >= first, number - first < inputs.count else { return nil }
        return inputs[Int(number - first)]
    }

    /// Notes that the effects of inputs are durable.
    mutating func end(_ numbers: [InputNumber]) {
        for number in numbers where number >= first && number - first < inputs.count {
            inputs[Int(number - first)] = nil
        }
        while let next = inputs.first, next == nil {
            inputs.removeFirst()
            first += 1
        }
    }

    /// Removes and returns all inputs, in the order in which they were taken.
    mutating func drain() -> [PartitionInput] {
        defer {
            first += InputNumber(inputs.count)
            inputs = []
        }
        return inputs.compactMap { $0 }
    }
}
