import ArgumentParser
import Warren
import WarrenClient

/// Selects instances: those that meet all conditions.
struct InstanceConditions: ParsableArguments {
    @Option(help: "The orchestration's name.", completion: Completions.orchestrations)
    var name: String?

    @Option(name: .customLong("status"), help: .init("A status; may be repeated.", valueName: "status"))
    var statuses: [StatusArgument] = []

    @Option(help: .init("Created at this time or later, RFC 3339.", valueName: "time"))
    var createdFrom: TimeArgument?

    @Option(help: .init("Created at this time or earlier, RFC 3339.", valueName: "time"))
    var createdTo: TimeArgument?

    @Option(help: "The instance's ID begins so.")
    var prefix: String?

    @Option(help: .init("Has this label.", valueName: "key=value"))
    var tag: TagArgument?

    /// Whether there is no condition: every instance is selected.
    var isEmpty: Bool {
        name == nil && statuses.isEmpty && createdFrom == nil && createdTo == nil && prefix == nil && tag == nil
    }

    /// The query for these instances, in pages of so many.
    func query(pageSize: Int) -> InstanceQuery {
        InstanceQuery(
            name: name, statuses: statuses.map(\.status), createdFrom: createdFrom?.timestamp,
            createdTo: createdTo?.timestamp, idPrefix: prefix, tag: tag.map { .init(key: $0.key, value: $0.value) },
            limit: pageSize)
    }
}
