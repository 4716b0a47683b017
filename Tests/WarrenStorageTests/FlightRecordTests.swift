import Foundation
import Testing
import Warren

@testable import WarrenStorage

/// What is known of a process that is gone.
@Suite("Flight record", .timeLimit(.minutes(5)))
struct FlightRecordTests {
    private let suspect = FlightRecord.Suspect(
        subject: "order-42", deaths: 3, culprit: .max, culpritDeaths: 2, firstSeen: Timestamp(microseconds: -5))

    @Test("marks and suspects are there when the file is opened again")
    func reopening() throws {
        let directory = try TemporaryDirectory()
        do {
            let record = try FlightRecord.open(directory: directory.path, hub: "shop")
            #expect(record.mark(of: 7) == nil)
            #expect(record.suspects.isEmpty)
            record.set(FlightRecord.Mark(subject: "ördér-1", culprit: 9, isAlone: true), of: 7)
            record.suspects = [suspect, suspect]
        }
        do {
            let record = try FlightRecord.open(directory: directory.path, hub: "shop")
            #expect(record.mark(of: 7) == FlightRecord.Mark(subject: "ördér-1", culprit: 9, isAlone: true))
            #expect(record.suspects == [suspect, suspect])
            record.clear(7)
            record.suspects = []
        }
        let record = try FlightRecord.open(directory: directory.path, hub: "shop")
        #expect(record.marks.isEmpty)
        #expect(record.suspects.isEmpty)
    }

    @Test("operations' marks are there at the next opening, and a file from before they were has the rest")
    func operations() throws {
        let directory = try TemporaryDirectory()
        let mark = FlightRecord.Mark(subject: "@operation:@a@b", culprit: 8, isAlone: true)
        do {
            let record = try FlightRecord.open(directory: directory.path, hub: "shop")
            record.suspects = [suspect]
            record.setOperation(mark, at: 0)
            record.setOperation(mark, at: FlightRecord.operationsAtOnce - 1)
            record.setOperation(mark, at: FlightRecord.operationsAtOnce)
        }
        let record = try FlightRecord.open(directory: directory.path, hub: "shop")
        #expect(record.operationMarks == [mark, mark])
        record.setOperation(nil, at: 0)
        #expect(record.operationMarks == [mark])
        let path = directory.path + "/shop.marks"
        let size = try #require(try FileManager.default.attributesOfItem(atPath: path)[.size] as? Int)
        #expect(truncate(path, off_t(size - 256 * FlightRecord.operationsAtOnce)) == 0)
        let later = try FlightRecord.open(directory: directory.path, hub: "shop")
        #expect(later.suspects == [suspect] && later.operationMarks.isEmpty)
        later.clearOperations()
    }

    @Test("no content of the file is trouble", arguments: [0, 1, 255])
    func damage(byte: UInt8) throws {
        let directory = try TemporaryDirectory()
        _ = try FlightRecord.open(directory: directory.path, hub: "shop")
        let file = URL(fileURLWithPath: directory.path + "/shop.marks")
        var bytes = [UInt8](try Data(contentsOf: file))
        // All but the signature, then all of it, then half a file.
        for index in bytes.indices.dropFirst(8) { bytes[index] = byte }
        try Data(bytes).write(to: file)
        let record = try FlightRecord.open(directory: directory.path, hub: "shop")
        #expect(record.suspects.count == (byte == 1 ? FlightRecord.maximumSuspects : 0))
        #expect((record.mark(of: 7) != nil) == (byte == 1))
        for damaged in [[UInt8](repeating: byte, count: bytes.count), Array(bytes.prefix(bytes.count / 2))] {
            try Data(damaged).write(to: file)
            #expect(try FlightRecord.open(directory: directory.path, hub: "shop").suspects.isEmpty)
        }
    }

    @Test("a file of the version before, without a place for reads, keeps what it has and gets the place")
    func earlierFile() throws {
        let directory = try TemporaryDirectory()
        let file = URL(fileURLWithPath: directory.path + "/shop.marks")
        let read = FlightRecord.Mark(subject: "order-1")
        do {
            let record = try FlightRecord.open(directory: directory.path, hub: "shop")
            record.set(FlightRecord.Mark(subject: "order-2"), of: 99)
            record.setQuestion(FlightRecord.Mark(subject: "order-3", isAlone: true), at: 1, of: 99)
            record.suspects = [suspect]
        }
        let bytes = try Data(contentsOf: file)
        try bytes.prefix(bytes.count - 256 * (100 + FlightRecord.operationsAtOnce)).write(to: file)
        do {
            let record = try FlightRecord.open(directory: directory.path, hub: "shop")
            #expect(record.suspects == [suspect] && record.mark(of: 99)?.subject == "order-2")
            #expect(record.questionMarks.map(\.subject) == ["order-3"] && record.readMarks.isEmpty)
            record.setRead(read, of: 99)
            record.setRead(FlightRecord.Mark(subject: "beyond"), of: 100)
        }
        #expect(try Data(contentsOf: file).count == bytes.count)
        let record = try FlightRecord.open(directory: directory.path, hub: "shop")
        #expect(record.readMarks == [read] && record.questionMarks.map(\.subject) == ["order-3"])
        record.clearQuestions()
        #expect(record.readMarks.isEmpty && record.questionMarks.isEmpty && record.mark(of: 99) != nil)
    }

    @Test("there is room for a bounded number of suspects, and long subjects are cut")
    func bounds() {
        let record = FlightRecord()
        record.suspects = Array(repeating: suspect, count: 100)
        #expect(record.suspects.count == FlightRecord.maximumSuspects)
        var dead = suspect
        (dead.deaths, dead.culpritDeaths) = (.max, .max)
        record.suspects = [dead]
        #expect(record.suspects.first.map { [$0.deaths + 1, $0.culpritDeaths + 1] } == [(1 << 32) + 1, (1 << 32) + 1])
        record.set(FlightRecord.Mark(subject: String(repeating: "x", count: 500)), of: 99)
        #expect(record.mark(of: 99)?.subject.count == 200)
    }
}
