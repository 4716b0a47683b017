#if HTTP
import Hummingbird
import Warren
import WarrenClient
import WarrenHost
import WarrenSupport

/// Shows instances.
extension ManagementAPI {
    /// One page of instances.
    @Sendable func list(_ request: APIRequest) async throws -> Response {
        let query = request.query
        var conditions = try self.conditions(query)
        conditions.limit = try query.integer("limit", in: 1...1000) ?? 100
        if let text = try query.text("withInput", bytes: 1...4096) {
            do {
                try JSONValidator.check(Array(text.utf8))
            } catch {
                throw APIProblem.invalid(
                    "withInput", "'withInput' is not JSON: \(error).",
                    remedy: "Send one JSON value, percent-encoded; a text has quotes of its own.")
            }
            conditions.withInput = Payload(json: text)
        }
        switch try query.word("sort", of: ["created", "waiting"]) {
        case "created": conditions.order = .newest
        case "waiting": conditions.order = .longestWaiting
        default: break
        }
        conditions.after = try place(query, in: conditions.order)
        let included = try query.words("include", of: ["input", "output"])
        conditions.includeInput = included.contains("input")
        conditions.includeOutput = included.contains("output")
        return Response(api: Self.json(try await client.list(conditions)))
    }

    /// The place at which a page of instances begins; `nil` for the first page.
    func place(_ query: StrictQuery, in order: InstanceQuery.Order) throws -> InstanceQuery.Cursor? {
        guard let text = try query.text("after", bytes: 1...600) else { return nil }
        guard let token = PageToken(text, in: order) else {
            throw APIProblem.invalid(
                "after", "'after' is no place that a page in this order named.",
                remedy: "Send the 'next' of the page before, with the same conditions.")
        }
        return token.cursor
    }

    /// A page of instances.
    static func json(_ page: InstancePage) -> JSONObjectWriter {
        var body = JSONObjectWriter()
        body.add("instances", page.instances.map { StatusJSON(api: $0).object })
        if let next = page.next { body.add("next", PageToken(next).text) }
        add(incomplete: page.incomplete, to: &body)
        return body
    }

    /// One instance, as soon as it has ended if the caller waits for that.
    @Sendable func status(_ request: APIRequest) async throws -> Response {
        let id = try request.instanceID
        let seconds = try request.query.number("wait", in: 0...230) ?? 0
        if seconds > 0 {
            let wait: Duration = .milliseconds(Int64(seconds * 1000))
            // Without polling: the host answers when the instance ends. Without an answer it is still open, or nobody is
            // there: the question below shows which.
            if let ended = try await client.waitUnlessStopping(for: id, timeout: min(wait, options.maximumWait)) {
                return StatusAnswer(ended).response(to: request.request)
            }
        }
        guard let copy = try await readStatus(of: id) else { throw APIProblem.unknownInstance(id) }
        return copy.form { StatusAnswer($0) }.response(to: request.request)
    }

    /// - Throws: `APIProblem` with 404 if there is no such instance.
    func find(_ id: String) async throws -> OrchestrationStatus {
        guard let copy = try await readStatus(of: id) else { throw APIProblem.unknownInstance(id) }
        return copy.status
    }

    /// The conditions of a listing or a count.
    func conditions(_ query: StrictQuery) throws -> InstanceQuery {
        var conditions = InstanceQuery(
            name: try query.name("name"), statuses: try query.statuses(), createdFrom: try query.time("createdFrom"),
            createdTo: try query.time("createdTo"), idPrefix: try query.text("prefix"), tag: try query.tag())
        conditions.parentID = try query.text("parent")
        conditions.version = try query.text("version", bytes: 1...OrchestrationVersion.maximumLength)
        if let version = conditions.version, let problem = OrchestrationVersion.problem(version) {
            throw APIProblem.invalid("version", problem, remedy: "Send a version such as 2.1, or leave it out.")
        }
        conditions.updatedFrom = try query.time("updatedFrom")
        conditions.updatedTo = try query.time("updatedTo")
        if let text = try query.text("waitsFor", bytes: 1...600) {
            if let problem = WaitCondition.problem(text) {
                throw APIProblem.invalid("waitsFor", problem, remedy: "Send event:Approval, for example.")
            }
            conditions.waitsFor = WaitCondition(text)
        }
        return conditions
    }

    static func add(incomplete partitions: [Int], to body: inout JSONObjectWriter) {
        guard !partitions.isEmpty else { return }
        body.add("incomplete", raw: "[\(partitions.map(String.init).joined(separator: ","))]")
    }

    /// An instance with those above it and those that it called.
    @Sendable func tree(_ request: APIRequest) async throws -> Response {
        let id = try request.instanceID
        let most = try request.query.integer("limit", in: 1...1000) ?? 200
        guard let tree = try await client.tree(of: id, most: most) else { throw APIProblem.unknownInstance(id) }
        var body = JSONObjectWriter()
        body.add("ancestors", tree.ancestors.map { StatusJSON(api: $0).object })
        body.add("root", raw: Self.json(tree.root).bytes)
        body.add("isCut", tree.isCut)
        return Response(api: body)
    }

    /// A tree is as deep as `limit` at the most, because every node counts.
    private static func json(_ node: InstanceTree.Node) -> JSONObjectWriter {
        var object = JSONObjectWriter()
        object.add("instanceId", node.instanceID)
        object.add("name", node.name)
        if let status = node.status {
            object.add("instance", raw: StatusJSON(api: status).object.bytes)
        } else {
            object.add("instance", raw: "null")
        }
        object.add("children", node.children.map(json))
        object.add("isCut", node.isCut)
        return object
    }
}
#endif
