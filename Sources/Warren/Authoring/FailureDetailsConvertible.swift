/// An error that provides its own failure details, for example to choose the type name that other services see.
public protocol FailureDetailsConvertible: Error {
    /// The failure as data.
    var failureDetails: FailureDetails { get }
}
