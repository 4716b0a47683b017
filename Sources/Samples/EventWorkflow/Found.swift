#if HTTP
import Hummingbird
import Warren
import WarrenManagement

/// What `check` and `stop` answer with: instances, each as the management API shows it.
struct Found: ResponseGenerator {
    var status = HTTPResponse.Status.ok
    var instances: [OrchestrationStatus]
    /// Those of the input; only `check` tells them apart.
    var matching: [OrchestrationStatus]?

    func response(from request: Request, context: some RequestContext) -> Response {
        let matching = matching.map { ",\"matchingInstances\":\(list($0))" } ?? ""
        return Response(
            status: status, headers: [.contentType: "application/json; charset=utf-8"],
            body: ResponseBody(byteBuffer: ByteBuffer(string: "{\"instances\":\(list(instances))\(matching)}")))
    }

    private func list(_ instances: [OrchestrationStatus]) -> String {
        "[" + instances.map { $0.httpJSON().json }.joined(separator: ",") + "]"
    }
}
#endif
