/// A short link, as it was found.
struct Link: Codable, Sendable, Equatable {
    var id: Int
    var link: String
}
