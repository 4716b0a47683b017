/// What a host's process has used since its start. It is one line between processes.
struct HostUsage: Sendable, Equatable {
    var cpuSeconds: Double
    var residentBytes: Int
    /// How many activities it ran.
    var runs: Int

    var line: String { "usage \(cpuSeconds) \(residentBytes) \(runs)" }

    init(cpuSeconds: Double, residentBytes: Int, runs: Int) {
        self.cpuSeconds = cpuSeconds
        self.residentBytes = residentBytes
        self.runs = runs
    }

    /// Reads a line; `nil` if it says something else.
    init?(_ line: String) {
        let words = line.split(separator: " ")
        // trap: there are four, or the condition before has failed.
        guard words.count == 4, words[0] == "usage", let cpu = Double(words[1]) else { return nil }
        // trap: there are four.
        guard let bytes = Int(words[2]), let runs = Int(words[3]) else { return nil }
        self.init(cpuSeconds: cpu, residentBytes: bytes, runs: runs)
    }
}
