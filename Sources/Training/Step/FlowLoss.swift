import LoRWeBTorch

/// The flow-matching loss: mean square error of the predicted velocity against noise − x.
public struct FlowLoss: Codable, Sendable, Equatable {
  public var weighting: TimestepWeighting
  /// What tokens outside the edited quarter count: 1 is the loss over the whole grid, 0 over b′ alone.
  public var outside: Double
  /// What latent values count in addition where |target − context| is above `changedThreshold`, in latent units; 0 is nothing.
  public var changed, changedThreshold: Double
  /// Times the mean entropy of the mixing coefficients (nats), which is subtracted: more than 0 spreads use over the LoRAs.
  public var entropy: Double

  public init(
    weighting: TimestepWeighting = .bell, outside: Double = 1, changed: Double = 0, changedThreshold: Double = 0.25,
    entropy: Double = 0
  ) {
    (self.weighting, self.outside, self.changed) = (weighting, outside, changed)
    (self.changedThreshold, self.entropy) = (changedThreshold, entropy)
  }

  /// The loss as a scalar, and each sample's error before it is weighted by its noise, [B].
  /// - Parameter goal: what the prediction should be; nil is a flow's velocity, noise − x.
  func callAsFunction(
    _ prediction: Tensor, _ batch: TrainingBatch, _ draw: NoiseDraw, goal: Tensor? = nil
  ) -> (loss: Tensor, errors: Tensor) {
    let squares = (prediction.to(.float32) - (goal ?? draw.noise - batch.target)).power(2)
    let errors =
      valueWeights(batch).map { weights in
        (squares * weights).sum(over: [1, 2]) / weights.expanded(squares.shape).sum(over: [1, 2])
      } ?? squares.mean(over: [1, 2])
    return ((weighting.weights(draw.sigmas).map { errors * $0 } ?? errors).mean(), errors)
  }

  /// Weights that broadcast to [B, L, C]; nil if all are one.
  private func valueWeights(_ batch: TrainingBatch) -> Tensor? {
    guard outside != 1 || changed != 0 else { return nil }
    let mask = batch.editedMask()
    let region = mask * (1 - outside) + outside
    guard changed != 0 else { return region }
    let isChanged = ((batch.target - batch.context).absolute .> changedThreshold).to(.float32)
    return region * (isChanged * mask * changed + 1)
  }
}

extension Tensor {
  /// A scalar as exactly as its device can hold it: to be worked with there, and read only when someone wants to know.
  var figure: Tensor { to(device.kind == .mps ? .float32 : .float64) }

  /// |x| by operators that every device has, also torch's meta device, on which a step is computed to show what it reads back.
  var absolute: Tensor { maximum(-self) }
}
