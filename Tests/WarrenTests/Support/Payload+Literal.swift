@testable import Warren

extension Payload: ExpressibleByUnicodeScalarLiteral {}
extension Payload: ExpressibleByExtendedGraphemeClusterLiteral {}
extension Payload: ExpressibleByStringLiteral {
    package init(stringLiteral value: String) { self.init(json: value) }
}
