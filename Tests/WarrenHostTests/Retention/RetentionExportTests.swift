import Foundation
import Testing
import Warren

@testable import WarrenHost

/// The files of exports: each execution once, and whole lines only, wherever the process was killed.
@Suite("Files of exports", .timeLimit(.minutes(1)))
struct RetentionExportTests {
    private struct Stop: Error {}

    private func withFolder(_ body: (String) throws -> Void) throws {
        let path = FileManager.default.temporaryDirectory.appending(path: "warren-export-\(UUID())").path
        defer { try? FileManager.default.removeItem(atPath: path) }
        try body(path + "/a/b")
    }

    private func export(_ folder: String, partition: Int = 3) -> RetentionExport {
        RetentionExport(directory: folder, hub: "hub", partition: partition)
    }

    private static func line(_ execution: String, _ size: Int) -> String {
        #"{"warrenExport":1,"hub":"hub","name":"N","instanceId":"a\",\"executionId\":\"no","executionId":"\#(execution)","#
            + "\"input\":\"\(String(repeating: "x", count: size))\"}"
    }

    @discardableResult
    private func write(_ executions: [String], size: Int = 10, to export: RetentionExport) throws -> Int {
        try export.write(executions) { index, sink in try sink.put(Self.line(executions[index], size)) }
    }

    private func files(_ folder: String) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
    }

    private func executions(_ folder: String) throws -> [String] {
        try files(folder).flatMap { name in
            let text = try String(contentsOfFile: folder + "/" + name, encoding: .utf8)
            #expect(text.isEmpty || text.hasSuffix("\n"))
            return text.split(separator: "\n").map { line in
                ExportLine.executionID(in: Array(line.utf8)) ?? "unreadable: \(line)"
            }
        }
    }

    @Test("A process that follows another one writes what is missing, into a file of its own")
    func following() throws {
        try withFolder { folder in
            let first = export(folder)
            let written = try write(["a", "b"], to: first)
            #expect(written == 2)
            #expect(try write(["b", "c"], size: 200_000, to: first) == 1)
            #expect(try files(folder) == ["hub.partition.03.000001.jsonl"])
            let second = export(folder)
            #expect(try write(["c", "d"], to: second) == 1)
            #expect(try write(["a", "b", "c", "d"], to: export(folder)) == 0)
            #expect(try write(["a"], to: export(folder, partition: 4)) == 1)
            #expect(
                try files(folder) == [
                    "hub.partition.03.000001.jsonl", "hub.partition.03.000002.jsonl", "hub.partition.04.000001.jsonl",
                ])
            #expect(try executions(folder) == ["a", "b", "c", "d", "a"])
        }
    }

    @Test("A line that was cut is removed and written again, wherever it was cut", arguments: [0, 1, 60, 140, 200_010])
    func cut(at length: Int) throws {
        try withFolder { folder in
            try write(["a"], to: export(folder))
            let path = folder + "/hub.partition.03.000001.jsonl"
            let handle = try #require(FileHandle(forWritingAtPath: path))
            try handle.seekToEnd()
            try handle.write(contentsOf: Data(Self.line("b", 200_000).utf8.prefix(length)))
            try handle.close()
            #expect(try write(["a", "b"], to: export(folder)) == 1)
            #expect(try executions(folder) == ["a", "b"])
        }
    }

    @Test("A piece that fails leaves no line, and is written whole by the next attempt")
    func failing() throws {
        try withFolder { folder in
            let export = export(folder)
            try write(["a"], to: export)
            #expect(throws: Stop.self) {
                try export.write(["b", "c"]) { index, sink in
                    // More than is kept in memory, so that a part of it is in the file.
                    try sink.put(Self.line("b", 3 << 20))
                    if index == 1 { throw Stop() }
                }
            }
            #expect(try write(["b", "c"], to: export) == 2)
            #expect(try executions(folder) == ["a", "b", "c"])
        }
    }

    @Test("Only what is the last thousand lines is known; other files are left alone")
    func known() throws {
        try withFolder { folder in
            let first = export(folder)
            for number in 0..<20 { try write((0..<100).map { "\(number).\($0)" }, size: 3000, to: first) }
            try Data("mine".utf8).write(to: URL(filePath: folder + "/hub.partition.03.notes.jsonl"))
            try Data("mine".utf8).write(to: URL(filePath: folder + "/hub.partition.03.jsonl"))
            let second = export(folder)
            #expect(try write(["10.0", "19.99", "15.7"], to: second) == 0)
            #expect(try write(["9.99"], to: second) == 1)
            #expect(try files(folder).count == 4)
            #expect(try String(contentsOfFile: folder + "/hub.partition.03.notes.jsonl", encoding: .utf8) == "mine")
        }
    }

    @Test("A folder that cannot be made is an error of the disk")
    func noFolder() throws {
        try withFolder { folder in
            let above = URL(filePath: folder).deletingLastPathComponent()
            try FileManager.default.createDirectory(at: above, withIntermediateDirectories: true)
            try Data().write(to: URL(filePath: folder))
            #expect(throws: (any Error).self) { try write(["a"], to: export(folder)) }
        }
    }
}
