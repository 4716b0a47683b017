#if HTTP
import Hummingbird
import Warren
import WarrenSupport

/// The parts of a request that the operations use: checked, decoded, its body bounded.
struct APIRequest: Sendable {
    let query: StrictQuery
    let caller: Caller
    let request: Request
    private let variables: [String: String]
    private let options: ManagementOptions

    /// - Parameters:
    ///   - variables: the variable parts of the path, still encoded.
    ///   - parameters: the query parameters that the operation knows.
    /// - Throws: `APIProblem` with 400 for a path or a query that cannot be read.
    init(
        _ request: Request, _ caller: Caller, variables: [String: Substring], parameters: Set<String>,
        _ options: ManagementOptions
    ) throws {
        self.request = request
        self.caller = caller
        self.options = options
        var decoded: [String: String] = [:]
        for (name, raw) in variables {
            guard let text = raw.urlDecoded() else {
                throw APIProblem.invalid(
                    name, "The part of the path '\(raw.prefix(100))' is not percent-encoded UTF-8.",
                    remedy: "Encode each byte outside of letters, digits and -._~ as %XX.")
            }
            decoded[name] = text
        }
        self.variables = decoded
        query = try StrictQuery(request.uri.query ?? "", known: parameters)
    }

    /// A variable part of the path, decoded.
    ///
    /// - Throws: `APIProblem` with 404; the route table names every part.
    func variable(_ name: String) throws -> String {
        guard let text = variables[name] else {
            throw APIProblem(
                .notFound, .unknownPath, "There is no such path.",
                remedy: "\(ManagementAPI.base)/openapi.json lists them all.")
        }
        return text
    }

    /// The instance's ID in the path.
    ///
    /// - Throws: `APIProblem` with 400 if it cannot be one.
    var instanceID: String {
        get throws {
            let id = try variable("instanceId")
            if let problem = NameRules.problem(instanceID: id), !Self.isInternal(id) {
                throw APIProblem.invalid(
                    "instanceId", problem, remedy: "An ID has 1 to 128 bytes of UTF-8 without / \\ # ? *.")
            }
            return id
        }
    }

    /// The instance's, or the entity's, ID for the audit log, if the path has one.
    var auditedInstance: String? { variables["instanceId"] ?? entityID?.instanceID }

    /// The entity in the path, if the path has one; `$` stands for the empty key.
    var entityID: EntityID? {
        guard let name = variables["entityName"], let key = variables["entityKey"] else { return nil }
        return EntityID(name: name, key: key == "$" ? "" : key)
    }

    /// Whether the client wants server-sent events rather than lines.
    var wantsEvents: Bool {
        request.headers[values: .accept].contains { $0.lowercased().contains("text/event-stream") }
    }

    /// The body as one JSON value that is passed on as it is written; `nil` if there is none.
    ///
    /// - Throws: `APIProblem` with 413, 415 or 400.
    func payload() async throws -> Payload? {
        try await json { payload throws(JSONProblem) in
            try JSONValidator.check(payload.bytes, maximumDepth: Self.maximumDepth)
            return payload
        }
    }

    /// The body as one JSON value; `nil` if there is none.
    ///
    /// - Parameter opaque: the members that are passed on as they are written.
    /// - Throws: `APIProblem` with 413, 415 or 400.
    func json(opaque: Set<String> = []) async throws -> JSONNode? {
        try await json { payload throws(JSONProblem) in
            try JSONNode(payload, maximumDepth: Self.maximumDepth, opaque: opaque)
        }
    }

    /// As deep as hosts accept.
    private static let maximumDepth = 64

    private func json<Value>(_ read: (Payload) throws(JSONProblem) -> Value) async throws -> Value? {
        let bytes = try await body()
        guard !bytes.isEmpty else { return nil }
        let type = request.headers[.contentType]?.split(separator: ";").first?.lowercased()
            .filter { $0 != " " }
        // Programs that send a body without a type mean JSON: there is nothing else to send here.
        guard type == nil || type == "application/json" else {
            throw APIProblem(
                .unsupportedMediaType, .unsupportedMediaType, "The body is '\(type?.prefix(100) ?? "")'.",
                field: "Content-Type",
                remedy: "Send JSON with 'Content-Type: application/json'; curl does so with --json in the place of -d.")
        }
        do throws(JSONProblem) {
            return try read(Payload(bytes: bytes))
        } catch {
            throw APIProblem(
                .badRequest, .invalidJson, "The body is not JSON: \(error).", field: "body",
                remedy: "Send one JSON value in UTF-8, nested 64 levels at the most.")
        }
    }

    /// The body as an object of known members.
    ///
    /// - Parameter opaque: the members that are passed on as they are written.
    /// - Throws: `APIProblem` as ``json(opaque:)``, and with 400 for anything else.
    func object(
        known: Set<String>, opaque: Set<String> = [], isOptional: Bool = false
    ) async throws -> APIObject {
        guard let node = try await json(opaque: opaque) else {
            guard isOptional else {
                throw APIProblem.invalid(
                    "body", "The request has no body.",
                    remedy: "Send a JSON object with \(known.sorted().joined(separator: ", ")).")
            }
            return APIObject()
        }
        return try APIObject(node, known: known)
    }

    private func body() async throws -> [UInt8] {
        var bytes: [UInt8] = []
        // A body that says its length is not moved while it grows.
        if let length = request.headers[.contentLength].flatMap({ Int($0) }), (0...options.maximumBodyBytes) ~= length {
            bytes.reserveCapacity(length)
        }
        for try await part in request.body {
            guard bytes.count + part.readableBytes <= options.maximumBodyBytes else {
                throw APIProblem(
                    .contentTooLarge, .tooLarge, "The body has more than \(options.maximumBodyBytes) bytes.",
                    field: "body", remedy: "Store large data elsewhere and send a reference.")
            }
            bytes += part.readableBytesView
        }
        return bytes
    }

    /// Whether an ID may be one that hosts choose for sub-orchestrations: those begin with `@` or `$`.
    private static func isInternal(_ id: String) -> Bool {
        guard let first = id.first, first == "@" || first == "$" else { return false }
        return id.utf8.count <= 128 && !NameRules.hasControlCharacter(id) && !NameRules.hasPathCharacter(id)
    }
}
#endif
