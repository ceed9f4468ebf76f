import LoRWeBTorch

public struct AdamWSettings: Codable, Sendable, Equatable {
  public var learningRate, beta1, beta2, epsilon, weightDecay: Double
  /// Multiplies the learning rate of keys and query projections.
  public var routerFactor: Double
  /// The global norm gradients are clipped to; nil for no clipping.
  public var maxGradientNorm: Double?

  public init(
    learningRate: Double = 1e-3, beta1: Double = 0.9, beta2: Double = 0.99, epsilon: Double = 1e-6, weightDecay: Double = 0.05,
    routerFactor: Double = 1, maxGradientNorm: Double? = 1
  ) {
    (self.learningRate, self.beta1, self.beta2, self.epsilon) = (learningRate, beta1, beta2, epsilon)
    (self.weightDecay, self.routerFactor, self.maxGradientNorm) = (weightDecay, routerFactor, maxGradientNorm)
  }
}

/// AdamW over trained tensors, with clipping before and a learning rate a kind of tensor.
public final class AdamW {
  let trained: [TrainedTensor]
  private let settings: AdamWSettings
  /// Running means of gradients and of their squares, in the order of `trained`; saved ones must be copies of the state's own.
  var firstMoments, secondMoments: [Tensor]
  var steps = 0

  public init(_ trained: [TrainedTensor], _ settings: AdamWSettings) {
    (self.trained, self.settings) = (trained, settings)
    firstMoments = trained.map { .zeros($0.tensor.shape, device: $0.tensor.device) }
    secondMoments = firstMoments.map { $0.clone() }
  }

  /// One step on the tensors' `grad`; those without one are left as they are. Nothing is read back from the device.
  /// - Parameters:
  ///   - scale: the schedule's factor on the learning rate.
  ///   - mayStep: given the gradients' norm before clipping, a scalar where they are; a step is taken only if it returns normally.
  /// - Returns: the norm.
  @discardableResult
  public func step(scale: Double = 1, mayStep: (Tensor) throws -> Void = { _ in }) rethrows -> Tensor {
    try noGrad {
      let gradients = trained.map(\.gradient)
      let there = gradients.compactMap(\.self)
      // The norm of their norms, as torch's clip_grad_norm_ takes it.
      let device = trained.first?.tensor.device ?? .cpu
      let norm = there.isEmpty ? .zeros([], device: device) : stacked(there.map { $0.norm() }).norm()
      try mayStep(norm)
      if let limit = settings.maxGradientNorm { clip(there, norm: norm, to: limit) }
      steps += 1
      for kind in TrainedTensor.Kind.allCases {
        let indices = trained.indices.filter { trained[$0].kind == kind && gradients[$0] != nil }
        stepAdamW(
          indices.map { trained[$0].tensor }, gradients: indices.compactMap { gradients[$0] },
          firstMoments: indices.map { firstMoments[$0] }, secondMoments: indices.map { secondMoments[$0] }, step: steps,
          learningRate: settings.learningRate * scale * (kind == .router ? settings.routerFactor : 1),
          betas: (settings.beta1, settings.beta2), weightDecay: kind == .vector ? 0 : settings.weightDecay,
          epsilon: settings.epsilon)
      }
      for one in trained {
        one.publish()
        one.forgetGradient()
      }
      return norm
    }
  }

  /// clip_grad_norm_: all are multiplied by min(1, limit / (norm + 1e-6)).
  private func clip(_ gradients: [Tensor], norm: Tensor, to limit: Double) {
    let length = norm.figure + 1e-6
    let factor = (Tensor.full([], limit, dtype: length.dtype, device: length.device) / length).clamped(nil, 1)
    for gradient in gradients { gradient.multiplyInPlace(factor) }
  }
}
