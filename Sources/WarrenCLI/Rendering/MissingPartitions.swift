import WarrenClient
import WarrenSupport

/// Describes partitions that did not answer.
enum MissingPartitions {
    /// Names the partitions and the next step.
    static func explanation(_ partitions: [Int], within timeout: Duration) -> String {
        "\(PartitionWords.text(partitions)) did not answer within \(timeout). See 'warren hub show --owners': a "
            + "partition that another host takes over answers again within seconds; one that nobody owns needs a host."
    }

    /// An object with the partitions' numbers.
    static func json(_ partitions: [Int]) -> JSONObjectWriter {
        var object = JSONObjectWriter()
        object.add("incomplete", raw: array(partitions))
        return object
    }

    static func array(_ partitions: [Int]) -> String {
        "[" + partitions.map(String.init).joined(separator: ",") + "]"
    }
}
