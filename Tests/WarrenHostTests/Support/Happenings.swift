import TestSupport
import Testing

/// What has happened so far, to be awaited by number.
final class Happenings<Element: Sendable>: Sendable {
    private let elements = Watched<[Element]>([])

    var all: [Element] { elements.value }

    func add(_ element: Element) {
        elements.change { $0.append(element) }
    }

    /// Waits until a condition holds for all that have happened.
    func wait(
        until condition: @Sendable ([Element]) -> Bool, sourceLocation: SourceLocation = #_sourceLocation
    ) async throws {
        _ = try await elements.wait(for: "something to happen", sourceLocation: sourceLocation) { elements in
            condition(elements) ? true : nil
        }
    }

    /// Waits until so many have happened, and returns all: at least so many.
    @discardableResult
    func wait(for count: Int, sourceLocation: SourceLocation = #_sourceLocation) async throws -> [Element] {
        try await elements.wait(for: "\(count) to happen", sourceLocation: sourceLocation) { elements in
            elements.count >= count ? elements : nil
        }
    }
}
