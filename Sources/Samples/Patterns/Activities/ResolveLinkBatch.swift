import Warren

/// Finds out where the links of one batch lead. A real one would ask the web server of each.
func resolveLinkBatch(_ links: [Link]) -> [ResolvedLink] {
    links.map { ResolvedLink(id: $0.id, resolvedLink: "https://www.example.com/articles/\($0.id)") }
}
