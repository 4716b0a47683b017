/// The treatment of an instance when its code and its history do not agree any more: on replay the code asked for something
/// else than was recorded (see <doc:Determinism>).
public struct OnNonDeterminism: NamedChoice {
    /// The instance is suspended with the report as its reason. Its children, timers and activities go on, and what
    /// arrives for it is kept. When code that agrees is deployed and the instance is resumed, it goes on from where it
    /// was.
    public static let park = OnNonDeterminism(name: "park")
    /// The instance fails with the report, for good.
    public static let fail = OnNonDeterminism(name: "fail")

    /// All values.
    public static let allCases = [park, fail]

    /// The name.
    public let name: String
}
