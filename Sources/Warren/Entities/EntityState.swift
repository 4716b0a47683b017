/// A type that can be the state of an entity without being told its first value.
///
/// ```swift
/// struct Account: EntityState {
///     var balance = 0
/// }
/// ```
public protocol EntityState: Codable, Sendable {
    /// The state of an entity that has not had an operation.
    init()
}

extension Int: EntityState {}
extension Double: EntityState {}
extension Bool: EntityState {}
extension String: EntityState {}
