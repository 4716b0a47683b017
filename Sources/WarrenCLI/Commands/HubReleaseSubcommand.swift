import ArgumentParser
import WarrenClient
import WarrenSupport

/// `warren hub release`
struct HubReleaseSubcommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "release",
        abstract: "Give up a hub whose data directory is lost: the next host that starts gets it.",
        discussion: """
            A hub belongs to the data directory that its host started with, and a host with another one is refused. \
            Only when those files are lost for good, and with them every instance in them, release the hub and start a \
            host with a new directory or a restored backup. Does nothing and exits 1 while a host is running. Prints \
            whom each partition belonged to.

            EXAMPLE
              warren hub release --hub orders
            """)

    @OptionGroup(title: "Connection and output")
    var connection: ConnectionOptions

    func run() async throws {
        let owners = try await connection.withProvisioning { try await $0.release() }
        for (partition, owner) in owners.enumerated() {
            guard connection.json else {
                Console.out("partition \(partition)  \(owner.map { "was of \($0)" } ?? "was nobody's")")
                continue
            }
            var object = JSONObjectWriter()
            object.add("partition", partition)
            object.add("owner", raw: owner.map { JSONText.quoted("\($0)") } ?? "null")
            Console.out(object.text)
        }
        Console.note("hub \(connection.hubName) belongs to the next host that starts")
    }
}
