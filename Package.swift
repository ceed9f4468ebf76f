// swift-tools-version: 6.1
import PackageDescription

// One target a room, a room's folder is Sources/<Room>, its module LoRWeB<Room>: module names must be unique in an app's whole
// package graph. Who may import whom is the table in docs/architecture.md; HouseTests reads this manifest and every import.

/// Settings every Swift target shares.
let strict: [SwiftSetting] = [
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("MemberImportVisibility"),
]

func room(_ name: String, _ dependencies: [Target.Dependency], resources: [Resource] = []) -> Target {
  .target(
    name: "LoRWeB\(name)", dependencies: dependencies, path: "Sources/\(name)", resources: resources, swiftSettings: strict)
}

func tests(_ name: String, _ dependencies: [Target.Dependency], exclude: [String] = []) -> Target {
  .testTarget(
    name: "\(name)Tests", dependencies: dependencies + ["LoRWeBTestSupport"], path: "Tests/\(name)Tests", exclude: exclude,
    swiftSettings: strict)
}

/// What the tests of several rooms share.
func testSupport() -> Target { .target(name: "LoRWeBTestSupport", path: "Tests/Support", swiftSettings: strict) }

func systemLibrary(_ name: String, pkgConfig: String, apt: String, brew: String) -> Target {
  .systemLibrary(
    name: "CLoRWeBSystem\(name)", path: "Sources/System/\(name)", pkgConfig: pkgConfig, providers: [.apt([apt]), .brew([brew])])
}

let package = Package(
  name: "LoRWeB",
  platforms: [.macOS(.v15)],
  products: [
    .library(name: "LoRWeB", targets: ["LoRWeB"]),
    .library(name: "LoRWeBResearch", targets: ["LoRWeBTraining", "LoRWeBAnalogyData", "LoRWeBEvaluation", "LoRWeBComparison"]),
    .library(name: "LoRWeBMaterial", targets: ["LoRWeBMaterial"]),
    .executable(name: "lorweb", targets: ["LoRWeBCommands"]),
  ],
  dependencies: [
    .package(path: "Packages/CTorch"),
    .package(url: "https://github.com/apple/swift-argument-parser", exact: "1.8.2"),
    .package(url: "https://github.com/apple/swift-crypto", exact: "3.12.3"),
    .package(url: "https://github.com/jpsim/Yams", exact: "6.2.2"),
  ],
  targets: [
    // Floor 0: C shims over system libraries (libtorch's is the package Packages/CTorch).
    systemLibrary("PNG", pkgConfig: "libpng", apt: "libpng-dev", brew: "libpng"),
    systemLibrary("JPEG", pkgConfig: "libjpeg", apt: "libjpeg-dev", brew: "jpeg-turbo"),
    systemLibrary("WebP", pkgConfig: "libwebp", apt: "libwebp-dev", brew: "webp"),
    systemLibrary("LittleCMS", pkgConfig: "lcms2", apt: "liblcms2-dev", brew: "little-cms2"),
    systemLibrary("Zlib", pkgConfig: "zlib", apt: "zlib1g-dev", brew: "zlib"),
    .target(
      name: "CLoRWeBPictures",
      dependencies: ["CLoRWeBSystemPNG", "CLoRWeBSystemJPEG", "CLoRWeBSystemWebP", "CLoRWeBSystemLittleCMS"],
      path: "Sources/CPictures"),

    room("Files", []),

    // Floor 1
    room("Torch", [.product(name: "ctorch", package: "CTorch")]),
    room("Pictures", ["LoRWeBFiles", "CLoRWeBPictures"]),
    // Floor 2
    room("Models", ["LoRWeBTorch", "LoRWeBPictures"]),
    // Floor 3
    room("Checkpoints", ["LoRWeBFiles", "LoRWeBTorch", "LoRWeBModels", .product(name: "Crypto", package: "swift-crypto")]),
    // Floor 4
    room(
      "Adapters",
      [
        "LoRWeBFiles", "LoRWeBTorch", "LoRWeBModels", "LoRWeBCheckpoints", "LoRWeBPictures",
        .product(name: "Yams", package: "Yams"),
      ]),
    room("AnalogyData", ["LoRWeBFiles", "LoRWeBTorch", "LoRWeBModels", "LoRWeBCheckpoints", "LoRWeBPictures"]),
    room("Evaluation", ["LoRWeBFiles", "LoRWeBTorch", "LoRWeBPictures", "LoRWeBModels", "LoRWeBCheckpoints"]),
    // Floor 5
    .target(
      name: "LoRWeB",
      dependencies: [
        "LoRWeBFiles", "LoRWeBTorch", "LoRWeBPictures", "LoRWeBModels", "LoRWeBCheckpoints", "LoRWeBAdapters",
      ],
      path: "Sources/LoRWeB", resources: [.copy("Embedded/mini"), .copy("Embedded/presets"), .copy("Embedded/tokenizers")],
      swiftSettings: strict),
    room(
      "Material", ["LoRWeBAnalogyData", "LoRWeBCheckpoints", "LoRWeBFiles", "LoRWeBPictures", "CLoRWeBSystemZlib"]),
    // Floor 6
    room(
      "Training",
      [
        "LoRWeB", "LoRWeBFiles", "LoRWeBTorch", "LoRWeBPictures", "LoRWeBModels", "LoRWeBCheckpoints", "LoRWeBAdapters",
        "LoRWeBAnalogyData",
      ]),
    room("Comparison", ["LoRWeB", "LoRWeBPictures", "LoRWeBAdapters", "LoRWeBEvaluation", "LoRWeBTorch"]),
    // Floor 7
    .executableTarget(
      name: "LoRWeBCommands",
      dependencies: [
        "LoRWeB", "LoRWeBFiles", "LoRWeBTorch", "LoRWeBPictures", "LoRWeBModels", "LoRWeBCheckpoints", "LoRWeBAdapters",
        "LoRWeBAnalogyData", "LoRWeBEvaluation", "LoRWeBMaterial", "LoRWeBTraining", "LoRWeBComparison",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      path: "Sources/Commands", swiftSettings: strict),

    testSupport(),
    tests("Torch", ["LoRWeBTorch"], exclude: ["Answers"]),
    tests("Pictures", ["LoRWeBPictures"], exclude: ["Fixtures"]),
    tests(
      "Models", ["LoRWeBTorch", "LoRWeBPictures", "LoRWeBModels", "LoRWeBCheckpoints"],
      exclude: ["Shapes", "Tokenizers/Answers", "Vision/Answers"]),
    tests(
      "Checkpoints", ["LoRWeBTorch", "LoRWeBModels", "LoRWeBCheckpoints"],
      exclude: ["Hostile", "Odd", "Reference", "GGUF/Answers", "Layouts/Answers"]),
    tests(
      "Adapters", ["LoRWeBTorch", "LoRWeBModels", "LoRWeBCheckpoints", "LoRWeBAdapters"],
      exclude: ["authors.yaml", "LoRAFiles/Answers"]),
    tests(
      "AnalogyData",
      ["LoRWeBFiles", "LoRWeBTorch", "LoRWeBPictures", "LoRWeBModels", "LoRWeBCheckpoints", "LoRWeBAnalogyData"],
      exclude: ["Fixtures"]),
    tests(
      "LoRWeB",
      [
        "LoRWeB", "LoRWeBTraining", "LoRWeBFiles", "LoRWeBTorch", "LoRWeBPictures", "LoRWeBModels", "LoRWeBCheckpoints",
        "LoRWeBAdapters",
      ],
      exclude: ["Sampling/Answers"]),
    tests("Files", ["LoRWeBFiles"]),
    tests("Material", ["LoRWeBMaterial", "LoRWeBFiles", "LoRWeBAnalogyData", "LoRWeBCheckpoints", "LoRWeBPictures"]),
    tests(
      "Training",
      [
        "LoRWeBTraining", "LoRWeB", "LoRWeBTorch", "LoRWeBPictures", "LoRWeBModels", "LoRWeBCheckpoints", "LoRWeBAdapters",
        "LoRWeBAnalogyData", "LoRWeBCommands", .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      exclude: ["Answers"]),
    tests(
      "Commands",
      [
        "LoRWeBCommands", "LoRWeBTorch", "LoRWeBPictures",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ]),
    tests(
      "Parity",
      [
        "LoRWeB", "LoRWeBTorch", "LoRWeBPictures", "LoRWeBModels", "LoRWeBCheckpoints", "LoRWeBAdapters",
        "LoRWeBTraining",
      ],
      exclude: ["Edits", "Goldens"]),
    tests(
      "Evaluation", ["LoRWeBEvaluation", "LoRWeBFiles", "LoRWeBTorch", "LoRWeBPictures", "LoRWeBModels", "LoRWeBCheckpoints"],
      exclude: ["Answers"]),
    tests("Comparison", ["LoRWeBComparison", "LoRWeB", "LoRWeBFiles", "LoRWeBPictures", "LoRWeBEvaluation"]),
    tests(
      "Pages", ["LoRWeB", "LoRWeBAnalogyData", "LoRWeBComparison", "LoRWeBEvaluation", "LoRWeBTorch", "LoRWeBTraining"]),
    tests("House", []),
  ],
  swiftLanguageModes: [.v6]
)
