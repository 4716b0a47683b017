#if HTTP
import Hummingbird

/// One operation of `/api/v1`.
struct APIRoute: Sendable {
    typealias Handler = @Sendable (APIRequest) async throws -> Response

    /// The `operationId` in the document, and the command in the audit log.
    let name: String
    let method: HTTPRequest.Method
    /// The path below `/api/v1`, with variable parts in braces.
    let path: String
    /// The right that it needs; `nil` for one that anybody may request.
    let scope: AccessScope?
    /// The query parameters that it knows.
    let parameters: Set<String>
    let handler: Handler

    private let parts: [Part]

    private enum Part: Sendable {
        case fixed(String)
        case variable(String)
    }

    init(
        _ method: HTTPRequest.Method, _ path: String, _ name: String, _ scope: AccessScope?,
        parameters: Set<String> = [], _ handler: @escaping Handler
    ) {
        self.name = name
        self.method = method
        self.path = path
        self.scope = scope
        self.parameters = parameters
        self.handler = handler
        parts = path.split(separator: "/").map { part in
            part.first == "{" ? .variable(String(part.dropFirst().dropLast())) : .fixed(String(part))
        }
    }

    /// Whether it sends a command, which the audit log records.
    var isCommand: Bool { method != .get }

    /// The number of fixed parts: of two routes that fit a path, the one with more of them counts.
    var fixedParts: Int { parts.count { if case .fixed = $0 { true } else { false } } }

    /// The variable parts of a path that is this route's, still encoded; `nil` if it is another path.
    func variables(of segments: [Substring]) -> [String: Substring]? {
        guard segments.count == parts.count else { return nil }
        var variables: [String: Substring] = [:]
        for (part, segment) in zip(parts, segments) {
            switch part {
            case .fixed(let text): guard segment == text else { return nil }
            case .variable(let name):
                guard !segment.isEmpty else { return nil }
                variables[name] = segment
            }
        }
        return variables
    }
}
#endif
