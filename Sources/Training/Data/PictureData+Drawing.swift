import Foundation
import LoRWeBAdapters
import LoRWeBAnalogyData
import LoRWeBCheckpoints
import LoRWeBModels
import LoRWeBTorch

extension PictureData {
  /// What a `TrainingRun` draws from: canvases of `batch` analogies, and single pictures where the settings say so.
  public var data: TrainingData {
    TrainingData(
      next: { [self] _, generator in try next(generator) },
      position: { [self] in
        try Position(batches: batches, canvases: canvases.position, singles: singles?.position).readableJSON()
      },
      restore: { [self] in try restore($0) })
  }

  private struct Position: Codable {
    let batches: Int
    let canvases: PairSampler.Position
    let singles: PairSampler.Position?
  }

  private func restore(_ data: Data) throws {
    guard let position = try? JSONDecoder().decode(Position.self, from: data), position.batches >= 0,
      (position.singles == nil) == (singles == nil)
    else {
      throw AnalogySetError.foreignPosition(
        reason: "it was saved for other data; resume with the set and settings as they were")
    }
    try canvases.resume(at: position.canvases)
    if let saved = position.singles { try singles?.resume(at: saved) }
    batches = position.batches
  }

  /// What the model is given for a sample when it paints: the context's likeliest latents [1, C, h, w], scaled.
  func inputs(of sample: AnalogySample) throws -> (context: Tensor, text: TextFeatures, query: Tensor) {
    let mean = try features.latents(of: sample.quadruple).control.mode.to(.float32)
    let query = try query(of: sample.quadruple).to(.float32)
    return (autoencoder.scaled(mean), try features.text(sample.caption), query)
  }

  private func next(_ generator: Generator) throws -> TrainingBatch {
    defer { batches += 1 }
    if config.data.isSingle(batches), let samples = try singles?.next() { return try batch(samples, .singles, generator) }
    return try batch(canvases.next(), .canvases, generator)
  }

  /// A batch of samples from the cache.
  func batch(
    _ samples: [AnalogySample], _ part: AnalogyFeatures.LatentPart = .canvases, _ generator: Generator
  ) throws -> TrainingBatch {
    try withTorchErrors {
      try noGrad {
        let texts = try samples.map { try features.text($0.caption) }
        let queries = concatenated(try samples.map { try query(of: $0.quadruple) }, along: 0).to(.float32)
        let (text, pooled) = (concatenated(texts.map(\.states), along: 0), concatenated(texts.map(\.pooled), along: 0))
        if let shelf {
          return try shelf.batch(
            samples.map(\.quadruple), isCanvas: part == .canvases, text: text, pooled: pooled, query: queries)
        }
        var (targets, contexts): ([Tensor], [Tensor]) = ([], [])
        for sample in samples {
          let (target, control) = try features.latents(part, of: sample.quadruple)
          targets.append(latents(target, generator))
          contexts.append(latents(control, generator))
        }
        guard let grid = targets.first?.shape, grid.count == 4 else {
          throw TrainingError.badBatch("there are no latents [1, C, h, w] to make a batch of")
        }
        return TrainingBatch(
          target: LatentPacking.pack(concatenated(targets, along: 0)),
          context: LatentPacking.pack(concatenated(contexts, along: 0)),
          rows: grid[2] / 2, columns: grid[3] / 2, edited: part == .singles ? .whole : .lowerRight,
          text: text, pooled: pooled, query: queries)
      }
    }
  }

  /// What the router is asked about a quadruple, [1, Q].
  private func query(of quadruple: AnalogyQuadruple) throws -> Tensor {
    let mode = config.basis.queryMode
    return mode.query(from: try features.embeddings(of: quadruple, views: .router(mode.cachedViews)))
  }

  /// Scaled latents [1, C, h, w] in fp32.
  private func latents(_ distribution: LatentDistribution, _ generator: Generator) -> Tensor {
    let mean = distribution.mean.to(.float32)
    guard config.data.vae != .mode else { return autoencoder.scaled(mean) }
    let exact = LatentDistribution(mean: mean, logVariance: distribution.logVariance.to(.float32))
    return autoencoder.scaled(exact.sample(noise: .randn(mean.shape, generator: generator)))
  }
}
