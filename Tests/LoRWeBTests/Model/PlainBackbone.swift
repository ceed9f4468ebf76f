import Foundation
import LoRWeB
import LoRWeBAdapters
import LoRWeBModels
import LoRWeBPictures
import LoRWeBTorch
import LoRWeBTraining

/// A transformer that is no diffusion model: from context tokens to output tokens in one pass, without time and without text.
final class PlainTransformer {
  static let width = 16
  private let enter, exit: Linear
  private let layers: [(norm: LayerNorm, q: Linear, k: Linear, v: Linear, out: Linear, wide: Linear, narrow: Linear)]

  init(_ scope: Scope, channels: Int) throws {
    let width = Self.width
    enter = try Linear(scope["enter"], in: channels, out: width)
    layers = try (0..<2).map { index in
      let place = scope["layers", index]
      return (
        LayerNorm(size: width, epsilon: 1e-6), try Linear(place["to_q"], in: width, out: width),
        try Linear(place["to_k"], in: width, out: width), try Linear(place["to_v"], in: width, out: width),
        try Linear(place["to_out"], in: width, out: width), try Linear(place["wide"], in: width, out: 2 * width),
        try Linear(place["narrow"], in: 2 * width, out: width)
      )
    }
    exit = try Linear(scope["exit"], in: width, out: channels)
  }

  static func adapts(_ path: String) -> Bool { path.hasPrefix("layers.") }

  /// [B, L, C] to [B, L, C].
  func callAsFunction(_ tokens: Tensor) -> Tensor {
    var x = enter(tokens)
    for layer in layers {
      let y = layer.norm(x)
      func heads(_ x: Tensor) -> Tensor { x.unsqueezed(1) }
      x = x + layer.out(heads(layer.q(y)).attention(heads(layer.k(y)), heads(layer.v(y))).squeezed(1))
      x = x + layer.narrow(layer.wide(layer.norm(x)).gelu())
    }
    return exit(x)
  }
}

/// It behind the face that FLUX has: a token is one latent.
struct PlainBackbone: Backbone {
  let dtype: DType
  static let channels = 16

  func token(factor: Int) -> Int { factor }

  func adapted() throws -> [AdaptedLinear] { try Self.adapted() }

  static func adapted() throws -> [AdaptedLinear] {
    let scope = Scope(RandomSource(seed: 1), dtype: .float32, device: .meta)
    _ = try withTorchErrors { try PlainTransformer(scope, channels: channels) }
    return AdaptedLinear.all(in: scope.registry, where: PlainTransformer.adapts)
  }

  func conditioning(_ prompt: String, _ parts: ModelParts) -> Conditioning { Conditioning() }

  func paint(
    _ painting: Painting, _ parts: ModelParts, report: (PaintingProgress) throws -> Void
  ) throws -> Tensor {
    let recipe = ModelParts.Recipe(name: "transformer", origin: .transformer, dtype: dtype) {
      try PlainTransformer($0, channels: Self.channels)
    }
    return try parts.with(recipe) { transformer in
      try report(PaintingProgress(done: 0, count: 1))
      let shape = painting.context.shape
      let tokens = painting.context.flattened(from: 2).transposed(1, 2)  // [B, h w, C]
      let latents = transformer(tokens).transposed(1, 2).reshaped(shape)
      try report(PaintingProgress(done: 1, count: 1))
      return latents
    }
  }
}

/// A tiny model folder whose transformer is a plain one.
struct PlainSource: ModelSource {
  let folder: ModelFolder

  /// What it would be read from: random numbers that a list of names and shapes stands for.
  private struct Listed: WeightSource {
    let requests: [WeightRequest]
    var location: String { "plain weights" }
    var names: [String]? { requests.map(\.name) }
    func shape(of name: String) -> [Int]? { requests.first { $0.name == name }?.shape }
    func tensor(_ request: WeightRequest) throws -> Tensor { try RandomSource(seed: 5).tensor(request) }
  }

  var location: String { folder.location }
  var usage: ModelUsage { folder.usage }
  var basis: URL? { nil }
  func settings(of part: ModelPart) throws -> Settings { try folder.settings(of: part) }
  func vocabulary(of part: ModelPart) throws -> URL { try folder.vocabulary(of: part) }
  func places(of part: ModelPart) throws -> [URL] { try folder.places(of: part) }

  func weights(of part: ModelPart) throws -> any WeightSource {
    guard part == .transformer else { return try folder.weights(of: part) }
    return Listed(requests: try plan { try PlainTransformer($0, channels: PlainBackbone.channels) })
  }
}

/// It as a network that a basis learns on: what it should predict is the clean target itself.
final class PlainTrainee: Trainee {
  let registry: Registry
  let dtype = DType.float32
  private let transformer: PlainTransformer

  init() throws {
    let scope = Scope(RandomSource(seed: 5), dtype: .float32, device: .cpu)
    transformer = try PlainTransformer(scope, channels: PlainBackbone.channels)
    registry = scope.registry
  }

  func prediction(
    for batch: TrainingBatch, _ draw: NoiseDraw, guidance: Double, run: @escaping BlockRunner
  ) -> Tensor { transformer(batch.context) }

  func goal(of batch: TrainingBatch, _ draw: NoiseDraw) -> Tensor { batch.target }
}
