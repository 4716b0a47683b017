import Warren
import WarrenClient

/// Waits for an instance's end and prints it: the output, or with `--json` the whole instance.
struct InstanceEnd {
    let client: TaskHubClient
    let connection: ConnectionOptions

    /// - Parameter output: waits for the output; throws the errors of ``OrchestrationInstance/result(timeout:)``.
    func report(_ id: String, output: () async throws -> Payload) async throws {
        do {
            let output = try await output()
            if connection.json { try await reportStatus(id) } else { Console.out(output.json) }
        } catch let failure as OrchestrationFailure {
            if connection.json { try await reportStatus(id) }
            if failure.runtimeStatus == .terminated {
                Console.note("instance \(id) was terminated: \(failure.details.message.printable)")
            } else {
                Console.note("instance \(id) failed")
                for line in FailureText(failure.details).lines { Console.note("  " + line.printable) }
            }
            throw ExitStatus.failed
        }
    }

    private func reportStatus(_ id: String) async throws {
        guard let status = try await client.status(of: id) else {
            throw ClientError(.instanceNotFound, "Instance '\(id)' ended and is gone meanwhile.")
        }
        Console.out(StatusJSON.text(status))
    }
}
