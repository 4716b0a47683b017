#if HTTP
public import Hummingbird

extension Parameters {
    /// A part of the path, decoded: `green%20tea` is `green tea`. For routes of your own.
    ///
    /// - Throws: `HTTPError` with 400 if there is no such part, or it is not percent-encoded UTF-8.
    public func text(_ name: String) throws -> String {
        guard let text = try require(name).urlDecoded() else {
            throw HTTPError(.badRequest, message: "The path segment '\(name)' is not percent-encoded text.")
        }
        return text
    }
}
#endif
