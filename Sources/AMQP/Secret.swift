/// A text that no log, description or dump shows.
package struct Secret: Sendable, Hashable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable,
    ExpressibleByStringLiteral
{
    /// The text itself; pass it to the library and to nothing else.
    package let unsafeText: String

    package init(_ text: String) { unsafeText = text }

    package init(stringLiteral value: String) { unsafeText = value }

    package var description: String { "***" }
    package var debugDescription: String { "***" }
    package var customMirror: Mirror { Mirror(self, children: []) }
}
