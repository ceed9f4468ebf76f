import Foundation
import LoRWeBAdapters
import LoRWeBModels
import LoRWeBTestSupport
import LoRWeBTorch
import Testing

/// What a mix is worth as a file: read again, it must give diffusers' output. `LORWEB_EXPORTS=folder` keeps the files, which
/// Proofs/lora/check_export.py loads into diffusers.
@Suite struct LoRAExportParity {
  private let temporary: TemporaryFolder
  private let folder: URL

  init() throws {
    temporary = try TemporaryFolder()
    let kept = ProcessInfo.processInfo.environment["LORWEB_EXPORTS"].flatMap { $0.isEmpty ? nil : $0 }
    folder = kept.map { URL(filePath: $0, directoryHint: .isDirectory) } ?? temporary.url
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  }

  private func write(_ mix: Mix, for linears: [AdaptedLinear], _ name: String, _ dialect: LoRADialect) throws -> LoRA {
    let url = folder.appending(path: "\(name).\(dialect.rawValue).safetensors")
    try LoRAExport(mix, as: dialect, for: linears).write(to: url)
    return try LoRAFile(url, for: linears).lora
  }

  @Test("The golden's mix as a file gives the reference's output", arguments: LoRADialect.allCases)
  func golden(_ dialect: LoRADialect) throws {
    try withTorchErrors {
      try noGrad {
        let io = try Goldens.io("lorweb_tiny")
        let config: FluxConfig = try io.config()
        let basis = try BasisFile(Goldens.file("lorweb_tiny.basis")).basis(dtype: .float32, device: Goldens.device)
        let mix = Mix(basis: basis, query: try io["in.query"])
        let linears = try AdaptedLinear.all(in: config) { _ in true }
        let lora = try write(mix, for: linears, "golden", dialect).placed(on: Goldens.device)
        let transformer = try goldenTransformer(config)
        let attachment = try lora.attach(to: transformer.registry.deltas, lora.fit(transformer.registry))
        defer { attachment.takeOff() }
        let output = try FluxCase(transformer, io.tensors("in.")).output
        #expect(try output.distance(to: io["out.unmerged"]) <= 2e-5 * Goldens.slack)
      }
    }
  }

  @Test("At Kontext's width kohya's file holds the very matrices of diffusers' file")
  func realWidth() throws {
    try withTorchErrors {
      try noGrad {
        let linears = try AdaptedLinear.all(in: FluxConfig(doubleBlocks: 1, singleBlocks: 1)) { _ in true }
        let size = BasisSize(count: 2, rank: 2, keyWidth: 4, queryWidth: 4)
        let basis = try load(from: RandomSource(seed: 1), dtype: .float32) {
          try LoRABasis(
            $0, layers: linears.filter { FluxTransformer.adapts($0.path) }, size: size, settings: .paper,
            startOfB: .normal(deviation: 0.02))
        }
        let mix = Mix(basis: basis, query: Tensor.randn([1, 4], generator: try Generator(seed: 2)))
        let plain = try write(mix, for: linears, "wide", .diffusers)
        let kohya = try write(mix, for: linears, "wide", .kohya)
        #expect(plain.layers == kohya.layers && plain.layers.count == 20)
        for (path, matrices) in plain.matrices {
          let other = try #require(kohya.matrices[path])
          #expect(other.down.distance(to: matrices.down) == 0 && other.up.distance(to: matrices.up) == 0, "\(path)")
        }
      }
    }
  }
}
