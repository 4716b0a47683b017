import TestSupport
import Testing

@Suite("The command line", .timeLimit(.minutes(5)))
struct CommandLineTests {
    /// Nothing listens there: port 1 is reserved.
    private let nowhere = "amqp://guest:guest@127.0.0.1:1/"

    @Test("Help goes to standard output, teaches by example, lists the exit codes and exits 0")
    func help() async throws {
        let result = try await Program.warren(["--help"])
        #expect(result.exitCode == 0)
        #expect(result.errors == "")
        #expect(result.output.contains("warren start HelloCities --input '[\"Tokyo\",\"Seattle\",\"London\"]' --wait"))
        #expect(result.output.contains("4  no answer in time"))
        for command in [
            "start", "raise", "entity", "limits", "terminate", "suspend", "resume", "status", "wait", "list", "history",
            "tree",
            "top",
            "purge", "console", "hub", "serve", "keys", "config", "doctor", "init", "sql", "export", "import",
            "completion",
            "man",
        ] {
            #expect(result.output.contains("  \(command) "), "\(command) is missing")
        }
    }

    @Test(
        "Every command has help with an example",
        arguments: [
            ["start"], ["raise"], ["entity"], ["limits"], ["terminate"], ["suspend"], ["resume"], ["status"], ["wait"],
            ["list"],
            ["purge"],
            ["console"], ["hub"], ["history"], ["tree"], ["top"], ["config"], ["doctor"], ["init"], ["sql"], ["export"],
            ["import"], ["completion"], ["man"],
        ])
    func commandHelp(command: [String]) async throws {
        let result = try await Program.warren(command + ["--help"])
        #expect(result.exitCode == 0)
        #expect(result.errors == "")
        #expect(result.output.contains("EXAMPLE"))
        #expect(result.output.contains("warren \(command[0])"))
    }

    @Test("The version is printed on standard output")
    func version() async throws {
        let result = try await Program.warren(["--version"])
        #expect(result.exitCode == 0)
        #expect(result.output.hasPrefix("warren "))
    }

    @Test(
        "A wrong command line exits 2, prints nothing on standard output and says what is wrong",
        arguments: [
            (["start"], "<name>"),
            (["starts"], "starts"),
            (["status"], "<id>"),
            (["status", "a", "--histroy"], "--histroy"),
            (["start", "A", "--delay", "soon"], "--delay"),
            (["start", "A", "--at", "tomorrow"], "--at"),
            (["start", "A", "--at", "2026-11-21T09:00:00Z", "--delay", "1s"], "--at or --delay"),
            (["start", "A", "--if-exists", "maybe"], "--if-exists"),
            (["start", "A", "--tag", "blue"], "--tag"),
            (["start", "A", "--wait", "--confirmed-only"], "--wait or --confirmed-only"),
            (["limits", "set", "A"], "--concurrency"),
            (["limits", "set", "A", "--rate", "often"], "--rate"),
            (["limits", "set", "A", "--concurrency", "-1"], "concurrency"),
            (["limits", "set", "A", "--concurrency", "1", "--burst", "2"], "--burst goes with --rate"),
            (["list", "--status", "done"], "--status"),
            (["list", "--limit", "0"], "--limit"),
            (["purge"], "--before"),
            (["purge", "a", "--status", "failed"], "not both"),
            (["purge", "--status", "running"], "Only ended instances"),
            (["console", "--count", "0"], "--count"),
            (["hub", "create", "--partitions", "0"], "--partitions"),
            (["hub", "create", "--durability", "twice"], "--durability"),
            (["hub", "create", "--durability", "journal", "--journal-bytes", "1"], "--journal-bytes"),
            (["hub", "create", "--journal-bytes", "67108864"], "--durability journal"),
            (["sql", "SELECT 1"], "--data"),
            (["sql", "--data", "d", "--json", "--csv", "SELECT 1"], "--json or --csv"),
            (["export", "--resume"], "--to"),
            (["import"], "<file>"),
            (["doctor", "--thorough"], "--data"),
            (["completion", "tcsh"], "tcsh"),
            (["man", "list", "--to", "d"], "not both"),
        ] as [([String], String)])
    func usage(arguments: [String], mention: String) async throws {
        let result = try await Program.warren(arguments)
        #expect(result.exitCode == 2)
        #expect(result.output == "")
        #expect(result.errors.contains(mention), "\(result.errors)")
        #expect(result.errors.contains("Usage:"))
    }

    @Test(
        "Input that is not JSON, or in a file that is not there, exits 2 before anything is sent",
        arguments: [
            (["start", "A", "--input", "Tokyo"], "--input '\"Tokyo\"'"),
            (["start", "A", "--input", "@/nonexistent/order.json"], "/nonexistent/order.json"),
            (["raise", "a", "B", "--data", "{"], "--data is not JSON"),
        ] as [([String], String)])
    func badInput(arguments: [String], mention: String) async throws {
        let result = try await Program.warren(arguments + ["--broker", nowhere])
        #expect(result.exitCode == 2)
        #expect(result.output == "")
        #expect(result.errors.contains(mention), "\(result.errors)")
    }

    @Test(
        "A broker that cannot be reached exits 3 and names the address without its password",
        arguments: [
            ["start", "A"], ["raise", "a", "B"], ["terminate", "a"], ["status", "a"], ["wait", "a"], ["list"],
            ["history", "a"], ["tree", "a"], ["top"], ["console"], ["hub", "create"],
            ["hub", "verify"], ["hub", "show"], ["export"], ["hub", "delete", "--yes"],
        ])
    func unreachable(arguments: [String]) async throws {
        let broker = "amqp://ann:secret-password@127.0.0.1:1/"
        let result = try await Program.warren(arguments, environment: ["WARREN_BROKER_URL": broker])
        #expect(result.exitCode == 3)
        #expect(result.output == "")
        #expect(result.errors.contains("127.0.0.1:1"), "\(result.errors)")
        #expect(!result.errors.contains("secret-password"))
    }

    @Test("A broker address that makes no sense exits 2", arguments: ["http://localhost/", "amqp://host:port/"])
    func badAddress(broker: String) async throws {
        let result = try await Program.warren(["list", "--broker", broker])
        #expect(result.exitCode == 2)
        #expect(result.errors.contains("amqp"), "\(result.errors)")
    }

    @Test("The environment's broker address does not appear in the help, as it holds a password")
    func secretHelp() async throws {
        let result = try await Program.warren(
            ["start", "--help"], environment: ["WARREN_BROKER_URL": "amqp://ann:secret-password@127.0.0.1:1/"])
        #expect(result.exitCode == 0)
        #expect(!result.output.contains("secret-password"))
    }
}
