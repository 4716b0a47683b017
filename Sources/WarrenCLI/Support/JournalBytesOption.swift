import ArgumentParser
import WarrenMessaging

/// The size of journals that a command makes.
struct JournalBytesOption: ParsableArguments {
    @Option(
        help: .init(
            "The size of each partition's journal, for which the hosts are configured too: 64 MiB to 1 TiB (default: 1 GiB).",
            valueName: "bytes"))
    var journalBytes: Int?

    var bytes: Int { journalBytes ?? TaskHubTopology.journalBytes }

    func validate() throws {
        let range = TaskHubTopology.journalRange
        guard range.contains(bytes) else {
            throw ValidationError("--journal-bytes is \(range.lowerBound) to \(range.upperBound).")
        }
    }
}
