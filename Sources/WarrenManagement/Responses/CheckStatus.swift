#if HTTP
import Hummingbird
import WarrenSupport

/// The response to a start: the URLs for the status and the control of the instance.
struct CheckStatus {
    let instanceID: String
    let origin: String
    let hub: String
    /// Whether the status URL asks for a 500 in case of a failure.
    var failureIsServerError = false
    /// The key with which the caller came, if it was in the query: the URLs have it as well, so that they can be followed.
    var code: String?

    var response: Response {
        var headers = HTTPFields()
        headers[.location] = statusURL
        headers[.retryAfter] = "10"
        return Response(status: .accepted, headers: headers, json: body)
    }

    private var body: [UInt8] {
        var body = JSONObjectWriter()
        body.add("id", instanceID)
        body.add("statusQueryGetUri", statusURL)
        body.add("sendEventPostUri", url("/raiseEvent/{eventName}"))
        body.add("terminatePostUri", url("/terminate", "reason={text}&"))
        body.add("purgeHistoryDeleteUri", url())
        body.add("rewindPostUri", url("/rewind", "reason={text}&"))
        body.add("restartPostUri", url("/restart"))
        body.add("suspendPostUri", url("/suspend", "reason={text}&"))
        body.add("resumePostUri", url("/resume", "reason={text}&"))
        return body.bytes
    }

    private var statusURL: String {
        url() + (failureIsServerError ? "&returnInternalServerErrorOnFailure=true" : "")
    }

    private func url(_ operation: String = "", _ query: String = "") -> String {
        "\(origin)\(ManagementRoutes.base)/instances/\(instanceID.urlEncoded)\(operation)?\(query)taskHub=\(hub)"
            + (code.map { "&code=\($0.urlEncoded)" } ?? "")
    }
}
#endif
