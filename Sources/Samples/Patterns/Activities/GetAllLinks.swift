import Warren

/// Finds the short links of the site.
func getAllLinks(_ count: Int) throws -> [Link] {
    try findWork(count).map { Link(id: $0, link: "https://go.example/\($0)") }
}
