/// Which links to resolve, and how.
struct LinkSearch: Codable, Sendable {
    /// How many links there are; 25 if absent.
    var links: Int?
    /// How many of them one activity resolves; 10 if absent.
    var batch: Int?
}
