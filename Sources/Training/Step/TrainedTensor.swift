import LoRWeBAdapters
import LoRWeBModels
import LoRWeBTorch

/// A tensor that learns.
public struct TrainedTensor {
  /// Which learning rate it has.
  public enum Kind: String, Sendable, CaseIterable {
    case lora
    case router
    /// A model's own matrix or kernel.
    case weight
    /// A model's own bias or gain, which doesn't decay.
    case vector

    /// By the published names.
    init(name: String) { self = name.hasSuffix(".lora_A") || name.hasSuffix(".lora_B") ? .lora : .router }
  }

  public let name: String
  public let kind: Kind
  /// What the optimiser moves, in fp32.
  public let tensor: Tensor
  /// What the model computes with, if that is another type: `tensor` rounded, anew after each step.
  var rounded: Tensor?

  /// All parameters of a model, which learn from now on. Those in half precision get a copy in fp32 that learns for them, since
  /// most steps are smaller than half precision can tell.
  public static func all(of registry: Registry, prefix: String = "") -> [TrainedTensor] {
    registry.parameters.map { parameter in
      let used = parameter.tensor.requiringGrad()
      let isRounded = used.dtype != .float32
      return TrainedTensor(
        name: prefix + parameter.name, kind: parameter.request.shape.count > 1 ? .weight : .vector,
        tensor: isRounded ? used.detach().to(.float32) : used, rounded: isRounded ? used : nil)
    }
  }

  /// The tensors of a basis that learn, with recording turned on for them and off for the others.
  public static func of(_ basis: LoRABasis, _ learning: Learning) -> [TrainedTensor] {
    basis.registry.parameters.compactMap { parameter in
      let trained = TrainedTensor(name: parameter.name, kind: Kind(name: parameter.name), tensor: parameter.tensor)
      parameter.tensor.requiringGrad(learning.includes(trained.kind))
      return learning.includes(trained.kind) ? trained : nil
    }
  }

  /// The gradient since the last step, in fp32.
  var gradient: Tensor? { rounded.map { $0.grad?.to(.float32) } ?? tensor.grad }

  /// Overwrites the value, also where the model has it. To be called with recording off.
  func assign(_ value: Tensor) {
    tensor.copyInPlace(value)
    publish()
  }

  /// Gives the model the value after a step.
  func publish() { rounded?.copyInPlace(tensor) }

  func forgetGradient() { (rounded ?? tensor).grad = nil }
}

/// What of a basis learns.
public enum Learning: String, NamedChoice {
  case all
  /// Keys and query projections.
  case router
  /// A and B.
  case loras

  func includes(_ kind: TrainedTensor.Kind) -> Bool { self == .all || kind == (self == .router ? .router : .lora) }
}
