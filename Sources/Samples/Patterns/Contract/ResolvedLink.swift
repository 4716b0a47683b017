/// Where a link leads.
struct ResolvedLink: Codable, Sendable, Equatable {
    var id: Int
    var resolvedLink: String
}
