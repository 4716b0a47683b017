/// The place that a value comes from.
package struct ConfigurationOrigin: Sendable, Hashable, CustomStringConvertible {
    /// The layers, from the one that counts least to the one that counts most.
    package enum Layer: Int, Sendable, Comparable, CaseIterable {
        case standard, program, file, environment, arguments

        package static func < (first: Layer, second: Layer) -> Bool { first.rawValue < second.rawValue }
    }

    package let layer: Layer
    /// The place for people: `warren.yaml:3`, `WARREN_HUB`, `--hub`, `default`.
    package let description: String

    package init(_ layer: Layer, _ description: String) {
        self.layer = layer
        self.description = description
    }
}
