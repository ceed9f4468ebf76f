import Foundation
import LoRWeBAdapters
import LoRWeBCheckpoints
import LoRWeBModels
import LoRWeBTorch
import Testing

/// A transformer and bases small enough for every test, of random weights that a seed fixes.
enum Tiny {
  static let config = FluxConfig(
    inputChannels: 8, doubleBlocks: 1, singleBlocks: 1, headWidth: 16, heads: 2, textWidth: 12, pooledWidth: 10,
    rotaryAxes: [4, 6, 6])
  static let size = BasisSize(count: 3, rank: 2, keyWidth: 8, queryWidth: 12)
  static var weights: RandomSource { RandomSource(seed: 7) }
  static let layer = "transformer_blocks.0.attn.to_q"

  static func transformer(_ source: any WeightSource = weights, dtype: DType = .float32) throws -> FluxTransformer {
    try load(from: source, dtype: dtype) { try FluxTransformer($0, config: config) }
  }

  static func basis(
    dtype: DType = .float32, startOfB: Initial = .normal(deviation: 1), hasProjection: Bool = true,
    _ change: (inout RouterSettings) -> Void = { _ in }
  ) throws -> LoRABasis {
    var settings = RouterSettings.paper
    change(&settings)
    var size = size
    if !hasProjection { size.queryWidth = size.keyWidth }
    return try load(from: RandomSource(seed: 3), dtype: dtype) { scope in
      try LoRABasis(
        scope, layers: AdaptedLinear.all(in: config), size: size, settings: settings, hasProjection: hasProjection,
        startOfB: startOfB)
    }
  }

  static func query(batch: Int = 1, width: Int = size.queryWidth, seed: UInt64 = 11) throws -> Tensor {
    Tensor.randn([batch, width], generator: try Generator(seed: seed))
  }

  /// One forward pass over fixed inputs, time and guidance exact in bf16; samples of a batch are the same.
  static func output(
    _ transformer: FluxTransformer, modulatedBy modulator: FluxModulator? = nil, batch: Int = 1, dtype: DType = .float32
  ) throws -> Tensor {
    func random(_ shape: [Int], _ seed: UInt64) throws -> Tensor {
      Tensor.randn([1] + shape, generator: try Generator(seed: seed)).expanded([batch] + shape).to(dtype)
    }
    let group = TokenGroup(
      tokens: try random([6, config.inputChannels], 20), positions: TokenGroup.gridPositions(rows: 2, columns: 3, index: 0),
      isNoisy: true)
    let modulator = try #require(modulator ?? transformer.modulator)
    let modulations = modulator(
      timesteps: Tensor.full([batch, 1], 0.5), guidance: Tensor.full([batch], 2),
      pooled: try random([config.pooledWidth], 21))
    return try #require(
      transformer(
        [group], text: random([5, config.textWidth], 22), modulation: modulations,
        rotary: transformer.rotary(textLength: 5, groups: [group])
      ).first)
  }
}

/// A file in the published format as the authors' trainer leaves it: fp16, no entry of ours.
enum Published {
  static let metadata: SafetensorsMetadata = [
    "format": "pt", "sshs_model_hash": "4f2a", "name": "basis \"1\"", "software": #"{"name":"trainer","é":[1,2]}"#,
    "training_info": "{\n \"step\": 250\n}", "empty": "",
  ]

  /// The tensors of a tiny basis by their published names.
  static func tensors(hasProjection: Bool = true) throws -> [String: Tensor] {
    let basis = try Tiny.basis(dtype: .float16, hasProjection: hasProjection)
    return Dictionary(uniqueKeysWithValues: basis.registry.parameters.map { ($0.name, $0.tensor) })
  }

  @discardableResult
  static func write(
    to url: URL, metadata: SafetensorsMetadata = metadata, hasProjection: Bool = true,
    _ change: (inout [String: Tensor]) throws -> Void = { _ in }
  ) throws -> URL {
    try withTorchErrors {
      var tensors = try tensors(hasProjection: hasProjection)
      try change(&tensors)
      var writer = SafetensorsWriter(metadata: metadata)
      for (name, tensor) in tensors.sorted(by: { $0.key < $1.key }) { writer.add(name, tensor) }
      try writer.write(to: url)
    }
    return url
  }
}

/// Fails unless the body throws an `AdapterError` whose text is one sentence with all these words.
func expectRefusal(_ words: String..., location: SourceLocation = #_sourceLocation, _ body: () throws -> Void) {
  do {
    try body()
    Issue.record("nothing was refused", sourceLocation: location)
  } catch let error as AdapterError {
    let text = error.localizedDescription
    for word in words { #expect(text.contains(word), "\(text)", sourceLocation: location) }
    #expect(text.hasSuffix("."), "\(text)", sourceLocation: location)
    #expect(text.firstMatch(of: /[.!?]\s+\p{Lu}/) == nil && !text.contains("\n"), "\(text)", sourceLocation: location)
  } catch {
    Issue.record("\(error) is no AdapterError", sourceLocation: location)
  }
}
