import LoRWeBModels
import LoRWeBTorch

/// A transformer asked for the velocities of noisy batches.
///
/// Position ids and rotary angles are kept for each canvas, since a run has few sizes of them.
public final class Velocity {
  private struct Canvas: Hashable {
    let rows, columns, textLength: Int
  }

  /// Sizes that are kept; a set of pictures in many shapes would fill the memory otherwise.
  private static let mostCanvases = 16

  public let transformer: FluxTransformer
  private var kept: [Canvas: (positions: [Tensor], rotary: RotaryTable)] = [:]

  public init(_ transformer: FluxTransformer) {
    self.transformer = transformer
  }

  /// The velocity [B, L, C] that the model predicts for a batch's noisy target, in the model's type.
  ///
  /// - Parameters:
  ///   - guidance: what the model is told, a number a sample [B].
  ///   - run: who walks the blocks.
  func callAsFunction(
    _ batch: TrainingBatch, _ draw: NoiseDraw, guidance: Tensor, run: @escaping BlockRunner = runPlainly
  ) -> Tensor {
    let dtype = transformer.dtype
    let (groups, rotary) = canvas(batch, noisy: draw.noisy(batch.target))
    let modulations = transformer.modulations(
      timesteps: draw.sigmas.unsqueezed(1), guidance: guidance, pooled: batch.pooled.to(dtype))
    return transformer(groups, text: batch.text.to(dtype), modulation: modulations, rotary: rotary, run: run)
      .first ?? .zeros(batch.target.shape)
  }

  /// The same with one guidance for all samples.
  func callAsFunction(
    _ batch: TrainingBatch, _ draw: NoiseDraw, guidance: Double, run: @escaping BlockRunner = runPlainly
  ) -> Tensor {
    self(batch, draw, guidance: .full([batch.count], guidance, device: batch.target.device), run: run)
  }

  /// Target tokens with noise in them, then the clean context, and the angles of both and the text.
  private func canvas(_ batch: TrainingBatch, noisy: Tensor) -> ([TokenGroup], RotaryTable) {
    let canvas = Canvas(rows: batch.rows, columns: batch.columns, textLength: batch.text.size(1))
    let known = kept[canvas]
    let tokens = [noisy, batch.context].map { $0.to(transformer.dtype) }
    let groups = tokens.enumerated().map { index, tokens in
      TokenGroup(
        tokens: tokens,
        positions: known?.positions[index]
          ?? TokenGroup.gridPositions(rows: batch.rows, columns: batch.columns, index: index, device: tokens.device),
        isNoisy: index == 0)
    }
    if let known { return (groups, known.rotary) }
    let rotary = transformer.rotary(textLength: canvas.textLength, groups: groups)
    if kept.count == Self.mostCanvases { kept = [:] }
    kept[canvas] = (groups.map(\.positions), rotary)
    return (groups, rotary)
  }
}
