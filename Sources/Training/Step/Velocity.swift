import LoRWeBModels
import LoRWeBTorch

/// A network that a basis learns on: it predicts something for a batch, and knows what the prediction should have been.
public protocol Trainee: AnyObject {
  /// Its linears, frozen, by path.
  var registry: Registry { get }
  /// What its weights are in.
  var dtype: DType { get }
  /// The prediction [B, L, C] for a batch.
  /// - Parameters:
  ///   - draw: noise and its levels, for networks that are shown any.
  ///   - guidance: what the network is told, if it is told any.
  ///   - run: who walks the blocks of a network that has FLUX's.
  func prediction(for batch: TrainingBatch, _ draw: NoiseDraw, guidance: Double, run: @escaping BlockRunner) -> Tensor
  /// What the prediction should be, [B, L, C].
  func goal(of batch: TrainingBatch, _ draw: NoiseDraw) -> Tensor
}

/// A transformer asked for the velocities of noisy batches.
///
/// Position ids and rotary angles are kept for each canvas, since a run has few sizes of them.
public final class Velocity: Trainee {
  private struct Canvas: Hashable {
    let rows, columns, textLength: Int
  }

  /// Sizes that are kept; a set of pictures in many shapes would fill the memory otherwise.
  private static let mostCanvases = 16

  public let transformer: FluxTransformer
  private var kept: [Canvas: (positions: [Tensor], rotary: RotaryTable)] = [:]
  public var registry: Registry { transformer.registry }
  public var dtype: DType { transformer.dtype }

  public init(_ transformer: FluxTransformer) { self.transformer = transformer }

  /// The velocity [B, L, C] that the model predicts for a batch's noisy target, in the model's type.
  /// - Parameter guidance: what the model is told, a number a sample [B].
  func callAsFunction(
    _ batch: TrainingBatch, _ draw: NoiseDraw, guidance: Tensor, run: @escaping BlockRunner = runPlainly
  ) -> Tensor {
    let (groups, rotary) = canvas(batch, noisy: draw.noisy(batch.target))
    let modulations = transformer.modulations(
      timesteps: draw.sigmas.unsqueezed(1), guidance: guidance, pooled: batch.pooled.to(dtype))
    return transformer(groups, text: batch.text.to(dtype), modulation: modulations, rotary: rotary, run: run)
      .first ?? .zeros(batch.target.shape)
  }

  public func prediction(
    for batch: TrainingBatch, _ draw: NoiseDraw, guidance: Double, run: @escaping BlockRunner = runPlainly
  ) -> Tensor {
    self(batch, draw, guidance: .full([batch.count], guidance, device: batch.target.device), run: run)
  }

  /// noise − x
  public func goal(of batch: TrainingBatch, _ draw: NoiseDraw) -> Tensor { draw.noise - batch.target }

  /// Target tokens with noise in them, then the clean context, and the angles of both and the text.
  private func canvas(_ batch: TrainingBatch, noisy: Tensor) -> ([TokenGroup], RotaryTable) {
    let canvas = Canvas(rows: batch.rows, columns: batch.columns, textLength: batch.text.size(1))
    let known = kept[canvas]
    let groups = [noisy, batch.context].map { $0.to(dtype) }.enumerated().map { index, tokens in
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
