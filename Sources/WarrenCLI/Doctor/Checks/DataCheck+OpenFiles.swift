import WarrenStorage

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

extension DataCheck {
    /// The descriptors that a partition takes: a writer and four readers with the file and its log, the log's index, the
    /// lock.
    private static let descriptorsOfPartition = 12
    /// Those of everything else: connections to the broker, an HTTP server, libraries.
    private static let otherDescriptors = 128

    /// The limit of open files of the process that has the file open, or else of this one, which a host started from here
    /// would have.
    func openFiles(_ facts: PartitionFileFacts, _ patient: Patient) -> [Finding] {
        let needed = UInt64((patient.partitions ?? 1) * Self.descriptorsOfPartition + Self.otherDescriptors)
        guard let limit = facts.holder.flatMap(Self.limit(of:)) ?? Self.ownLimit, limit < needed else { return [] }
        let whose = facts.holder.map { "process \($0)" } ?? "a process of this shell"
        return [
            wrong(
                "\(whose) may open \(limit) files, and a host of this hub may need \(needed)",
                why: "a host at its limit can neither open a partition nor connect.",
                remedy: "ulimit -n 4096 before the start, or LimitNOFILE=4096 in its systemd unit")
        ]
    }

    private static var ownLimit: UInt64? {
        var limit = rlimit()
        #if canImport(Glibc)
        let status = getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
        #else
        let status = getrlimit(RLIMIT_NOFILE, &limit)
        #endif
        return status == 0 ? UInt64(limit.rlim_cur) : nil
    }

    /// The limit of another process; `nil` where the system does not tell.
    private static func limit(of process: Int32) -> UInt64? {
        guard let text = FileManager.default.contents(atPath: "/proc/\(process)/limits") else { return nil }
        let lines = String(decoding: text, as: UTF8.self).split(separator: "\n")
        let words = lines.first { $0.hasPrefix("Max open files") }?.split(separator: " ") ?? []
        return words.dropFirst(3).first.flatMap { UInt64($0) }
    }
}
