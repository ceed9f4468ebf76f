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
  let rounded: Tensor?

  init(name: String, kind: Kind, tensor: Tensor, rounded: Tensor? = nil) {
    (self.name, self.kind, self.tensor, self.rounded) = (name, kind, tensor, rounded)
  }

  /// All parameters of a model, which learn from now on. Those in half precision get a copy in fp32 that learns for them, since
  /// most steps are smaller than half precision can tell.
  ///
  /// - Parameter prefix: put before each name.
  public static func all(of registry: Registry, prefix: String = "") -> [TrainedTensor] {
    registry.parameters.map { parameter in
      let kind: Kind = parameter.request.shape.count > 1 ? .weight : .vector
      let used = parameter.tensor.requiringGrad()
      let name = prefix + parameter.name
      guard used.dtype != .float32 else { return TrainedTensor(name: name, kind: kind, tensor: used) }
      return TrainedTensor(name: name, kind: kind, tensor: used.detach().to(.float32), rounded: used)
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

  /// The tensors of a basis that learn, with recording turned on for them and off for the others.
  public static func of(_ basis: LoRABasis, _ learning: Learning) -> [TrainedTensor] {
    basis.registry.parameters.compactMap { parameter in
      let trained = TrainedTensor(
        name: parameter.name, kind: TrainedTensor.Kind(name: parameter.name), tensor: parameter.tensor)
      parameter.tensor.requiringGrad(learning.includes(trained.kind))
      return learning.includes(trained.kind) ? trained : nil
    }
  }
}
