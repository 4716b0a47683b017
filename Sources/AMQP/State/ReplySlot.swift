import WarrenSupport

/// Where one task waits for one answer that another thread gives.
typealias ReplySlot<Success: Sendable> = OneShot<Result<Success, any Error>>
