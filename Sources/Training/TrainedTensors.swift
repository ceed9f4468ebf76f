import LoRWeBAdapters
import LoRWeBModels
import LoRWeBTorch

/// What of a basis learns.
public enum Learning: String, Codable, Sendable, CaseIterable {
  case all
  /// Keys and query projections.
  case router
  /// A and B.
  case loras

  func includes(_ kind: TrainedTensor.Kind) -> Bool {
    switch self {
    case .all: true
    case .router: kind == .router
    case .loras: kind == .lora
    }
  }
}

/// A tensor that learns.
public struct TrainedTensor {
  /// Which learning rate it has.
  public enum Kind: String, Sendable, CaseIterable {
    case lora
    case router
    /// A model's own parameter.
    case weight

    /// By the published names.
    init(name: String) { self = name.hasSuffix(".lora_A") || name.hasSuffix(".lora_B") ? .lora : .router }
  }

  public let name: String
  public let kind: Kind
  public let tensor: Tensor

  /// All parameters of a model, which learn from now on.
  ///
  /// - Parameter prefix: put before each name.
  public static func all(of registry: Registry, prefix: String = "") -> [TrainedTensor] {
    registry.parameters.map {
      TrainedTensor(name: prefix + $0.name, kind: .weight, tensor: $0.tensor.requiringGrad())
    }
  }

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

/// A source whose tensors are copies in fp32 memory of their own, which torch aligns to 64 bytes.
///
/// Views of a file begin wherever its header ends; kernels take another path over unaligned memory and round differently, so a
/// run continued on views would not be the run continued.
public struct TrainableSource: WeightSource {
  private let base: any WeightSource

  public init(_ base: any WeightSource) {
    self.base = base
  }

  public var location: String { base.location }
  public var names: [String]? { base.names }
  public func shape(of name: String) -> [Int]? { base.shape(of: name) }
  public func tensor(_ request: WeightRequest) throws -> Tensor { try base.tensor(request).to(.float32).clone() }
}
