import LoRWeBModels
import LoRWeBTorch

/// A network that a basis learns on: it predicts something for a batch, and knows what the prediction should have been.
public protocol Trainee: AnyObject {
  /// Its linears, frozen, by path.
  var registry: Registry { get }
  /// What its weights are in.
  var dtype: DType { get }
  /// The prediction [B, L, C] for a batch.
  ///
  /// - Parameters:
  ///   - draw: noise and its levels, for networks that are shown any.
  ///   - guidance: what the network is told, if it is told any.
  ///   - run: who walks the blocks of a network that has FLUX's.
  func prediction(
    for batch: TrainingBatch, _ draw: NoiseDraw, guidance: Double, run: @escaping BlockRunner
  ) -> Tensor
  /// What the prediction should be, [B, L, C].
  func goal(of batch: TrainingBatch, _ draw: NoiseDraw) -> Tensor
}

extension Velocity: Trainee {
  public var registry: Registry { transformer.registry }
  public var dtype: DType { transformer.dtype }

  public func prediction(
    for batch: TrainingBatch, _ draw: NoiseDraw, guidance: Double, run: @escaping BlockRunner
  ) -> Tensor {
    self(batch, draw, guidance: guidance, run: run)
  }

  /// noise − x
  public func goal(of batch: TrainingBatch, _ draw: NoiseDraw) -> Tensor { draw.noise - batch.target }
}
