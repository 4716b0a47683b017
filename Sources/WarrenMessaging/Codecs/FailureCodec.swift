package import Warren
import WarrenSupport

/// Encodes failures as JSON: `{"type","message","stack","isNonRetriable","details","inner"}`.
///
/// Ours also have `retryable`, its opposite, which versions up to `7ae5bbe` told workers to say and programs may read. Failures
/// of workers are read leniently: either word counts, and a failure that cannot be read in full is still a failure.
package enum FailureCodec {
    /// The type of a failure without one.
    static let unknownType = "ActivityFailed"

    /// Encodes a failure. Long texts are shortened, with a mark, so that the failure always reaches its reader.
    package static func encode(_ failure: FailureDetails) -> Payload {
        failure.shortened().jsonObject(includesRetryable: true).payload
    }

    /// - Parameter body: JSON that has been checked.
    package static func decode(_ body: Payload) -> FailureDetails {
        decode(body.bytes, depth: 0).bounded.shortened()
    }

    private static func decode(_ bytes: [UInt8], depth: Int) -> FailureDetails {
        let parsed = Result { () throws(JSONProblem) in try JSONObjectReader(bytes) }
        guard case .success(let object?) = parsed else {
            let message = JSONObjectReader.plainText(bytes)
            return FailureDetails(type: unknownType, message: message == "null" ? "" : message)
        }
        let isFinal = object.bool("isNonRetriable") ?? object.bool("retryable").map { !$0 } ?? false
        let type = object.string("type") ?? ""
        return FailureDetails(
            type: type.isEmpty ? unknownType : type, message: object.string("message") ?? "",
            stack: object.string("stack"), details: object.raw("details").map { Payload(bytes: $0) },
            inner: depth < 16 ? object.array("inner").map { decode($0, depth: depth + 1) } : [],
            isNonRetriable: isFinal)
    }
}
