import Warren

/// Fan-out in batches: one activity for each batch of links, all at the same time. One activity for each link would be as
/// right, and slower: every call is two messages and two records.
func resolveLinks(_ context: OrchestrationContext, _ search: LinkSearch?) async throws -> [ResolvedLink] {
    let links = try await context.call(Patterns.allLinks, search?.links ?? 25)
    let size = max(1, search?.batch ?? 10)
    let batches = stride(from: 0, to: links.count, by: size).map { start in
        context.start(Patterns.resolveBatch, Array(links[start...].prefix(size)))
    }
    try context.setCustomStatus("resolving \(links.count) links in \(batches.count) batches")
    return try await context.all(batches).flatMap { $0 }
}
