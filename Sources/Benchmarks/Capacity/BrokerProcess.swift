import AMQP

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

/// The broker's process on this machine, for its use of the CPU.
struct BrokerProcess: Sendable {
    let id: Int

    /// Finds the process that listens on the port of the broker's address; `nil` if it is not on this machine, belongs
    /// to somebody else, or the system does not say.
    static func find(_ url: String) throws -> BrokerProcess? {
        let configuration = try AMQPConfiguration(url: url)
        guard ["127.0.0.1", "localhost", "::1"].contains(configuration.host) else { return nil }
        let port = String(configuration.port, radix: 16, uppercase: true)
        let suffix = ":" + String(repeating: "0", count: max(0, 4 - port.count)) + port
        var sockets: Set<String> = []
        for file in ["/proc/net/tcp", "/proc/net/tcp6"] {
            for line in text(file).split(separator: "\n").dropFirst() {
                let words = line.split(separator: " ")
                // State 0A listens.
                // trap: there are ten, or the condition before has failed.
                guard words.count > 9, words[1].hasSuffix(suffix), words[3] == "0A" else { continue }
                sockets.insert("socket:[\(words[9])]")
            }
        }
        guard !sockets.isEmpty else { return nil }
        for id in names(in: "/proc").compactMap({ Int($0) }) {
            for file in names(in: "/proc/\(id)/fd") {
                guard let target = link("/proc/\(id)/fd/\(file)"), sockets.contains(target) else { continue }
                return BrokerProcess(id: id)
            }
        }
        return nil
    }

    /// CPU seconds that it has used; `nil` if it is gone.
    var cpuSeconds: Double? {
        // The name in parentheses may have spaces.
        guard let rest = Self.text("/proc/\(id)/stat").split(separator: ")").last else { return nil }
        let words = rest.split(separator: " ")
        // trap: there are thirteen, or the condition before has failed.
        guard words.count > 12, let user = Double(words[11]), let system = Double(words[12]) else { return nil }
        // trap: a constant of the system.
        return (user + system) / Double(sysconf(Int32(_SC_CLK_TCK)))
    }

    private static func text(_ path: String) -> String {
        guard let file = fopen(path, "r") else { return "" }
        defer { fclose(file) }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = fread(&buffer, 1, buffer.count, file)
            guard count > 0 else { return String(decoding: bytes, as: UTF8.self) }
            bytes += buffer.prefix(count)
        }
    }

    private static func names(in directory: String) -> [String] {
        do {
            return try FileManager.default.contentsOfDirectory(atPath: directory)
        } catch {
            return []
        }
    }

    private static func link(_ path: String) -> String? {
        var buffer = [CChar](repeating: 0, count: 256)
        let count = readlink(path, &buffer, buffer.count)
        guard count > 0 else { return nil }
        return String(decoding: buffer.prefix(count).map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
