import ArgumentParser
import Warren
import WarrenSupport

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// A point in time on the command line: RFC 3339, `2026-11-21T09:00:00Z`.
struct TimeArgument: ExpressibleByArgument {
    let timestamp: Timestamp

    init?(argument: String) {
        guard let timestamp = ISO8601.timestamp(argument) else { return nil }
        self.timestamp = timestamp
    }
}

extension Timestamp {
    /// The present time.
    static var now: Timestamp { Timestamp(Date()) }

    /// RFC 3339 in UTC, whole seconds: for people.
    var shortText: String { ISO8601.text(secondOf: self) }
}
