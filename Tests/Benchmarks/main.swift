import DeskCore
import Foundation
import IVRBridge

// DeskBenchmarks CAPTURES [part…] measures and prints, and asserts nothing. Figures go to docs/performance.md.
let arguments = CommandLine.arguments.dropFirst()
let captures = URL(filePath: arguments.first ?? "Tests/Fixtures/ami")
let parts = Set(arguments.dropFirst())
func wants(_ part: String) -> Bool { parts.isEmpty || parts.contains(part) }

// The callers of the AGI benchmark are another process, so that its CPU time is the server's alone.
if arguments.first == "agi-callers", let port = arguments.dropFirst().first.flatMap({ Int($0) }) {
    try await AGIBenchmark.callers(port: port)
    exit(0)
}

/// Runs a measurement in a folder of its own, which is gone afterwards.
func inFolder(_ body: (URL) async throws -> Void) async throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "calldesk-bench-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    try await body(folder)
}

if wants("line") { try LineBenchmark.run(captures: captures, targetBytes: 100_000_000) }
if wants("store") {
    try await inFolder { folder in
        try await StoreBenchmarks.run(in: folder)
        try await NoticeBenchmarks.run(in: folder)
    }
}
if wants("search") {
    try await inFolder { folder in
        let database = try await SQLiteDatabase.open(path: folder.appending(path: "search.sqlite").path)
        try await StoreSearchBenchmarks.run("sqlite", on: database)
        await database.close()
    }
}
if wants("pages") {
    try await inFolder { folder in
        let database = try await SQLiteDatabase.open(path: folder.appending(path: "pages.sqlite").path)
        try await StorePageBenchmarks.run("sqlite", on: database)
        await database.close()
    }
    // PostgreSQL takes part when Tests/Support/postgres-lab runs this.
    if let url = ProcessInfo.processInfo.environment["CALLDESK_TEST_POSTGRES"] {
        let database = try await PostgresDatabase.open(url)
        try await StorePageBenchmarks.run("postgres", on: database)
        database.close()
    }
}
if wants("agi") { try await AGIBenchmark.run() }
