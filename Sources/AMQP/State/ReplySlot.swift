import WarrenSupport

/// A slot in which one task waits for one answer of another thread.
typealias ReplySlot<Success: Sendable> = OneShot<Result<Success, any Error>>
