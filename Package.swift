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

let package = Package(
    name: "knell",
    targets: [
        // From bytes to a plan.
        .systemLibrary(name: "CYAML", pkgConfig: "yaml-0.1", providers: [.apt(["libyaml-dev"])]),
        .target(name: "ConfigModel", dependencies: ["CYAML"]),
        // From events to effects: pure.
        .target(name: "SupervisorCore", dependencies: ["ConfigModel"]),
    ]
)

for target in package.targets where target.type != .system {
    target.swiftSettings = swiftSettings
}
