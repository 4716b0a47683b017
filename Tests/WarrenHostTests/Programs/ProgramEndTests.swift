import Foundation
import TestSupport
import Testing

@testable import WarrenHost

/// How a program ends that cannot do its work: `PoisonHost` is one, made as the README makes its own.
@Suite("The end of a program", .timeLimit(.minutes(5)))
struct ProgramEndTests {
    /// Runs the host, and returns its one line of last words.
    private func lastWords(_ arguments: [String]) async throws -> String {
        let end = try await Program.run(
            Program.product("PoisonHost"), arguments, environment: ["SWIFT_BACKTRACE": "enable=yes"])
        #expect(end.exitCode == 1)
        #expect(end.output == "")
        let lines = end.errors.split(separator: "\n", omittingEmptySubsequences: false)
        #expect(lines.count == 2 && lines.last == "", "more than a line: \(end.errors)")
        return lines.first.map { String($0) } ?? ""
    }

    @Test("Without a broker, a program says so on one line and ends with status 1")
    func noBroker() async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "no-broker-\(UUID())")
        defer { try? FileManager.default.removeItem(at: folder) }
        // Port 1 is nobody's.
        let words = try await lastWords(["amqp://guest:secret@127.0.0.1:1/", "nowhere", folder.path, "5"])
        #expect(words.hasPrefix("PoisonHost: broker: The broker cannot be used: "), "\(words)")
        #expect(!words.contains("secret"))
    }

    @Test("A configuration that cannot be is said on one line, too")
    func badConfiguration() async throws {
        let words = try await lastWords(["amqp://127.0.0.1:1/", "no hub", "data", "5"])
        #expect(words.hasPrefix("PoisonHost: configuration: hub: "), "\(words)")
        let deaths = try await lastWords(["amqp://127.0.0.1:1/", "hub", "data", "0"])
        #expect(
            deaths == "PoisonHost: configuration: messages.maximumHostDeaths: '0' is out of range; "
                + "it must be 2 to 1000. The nearest good value is 2.")
    }

    @Test("An error of several lines is one line at the end")
    func oneLine() {
        struct Long: Error, CustomStringConvertible { let description = "one\ntwo\r\nthree\u{7}" }
        #expect(ErrorLine(Long()).text == "one two  three ")
    }
}
