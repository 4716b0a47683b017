import Dispatch

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

/// This program, started once more, or another one: a process that can be killed or frozen like any other. It hears lines,
/// and says lines.
final class ChildProcess: Sendable {
    let id: pid_t
    private let input: Int32
    /// What it prints.
    private let lines: AsyncStream<String>
    /// Has one element when the process is over.
    private let end: AsyncStream<Void>

    /// Starts it.
    ///
    /// - Parameters:
    ///   - program: another program, by its path or its name; `nil` for this one.
    ///   - environment: what its environment has besides that of this process.
    ///   - log: the file that gets its standard error.
    /// - Throws: `BenchError`.
    init(
        _ arguments: [String], program: String? = nil, environment: [String: String] = [:], log: String
    ) throws {
        // A process that is gone must not take this one with it when it is written to.
        signal(SIGPIPE, SIG_IGN)
        let (theirInput, ourInput) = try Self.pipe()
        let (ourOutput, theirOutput) = try Self.pipe()
        #if canImport(Darwin)
        var actions: posix_spawn_file_actions_t?
        var attributes: posix_spawnattr_t?
        #else
        var actions = posix_spawn_file_actions_t()
        var attributes = posix_spawnattr_t()
        #endif
        posix_spawn_file_actions_init(&actions)
        posix_spawnattr_init(&attributes)
        defer {
            posix_spawn_file_actions_destroy(&actions)
            posix_spawnattr_destroy(&attributes)
        }
        posix_spawn_file_actions_adddup2(&actions, theirInput, STDIN_FILENO)
        posix_spawn_file_actions_adddup2(&actions, theirOutput, STDOUT_FILENO)
        posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, log, O_WRONLY | O_CREAT | O_APPEND, 0o600)
        // A group of its own: Ctrl-C is for this process, which ends its children in order.
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETPGROUP))
        let merged = ProcessInfo.processInfo.environment.merging(environment) { $1 }
        let argv = Self.strings([program ?? "warren-bench"] + arguments)
        let envp = Self.strings(merged.map { "\($0.key)=\($0.value)" })
        defer { for text in argv + envp { free(text) } }
        var child: pid_t = 0
        let status = posix_spawnp(&child, try program ?? Self.program(), &actions, &attributes, argv, envp)
        close(theirInput)
        close(theirOutput)
        guard status == 0 else {
            close(ourInput)
            close(ourOutput)
            throw BenchError(
                .host, "The process of '\(program ?? "a host")' cannot be started: \(String(cString: strerror(status)))"
            )
        }
        let id = child
        self.id = id
        input = ourInput
        let (lines, said) = AsyncStream.makeStream(of: String.self)
        let (end, ended) = AsyncStream.makeStream(of: Void.self)
        self.lines = lines
        self.end = end
        DispatchQueue(label: "warren.bench.child").async {
            Self.read(ourOutput, into: said)
            close(ourOutput)
            said.finish()
            var status: Int32 = 0
            while waitpid(id, &status, 0) < 0, errno == EINTR {}
            ended.yield()
            ended.finish()
        }
    }

    deinit {
        // The process ends when it hears no more.
        close(input)
    }

    /// The next line that it prints; `nil` when there are no more.
    func line() async -> String? {
        for await line in lines { return line }
        return nil
    }

    /// Gives it a line.
    func say(_ line: String) {
        let bytes = Array((line + "\n").utf8)
        // One that is gone is noticed by its silence.
        _ = write(input, bytes, bytes.count)
    }

    func send(_ signal: Int32) { kill(id, signal) }

    /// Waits until the process is over.
    func wait() async {
        for await _ in end {}
    }

    private static func read(_ file: Int32, into lines: AsyncStream<String>.Continuation) {
        var rest: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 4096)
        while true {
            let count = Glue.read(file, &buffer, buffer.count)
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return }
            rest += buffer.prefix(count)
            while let newline = rest.firstIndex(of: 10) {
                lines.yield(String(decoding: rest[..<newline], as: UTF8.self))
                rest.removeFirst(newline + 1)
            }
        }
    }

    private static func pipe() throws -> (read: Int32, write: Int32) {
        var ends: [Int32] = [0, 0]
        guard Glue.pipe(&ends) == 0 else {
            throw BenchError(.host, "A pipe cannot be made: \(String(cString: strerror(errno)))")
        }
        // Other children must not keep it open.
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        // trap: there are two.
        return (ends[0], ends[1])
    }

    private static func strings(_ texts: [String]) -> [UnsafeMutablePointer<CChar>?] {
        texts.map { strdup($0) } + [nil]
    }

    /// The path of this program.
    static func program() throws -> String {
        #if os(Linux)
        let path = "/proc/self/exe"
        #else
        let path = CommandLine.arguments.first ?? ""
        #endif
        guard let resolved = realpath(path, nil) else {
            throw BenchError(.host, "The path of this program is not known: start it by its path")
        }
        defer { free(resolved) }
        return String(cString: resolved)
    }

    /// Functions of the system that have the names of members here.
    private enum Glue {
        static func read(_ file: Int32, _ buffer: inout [UInt8], _ count: Int) -> Int {
            #if canImport(Glibc)
            Glibc.read(file, &buffer, count)
            #elseif canImport(Musl)
            Musl.read(file, &buffer, count)
            #else
            Darwin.read(file, &buffer, count)
            #endif
        }

        static func pipe(_ ends: inout [Int32]) -> Int32 {
            #if canImport(Glibc)
            Glibc.pipe(&ends)
            #elseif canImport(Musl)
            Musl.pipe(&ends)
            #else
            Darwin.pipe(&ends)
            #endif
        }
    }
}
