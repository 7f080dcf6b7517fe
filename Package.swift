// swift-tools-version: 6.2
import PackageDescription

/// What every target of ours is held to: Swift 6 mode, explicit existentials and imports, no warning left.
let strict: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .treatAllWarnings(as: .error),
]

let package = Package(
    name: "CallDesk",
    products: [
        .executable(name: "calldesk", targets: ["CallDesk"]),
        .library(name: "DeskCore", targets: ["DeskCore"]),
        .library(name: "IVRBridge", targets: ["IVRBridge"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
        .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-metrics", from: "2.13.0"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.6"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1"),
        .package(url: "https://github.com/hummingbird-project/swift-mustache", from: "2.1.1"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
        .package(url: "https://github.com/swift-server/async-http-client", from: "1.37.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
    ],
    targets: [
        // C adapters: a few dozen lines each, no logic.
        .systemLibrary(name: "CGMime", pkgConfig: "gmime-3.0", providers: [.apt(["libgmime-3.0-dev"])]),
        .systemLibrary(name: "CLDAP", pkgConfig: "ldap", providers: [.apt(["libldap2-dev"])]),
        .systemLibrary(name: "CLibXML2", pkgConfig: "libxml-2.0", providers: [.apt(["libxml2-dev"])]),
        .systemLibrary(name: "CPostgres", pkgConfig: "libpq", providers: [.apt(["libpq-dev"])]),
        .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
        .target(
            name: "CPhoneNumber",
            linkerSettings: [.linkedLibrary("phonenumber"), .linkedLibrary("protobuf")]
        ),
        .target(name: "CCurl", linkerSettings: [.linkedLibrary("curl")]),
        .target(name: "CLoader"),
        .target(name: "CSQLite", linkerSettings: [.linkedLibrary("sqlite3")]),

        // How bytes and values are written as text, once for all rooms.
        .target(name: "Codecs", swiftSettings: strict),

        // The words for a call, which both rooms speak.
        .target(name: "CallModel", swiftSettings: strict),

        // The desk without a socket.
        .target(
            name: "DeskCore",
            dependencies: [
                "CallModel",
                "CGMime",
                "CLibXML2",
                "Codecs",
                "CPhoneNumber",
                "CPostgres",
                "CSQLite",
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "CryptoExtras", package: "swift-crypto"),
                .product(name: "GRDB", package: "GRDB.swift"),
                .product(name: "GRDBSQLite", package: "GRDB.swift"),
                .product(name: "Logging", package: "swift-log"),
            ],
            resources: [.copy("Resources")],
            swiftSettings: strict
        ),
        // PBX protocols without a database.
        .target(
            name: "IVRBridge",
            dependencies: [
                "CallModel",
                "CLibXML2",
                "Codecs",
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
            ],
            swiftSettings: strict
        ),
        // The world around the desk, played: a PBX, a caller's telephone, a mail server, an SMS gateway. Knows no desk.
        .target(
            name: "Rehearsal",
            dependencies: [
                "Codecs",
                "IVRBridge",
                .product(name: "AsyncHTTPClient", package: "async-http-client"),
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
            ],
            swiftSettings: strict
        ),
        // The executable that joins them.
        .executableTarget(
            name: "CallDesk",
            dependencies: [
                "CCurl",
                "CGMime",
                "CLDAP",
                "CLoader",
                "CZlib",
                "Codecs",
                "DeskCore",
                "IVRBridge",
                "Rehearsal",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "AsyncHTTPClient", package: "async-http-client"),
                .product(name: "CoreMetrics", package: "swift-metrics"),
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "HummingbirdCore", package: "hummingbird"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "Mustache", package: "swift-mustache"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
                .product(name: "UnixSignals", package: "swift-service-lifecycle"),
                .product(name: "Yams", package: "Yams"),
            ],
            resources: [.copy("Resources")],
            swiftSettings: strict
        ),

        // Tests mirror the rooms.
        .target(
            name: "TestSupport",
            dependencies: ["DeskCore"],
            path: "Tests/Support",
            exclude: ["lab", "postgres-lab"],
            swiftSettings: strict
        ),
        .testTarget(
            name: "DeskCoreTests",
            dependencies: [
                "Codecs",
                "DeskCore",
                "TestSupport",
                .product(name: "GRDB", package: "GRDB.swift"),
                .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: strict
        ),
        .testTarget(
            name: "IVRBridgeTests",
            dependencies: [
                "Codecs",
                "IVRBridge",
                "TestSupport",
                .product(name: "NIOTestUtils", package: "swift-nio"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOEmbedded", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
            ],
            swiftSettings: strict
        ),
        .testTarget(
            name: "RehearsalTests",
            dependencies: [
                "Codecs",
                "IVRBridge",
                "Rehearsal",
                "TestSupport",
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
            ],
            swiftSettings: strict
        ),
        .testTarget(
            name: "CallDeskTests",
            dependencies: [
                "Codecs",
                "CallDesk",
                "DeskCore",
                "IVRBridge",
                "Rehearsal",
                "TestSupport",
                .product(name: "AsyncHTTPClient", package: "async-http-client"),
                .product(name: "CoreMetrics", package: "swift-metrics"),
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "HummingbirdTesting", package: "hummingbird"),
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "Mustache", package: "swift-mustache"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOEmbedded", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
            ],
            swiftSettings: strict
        ),
        .executableTarget(
            name: "DeskBenchmarks",
            dependencies: [
                "DeskCore",
                "IVRBridge",
                "Rehearsal",
                .product(name: "NIOCore", package: "swift-nio"),
            ],
            path: "Tests/Benchmarks",
            swiftSettings: strict
        ),
    ],
    // libphonenumber's headers want it.
    cxxLanguageStandard: .cxx17
)

// Only for `make fuzz`: libFuzzer brings its own main function, so these are libraries that scripts/fuzz-decoders links.
if Context.environment["CALLDESK_LIBFUZZER"] != nil {
    // The desk as a library too, its own main function by another name.
    package.products.removeAll { $0.name == "calldesk" }
    package.targets = package.targets.map { target in
        guard target.name == "CallDesk" else { return target }
        let renamed = ["-entry-point-function-name", "CallDesk_main"].flatMap { ["-Xfrontend", $0] }
        return .target(
            name: target.name,
            dependencies: target.dependencies,
            resources: target.resources,
            swiftSettings: strict + [.unsafeFlags(renamed)]
        )
    }
    let fuzzed: [(name: String, path: String, exclude: [String], dependencies: [Target.Dependency])] = [
        ("DecoderFuzz", "Tests/Fuzz", ["Requests"], ["CallModel", "DeskCore", "IVRBridge"]),
        (
            "RequestFuzz", "Tests/Fuzz/Requests", [],
            [
                "CallDesk", "DeskCore",
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOEmbedded", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
            ]
        ),
    ]
    for (name, path, exclude, dependencies) in fuzzed {
        package.products.append(.library(name: name, type: .static, targets: [name]))
        package.targets.append(
            .target(name: name, dependencies: dependencies, path: path, exclude: exclude, swiftSettings: strict)
        )
    }
}
