import Warren

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Looks whether a job is done: whether there is a file of its name in the folder `jobs` of the data directory.
struct CheckJob: Sendable {
    /// Where the files are that finished jobs leave.
    let directory: String

    func callAsFunction(_ job: String) throws -> Bool {
        // The name comes from whoever started the orchestration: it must not lead out of the folder.
        guard !job.isEmpty, job.allSatisfy({ $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "-" || $0 == "_") })
        else { throw BadJobName(job: job) }
        return FileManager.default.fileExists(atPath: "\(directory)/\(job)")
    }
}

/// A job's name has characters that it may not have.
struct BadJobName: NonRetriableError, CustomStringConvertible {
    let job: String
    var description: String { "'\(job)' is not a job's name: letters, digits, '-' and '_'" }
}
