// swift-tools-version: 6.1
import PackageDescription

// libtorch behind a pure C header, as its own dynamic library, so that a box without Swift can rebuild just this part against
// another torch. `.libtorch` at the repository's root is a link that `make setup` lays.
let torch = "\(Context.packageDirectory)/../../.libtorch"

let package = Package(
  name: "CTorch",
  products: [.library(name: "ctorch", type: .dynamic, targets: ["CLoRWeBTorch"])],
  targets: [
    .target(
      name: "CLoRWeBTorch", path: "Sources/CTorch",
      cxxSettings: [
        .unsafeFlags(["-isystem", "\(torch)/include", "-isystem", "\(torch)/include/torch/csrc/api/include"]),
        .unsafeFlags(["-O2", "-g0"], .when(configuration: .debug)),
      ],
      linkerSettings: [
        .unsafeFlags(["-L\(torch)/lib", "-Xlinker", "-rpath", "-Xlinker", "\(torch)/lib"]),
        .linkedLibrary("torch_cpu"), .linkedLibrary("c10"),
      ])
  ],
  cxxLanguageStandard: .cxx20
)
