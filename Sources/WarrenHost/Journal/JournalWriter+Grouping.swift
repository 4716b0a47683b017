import Warren
import WarrenMessaging
import WarrenStorage

/// Puts commits into records.
extension JournalWriter {
    /// The records of one or more commits, which become safe together.
    struct Group {
        var contents: [JournalContent]
        var entries: [Entry]
        /// The size of the commits.
        var bytes: Int { contents.reduce(0) { $0 + $1.commitBytes } }
    }

    /// Distributes commits over as few records as possible. Empty commits go with the one before them.
    static func groups(of entries: [Entry]) throws(StorageError) -> [Group] {
        let encoded = entries.lazy.filter { !$0.commit.isEmpty }.map { PartitionCommitCodec.encode($0.commit) }
        let contents: [JournalContent]
        do throws(JournalProblem) {
            contents = try JournalContent.fitting(Array(encoded))
        } catch {
            throw StorageError(.full, error.message)
        }
        var groups: [Group] = []
        var rest = entries[...]
        var parts: [JournalContent] = []
        for content in contents {
            parts.append(content)
            let count = content.completedCommits
            guard count > 0 else { continue }
            groups.append(Group(contents: parts, entries: takeCommits(count, from: &rest)))
            parts = []
        }
        return groups
    }

    /// Takes commits that are not empty, and the empty ones among and behind them.
    private static func takeCommits(_ count: Int, from rest: inout ArraySlice<Entry>) -> [Entry] {
        var taken = 0
        let entries = rest.prefix { entry in
            if !entry.commit.isEmpty { taken += 1 }
            return taken <= count
        }
        rest = rest.dropFirst(entries.count)
        return Array(entries)
    }
}

extension JournalContent {
    /// The size of the commits, or of the part of one, in it.
    fileprivate var commitBytes: Int {
        switch self {
        case .commits(let commits): commits.reduce(0) { $0 + $1.count }
        case .part(let part): part.bytes.count
        case .genesis, .claim, .snapshot, .release: 0
        }
    }
}
