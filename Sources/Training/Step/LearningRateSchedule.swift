import Foundation
import LoRWeBModels

/// How the learning rate changes over a run: a warm-up, then constant, or down to a share of it.
public struct LearningRateSchedule: Codable, Sendable, Equatable {
  public enum Kind: String, NamedChoice {
    case constant
    case cosine
    case linear
  }

  public var kind: Kind
  /// Steps over which the rate rises evenly from zero; the first step already has a part of it.
  public var warmUp: Int
  /// Share of the rate left at the last step; unused by `constant`.
  public var final: Double

  /// Share of all steps before the rate begins to fall, warm-up included.
  public var flat: Double

  public init(kind: Kind = .constant, warmUp: Int = 0, final: Double = 0, flat: Double = 0) {
    (self.kind, self.warmUp, self.final, self.flat) = (kind, warmUp, final, flat)
  }

  /// The factor on the learning rate of step `step` (0 is the first) of `steps`.
  public func factor(_ step: Int, of steps: Int) -> Double {
    if step < warmUp { return Double(step + 1) / Double(warmUp) }
    let start = max(warmUp, Int(flat * Double(steps)))
    let progress = max(Double(step - start), 0) / Double(max(steps - start - 1, 1))
    switch kind {
    case .constant: return 1
    case .cosine: return final + (1 - final) * (1 + cos(.pi * min(progress, 1))) / 2
    case .linear: return final + (1 - final) * (1 - min(progress, 1))
    }
  }
}
