import CSQLite

/// A file system for SQLite in which a write-ahead log is written with few system calls; all else is SQLite's own.
///
/// A commit's pages reach the log before it is synchronised, and only then does SQLite tell other connections and
/// processes of them (https://www.sqlite.org/walformat.html), so they never look for a page that is only gathered. That
/// holds for `synchronous = FULL` alone, which ``Connection`` sets before it writes.
enum LogFiles {
    /// The name under which SQLite knows it, `nil` for SQLite's default. A program that has replaced SQLite's file system
    /// for all its files keeps that: its functions may not work for another one.
    static let name: String? = register()

    private static func register() -> String? {
        guard let original = sqlite3_vfs_find(nil), let called = original.pointee.zName,
            String(cString: called) == "unix"
        else { return nil }
        // SQLite keeps the pointers until the process ends.
        let system = UnsafeMutablePointer<warren_sqlite3_vfs>.allocate(capacity: 1)
        system.initialize(to: warren_sqlite3_vfs(base: original.pointee, original: original))
        let name = "warren"
        let bytes = name.utf8CString
        let kept = UnsafeMutableBufferPointer<CChar>.allocate(capacity: bytes.count)
        _ = kept.initialize(fromContentsOf: bytes)
        system.pointee.base.zName = UnsafePointer(kept.baseAddress)
        system.pointee.base.pNext = nil
        system.pointee.base.szOsFile += Int32(clamping: MemoryLayout<warren_sqlite3_file>.size)
        system.pointee.base.xOpen = open
        let base = UnsafeMutableRawPointer(system).assumingMemoryBound(to: sqlite3_vfs.self)
        guard sqlite3_vfs_register(base, 0) == SQLITE_OK else { return nil }
        return name
    }

    /// Opens a file: a write-ahead log behind gathered writes, any other as SQLite does.
    private static let open:
        @convention(c) (
            UnsafeMutablePointer<sqlite3_vfs>?, UnsafePointer<CChar>?, UnsafeMutablePointer<sqlite3_file>?, Int32,
            UnsafeMutablePointer<Int32>?
        ) -> Int32 = { system, name, file, flags, opened in
            guard let system, let file,
                let original = UnsafeMutableRawPointer(system).assumingMemoryBound(to: warren_sqlite3_vfs.self)
                    .pointee.original
            else { return SQLITE_CANTOPEN }
            guard flags & SQLITE_OPEN_WAL != 0 else {
                return original.pointee.xOpen(original, name, file, flags, opened)
            }
            let log = UnsafeMutableRawPointer(file).assumingMemoryBound(to: warren_sqlite3_file.self)
            log.initialize(to: warren_sqlite3_file())
            let inner = LogFiles.inner(file)
            inner.pointee.pMethods = nil
            let result = original.pointee.xOpen(original, name, inner, flags, opened)
            guard result == SQLITE_OK else {
                if let methods = inner.pointee.pMethods { _ = methods.pointee.xClose(inner) }
                return result
            }
            let writes = GatheredWrites { bytes, offset in
                inner.pointee.pMethods.pointee.xWrite(inner, bytes.baseAddress, Int32(clamping: bytes.count), offset)
            }
            log.pointee.owner = Unmanaged.passRetained(writes).toOpaque()
            log.pointee.base.pMethods = UnsafePointer(methods.pointer)
            return SQLITE_OK
        }

    /// The functions of a log. SQLite calls them for one file from one thread at a time, and reads them until the process
    /// ends.
    private static let methods = Methods()

    private final class Methods: @unchecked Sendable {
        // Sendable because nothing changes it after `init`.
        let pointer: UnsafeMutablePointer<sqlite3_io_methods>

        init() {
            pointer = .allocate(capacity: 1)
            pointer.initialize(to: LogFiles.functions)
        }
    }

    private static var functions: sqlite3_io_methods {
        var methods = sqlite3_io_methods()
        // Version 1: a log is neither locked, nor shared memory, nor mapped.
        methods.iVersion = 1
        methods.xWrite = { file, bytes, count, offset in
            guard let writes = LogFiles.writes(file) else { return SQLITE_IOERR }
            return writes.add(UnsafeRawBufferPointer(start: bytes, count: Int(count)), at: offset)
        }
        methods.xSync = { file, flags in LogFiles.flushed(file) { $0.pointee.pMethods.pointee.xSync($0, flags) } }
        methods.xRead = { file, bytes, count, offset in
            LogFiles.flushed(file) { $0.pointee.pMethods.pointee.xRead($0, bytes, count, offset) }
        }
        methods.xTruncate = { file, size in
            LogFiles.flushed(file) { $0.pointee.pMethods.pointee.xTruncate($0, size) }
        }
        methods.xFileSize = { file, size in
            LogFiles.flushed(file) { $0.pointee.pMethods.pointee.xFileSize($0, size) }
        }
        methods.xClose = { file in
            guard let file else { return SQLITE_OK }
            let flushed = LogFiles.flushed(file) { _ in SQLITE_OK }
            let log = UnsafeMutableRawPointer(file).assumingMemoryBound(to: warren_sqlite3_file.self)
            if let owner = log.pointee.owner { Unmanaged<GatheredWrites>.fromOpaque(owner).release() }
            log.pointee.owner = nil
            let inner = LogFiles.inner(file)
            let closed = inner.pointee.pMethods.pointee.xClose(inner)
            return flushed == SQLITE_OK ? closed : flushed
        }
        methods.xLock = { file, level in LogFiles.inner(file) { $0.pointee.pMethods.pointee.xLock($0, level) } }
        methods.xUnlock = { file, level in LogFiles.inner(file) { $0.pointee.pMethods.pointee.xUnlock($0, level) } }
        methods.xCheckReservedLock = { file, result in
            LogFiles.inner(file) { $0.pointee.pMethods.pointee.xCheckReservedLock($0, result) }
        }
        methods.xFileControl = { file, operation, argument in
            LogFiles.flushed(file) { $0.pointee.pMethods.pointee.xFileControl($0, operation, argument) }
        }
        methods.xSectorSize = { file in LogFiles.inner(file) { $0.pointee.pMethods.pointee.xSectorSize($0) } }
        methods.xDeviceCharacteristics = { file in
            LogFiles.inner(file) { $0.pointee.pMethods.pointee.xDeviceCharacteristics($0) }
        }
        return methods
    }

    /// Calls a function of SQLite's own file, after everything that was gathered has been written to it.
    private static func flushed(
        _ file: UnsafeMutablePointer<sqlite3_file>?, _ call: (UnsafeMutablePointer<sqlite3_file>) -> Int32
    ) -> Int32 {
        guard let file, let writes = writes(file) else { return SQLITE_IOERR }
        let result = writes.flush()
        return result == SQLITE_OK ? call(inner(file)) : result
    }

    private static func inner(
        _ file: UnsafeMutablePointer<sqlite3_file>?, _ call: (UnsafeMutablePointer<sqlite3_file>) -> Int32
    ) -> Int32 {
        guard let file else { return SQLITE_IOERR }
        return call(inner(file))
    }

    /// SQLite's own file, which follows ours.
    private static func inner(_ file: UnsafeMutablePointer<sqlite3_file>) -> UnsafeMutablePointer<sqlite3_file> {
        (UnsafeMutableRawPointer(file) + MemoryLayout<warren_sqlite3_file>.size)
            .assumingMemoryBound(to: sqlite3_file.self)
    }

    private static func writes(_ file: UnsafeMutablePointer<sqlite3_file>?) -> GatheredWrites? {
        UnsafeMutableRawPointer(file)?.assumingMemoryBound(to: warren_sqlite3_file.self).pointee.owner
            .map { Unmanaged<GatheredWrites>.fromOpaque($0).takeUnretainedValue() }
    }
}
