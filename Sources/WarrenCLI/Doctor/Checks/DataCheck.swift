import Warren
import WarrenMessaging
import WarrenStorage

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// The data directory of a host: its rights, its disk, and the partitions' files.
struct DataCheck: DoctorCheck {
    static let name = "data"
    /// The free space below which a disk is nearly full.
    private static let leastFree: UInt64 = 1 << 30
    /// The size of a file's log from which on something keeps it from starting over.
    private static let largeLog: Int64 = 512 << 20
    /// The size of files together from which on pages are checked only if that is asked for.
    private static let quickBytes: Int64 = 4 << 30

    /// Whether to read all of every file, whatever the size.
    let isThorough: Bool

    func examine(_ patient: inout Patient) async throws -> [Finding] {
        guard let directory = patient.data else { return [] }
        let list: PartitionFileList
        do {
            list = try PartitionFileList(directory: directory, hub: patient.hub.text)
        } catch let error as QueryError {
            return [
                wrong(
                    error.message, why: "a host that is given this directory begins with nothing, or is refused.",
                    remedy: "name the directory that the host has as its data directory with --data")
            ]
        }
        var findings = self.directory(directory)
        var facts: [(partition: Int, path: String, facts: PartitionFileFacts)] = []
        let bytes = list.files.reduce(Int64(0)) { $0 + Self.size($1.path) }
        let checksPages = isThorough || bytes <= Self.quickBytes
        for file in list.files {
            Console.progress("checking \(file.path)")
            let found = try PartitionFileFacts(
                path: file.path, hub: list.hub, partition: file.partition, checksPages: checksPages)
            facts.append((file.partition, file.path, found))
        }
        Console.progress("")
        for file in facts { findings += self.file(file.path, file.facts, patient) }
        findings += missing(facts.map(\.partition), facts.compactMap(\.facts.partitionCount).first, patient)
        findings += disk(directory, largest: facts.map(\.facts.bytes).max() ?? 0)
        if !checksPages {
            findings.append(
                advice(
                    "\(bytes >> 20) MiB of files were not read", why: "damage inside of them is not known.",
                    remedy: "warren doctor\(patient.hubOption) --data \(directory) --thorough"))
        }
        if findings.isEmpty {
            let holders = Set(facts.compactMap(\.facts.holder)).sorted().map { "\($0)" }
            let open = holders.isEmpty ? "" : ", open in process \(holders.joined(separator: ", "))"
            findings.append(
                ok("\(facts.count) files, \(bytes >> 20) MiB, intact, closed to others, with room on the disk\(open)"))
        }
        return findings
    }

    private func directory(_ path: String) -> [Finding] {
        var status = stat()
        guard stat(path, &status) == 0 else { return [] }
        var findings: [Finding] = []
        if status.st_mode & 0o022 != 0 {
            findings.append(
                wrong(
                    "others may write to \(path)", why: "they can replace its files, and with them every instance.",
                    remedy: "chmod go-w \(path)"))
        }
        if access(path, W_OK) != 0 {
            findings.append(
                wrong(
                    "this user may not write to \(path)",
                    why: "a host of this user does not start. If the host runs as another user, examine as that one.",
                    remedy: "chown -R $(id -un) \(path)"))
        }
        return findings
    }

    private func file(_ path: String, _ facts: PartitionFileFacts, _ patient: Patient) -> [Finding] {
        var findings: [Finding] = []
        if let problem = facts.problem {
            findings.append(
                wrong(
                    "\(path): \(problem.message)", why: "no host opens the file; the instances in it stand still.",
                    remedy: patient.durability == .journal
                        ? "move the file away: its host fills a new one from the journal"
                        : "restore a backup, as 'Backups' in the manual says"))
        }
        if facts.isOpenToOthers {
            findings.append(
                wrong(
                    "others may read \(path)",
                    why: "it holds every payload, and the key that signs the hub's messages.",
                    remedy: "chmod 600 \(path)*"))
        }
        if let count = facts.partitionCount, let partitions = patient.partitions, count != partitions {
            findings.append(
                wrong(
                    "\(path) is of a hub with \(count) partitions, and the broker's has \(partitions)",
                    why: "instances would be looked for in the wrong partitions, so a host does not start.",
                    remedy: count > partitions
                        ? "queues were deleted: stop the hosts; warren hub create\(patient.hubOption) "
                            + "--partitions \(count) on a broker without them, or restore the broker"
                        : "use the directory of this hub's host, or another hub name"))
        }
        if facts.logBytes > Self.largeLog {
            findings.append(
                advice(
                    "the log of \(path) has \(facts.logBytes >> 20) MiB",
                    why: "a program that reads the file for long keeps the log from starting over; it fills the disk.",
                    remedy: "end what reads it: fuser -v \(path)"))
        }
        return findings + openFiles(facts, patient)
    }

    /// The partitions without a file. Hosts of a hub with journals need none.
    private func missing(_ there: [Int], _ count: Int?, _ patient: Patient) -> [Finding] {
        guard patient.durability == .local, let count = patient.partitions ?? count else { return [] }
        let missing = (0..<count).filter { !there.contains($0) }
        guard !missing.isEmpty else { return [] }
        return [
            wrong(
                "there is no file of partitions \(missing.map(String.init).joined(separator: ", "))",
                why: "their instances are nowhere else: a host does not start without them, once the hub had them.",
                remedy: "restore the files from a backup, as 'Backups' in the manual says")
        ]
    }

    private func disk(_ path: String, largest: Int64) -> [Finding] {
        var status = statvfs()
        guard statvfs(path, &status) == 0 else { return [] }
        let free = UInt64(status.f_bavail) * UInt64(status.f_frsize)
        if free < Self.leastFree {
            return [
                wrong(
                    "\(free >> 20) MiB are free on the disk of \(path)",
                    why: "a host whose disk is full takes nothing until there is room again.",
                    remedy: "df -h \(path); free some space, or move the directory while the host is stopped")
            ]
        }
        guard free < UInt64(clamping: largest) else { return [] }
        return [
            advice(
                "less is free on the disk of \(path) than its largest file has", why: "a copy of it has no room.",
                remedy: "df -h \(path); make backups on another disk")
        ]
    }

    private static func size(_ path: String) -> Int64 {
        var status = stat()
        return stat(path, &status) == 0 ? Int64(status.st_size) : 0
    }
}
