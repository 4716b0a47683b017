#if HTTP
import Hummingbird
import TestSupport
import Testing
import Warren
import WarrenClient
import WarrenMessaging

@testable import WarrenManagement

@Suite("HTTP API: the document", .timeLimit(.minutes(1)))
struct APIDocumentTests {
    /// The routes of an API that nobody asks anything.
    private static func table() async throws -> [APIRoute] {
        let transport = InProcessTransport()
        let client = try await TaskHubClient(hub: "test", transport: transport)
        let table = ManagementAPI(client: client).table
        await client.close()
        await transport.shutdown()
        return table
    }

    private static var document: JSONValue { get throws { try JSONValue(Payload(bytes: OpenAPIDocument.bytes)) } }

    private static func members(_ value: JSONValue?) -> [String: JSONValue] {
        if case .object(let members)? = value { members } else { [:] }
    }

    private static func elements(_ value: JSONValue?) -> [JSONValue] {
        if case .array(let elements)? = value { elements } else { [] }
    }

    /// What a reference in the document stands for.
    private static func resolved(_ value: JSONValue, in document: JSONValue) -> JSONValue {
        guard let path = value["$ref"]?.stringValue else { return value }
        return path.split(separator: "/").dropFirst().reduce(document) { $0[String($1)] ?? .null }
    }

    @Test("The document has exactly the operations that there are, with their rights, path parts and parameters")
    func operations() async throws {
        let document = try Self.document
        var described: [String: JSONValue] = [:]
        for (path, operations) in Self.members(document["paths"]) {
            for (method, operation) in Self.members(operations) {
                described["\(method.uppercased()) \(path)"] = operation
            }
        }
        let table = try await Self.table()
        #expect(Set(table.map { "\($0.method.rawValue) \($0.path)" }) == Set(described.keys))
        #expect(Set(table.map(\.name)).count == table.count)
        for route in table {
            let operation = try #require(described["\(route.method.rawValue) \(route.path)"])
            #expect(operation["operationId"]?.stringValue == route.name)
            #expect(operation["x-warren-scope"]?.stringValue == (route.scope?.rawValue ?? "none"), "\(route.name)")
            var query: Set<String> = []
            var variables: Set<String> = []
            for parameter in Self.elements(operation["parameters"]) {
                let parameter = Self.resolved(parameter, in: document)
                let name = try #require(parameter["name"]?.stringValue)
                switch parameter["in"]?.stringValue {
                case "path": variables.insert(name)
                case "query": query.insert(name)
                // Those of HTTP itself.
                default: #expect(name == "If-None-Match")
                }
            }
            #expect(query == route.parameters, "\(route.name)")
            let parts = route.path.split(separator: "/").filter { $0.hasPrefix("{") }
            #expect(variables == Set(parts.map { String($0.dropFirst().dropLast()) }), "\(route.name)")
        }
    }

    @Test("Every reference in the document leads to something, and nothing stands there in vain")
    func references() throws {
        let document = try Self.document
        var used: Set<String> = []
        func walk(_ value: JSONValue) {
            switch value {
            case .object(let members):
                if let path = members["$ref"]?.stringValue {
                    used.insert(path)
                    #expect(Self.resolved(value, in: document) != .null, "\(path)")
                }
                members.values.forEach(walk)
            case .array(let elements): elements.forEach(walk)
            default: break
            }
        }
        walk(document)
        for kind in ["parameters", "responses", "schemas"] {
            for name in Self.members(document["components"]?[kind]).keys {
                #expect(used.contains("#/components/\(kind)/\(name)"), "\(kind)/\(name)")
            }
        }
    }

    @Test("The document can be read without a key")
    func isOpen() async throws {
        let folder = try KeyFolder()
        defer { folder.remove() }
        try folder.add("somebody", [.read])
        var options = ManagementOptions()
        options.keys = try AccessKeys(file: folder.path, logger: APIBench.quiet)
        try await APIBench.running(options) { bench in
            let answer = try await bench.get("/openapi.json")
            #expect(answer.status == 200)
            #expect(answer["openapi"] == "3.1.0")
            #expect(try await bench.get("/hub").status == 401)
        }
    }
}
#endif
