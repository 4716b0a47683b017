import Foundation
import Logging
import TestSupport
import Testing
import Warren
import WarrenStorage

@testable import WarrenCLI

@Suite("warren sql", .timeLimit(.minutes(2)))
struct SQLCommandTests {
    /// A directory with one instance, for the body.
    private func withData(_ body: (String) async throws -> Void) async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "warren-sql-\(UUID())")
        defer { try? FileManager.default.removeItem(at: folder) }
        let store = try SQLitePartitionStore.open(
            directory: folder.path, hub: "orders", partition: 0, partitionCount: 1,
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        var commit = PartitionCommit()
        let time = Timestamp(microseconds: 1_767_225_600_000_000)
        commit.instances = [
            .init(
                .insert,
                InstanceRecord(
                    key: 1, instanceID: "order-42", executionID: "e", name: "Order", status: .completed,
                    createdAt: time,
                    lastUpdatedAt: time, input: Payload(json: #"{"item":"tea, \"green\""}"#),
                    output: Payload(json: "12.50")))
        ]
        let written = commit
        try await untilKnown("the outcome of a commit") { tell in store.commit(written, completion: tell) }.get()
        store.close()
        try await body(folder.path)
    }

    private static let select =
        "SELECT instance_id, input ->> '$.item' AS item, input, output, completed_at, 1.5 FROM instances"

    @Test("A result is a table, JSON with payloads as they are, or CSV")
    func formats() async throws {
        try await withData { data in
            let table = try await Program.warren(["sql", "--data", data, Self.select])
            #expect(table.exitCode == 0 && table.errors == "", "\(table.errors)")
            #expect(
                table.output == """
                    INSTANCE_ID  ITEM          INPUT                      OUTPUT  COMPLETED_AT  1.5
                    order-42     tea, "green"  {"item":"tea, \\"green\\""}  12.50                 1.5

                    """)
            let json = try await Program.warren(["sql", "--data", data, "--hub", "orders", "--json", Self.select])
            #expect(
                json.output
                    == #"{"instance_id":"order-42","item":"tea, \"green\"","input":{"item":"tea, \"green\""},"#
                    + #""output":12.50,"completed_at":null,"1.5":1.5}"# + "\n")
            let csv = try await Program.warren(["sql", "--data", data, "--csv", Self.select])
            #expect(
                csv.output == """
                    instance_id,item,input,output,completed_at,1.5
                    order-42,"tea, ""green\""","{""item"":""tea, \\""green\\""\""}",12.50,,1.5

                    """)
        }
    }

    @Test("The statement may come from standard input; a wrong one exits 2, a wrong directory 2, a time limit 4")
    func exits() async throws {
        try await withData { data in
            let piped = try await Program.run(
                Program.product("warren"), ["sql", "--data", data], environment: [:],
                input: "SELECT count(*) AS n FROM history;")
            #expect(piped.output == "N\n0\n", "\(piped.errors)")
            for (sql, words) in [
                ("SELECT lost FROM instances", "no such column: lost"), ("DROP TABLE instances", "Only reading"),
            ] {
                let result = try await Program.warren(["sql", "--data", data, sql])
                #expect(
                    result.exitCode == 2 && result.output == "" && result.errors.contains(words), "\(result.errors)")
            }
            let endless = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n"
            #expect(try await Program.warren(["sql", "--data", data, "--timeout", "50ms", endless]).exitCode == 4)
            let nowhere = try await Program.warren(["sql", "--data", data + "/none", "SELECT 1"])
            #expect(nowhere.exitCode == 2 && nowhere.errors.contains("cannot be read"), "\(nowhere.errors)")
            let hub = try await Program.warren(["sql", "--data", data, "--hub", "other", "SELECT 1"])
            #expect(hub.exitCode == 2 && hub.errors.contains("but of orders"), "\(hub.errors)")
            #expect(try await Program.warren(["sql", "SELECT 1"]).exitCode == 2)
        }
    }

    @Test("The tables and columns are printed, and are those of the page about them")
    func schema() async throws {
        let printed = try await Program.warren(["sql", "--schema"])
        #expect(printed.exitCode == 0)
        #expect(printed.output.contains("\n  fire_at      time     when it is due\n"), "\(printed.output)")
        let page = try String(
            contentsOf: repository.appending(path: "Sources/Warren/Warren.docc/SQL.md"), encoding: .utf8)
        for line in try await Program.warren(["sql", "--schema", "--json"]).output.split(separator: "\n") {
            let column = try JSONValue(Payload(json: String(line)))
            let (name, kind) = (try #require(column["column"]?.stringValue), try #require(column["type"]?.stringValue))
            let about = try #require(column["about"]?.stringValue)
            #expect(page.contains("| `\(name)` | \(kind) | \(about) |"), "\(line)")
        }
    }

    @Test("Rows behind the first ones keep the widths, and long values are cut on a terminal only")
    func longTables() {
        var printed: [String] = []
        var table = TableRows(cutsValues: true, style: Style(isColourful: false)) { printed.append($0) }
        table.begin(["a", "b"])
        for number in 0..<TableRows.held { table.add([.integer(Int64(number)), .null]) }
        #expect(printed.count == TableRows.held + 1)
        table.add([.text(String(repeating: "x", count: 100)), .text("y\u{1B}[2J")])
        table.end(isComplete: true)
        #expect(printed.first == "A    B")
        #expect(printed.last == String(repeating: "x", count: 79) + "…  y\u{FFFD}[2J")
    }
}

/// The root of the repository, for tests that read its pages and scripts.
let repository = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()
