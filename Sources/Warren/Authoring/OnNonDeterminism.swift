/// The treatment of an instance when its code and its history do not agree any more: on replay the code asked for something
/// else than was recorded (see <doc:Determinism>).
public struct OnNonDeterminism: Sendable, Hashable, CustomStringConvertible {
    private enum Value: String, Sendable, CaseIterable { case park, fail }
    private let value: Value

    /// The instance is suspended with the report as its reason. Its children, timers and activities go on, and what
    /// arrives for it is kept. When code that agrees is deployed and the instance is resumed, it goes on from where it
    /// was.
    public static let park = OnNonDeterminism(value: .park)
    /// The instance fails with the report, for good.
    public static let fail = OnNonDeterminism(value: .fail)

    private init(value: Value) { self.value = value }

    /// A choice by its name, or `nil`.
    public init?(_ name: String) {
        guard let value = Value(rawValue: name) else { return nil }
        self.value = value
    }

    /// The names of all choices.
    public static var names: [String] { Value.allCases.map(\.rawValue) }

    /// The choice's name.
    public var description: String { value.rawValue }
}
