import Foundation
import LoRWeBTorch

/// How much a sample's error counts, by its noise.
public enum TimestepWeighting: Sendable, Equatable {
  /// exp(−2 ((i − 500) / 1000)²) less its minimum, scaled to mean 1, for i = 1000 − t: what the authors' trainer uses.
  case bell
  case none
  /// A weight for each t = 1000 … 1.
  case table([Double])

  /// Weights [B] in fp32 for σ [B].
  public func weights(_ sigmas: Tensor) -> Tensor? {
    let entries: [Float]
    switch self {
    case .none: return nil
    case .bell: entries = Self.bellEntries
    case .table(let table): entries = table.map(Float.init)
    }
    let index = (1000 - sigmas * 1000).rounded().clamped(0, Double(entries.count - 1)).to(.int64)
    return Tensor(entries).to(sigmas.device).entries(index, along: 0)
  }

  private static let bellEntries: [Float] = {
    let raw = (0..<1000).map { exp(-2 * pow((Double($0) - 500) / 1000, 2)) }
    let lowest = raw.min() ?? 0
    let sum = raw.reduce(0) { $0 + $1 - lowest }
    return raw.map { Float(($0 - lowest) * 1000 / sum) }
  }()
}

extension TimestepWeighting: Codable {
  /// `bell`, `none` or the list of weights itself.
  public init(from decoder: any Decoder) throws {
    let value = try decoder.singleValueContainer()
    if let table = try? value.decode([Double].self) {
      self = .table(table)
      return
    }
    switch try value.decode(String.self) {
    case "bell": self = .bell
    case "none": self = .none
    case let other:
      throw DecodingError.dataCorruptedError(
        in: value, debugDescription: "\"\(other)\" is no weighting, use bell, none or a list of 1000 numbers")
    }
  }

  public func encode(to encoder: any Encoder) throws {
    var value = encoder.singleValueContainer()
    switch self {
    case .bell: try value.encode("bell")
    case .none: try value.encode("none")
    case .table(let table): try value.encode(table)
    }
  }
}
