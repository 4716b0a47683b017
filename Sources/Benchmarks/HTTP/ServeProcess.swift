#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif
#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// `warren serve` in a process of its own, from the folder of this program.
struct ServeProcess: HTTPServer {
    /// The address of the server.
    let url: String
    private let process: ChildProcess

    /// Starts it, and waits until it listens.
    static func start(hub: String, broker: String, in directory: WorkDirectory) async throws -> ServeProcess {
        let own = try ChildProcess.program()
        let program = own[..<(own.lastIndex(of: "/") ?? own.startIndex)] + "/warren"
        let process = try ChildProcess(
            ["serve", "--hub", hub, "--port", "0", "--rate", "0", "--json"], program: String(program),
            environment: ["WARREN_BROKER_URL": broker], log: "\(directory.path)/serve.log")
        guard let line = await process.line(), let start = line.firstRange(of: "http://") else {
            await process.wait()
            throw BenchError(
                .host,
                "'\(program) serve' did not start: build it with 'swift build -c release --traits HTTP --product warren'"
            )
        }
        return ServeProcess(
            url: String(line[start.lowerBound...].prefix { $0 != "\"" && $0 != "," }), process: process)
    }

    func stop() async {
        process.send(SIGTERM)
        await process.wait()
    }
}
