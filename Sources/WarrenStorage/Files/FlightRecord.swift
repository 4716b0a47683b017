package import Warren

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Records, beyond the end of the process, the current work of each partition, the suspects, and the last commit of
/// each partition's file.
///
/// It is a file of a few pages beside those of the partitions, mapped into memory. A mark is a copy of some bytes into
/// that mapping, without a system call; the kernel keeps the bytes that a dead process wrote there. That is less than a
/// commit promises: a power failure may lose the marks. It is enough here, because no message causes a power failure,
/// and cheap enough to mark every step. Losing the file loses nothing but suspicions.
///
/// `@unchecked Sendable`: a partition's mark is written by that partition's processor alone; the suspects are read and
/// written under their owner's lock.
package final class FlightRecord: @unchecked Sendable {
    /// The work of a partition at one moment.
    package struct Mark: Sendable, Hashable {
        /// An instance, or a message without one.
        package var subject: String
        /// A hash of the message in work; 0 for none.
        package var culprit: UInt64
        /// Whether no other work ran at the time.
        package var isAlone: Bool

        package init(subject: String, culprit: UInt64 = 0, isAlone: Bool = false) {
            self.subject = subject
            self.culprit = culprit
            self.isAlone = isAlone
        }
    }

    /// An instance or message during which processes ended.
    package struct Suspect: Sendable, Hashable {
        package var subject: String
        /// The number of processes that ended during it since it last succeeded.
        package var deaths: Int
        /// The last work with it while no other work ran, and the number of processes in a row that ended during that.
        package var culprit: UInt64
        package var culpritDeaths: Int
        package var firstSeen: Timestamp

        package init(subject: String, deaths: Int, culprit: UInt64 = 0, culpritDeaths: Int = 0, firstSeen: Timestamp) {
            self.subject = subject
            self.deaths = deaths
            self.culprit = culprit
            self.culpritDeaths = culpritDeaths
            self.firstSeen = firstSeen
        }
    }

    /// The maximum number of suspects.
    package static let maximumSuspects = 62
    private static let slotSize = 256
    /// Slot 0 is the signature's; then the suspects, then the marks of partitions 0 to 99.
    private static let maximumPartitions = 100
    /// The number of questions of a partition that are answered, and marked, at once: their marks are last.
    package static let questionsAtOnce = 2
    private static let questionsStart =
        slotSize * (1 + maximumSuspects + maximumPartitions) + commitsSize * maximumPartitions
    /// The reads for callers of the process, one of each partition at a time, are behind the questions.
    private static let readsStart = questionsStart + slotSize * questionsAtOnce * maximumPartitions
    /// The operations of entities are behind the reads. Files of a version in between end here.
    private static let operationsStart = readsStart + slotSize * maximumPartitions
    /// The number of operations of entities that are marked at once, of all partitions.
    package static let operationsAtOnce = 128
    private static let size = operationsStart + slotSize * operationsAtOnce
    /// The size of the record of a partition's last commit, in bytes. There are two copies, written in turn, so that a
    /// death in the middle of one leaves the other.
    private static let commitSize = 32
    private static let commitsSize = 2 * commitSize
    private static let maximumSubject = 200
    private static let signature = Array("WRRNMRK1".utf8)

    private let memory: UnsafeMutableRawPointer
    private let isMapped: Bool

    /// Opens a host's record, and creates it if it does not exist. Call it with the partitions' stores open: they
    /// exclude other processes, and have created the directory.
    ///
    /// - Throws: `.io` or `.full` if the file cannot be created or mapped.
    package static func open(directory: String, hub: String) throws -> FlightRecord {
        try FlightRecord(path: "\(directory)/\(hub).marks")
    }

    /// A record that ends with the process, for partitions that do so as well.
    package init() {
        memory = .allocate(byteCount: Self.size, alignment: 16)
        memory.initializeMemory(as: UInt8.self, repeating: 0, count: Self.size)
        isMapped = false
    }

    private init(path: String) throws(StorageError) {
        let descriptor = Self.openFile(path)
        guard descriptor >= 0 else { throw .system("The record of what was worked on cannot be opened", path: path) }
        defer { Self.closeFile(descriptor) }
        var beginning = [UInt8](repeating: 0, count: Self.signature.count)
        var status = stat()
        let isSigned =
            fstat(descriptor, &status) == 0
            && pread(descriptor, &beginning, beginning.count, 0) == beginning.count && beginning == Self.signature
        let length = Int(status.st_size)
        if !isSigned || length != Self.size {
            // The pages are written, not left as a hole: a store into a hole on a full disk would kill the process.
            let kept = isSigned && [Self.readsStart, Self.operationsStart].contains(length) ? length : 0
            var empty = [UInt8](repeating: 0, count: Self.size - kept)
            if kept == 0 { empty.replaceSubrange(0..<Self.signature.count, with: Self.signature) }
            guard ftruncate(descriptor, off_t(kept)) == 0,
                pwrite(descriptor, empty, empty.count, off_t(kept)) == empty.count
            else {
                throw .system("The record of what was worked on cannot be written", path: path)
            }
        }
        guard let memory = mmap(nil, Self.size, PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, 0), memory != MAP_FAILED
        else { throw .system("The record of what was worked on cannot be mapped", path: path) }
        self.memory = memory
        isMapped = true
    }

    deinit {
        if isMapped { munmap(memory, Self.size) } else { memory.deallocate() }
    }

    /// The work of the last process when it ended, by partition.
    package var marks: [(partition: Int, mark: Mark)] {
        (0..<Self.maximumPartitions).compactMap { partition in mark(of: partition).map { (partition, $0) } }
    }

    /// The work of the last process when it ended; `nil` if the partition was idle.
    package func mark(of partition: Int) -> Mark? { mark(in: slot(1 + Self.maximumSuspects + partition)) }

    private func mark(in slot: UnsafeMutableRawPointer) -> Mark? {
        let state = slot.load(as: UInt8.self)
        guard state == 1 || state == 2 else { return nil }
        return Mark(subject: subject(in: slot), culprit: number(slot, at: 8), isAlone: state == 2)
    }

    /// Records the present work.
    package func set(_ mark: Mark, of partition: Int) { set(mark, in: slot(1 + Self.maximumSuspects + partition)) }

    private func set(_ mark: Mark, in slot: UnsafeMutableRawPointer) {
        // The state is written last and states that the rest is complete, whenever the process ends.
        slot.storeBytes(of: 0, as: UInt8.self)
        write(mark.subject, into: slot)
        store(mark.culprit, slot, at: 8)
        slot.storeBytes(of: mark.isAlone ? 2 : 1, as: UInt8.self)
    }

    /// Records that there is no work.
    package func clear(_ partition: Int) {
        slot(1 + Self.maximumSuspects + partition).storeBytes(of: 0, as: UInt8.self)
    }

    // MARK: Questions, which are answered beside what the partition works on

    /// The questions that the last process was answering when it ended.
    package var questionMarks: [Mark] {
        (0..<Self.maximumPartitions * Self.questionsAtOnce).compactMap { mark(in: questionSlot($0)) }
    }

    /// Records the question that is being answered at one of a partition's places; `nil` for none.
    package func setQuestion(_ mark: Mark?, at place: Int, of partition: Int) {
        guard (0..<Self.maximumPartitions).contains(partition), (0..<Self.questionsAtOnce).contains(place) else {
            return
        }
        let slot = questionSlot(partition * Self.questionsAtOnce + place)
        if let mark { set(mark, in: slot) } else { slot.storeBytes(of: 0, as: UInt8.self) }
    }

    /// The instances that the last process was reading for its own callers when it ended.
    package var readMarks: [Mark] { (0..<Self.maximumPartitions).compactMap { mark(in: readSlot($0)) } }

    /// Records the instance that is being read for a caller of the process; `nil` for none.
    package func setRead(_ mark: Mark?, of partition: Int) {
        guard (0..<Self.maximumPartitions).contains(partition) else { return }
        let slot = readSlot(partition)
        if let mark { set(mark, in: slot) } else { slot.storeBytes(of: 0, as: UInt8.self) }
    }

    private func readSlot(_ number: Int) -> UnsafeMutableRawPointer {
        memory + Self.readsStart + Self.slotSize * number
    }

    /// Records that no question is being answered, and that nothing is read for callers.
    package func clearQuestions() {
        for number in 0..<Self.maximumPartitions { setRead(nil, of: number) }
        for number in 0..<Self.maximumPartitions * Self.questionsAtOnce {
            questionSlot(number).storeBytes(of: 0, as: UInt8.self)
        }
    }

    private func questionSlot(_ number: Int) -> UnsafeMutableRawPointer {
        memory + Self.questionsStart + Self.slotSize * number
    }

    // MARK: Operations of entities, which run beside what the partition works on

    /// The operations that the last process ran when it ended.
    package var operationMarks: [Mark] { (0..<Self.operationsAtOnce).compactMap { mark(in: operationSlot($0)) } }

    /// Records the operation that runs at one of the process's places; `nil` for none.
    package func setOperation(_ mark: Mark?, at place: Int) {
        guard (0..<Self.operationsAtOnce).contains(place) else { return }
        let slot = operationSlot(place)
        if let mark { set(mark, in: slot) } else { slot.storeBytes(of: 0, as: UInt8.self) }
    }

    /// Records that no operation runs.
    package func clearOperations() {
        for place in 0..<Self.operationsAtOnce { setOperation(nil, at: place) }
    }

    private func operationSlot(_ place: Int) -> UnsafeMutableRawPointer {
        memory + Self.operationsStart + Self.slotSize * place
    }

    /// All suspects. Setting it keeps the first `maximumSuspects`.
    package var suspects: [Suspect] {
        get {
            (1...Self.maximumSuspects).compactMap { number in
                let slot = slot(number)
                guard slot.load(as: UInt8.self) == 1 else { return nil }
                return Suspect(
                    subject: subject(in: slot), deaths: count(slot, at: 24),
                    culprit: self.number(slot, at: 8), culpritDeaths: count(slot, at: 32),
                    firstSeen: Timestamp(microseconds: Int64(bitPattern: self.number(slot, at: 16))))
            }
        }
        set {
            for number in 1...Self.maximumSuspects {
                let slot = slot(number)
                slot.storeBytes(of: 0, as: UInt8.self)
                guard number <= newValue.count else { continue }
                let suspect = newValue[number - 1]
                write(suspect.subject, into: slot)
                store(suspect.culprit, slot, at: 8)
                store(UInt64(bitPattern: suspect.firstSeen.microseconds), slot, at: 16)
                store(UInt64(clamping: suspect.deaths), slot, at: 24)
                store(UInt64(clamping: suspect.culpritDeaths), slot, at: 32)
                slot.storeBytes(of: 1, as: UInt8.self)
            }
        }
    }

    /// Whether messages from outside to a partition wait in a queue of their own.
    package func isDetoured(_ partition: Int) -> Bool {
        guard (0..<Self.maximumPartitions).contains(partition) else { return false }
        return slot(1 + Self.maximumSuspects + partition).load(fromByteOffset: 2, as: UInt8.self) == 1
    }

    package func setDetoured(_ isDetoured: Bool, _ partition: Int) {
        guard (0..<Self.maximumPartitions).contains(partition) else { return }
        slot(1 + Self.maximumSuspects + partition).storeBytes(of: isDetoured ? 1 : 0, toByteOffset: 2, as: UInt8.self)
    }

    // MARK: Commits: store, number, time, check

    /// The last recorded commit of a partition's file: the file, by a hash of its store ID, and its commit. It is
    /// written after a commit is durable, so a file that is behind it has lost commits.
    package func commit(of partition: Int) -> (store: UInt64, mark: CommitMark)? {
        [0, 1].compactMap { copy(of: partition, $0) }.max { $0.mark.number < $1.mark.number }
    }

    /// Records a commit of a partition's file. Called by one thread at a time for each partition.
    package func note(_ mark: CommitMark, of store: UInt64, partition: Int) {
        guard (0..<Self.maximumPartitions).contains(partition) else { return }
        write(mark, of: store, at: commitSlot(partition, Int(mark.number & 1)))
    }

    /// Records a commit where the earlier record is no longer valid.
    package func restart(_ mark: CommitMark, of store: UInt64, partition: Int) {
        guard (0..<Self.maximumPartitions).contains(partition) else { return }
        for number in [0, 1] { write(mark, of: store, at: commitSlot(partition, number)) }
    }

    private func write(_ mark: CommitMark, of store: UInt64, at slot: UnsafeMutableRawPointer) {
        let number = UInt64(bitPattern: mark.number)
        let time = UInt64(bitPattern: mark.time.microseconds)
        // The copy is invalid until all of it is written.
        self.store(0, slot, at: 24)
        self.store(store, slot, at: 0)
        self.store(number, slot, at: 8)
        self.store(time, slot, at: 16)
        self.store(Self.check(store, number, time), slot, at: 24)
    }

    private func copy(of partition: Int, _ number: Int) -> (store: UInt64, mark: CommitMark)? {
        guard (0..<Self.maximumPartitions).contains(partition) else { return nil }
        let slot = commitSlot(partition, number)
        let (store, count, time) = (self.number(slot, at: 0), self.number(slot, at: 8), self.number(slot, at: 16))
        guard count > 0, self.number(slot, at: 24) == Self.check(store, count, time) else { return nil }
        return (
            store, CommitMark(number: Int64(bitPattern: count), time: Timestamp(microseconds: Int64(bitPattern: time)))
        )
    }

    private func commitSlot(_ partition: Int, _ number: Int) -> UnsafeMutableRawPointer {
        memory + Self.slotSize * (1 + Self.maximumSuspects + Self.maximumPartitions) + Self.commitsSize * partition
            + Self.commitSize * number
    }

    private static func check(_ values: UInt64...) -> UInt64 {
        UInt64(bitPattern: Checksum.of([], seed: values.map { Int64(bitPattern: $0) })) | 1
    }

    // MARK: Slots: state, length of the subject, detour, …, numbers from 8 on, the subject from 48 on

    private func slot(_ number: Int) -> UnsafeMutableRawPointer { memory + Self.slotSize * number }

    private func number(_ slot: UnsafeMutableRawPointer, at offset: Int) -> UInt64 {
        slot.load(fromByteOffset: offset, as: UInt64.self)
    }

    /// A number from which counting can continue: the file may contain any value.
    private func count(_ slot: UnsafeMutableRawPointer, at offset: Int) -> Int {
        Int(clamping: min(number(slot, at: offset), 1 << 32))
    }

    private func store(_ number: UInt64, _ slot: UnsafeMutableRawPointer, at offset: Int) {
        slot.storeBytes(of: number, toByteOffset: offset, as: UInt64.self)
    }

    private func subject(in slot: UnsafeMutableRawPointer) -> String {
        let count = min(Int(slot.load(fromByteOffset: 1, as: UInt8.self)), Self.maximumSubject)
        return String(decoding: UnsafeRawBufferPointer(start: slot + 48, count: count), as: UTF8.self)
    }

    private func write(_ subject: String, into slot: UnsafeMutableRawPointer) {
        var subject = subject
        let count = subject.withUTF8 { bytes in
            let count = min(bytes.count, Self.maximumSubject)
            if let start = bytes.baseAddress { (slot + 48).copyMemory(from: start, byteCount: count) }
            return count
        }
        slot.storeBytes(of: UInt8(clamping: count), toByteOffset: 1, as: UInt8.self)
    }

    // Declared outside the class, which has an `open` of its own.
    private static func openFile(_ path: String) -> Int32 {
        #if canImport(Glibc)
        Glibc.open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
        #elseif canImport(Musl)
        Musl.open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
        #else
        Darwin.open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
        #endif
    }

    private static func closeFile(_ descriptor: Int32) { _ = close(descriptor) }
}
