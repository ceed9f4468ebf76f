import Foundation
import LoRWeB
import LoRWeBAnalogyData
import LoRWeBModels
import LoRWeBTorch

/// The latents of all pictures of a set, each encoded once by itself and read from the cache as they lie there.
///
/// A canvas is put together out of its quarters' latents. That differs from encoding the canvas near the seams alone, and a set's
/// pictures need a quarter of the work and space that their canvases would.
public final class LatentShelf {
  /// What the autoencoder computes in, and what its latents are kept as.
  fileprivate static let (computing, kept) = (DType.bfloat16, DType.float16)
  /// Pictures that go through the autoencoder at once.
  static let together = 4

  public let quadruples: AnalogyQuadruples
  /// Tokens along a picture's side.
  let side: Int
  /// [1, side², channels] of each picture, scaled as the transformer takes them.
  private let latents: [PictureSource: Tensor]

  /// Encodes what isn't in the cache yet.
  /// - Parameters:
  ///   - side: pixels a side of each picture; others are resized.
  ///   - progress: told how many of how many pictures are done; what it throws ends the filling, and what was encoded is kept.
  /// - Throws: `AnalogySetError.noRoom` before anything is encoded; what reading pictures, encoding and writing throw.
  public init(
    _ set: AnalogySet, of model: LoadedModel, side: Int, in cache: FeatureCache,
    progress: (Int, Int) throws -> Void = { _, _ in }
  ) throws {
    quadruples = set.quadruples()
    let config = try model.autoencoderConfig()
    self.side = try side / model.token()
    let size = PictureSize(width: side, height: side)
    let pictures = try PictureFeatures(
      of: set, kind: "pictures", encoder: try model.identity(of: [.vae], computing: Self.computing),
      settings: ["\(size) \(Self.kept)"], in: cache)
    let rows = side / config.spatialFactor
    try cache.requireRoom(for: pictures.missing * rows * rows * config.latentChannels * Self.kept.size)
    try model.parts.whileKeeping {
      try pictures.fill(Self.together, progress: progress) {
        { pictures in
          let resized = try pictures.map { try $0.composited().resized(to: size) }
          return try computed { try model.packed(resized) }
        }
      }
    }
    latents = try pictures.tensors()
  }

  /// Latents [n, side², channels] in fp32 of pictures of the set.
  func latents(_ pictures: [PictureSource]) throws -> Tensor {
    let found = try pictures.map { source in
      guard let latents = latents[source] else {
        throw AnalogySetError.notCached(what: "latents of \(source.url.path(percentEncoded: false))")
      }
      return latents
    }
    return concatenated(found, along: 0).to(.float32)
  }

  /// The same of pictures told by an analogy's place and 0 to 3 for a, a′, b, b′.
  func latents(_ pictures: [(analogy: Int, picture: Int)]) throws -> Tensor {
    try latents(pictures.map { quadruples[$0.analogy].sources[$0.picture] })
  }

  /// A batch of analogies: canvases, or b alone with b′ for a target.
  /// - Parameter unchanged: which of them are to be left as they are; none if left out.
  func batch(
    _ analogies: [AnalogyQuadruple], isCanvas: Bool, unchanged: [Bool]? = nil, text: Tensor, pooled: Tensor, query: Tensor
  ) throws -> TrainingBatch {
    let b = try latents(analogies.map(\.b))
    let bPrime = try latents(zip(analogies, unchanged ?? analogies.map { _ in false }).map { $1 ? $0.b : $0.bPrime })
    guard isCanvas else {
      return TrainingBatch(
        target: bPrime, context: b, rows: side, columns: side, edited: .whole, text: text, pooled: pooled, query: query)
    }
    let (a, aPrime) = (try latents(analogies.map(\.a)), try latents(analogies.map(\.aPrime)))
    return TrainingBatch(
      target: canvas([a, aPrime, b, bPrime]), context: canvas([a, aPrime, b, b]), rows: 2 * side, columns: 2 * side, text: text,
      pooled: pooled, query: query)
  }

  /// Canvases' latents out of four pictures' each, in the order upper left, upper right, lower left, lower right.
  private func canvas(_ quarters: [Tensor]) -> Tensor {
    let parts = quarters.map { $0.reshaped([$0.size(0), side, side, $0.size(2)]) }
    let halves = [concatenated([parts[0], parts[1]], along: 2), concatenated([parts[2], parts[3]], along: 2)]
    return concatenated(halves, along: 1).flattened(from: 1, to: 2)
  }
}

extension LoadedModel {
  /// Scaled and packed likeliest latents of at most `together` pictures, [1, tokens, channels] each.
  ///
  /// Fewer are filled up with copies of the last: in half precision another number of pictures gives other last bits.
  fileprivate func packed(_ pictures: [Picture]) throws -> [Tensor] {
    let signed = pictures.map { Tensor.signed($0) }
    let filled = signed + Array(repeating: signed.suffix(1), count: LatentShelf.together - signed.count).joined()
    let x = concatenated(filled, along: 0).to(device: device, dtype: LatentShelf.computing).contiguous(.channelsLast)
    let mode = try distribution(of: x, in: LatentShelf.computing, tile: nil).mode.to(.float32).contiguous()
    let latents = LatentPacking.pack(try autoencoderConfig().scaled(mode)).to(LatentShelf.kept)
    return signed.indices.map { latents.narrowed(0, from: $0, count: 1) }
  }
}
