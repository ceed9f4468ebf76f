// swift-tools-version: 6.1
import PackageDescription

// An app that uses the library as an integrator would: by path, through its product.
let package = Package(
  name: "Examples",
  platforms: [.macOS(.v15)],
  dependencies: [.package(name: "LoRWeB", path: "..")],
  targets: [
    .executableTarget(name: "FirstEdit", dependencies: [.product(name: "LoRWeB", package: "LoRWeB")]),
    .executableTarget(name: "WarmEdits", dependencies: [.product(name: "LoRWeB", package: "LoRWeB")]),
  ],
  swiftLanguageModes: [.v6]
)
