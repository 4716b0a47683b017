/// The kind of a record: the header's fourth byte.
///
/// The letters are `G` for genesis, `C` for a claim, `R` for commits, `S` for a snapshot and `L` for a release. Bit 128
/// states that the commit continues in the next record, a small letter that the record continues a commit.
enum JournalKind: Sendable, Hashable {
    case genesis, claim, commits, snapshot, release
    case part(JournalPart.Place)

    private static let isContinued: UInt8 = 0x80

    var byte: UInt8 {
        switch self {
        case .genesis: UInt8(ascii: "G")
        case .claim: UInt8(ascii: "C")
        case .commits: UInt8(ascii: "R")
        case .snapshot: UInt8(ascii: "S")
        case .release: UInt8(ascii: "L")
        case .part(.first): UInt8(ascii: "R") | Self.isContinued
        case .part(.middle): UInt8(ascii: "r") | Self.isContinued
        case .part(.last): UInt8(ascii: "r")
        }
    }

    init?(byte: UInt8) {
        let all: [JournalKind] = [
            .genesis, .claim, .commits, .snapshot, .release, .part(.first), .part(.middle), .part(.last),
        ]
        guard let kind = all.first(where: { $0.byte == byte }) else { return nil }
        self = kind
    }
}
