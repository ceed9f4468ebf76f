import LoRWeBModels

/// What of a basis learns.
public enum Learning: String, NamedChoice {
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
