import Warren
import WarrenClient
import WarrenHost

/// The code of the page *Getting started* that is no part of the starter's package, as it stands there: `scripts/soundness`
/// compares the two. It is compiled, and not run: it needs a broker of its own address.
private enum Greetings {
    static let helloCities = Orchestration<[String], [String]>("HelloCities")
    /// Asks for leave, and waits until somebody decides.
    public static let leave = Orchestration<String, String>("Leave")
    /// The decision.
    public static let approved = ExternalEvent<Bool>("Approved")
}

private func registerFunctions(with registrar: some FunctionRegistrar) {
    registrar.register(Greetings.leave) { context, name in
        context.print("\(name) asks for leave")
        guard let isApproved = try await context.wait(for: Greetings.approved, timeout: .days(3)) else {
            return "nobody has decided"
        }
        return isApproved ? "approved" : "rejected"
    }
}

private enum Program {
    struct Main {
        static func main() async {
            await TaskHubHost.main {
                let host = try TaskHubHost(
                    HostConfiguration(
                        hub: "greeter", broker: "amqp://guest:guest@127.0.0.1:5672/", dataDirectory: "data"))
                registerFunctions(with: host)
                try await host.runUntilSignal()
            }
        }
    }
}

private func start() async throws {
    let client = try await TaskHubClient.connect(broker: "amqp://guest:guest@127.0.0.1:5672/", hub: "greeter")
    let instance = try await client.start(Greetings.helloCities, ["Tokyo", "Seattle"], id: "hello-2")
    print(try await instance.result())
    await client.close()
}

private func alone() async throws {
    let host = try TaskHubHost(HostConfiguration())
    try await host.run()
}
