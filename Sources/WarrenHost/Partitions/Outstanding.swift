import DequeModule
import WarrenPartition

/// The inputs that a partition has taken and that are not durable yet, by number.
struct Outstanding {
    /// The inputs of one step. They are never copied one by one: each is several hundred bytes.
    private struct Batch {
        /// The number of the first of them.
        let first: InputNumber
        let inputs: [PartitionInput]
        /// Whether each of them is not durable, and how many are not.
        var isOpen: [Bool]
        var open: Int

        func index(of number: InputNumber) -> Int? {
            guard number >= first, number - first < inputs.count else { return nil }
            let index = Int(number - first)
            return isOpen[index] ? index : nil
        }
    }

    private var batches: Deque<Batch> = []
    private var next: InputNumber = 0

    var isEmpty: Bool { batches.isEmpty }

    /// Takes inputs.
    ///
    /// - Returns: the number of the first; the others follow.
    mutating func begin(_ taken: [PartitionInput]) -> InputNumber {
        let first = next
        guard !taken.isEmpty else { return first }
        next += InputNumber(taken.count)
        let isOpen = Array(repeating: true, count: taken.count)
        batches.append(Batch(first: first, inputs: taken, isOpen: isOpen, open: taken.count))
        return first
    }

    /// The input of that number, if it is not durable.
    subscript(number: InputNumber) -> PartitionInput? {
        find(number).map { batches[$0.batch].inputs[$0.index] }
    }

    /// The receipt of the input of that number, if the input is not durable.
    func receipt(of number: InputNumber) -> Receipt? {
        find(number).map { batches[$0.batch].inputs[$0.index].receipt }
    }

    /// Searches from the end: a step asks for the inputs that it has just taken.
    private func find(_ number: InputNumber) -> (batch: Int, index: Int)? {
        for batch in batches.indices.reversed() where batches[batch].first <= number {
            return batches[batch].index(of: number).map { (batch, $0) }
        }
        return nil
    }

    /// Notes that the effects of inputs are durable.
    mutating func end(_ numbers: [InputNumber]) {
        for number in numbers {
            // From the beginning: the oldest step is durable first.
            for batch in batches.indices {
                guard let index = batches[batch].index(of: number) else { continue }
                batches[batch].isOpen[index] = false
                batches[batch].open -= 1
                break
            }
        }
        while batches.first?.open == 0 { batches.removeFirst() }
    }

    /// Removes and returns all inputs, in the order in which they were taken.
    mutating func drain() -> [PartitionInput] {
        defer { batches = [] }
        return batches.flatMap { batch in
            batch.inputs.indices.lazy.filter { batch.isOpen[$0] }.map { batch.inputs[$0] }
        }
    }
}
