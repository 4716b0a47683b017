/// What to copy.
struct CopyJob: Codable, Sendable, Equatable {
    var rows: Int
    /// The row at which the first attempt breaks down, for trying out; `nil` for none.
    var breaksAt: Int?
}
