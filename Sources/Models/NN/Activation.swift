import LoRWeBTorch

/// The activations configurations name; raw values are transformers' `hidden_act`.
public enum Activation: String, Codable, Sendable {
  /// x · sigmoid(1.702 x), CLIP's.
  case quickGELU = "quick_gelu"
  case gelu
  /// The tanh approximation.
  case geluTanh = "gelu_pytorch_tanh"
  /// The tanh approximation under T5's name.
  case geluNew = "gelu_new"
  case silu
  case relu

  public func callAsFunction(_ x: Tensor) -> Tensor {
    switch self {
    case .quickGELU: x * (x * 1.702).sigmoid()
    case .gelu: x.gelu()
    case .geluTanh, .geluNew: x.gelu(tanh: true)
    case .silu: x.silu()
    case .relu: x.relu()
    }
  }
}
