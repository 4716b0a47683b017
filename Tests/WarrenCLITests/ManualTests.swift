import Foundation
import TestSupport
import Testing

@testable import WarrenCLI

@Suite("The manual and the completion", .timeLimit(.minutes(2)))
struct ManualTests {
    @Test("Every command has a page that the formatter of manuals takes without a warning")
    func pages() async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "warren-man-\(UUID())")
        defer { try? FileManager.default.removeItem(at: folder) }
        let written = try await Program.warren(["man", "--to", folder.path])
        #expect(written.exitCode == 0, "\(written.errors)")
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.path)
        for name in ["warren.1", "warren-start.1", "warren-dead-redrive.1", "warren-sql.1"] {
            #expect(names.contains(name))
        }
        let one = try await Program.warren(["man", "dead", "redrive"])
        let page = try String(contentsOf: folder.appending(path: "warren-dead-redrive.1"), encoding: .utf8)
        #expect(one.output == page)
        #expect(page.contains("\nwarren\\-dead\\-redrive \\- Publish dead letters again where they came from\n"))
        #expect(page.contains("\n.BR warren (1),\n.BR warren\\-dead (1)\n"))
        #expect(try await Program.warren(["man", "dead", "nothing"]).exitCode == 2)
        // A machine without groff cannot judge them.
        guard try await Program.run("sh", ["-c", "command -v groff"]).exitCode == 0 else { return }
        let script = "for page in \"$0\"/*.1; do groff -man -Tutf8 -ww \"$page\" > /dev/null; done"
        let formatted = try await Program.run("sh", ["-c", script, folder.path])
        #expect(formatted.exitCode == 0 && formatted.errors == "", "\(formatted.errors)")
    }

    @Test("A line that begins with a full stop, and what troff reads, are text")
    func escapes() throws {
        let dump = #"""
            {"command":{"commandName":"tool","abstract":"Does \\n it.","discussion":".so file\n\nEXAMPLE\n  tool 'a' -b","arguments":[]}}
            """#
        let text = ManualPage(node: try HelpNode(dump: dump), version: "1").text
        #expect(text.contains("\ntool \\- Does \\en it\n"), "\(text)")
        #expect(text.contains("\n\\&.so file\n"))
        #expect(text.contains("\n.SS \"EXAMPLE\"\n.nf\n.RS 4\ntool \\(aqa\\(aq \\-b\n.RE\n.fi\n"))
    }

    @Test("Each shell gets a script that it can read", arguments: ["bash", "zsh", "fish"])
    func completion(shell: String) async throws {
        let script = try await Program.warren(["completion", shell])
        #expect(script.exitCode == 0 && script.errors == "")
        for word in ["redrive", "journal", "restart"] { #expect(script.output.contains(word), "\(word)") }
        guard try await Program.run("sh", ["-c", "command -v \(shell)"]).exitCode == 0 else { return }
        let parsed = try await Program.run(shell, ["-n"], input: script.output)
        #expect(parsed.exitCode == 0, "\(parsed.errors)")
    }
}
