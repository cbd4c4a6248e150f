// swift-tools-version: 6.2

import PackageDescription

var swiftSettings: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .strictMemorySafety(),
]
// `make check` and CI ask for it; dependencies are left alone.
if Context.environment["KNELL_WARNINGS_AS_ERRORS"] == "1" {
    swiftSettings.append(.treatAllWarnings(as: .error))
}
// `make sanitize` sets it. Without optimisation the thread sanitizer does not see what a Mutex orders, and calls it a race.
if Context.environment["KNELL_SANITIZER"] == "thread" {
    swiftSettings.append(.unsafeFlags(["-O"]))
}

let package = Package(
    name: "knell",
    products: [
        .executable(name: "knell", targets: ["knell"])
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.6"),
        .package(url: "https://github.com/swift-server/async-http-client", from: "1.37.0"),
    ],
    targets: [
        // How results look: JSON, tables, colour.
        .target(name: "Presentation"),
        // From bytes to a plan.
        .systemLibrary(name: "CYAML", pkgConfig: "yaml-0.1", providers: [.apt(["libyaml-dev"])]),
        .target(name: "ConfigModel", dependencies: ["CYAML", "Presentation"]),
        // What helps whoever writes a configuration: pure.
        .target(name: "Authoring", dependencies: ["ConfigModel", "Presentation"]),
        // From events to effects: pure.
        .target(name: "SupervisorCore", dependencies: ["ConfigModel"]),
        // How records look as text and as JSON.
        .target(name: "Reporting", dependencies: ["ConfigModel", "Presentation", "SupervisorCore"]),
        // From effects to a model world in virtual time: pure.
        .target(name: "Simulation", dependencies: ["ConfigModel", "Presentation", "Reporting", "SupervisorCore"]),
        // From effects to the kernel and the network.
        .target(name: "CLinux"),
        .target(name: "LinuxProcesses", dependencies: ["CLinux", "ConfigModel", "SupervisorCore"]),
        .target(
            name: "Actions",
            dependencies: [
                "CLinux", "ConfigModel", "LinuxProcesses", "SupervisorCore",
                .product(name: "AsyncHTTPClient", package: "async-http-client"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
            ]
        ),
        // What whoever asks over HTTP is told.
        .target(
            name: "StatusServer",
            dependencies: [
                "LinuxProcesses",
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
            ]
        ),
        .target(
            name: "Supervisor",
            dependencies: [
                "Actions", "CLinux", "ConfigModel", "LinuxProcesses", "Presentation", "Reporting", "StatusServer",
                "SupervisorCore",
            ]
        ),
        .executableTarget(
            name: "knell",
            dependencies: [
                "Actions", "Authoring", "CLinux", "ConfigModel", "LinuxProcesses", "Presentation", "Reporting",
                "Simulation", "StatusServer", "Supervisor", "SupervisorCore",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ]
        ),

        // What tests, the demo and the benchmarks run beside Knell.
        .executableTarget(name: "stand-in-proxy", path: "Demo/StandInProxy"),
        .executableTarget(name: "test-process", path: "Tests/TestProcess"),
        .executableTarget(
            name: "scan-benchmark",
            dependencies: ["ConfigModel", "LinuxProcesses", "SupervisorCore"],
            path: "Benchmarks/ScanBenchmark"
        ),
        .target(
            name: "TestSupport",
            dependencies: ["CLinux", "ConfigModel", "LinuxProcesses", "SupervisorCore"],
            path: "Tests/TestSupport"
        ),
        // Random walks through the engine, for `make walks` and for tests.
        .target(name: "EngineWalks", dependencies: ["ConfigModel", "SupervisorCore"], path: "Tests/EngineWalks"),
        .executableTarget(
            name: "engine-walks", dependencies: ["EngineWalks", "Presentation"], path: "Tests/WalkRunner"),
        // A process of its own for each test that changes its uid, filters its system calls or takes all descriptors.
        .executableTarget(
            name: "isolated-check",
            dependencies: ["ConfigModel", "LinuxProcesses", "SupervisorCore", "TestSupport"],
            path: "Tests/IsolatedChecks"
        ),
        // What fuzzers and the replay of their corpus check.
        .target(
            name: "FuzzChecks",
            dependencies: [
                "Authoring", "ConfigModel", "LinuxProcesses", "Presentation", "Reporting", "Simulation",
                "SupervisorCore",
            ],
            path: "Fuzzing/Checks"
        ),
        .testTarget(name: "FuzzReplayTests", dependencies: ["ConfigModel", "FuzzChecks"]),
        .testTarget(name: "PresentationTests", dependencies: ["Presentation"]),
        .testTarget(
            name: "ConfigModelTests", dependencies: ["ConfigModel", "Presentation", "SupervisorCore", "TestSupport"]),
        .testTarget(
            name: "AuthoringTests",
            dependencies: ["Authoring", "ConfigModel", "Presentation", "SupervisorCore", "TestSupport"]
        ),
        .testTarget(name: "ReportingTests", dependencies: ["Presentation", "Reporting", "SupervisorCore"]),
        .testTarget(
            name: "SimulationTests", dependencies: ["ConfigModel", "Simulation", "SupervisorCore", "TestSupport"]),
        .testTarget(
            name: "SupervisorCoreTests", dependencies: ["ConfigModel", "EngineWalks", "SupervisorCore", "TestSupport"]),
        .testTarget(name: "EngineWalksTests", dependencies: ["ConfigModel", "EngineWalks", "SupervisorCore"]),
        .testTarget(
            name: "LinuxProcessesTests",
            dependencies: [
                "CLinux", "ConfigModel", "LinuxProcesses", "SupervisorCore", "TestSupport", "isolated-check",
                "test-process",
            ],
            resources: [.copy("Fixtures")]
        ),
        .testTarget(
            name: "ActionsTests",
            dependencies: ["Actions", "ConfigModel", "LinuxProcesses", "SupervisorCore", "TestSupport", "test-process"]
        ),
        .testTarget(
            name: "StatusServerTests",
            dependencies: [
                "LinuxProcesses", "StatusServer", "TestSupport",
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOEmbedded", package: "swift-nio"),
            ]
        ),
        .testTarget(
            name: "SupervisorTests",
            dependencies: [
                "CLinux", "ConfigModel", "EngineWalks", "LinuxProcesses", "Presentation", "Reporting", "StatusServer",
                "Supervisor", "SupervisorCore", "TestSupport",
            ]
        ),
        .testTarget(
            name: "EndToEndTests",
            dependencies: ["ConfigModel", "TestSupport", "knell", "stand-in-proxy", "test-process"]
        ),
    ]
)

// `make fuzz` asks for them: each is linked with libFuzzer, which brings the function `main`.
if Context.environment["KNELL_FUZZING"] == "1" {
    let names = ["configuration", "scenario", "pattern", "value", "output", "process"]
    for name in names {
        package.targets.append(
            .executableTarget(
                name: "fuzz-\(name)", dependencies: ["FuzzChecks"], path: "Fuzzing/Targets",
                exclude: names.filter { $0 != name }.map { "\($0).swift" }, sources: ["\(name).swift"]))
    }
}

for target in package.targets where target.type != .system {
    target.swiftSettings = swiftSettings
    // A program of one file without @main is taken for a script otherwise.
    if target.path == "Fuzzing/Targets" { target.swiftSettings?.append(.unsafeFlags(["-parse-as-library"])) }
}
