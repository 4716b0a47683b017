#if HTTP
import Foundation
import Hummingbird
import WarrenClient

/// Answers a request, whatever happens: who asked is told in plain text what is wrong, and with whom.
func answered(_ body: () async throws -> Response) async -> Response {
    do {
        return try await body()
    } catch let error as HTTPError {
        return .text(error.status, error.body ?? "")
    } catch let error as ClientError {
        return .text(.serviceUnavailable, "The dungeon does not answer: \(error)")
    } catch let error as any HTTPResponseError {
        // The server's own refusals, for example of a body that is too large.
        return .text(error.status, error.status.reasonPhrase)
    } catch {
        return .text(.internalServerError, "The dungeon has failed: \(error)")
    }
}

extension Response {
    /// An answer of plain text.
    static func text(_ status: HTTPResponse.Status, _ text: String) -> Response {
        Response(
            status: status,
            headers: text.isEmpty
                ? [:] : [.contentType: "text/plain; charset=utf-8", .xContentTypeOptions: "nosniff"],
            body: text.isEmpty ? .init() : .init(byteBuffer: ByteBuffer(string: text)))
    }

    /// An answer of JSON.
    static func json(_ value: some Encodable) throws -> Response {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        let data = try encoder.encode(value)
        return Response(
            status: .ok, headers: [.contentType: "application/json; charset=utf-8", .cacheControl: "no-store"],
            body: .init(byteBuffer: ByteBuffer(bytes: data)))
    }
}

extension RequestContext {
    /// A part of the path, as it was meant: the router leaves `%20` as it is.
    ///
    /// - Throws: `HTTPError` with 400 if it is not text.
    func text(_ parameter: String) throws -> String {
        guard let text = try parameters.require(parameter).removingPercentEncoding else {
            throw HTTPError(.badRequest, message: "The address is not text: check its percent signs.")
        }
        return text
    }
}
#endif
