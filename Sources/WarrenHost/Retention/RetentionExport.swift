import Synchronization
import Warren
import WarrenStorage
import WarrenSupport

/// Writes ended instances of one partition to files before they are removed: a line each, in the format of `warren export`.
///
/// The files of a partition are `<hub>.partition.<nn>.<number>.jsonl`. A host begins a file of its own, and another one when
/// it has 256 MiB.
///
/// A process may be killed between the export of some instances and their removal. They are then due again, and found in the
/// last lines of the files: they are removed, and not written again. A line that was cut is removed from its file first.
final class RetentionExport: Sendable {
    /// The size from which on a file is not continued.
    private static let mostBytes = 256 << 20
    /// The number of last lines that are looked at: those of some pieces.
    private static let lastLines = 1000

    private struct State {
        var file: ExportFile?
        /// The number of the newest file; `nil` before the folder was looked at.
        var number: Int?
        /// The executions in the last lines of earlier files.
        var written: Set<String> = []
    }

    private let directory: String
    private let prefix: String
    private let state = Mutex(State())

    init(directory: String, hub: String, partition: Int) {
        self.directory = directory
        prefix = "\(hub).partition.\(partition < 10 ? "0" : "")\(partition)."
    }

    /// Writes instances, except those that are written already, and makes them durable: all of them, or none. Blocks.
    ///
    /// - Parameters:
    ///   - executions: the instances' execution IDs, in order.
    ///   - write: writes the line of one of them, given by its index, without the line feed.
    /// - Returns: the number of lines that were written.
    /// - Throws: `StorageError` with the code `io` or `full`, and the errors of `write`.
    func write(_ executions: [String], _ write: (Int, inout ExportFile.Sink) throws -> Void) throws -> Int {
        try state.withLock { state in
            // 1. Find out, once, what is there already.
            if state.number == nil { try look(&state) }
            let missing = executions.indices.filter { !state.written.contains(executions[$0]) }
            guard !missing.isEmpty else { return 0 }
            // 2. Write all lines, or none.
            let file = try file(&state)
            do {
                var sink = ExportFile.Sink(file)
                for index in missing {
                    try write(index, &sink)
                    try sink.put("\n")
                }
                try sink.end()
            } catch {
                if !file.takeBack() {
                    // It is cut off, or found, when the folder is looked at again.
                    state.file = nil
                    state.number = nil
                }
                throw error
            }
            // A partition that is opened again, in this process, may be asked for them once more.
            state.written.formUnion(missing.map { executions[$0] })
            if state.written.count > 2 * Self.lastLines { state.written = Set(executions) }
            if file.size >= Self.mostBytes { state.file = nil }
            return missing.count
        }
    }

    private func look(_ state: inout State) throws {
        try ExportFile.makeFolder(directory)
        let files = try ExportFile.names(in: directory).compactMap { name in number(of: name).map { ($0, name) } }
            .sorted { $0.0 < $1.0 }
        if let newest = files.last { try ExportFile.cutLastLine(of: "\(directory)/\(newest.1)") }
        state.written = []
        for (_, name) in files.reversed() where state.written.count < Self.lastLines {
            let lines = try ExportFile.beginnings(
                ofLast: Self.lastLines - state.written.count, of: "\(directory)/\(name)",
                bytes: ExportLine.identified)
            state.written.formUnion(lines.compactMap { ExportLine.executionID(in: $0) })
        }
        state.number = files.last?.0 ?? 0
    }

    private func file(_ state: inout State) throws -> ExportFile {
        if let file = state.file { return file }
        var number = state.number ?? 0
        while true {
            number += 1
            let digits = String(number)
            let name = prefix + String(repeating: "0", count: max(0, 6 - digits.count)) + digits + ".jsonl"
            // Another host that believes to own the partition may just have made one.
            guard let file = try ExportFile(making: "\(directory)/\(name)") else { continue }
            try ExportFile.makeDurable(folder: directory)
            state.number = number
            state.file = file
            return file
        }
    }

    /// The number of a file of this partition; `nil` for another file.
    private func number(of name: String) -> Int? {
        guard name.hasPrefix(prefix), name.hasSuffix(".jsonl") else { return nil }
        let digits = name.dropFirst(prefix.count).dropLast(6)
        return digits.allSatisfy { $0.isASCII && $0.isNumber } ? Int(digits) : nil
    }
}
