import CAllocationCount

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Measures time, CPU and memory of this process from its creation to `stop`.
struct UsageMeter: Sendable {
    private let start = Ticks.now
    private let cpuAtStart = UsageMeter.cpuSeconds
    private let allocationsAtStart = allocation_count_read()

    func stop() -> Usage {
        let seconds = start.milliseconds() / 1e3
        return Usage(
            seconds: seconds, cpu: (Self.cpuSeconds - cpuAtStart) / Swift.max(seconds, 1e-9),
            residentBytes: Self.residentBytes, allocations: Int(allocation_count_read() - allocationsAtStart))
    }

    /// Counts allocations from now on, which costs a little CPU.
    ///
    /// - Returns: whether this process can.
    static func countAllocations() -> Bool {
        guard allocation_count_is_available() else { return false }
        allocation_count_enable(true)
        return true
    }

    /// CPU seconds that this process has used, in user and kernel mode.
    static var cpuSeconds: Double {
        var usage = rusage()
        #if canImport(Glibc)
        let this = RUSAGE_SELF.rawValue
        #else
        let this = RUSAGE_SELF
        #endif
        // trap: a constant of the system.
        getrusage(Int32(this), &usage)
        func seconds(_ time: timeval) -> Double { Double(time.tv_sec) + Double(time.tv_usec) / 1e6 }
        return seconds(usage.ru_utime) + seconds(usage.ru_stime)
    }

    /// Bytes of this process in memory now; 0 if the system does not say.
    static var residentBytes: Int {
        #if os(Linux)
        guard let file = fopen("/proc/self/statm", "r") else { return 0 }
        defer { fclose(file) }
        var line = [CChar](repeating: 0, count: 256)
        // trap: a buffer of a few hundred bytes.
        guard fgets(&line, Int32(line.count), file) != nil else { return 0 }
        let text = String(decoding: line.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
        let fields = text.split(separator: " ")
        // trap: there are two, or the condition before has failed.
        guard fields.count > 1, let pages = Int(fields[1]) else { return 0 }
        return pages * Int(getpagesize())
        #else
        var info = mach_task_basic_info()
        var count = mach_msg_type_number_t(MemoryLayout<mach_task_basic_info>.size / MemoryLayout<natural_t>.size)
        let result = withUnsafeMutablePointer(to: &info) { pointer in
            pointer.withMemoryRebound(to: integer_t.self, capacity: Int(count)) {
                task_info(mach_task_self_, task_flavor_t(MACH_TASK_BASIC_INFO), $0, &count)
            }
        }
        return result == KERN_SUCCESS ? Int(info.resident_size) : 0
        #endif
    }
}

/// What a stretch of a run took.
struct Usage: Sendable {
    var seconds: Double
    /// CPU seconds of this process per second.
    var cpu: Double
    var residentBytes: Int
    /// How many allocations there were, if they are counted.
    var allocations = 0

    /// Two stretches taken together.
    static func + (left: Usage, right: Usage) -> Usage {
        let seconds = left.seconds + right.seconds
        return Usage(
            seconds: seconds, cpu: (left.cpu * left.seconds + right.cpu * right.seconds) / max(seconds, 1e-9),
            residentBytes: right.residentBytes, allocations: left.allocations + right.allocations)
    }
}
