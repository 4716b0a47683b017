public import Warren

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Replays histories that `warren export` wrote.
extension ReplayTester {
    /// Replays the histories in a file, or in the files of a folder: lines of `warren export` (`.jsonl`), or one array of
    /// events as `jq .historyEvents` prints it (`.json`). Activities do not run.
    ///
    /// - Parameters:
    ///   - path: the file or the folder; subfolders are not searched.
    ///   - functions: the orchestrators with which this tester was made. Lines of others are skipped.
    /// - Throws: `HostError` with the code `storage` if there is nothing to read at the path.
    public static func report(onHistoriesAt path: String, of functions: FunctionRegistry) throws -> ReplayReport {
        let tester = ReplayTester(functions: functions)
        var report = ReplayReport()
        for file in try files(at: path) {
            let data: Data
            do {
                data = try Data(contentsOf: URL(fileURLWithPath: file))
            } catch {
                throw HostError(.storage, "'\(file)' cannot be read: \(error)", cause: error)
            }
            let name = String(file.split(separator: "/").last ?? "")
            if file.hasSuffix(".json") {
                report.add(tester, HistoryLine(events: Array(data)), at: name, functions)
                continue
            }
            for (index, line) in data.split(separator: UInt8(ascii: "\n")).enumerated() {
                report.add(tester, HistoryLine(exported: Array(line)), at: "\(name):\(index + 1)", functions)
            }
        }
        return report
    }

    private static func files(at path: String) throws -> [String] {
        var isDirectory = false
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory) else {
            throw HostError(.storage, "There is no '\(path)'. Make it with 'warren export --to FILE'.")
        }
        guard isDirectory else { return [path] }
        let names = try FileManager.default.contentsOfDirectory(atPath: path).filter {
            $0.hasSuffix(".jsonl") || $0.hasSuffix(".json")
        }
        guard !names.isEmpty else {
            throw HostError(
                .storage, "The folder '\(path)' has no .jsonl or .json. Make one with 'warren export --to FILE'.")
        }
        return names.sorted().map { path + "/" + $0 }
    }
}

/// One history of a file, as far as it can be read.
private enum HistoryLine {
    case history(name: String, instanceID: String, [HistoryEvent])
    /// There is no history to replay.
    case none
    case unreadable(String)

    /// - Parameter bytes: a line of `warren export`.
    init(exported bytes: [UInt8]) {
        do {
            let line = try JSONNode(Payload(bytes: bytes))
            guard line["warrenExport"]?.integer == 1 else {
                self = .unreadable("This is no line of 'warren export'.")
                return
            }
            // Events without payloads cannot be compared.
            let omitted = line["omitted"]?.elements?.contains { $0.string == "history" } ?? false
            guard !omitted, line["historyOmitted"] == nil, let events = line["historyEvents"] else {
                self = .none
                return
            }
            self = try HistoryLine(reading: events.payload)
        } catch {
            self = .unreadable("\(error)")
        }
    }

    /// - Parameter bytes: an array of events.
    init(events bytes: [UInt8]) {
        do {
            self = try HistoryLine(reading: Payload(bytes: bytes))
        } catch {
            self = .unreadable("\(error)")
        }
    }

    private init(reading events: Payload) throws {
        let history = try HistoryEvent.history(json: events)
        for case .executionStarted(let facts) in history {
            self = .history(name: facts.name, instanceID: facts.instanceID, history)
            return
        }
        self = .none
    }
}

extension ReplayReport {
    fileprivate mutating func add(
        _ tester: ReplayTester, _ line: HistoryLine, at place: String, _ functions: FunctionRegistry
    ) {
        switch line {
        case .none: skipped += 1
        case .unreadable(let reason):
            disagreements.append(
                Disagreement(
                    place: place,
                    failure: FailureDetails(type: FailureDetails.FaultType.corruptHistory, message: reason)))
        case .history(let name, let instanceID, let history):
            guard functions.runs(orchestration: name) else {
                skipped += 1
                return
            }
            replayed += 1
            guard let failure = tester.fault(in: history) else { return }
            disagreements.append(Disagreement(place: place, instanceID: instanceID, failure: failure))
        }
    }
}
