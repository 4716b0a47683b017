/// The content of a record, by its kind.
package enum JournalContent: Sendable, Hashable {
    /// The first record: it makes the journal.
    case genesis(JournalGenesis)
    /// A host claims the partition.
    case claim(JournalClaim)
    /// Commits in order, each opaque.
    case commits([[UInt8]])
    /// A part of one commit that is too large for a record.
    case part(JournalPart)
    /// A snapshot of the partition's file is complete.
    case snapshot(JournalSnapshot)
    /// The owner hands the partition to a named host, which ends its claim.
    case release(to: String)
}

extension JournalContent {
    /// The number of commits that are complete with this record.
    package var completedCommits: Int {
        switch self {
        case .commits(let commits): commits.count
        case .part(let part): part.place == .last ? 1 : 0
        case .genesis, .claim, .snapshot, .release: 0
        }
    }

    /// Distributes commits over as few records as their order and the limit of a record allow. A commit that is too
    /// large for a record becomes several parts.
    ///
    /// - Throws: `JournalProblem` of kind `tooLarge` for a commit that exceeds `JournalCodec.maximumCommitBytes`.
    package static func fitting(_ commits: [[UInt8]]) throws(JournalProblem) -> [JournalContent] {
        var contents: [JournalContent] = []
        var group: [[UInt8]] = []
        var bytes = 0
        func endGroup() {
            if !group.isEmpty { contents.append(.commits(group)) }
            (group, bytes) = ([], 0)
        }
        for commit in commits {
            guard commit.count <= JournalCodec.maximumCommitBytes else {
                throw JournalProblem(
                    .tooLarge,
                    "A commit has \(commit.count) bytes, more than the \(JournalCodec.maximumCommitBytes) of a journal."
                )
            }
            let size = commit.count + JournalCodec.maximumCountBytes
            if bytes + size > JournalCodec.maximumPayloadBytes { endGroup() }
            if commit.count > JournalPart.maximumBytes {
                contents += JournalPart.split(commit).map(JournalContent.part)
            } else {
                group.append(commit)
                bytes += size
            }
        }
        endGroup()
        return contents
    }
}
