import LoRWeBAdapters
import LoRWeBModels
import LoRWeBTorch

/// One step's computation: from inputs and noise to the gradients of a basis on a frozen transformer. Nothing of it is read back
/// from the device.
public struct TrainingStep {
  /// What a step found out, where it was computed.
  public struct Outcome {
    /// The number that was minimised, a scalar, and velocity [B, L, C], without history.
    public let loss, prediction: Tensor
    /// Mixing coefficients [B, N] of each layer, without history.
    public let coefficients: [String: Tensor]
  }

  public let basis: LoRABasis
  private let network: any Trainee
  private let loss: FlowLoss
  private let guidance: Double
  private let arithmetic: TrainingConfig.Arithmetic
  private let recomputes: Bool
  /// That the basis fits the network, looked at once.
  private let fit: Fit

  /// - Parameters:
  ///   - guidance: what the model is told; the authors train with 1.
  ///   - arithmetic: what A and B compute in.
  ///   - recomputes: whether blocks are computed twice to keep less in memory.
  /// - Throws: `AdapterError.doesNotFitBase`.
  public init(
    on network: any Trainee, basis: LoRABasis, loss: FlowLoss = FlowLoss(), guidance: Double = 1,
    arithmetic: TrainingConfig.Arithmetic = .float32, recomputes: Bool = false
  ) throws {
    fit = try Fit(of: basis.adapted, to: network.registry, from: basis.location)
    (self.network, self.basis, self.loss) = (network, basis, loss)
    (self.guidance, self.arithmetic, self.recomputes) = (guidance, arithmetic, recomputes)
  }

  init(_ config: TrainingConfig, transformer: FluxTransformer, basis: LoRABasis) throws {
    try self.init(
      on: Velocity(transformer), basis: basis, loss: config.loss, guidance: config.guidance, arithmetic: config.arithmetic,
      recomputes: config.recompute)
  }

  /// Adds the gradients of `share` times the loss to `grad` of the basis's tensors that require them.
  /// - Parameters:
  ///   - share: one over the number of batches accumulated.
  ///   - matrices: `laidOut`, made once for the batches of a step; nil lays them out for this batch.
  /// - Throws: `TrainingError.badBatch`; `AdapterError` if the basis doesn't fit the transformer; `TorchError`.
  public func accumulate(
    _ batch: TrainingBatch, _ draw: NoiseDraw, share: Double = 1, on matrices: BasisMatrices? = nil
  ) throws -> Outcome {
    try withTorchErrors {
      try batch.check()
      let coefficients = Router(basis).coefficients(query: batch.query)
      let recomputation = recomputes ? Recomputation() : nil
      let reward = loss.entropy == 0 ? nil : rewardSpread(coefficients, share)
      return try mixed(recomputation?.cut(coefficients) ?? coefficients, matrices) {
        let prediction = network.prediction(for: batch, draw, guidance: guidance, run: recomputation?.run ?? runPlainly)
        let loss = self.loss(prediction, batch, draw, goal: network.goal(of: batch, draw)).loss
        let scaled = share == 1 ? loss : loss * share
        if let recomputation { recomputation.backward(scaled) } else { scaled.backward() }
        let whole = loss.detach().figure
        return Outcome(
          loss: reward.map { whole - $0 } ?? whole, prediction: prediction.detach(),
          coefficients: coefficients.mapValues { $0.detach() })
      }
    }
  }

  /// Each sample's error before weighting by noise, [B]; nothing is recorded.
  func errors(_ batch: TrainingBatch, _ draw: NoiseDraw) throws -> Tensor {
    try computed {
      try batch.check()
      return try mixed(Router(basis).coefficients(query: batch.query), nil) {
        let prediction = network.prediction(for: batch, draw, guidance: guidance, run: runPlainly)
        return loss(prediction, batch, draw, goal: network.goal(of: batch, draw)).errors
      }
    }
  }

  /// A and B laid out for the next step's batches; anew after every change of them.
  func laidOut() -> BasisMatrices { BasisMatrices(basis, in: arithmetic == .base ? network.dtype : .float32) }

  /// Computes with the basis on the network's linears: the one place where training attaches anything.
  private func mixed<Result>(
    _ coefficients: [String: Tensor], _ matrices: BasisMatrices?, _ compute: () throws -> Result
  ) throws -> Result {
    let mix = Mix(basis: basis, coefficients: coefficients, laidOut: matrices ?? laidOut())
    let attachment = try mix.attach(to: network.registry.deltas, fit)
    defer { attachment.takeOff() }
    return try compute()
  }

  /// Adds the gradients of the loss's entropy term; gives what it takes off the loss.
  private func rewardSpread(_ coefficients: [String: Tensor], _ share: Double) -> Tensor {
    let reward = RoutingGauge.entropy(of: coefficients) * loss.entropy
    (reward * -share).backward(retainGraph: true)
    return reward.detach().figure
  }
}
